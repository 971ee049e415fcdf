"""Who can apply and with what: joint eligibility, the seal on proposals, stages, the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accord.plan.practice import Criterion, FormSection, Question
from accord.report.plan_document.blocks import Block, Line, Table
from accord.report.plan_document.voice import Voice, unique


def applying(voice: Voice) -> Iterator[Block]:
    """The joint rules of eligibility, and who opens proposals when."""
    rules = voice.plan.eligibility
    yield voice.heading("applying", voice.say("applying.heading"))
    unfunded = rules.unfunded_partners
    allowed = {
        (True, True): "unfunded_counted",
        (True, False): "unfunded_not_counted",
        (False, True): "unfunded_would_count",
        (False, False): "unfunded_no",
    }[unfunded.allowed, unfunded.count_to_minimum]
    said = {
        "partners": voice.say("applying.partners", least=rules.partners.min, most=rules.partners.max),
        "unfunded": voice.say(f"applying.{allowed}"),
        "coordinator": voice.say("applying.coordinator", sides=voice.sides(rules.coordinator_sides)),
    }
    months = rules.duration_months
    said["duration"] = (
        voice.say("applying.any_duration")
        if months is None
        else voice.say("applying.duration", least=months.min, most=months.max)
    )
    limits = rules.investigators
    if limits is not None and limits.proposals is not None:
        said["investigator"] = voice.say(
            "applying.investigator_proposals", proposals=voice.count("proposals", limits.proposals)
        )
    if limits is not None and limits.as_coordinator is not None:
        said["coordinating"] = voice.say(
            "applying.investigator_coordinates", proposals=voice.count("proposals", limits.as_coordinator)
        )
    excluded = voice.plan.conflicts.excluded_by_applicants
    if excluded is not None:
        said["exclude"] = voice.say("applying.exclude", experts=voice.count("experts", excluded.max))
    yield voice.bullets("applying/rules", said)
    yield voice.paragraph("applying/own", voice.say("applying.own_rules"))
    sealing = voice.plan.sealing
    if sealing is not None:
        after = voice.say(f"applying.after_{sealing.after}")
        whom = voice.joined(voice.say(f"applying.{one}") for one in sealing.opens_to)
        key = "applying.sealing" if sealing.opens_to else "applying.sealing_nobody"
        yield voice.paragraph("applying/sealing", voice.say(key, after=after, whom=whom))


def criteria_table(voice: Voice, key: str, caption: Line, criteria: Iterable[Criterion]) -> Table:
    """Criteria with scale, weight, threshold, and the Sides that judge by them."""
    criteria = tuple(criteria)
    return voice.table(
        key,
        caption,
        [voice.say(f"evaluation.{name}") for name in ("criterion", "scale", "weight", "threshold", "judged_by")],
        (30, 24, 11, 13, 22),
        {
            name: (
                voice.identified(one.title, one.id),
                voice.say(
                    "evaluation.steps",
                    least=voice.number(one.scale.min),
                    most=voice.number(one.scale.max),
                    step=voice.number(one.scale.step),
                ),
                voice.number(one.weight),
                voice.say("sign.none") if one.threshold is None else voice.number(one.threshold),
                voice.sides(one.sides),
            )
            for name, one in zip(unique(one.id for one in criteria), criteria, strict=True)
        },
    )


def stages(voice: Voice) -> Iterator[Block]:
    """Stages before the full proposal, each with its criteria and how many advance."""
    plan = voice.plan
    if not plan.stage:
        return
    yield voice.heading("stages", voice.say("stages.heading"))
    for key, stage in zip(unique(f"stages/{one.id}" for one in plan.stage), plan.stage, strict=True):
        title = voice.identified(stage.title, stage.id)
        yield voice.heading(key, title, 3)
        if stage.criterion:
            yield criteria_table(voice, f"{key}/criteria", voice.say("stages.criteria", title=title), stage.criterion)
        else:
            yield voice.paragraph(f"{key}/none", voice.say("stages.no_criteria"))
        said = {}
        if stage.advance is not None:
            said["advance"] = voice.say("stages.advance", proposals=voice.count("proposals", stage.advance))
        if stage.advance_factor is not None:
            said["factor"] = voice.say("stages.advance_factor", factor=voice.number(stage.advance_factor))
        if said:
            yield voice.bullets(f"{key}/advance", said)


def form(voice: Voice) -> Iterator[Block]:
    """The form: its sections, and each question with what an answer may be."""
    plan = voice.plan
    if not plan.form:
        return
    yield voice.heading("form", voice.say("form.heading"))
    for key, section in zip(unique(f"form/{one.id}" for one in plan.form), plan.form, strict=True):
        title = voice.identified(section.title, section.id)
        told = title
        if section.max_pages is not None:
            told = voice.say("form.section_pages", title=title, pages=voice.count("pages", section.max_pages))
        yield voice.heading(key, told, 3)
        if section.question:
            yield _questions(voice, key, section)
        else:
            yield voice.paragraph(f"{key}/none", voice.say("form.no_questions"))


def _questions(voice: Voice, key: str, section: FormSection) -> Table:
    return voice.table(
        f"{key}/questions",
        voice.say("form.caption", title=voice.text(section.title)),
        [voice.say(f"form.{name}") for name in ("question", "answer", "required", "asked_by")],
        (42, 28, 12, 18),
        {
            name: (
                voice.identified(one.title, one.id),
                _answer(voice, one),
                voice.say("sign.yes" if one.required else "sign.no"),
                voice.sides(one.sides),
            )
            for name, one in zip(unique(one.id for one in section.question), section.question, strict=True)
        },
    )


def _answer(voice: Voice, question: Question) -> Line:
    told = voice.say(f"form.{question.kind}")
    if question.max_words is not None:
        told = voice.say("form.at_most", kind=told, words=voice.count("words", question.max_words))
    if question.choices:
        told = voice.say("form.among", kind=told, choices=voice.joined(voice.text(one) for one in question.choices))
    return told
