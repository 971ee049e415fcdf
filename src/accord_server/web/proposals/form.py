"""The form of a draft: what the plan asks, in the reader's language, what stands there, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accord.plan.model import Plan, Side
from accord.plan.practice import Question
from accord.report.language import Words, words
from accord_server.proposals.answering import GENERAL, file_questions
from accord_server.proposals.fields import Fields, fresh_key, investigator_keys, partner_keys
from accord_server.web.proposals.parts import Choices, FileInput, FormPage, Input, PartnerPart, PersonPart, Section
from accord_server.web.proposals.wording import label, mend


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes the form of a draft under a plan, in one language."""

    plan: Plan
    language: str
    fields: Fields
    conflicts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    documents: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def say(self) -> Words:
        """Texts of the plan in the language."""
        return words(self.language, {})

    def page(self) -> FormPage:
        """The whole form."""
        about = (
            self._input("title", required=True),
            self._input("topic", kind="choice", choices=self._topics(), required=True),
            self._input("duration_months", kind="number", required=True, help_text=self._months()),
            self._input("abstract", kind="long", required=True),
        )
        partners = tuple(self._partner(key) for key in partner_keys(self.fields))
        sections = tuple(self._sections())
        made = FormPage(about=about, partners=partners, sections=sections, rest=())
        shown = {one.path for one in made.inputs()} | {f"answers/{one}" for one in file_questions(self.plan)}
        rest = tuple(
            f"{label(path)}: {text}" if path else text
            for path, texts in self.lacks.items()
            if path not in shown
            for text in texts
        )
        return FormPage(about=about, partners=partners, sections=sections, rest=rest)

    def _input(
        self,
        path: str,
        *,
        text: str | None = None,
        kind: str = "text",
        choices: Choices = (),
        required: bool = False,
        help_text: str = "",
    ) -> Input:
        return Input(
            path=path,
            label=text or label(path),
            kind=kind,
            value=self.fields.get(path, ""),
            choices=choices,
            help=help_text,
            required=required,
            errors=tuple(self.lacks.get(path, ())),
            others=tuple(self.conflicts.get(path, ())),
        )

    def _topics(self) -> Choices:
        prevailing = self.plan.call.prevailing_language
        return tuple((one.id, self.say.text(one.title, prevailing).text) for one in self.plan.topic)

    def _months(self) -> str:
        asked = self.plan.eligibility.duration_months
        if asked is None:
            return ""
        return _("%(least)s to %(most)s months") % {"least": asked.min, "most": asked.max}

    def _partner(self, key: str) -> PartnerPart:
        at = f"partners/{key}"
        sides = {one.id: one for one in self.plan.side}
        told = self.fields.get(f"{at}/side", "")
        side = sides.get(told)
        inputs = [
            self._input(f"{at}/organisation", required=True),
            self._input(f"{at}/side", kind="choice", choices=tuple((one, one) for one in sides), required=True),
            self._input(f"{at}/role", kind="choice", choices=_parts(), required=True),
            self._input(f"{at}/country", kind="choice", choices=_countries(side), required=True),
            self._input(f"{at}/ror", help_text=_("The organisation's identifier in ror.org, if it has one.")),
            self._input(
                f"{at}/requested",
                required=True,
                text=_("Requested, in %(unit)s") % {"unit": side.unit} if side else None,
                help_text=_("0 where it asks for nothing."),
            ),
        ]
        if side is not None and side.request.overhead_max is not None:
            most = _("Part of the direct costs; at most %(most)s.") % {"most": side.request.overhead_max}
            inputs.append(self._input(f"{at}/overhead", help_text=most))
        if "JP" in (side.countries if side else ()):
            inputs.append(self._input(f"{at}/erad"))
        keys = investigator_keys(self.fields, key)
        people = [self._person(f"{at}/investigators/{who}", who, there=True) for who in keys]
        fresh = fresh_key(keys)
        people.append(self._person(f"{at}/investigators/{fresh}", fresh, there=False))
        return PartnerPart(
            key=key,
            side=told,
            title=self.fields.get(f"{at}/organisation", "") or _("A partner without a name yet"),
            inputs=tuple(inputs),
            people=tuple(people),
        )

    def _person(self, at: str, key: str, *, there: bool) -> PersonPart:
        lead = (("", _("no")), ("true", _("yes")))
        return PersonPart(
            key=key,
            there=there,
            inputs=(
                self._input(f"{at}/name"),
                self._input(f"{at}/orcid"),
                self._input(f"{at}/lead", kind="choice", choices=lead),
            ),
        )

    def _sections(self) -> Iterator[Section]:
        prevailing = self.plan.call.prevailing_language
        for section in self.plan.form:
            asked = [(f"{section.id}/{one.id}", one) for one in section.question]
            yield Section(
                title=self.say.text(section.title, prevailing).text,
                inputs=tuple(self._question(name, one) for name, one in asked if one.kind != "file"),
                files=tuple(
                    self._file(name, self.say.text(one.title, prevailing).text)
                    for name, one in asked
                    if one.kind == "file"
                ),
            )
        if file_questions(self.plan) == (GENERAL,):
            yield Section(title=_("Document"), inputs=(), files=(self._file(GENERAL, _("The proposal as a PDF")),))

    def _question(self, name: str, asked: Question) -> Input:
        prevailing = self.plan.call.prevailing_language
        texts = tuple(self.say.text(one, prevailing).text for one in asked.choices)
        choices: Choices = tuple((one, one) for one in texts)
        if asked.kind == "yes-no":
            choices = (("yes", _("yes")), ("no", _("no")))
        kinds = {"text": "long", "number": "number", "choice": "choice", "yes-no": "choice"}
        most = _("At most %(words)s words.") % {"words": asked.max_words} if asked.max_words else ""
        return self._input(
            f"answers/{name}",
            text=self.say.text(asked.title, prevailing).text,
            kind=kinds[asked.kind],
            choices=choices,
            required=asked.required,
            help_text=most,
        )

    def _file(self, question: str, text: str) -> FileInput:
        name, size = self.documents.get(question, ("", 0))
        errors = tuple(self.lacks.get(f"answers/{question}", ()))
        return FileInput(question=question, label=text, name=name, size=size, errors=errors)


def _parts() -> Choices:
    return (("coordinator", _("coordinator")), ("partner", _("partner")))


def _countries(side: Side | None) -> Choices:
    return tuple((one, one) for one in (side.countries if side else ()))


def told_lacks(lacks: Sequence[object]) -> dict[str, tuple[str, ...]]:
    """What a draft lacks, by field, in the reader's language."""
    found: dict[str, tuple[str, ...]] = {}
    for one in lacks:
        path = getattr(one, "path", "")
        found[path] = (*found.get(path, ()), mend(one))
    return found
