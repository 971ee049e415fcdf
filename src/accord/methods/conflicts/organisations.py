"""Whether two organisations are one: by ROR, or by names that are written in different ways."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from accord.call.values import Expert, Partner, Proposal

KANA_MARKS: Final = "\u3099\u309a"  # they tell ka from ga: no accents
LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "&": " and "}
)  # letters that Unicode does not take apart
_ABBREVIATED: Final = re.compile(r"\b(?:\w[./]){1,}\w\b\.?")  # s.p.a., a/s, e.v.

# What an organisation is in law, at the end of its name or, where they are written so, at its beginning.
_LEGAL_FORMS: Final = (
    "ab ae ag aps as asa asbl bv bvba co company corp corporation cvba doo ead eood ev gbr ggmbh gmbh gmbhco inc "
    "incorporated jsc kabushiki kaisha kft kg kgaa kk lda limited llc llp ltd ltda mbh nv nyrt oy oyj pbc plc pte pty "
    "sa sarl sas sasu scpa scrl se sl slu spa spzoo srl srls sro ug uab vzw zrt"
)
LEGAL_FORMS: Final = frozenset(_LEGAL_FORMS.split())
LEGAL_PHRASES: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "national university corporation",
        "national university corporations",
        "public university corporation",
        "kokuritsu daigaku hojin",
        "koritsu daigaku hojin",
        "gakko hojin",
        "kabushiki gaisha",
        "kabushiki kaisha",
        "incorporated educational institution",
        "educational corporation",
        "inter university research institute corporation",
        "national research and development agency",
        "incorporated administrative agency",
        "independent administrative institution",
        "general incorporated association",
        "general incorporated foundation",
        "public interest incorporated association",
        "public interest incorporated foundation",
        "medical corporation",
        "sp z oo",
        "sp z o o",
        "s r o",
        "a s",
        "e v",
    )
)
_JAPANESE: Final = (
    "国立大学法人|公立大学法人|学校法人|国立研究開発法人|独立行政法人|地方独立行政法人|大学共同利用機関法人|"
    "一般社団法人|公益社団法人|社団法人|一般財団法人|公益財団法人|財団法人|医療法人社団|医療法人財団|医療法人|"
    "特定非営利活動法人|株式会社|有限会社|合同会社|\\((?:株|有|同|国|公|学|独|社|財|一社|一財|公社|公財|医)\\)"
)
_JAPANESE_FORMS: Final = re.compile(rf"^(?:\s*(?:{_JAPANESE}))+|(?:(?:{_JAPANESE})\s*)+$")

_UNIVERSITY: Final = (
    "univ university universite universitaet universitat universita universidad universidade universiteit "
    "universitet universitetet universitatea univerza univerzita univerzitet uniwersytet yliopisto egyetem "
    "daigaku"
)
UNIVERSITY: Final = frozenset(_UNIVERSITY.split())
_PARTICLES: Final = (
    "a at da das de degli dei del della delle den der des di die do dos du e et for in la le of och studi the til und "
    "van von y zu"
)
PARTICLES: Final = frozenset(_PARTICLES.split())


def organisation_key(name: str) -> str:
    """What an organisation's name comes to when what is written in different ways is left out, to compare it by.

    Case, accents, width, punctuation, a leading 'the', legal forms, and in a university's name the order of its
    words, small words among them, and the language of the word 'university'.
    """
    return _keys(name)[1]


@lru_cache(maxsize=65_536)
def _keys(name: str) -> tuple[str, str]:
    """A name without case, accents, punctuation and spaces, and what `organisation_key` makes of it."""
    folded = _folded(name)
    spelled = _tokens(folded)
    if not spelled:  # a name of signs alone
        return folded, folded
    named = _tokens(_JAPANESE_FORMS.sub(" ", folded)) or spelled
    named = _without_forms(["".join(re.findall(r"\w", token)) for token in named])
    if UNIVERSITY & set(named):
        rest = sorted(token for token in named if token not in UNIVERSITY | PARTICLES)
        named = ["university", *rest]
    # A vowel with an e or a double a, as those write it who have no umlaut or ring.
    return "".join(spelled), " ".join(re.sub("([aou])e|a(a)", r"\1\2", token) for token in named)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) or sign in KANA_MARKS)
    plain = unicodedata.normalize("NFKC", plain).translate(LETTERS)
    return _ABBREVIATED.sub(lambda found: re.sub(r"\W", "", found[0]), plain)


def _tokens(folded: str) -> list[str]:
    return re.findall(r"\w+", folded)


def _without_forms(tokens: list[str]) -> list[str]:
    """The words of a name without legal forms and a leading 'the'; never without any word."""
    left = tokens
    while True:
        shorter = left[1:] if left[:1] == ["the"] else left
        for phrase in LEGAL_PHRASES:
            size = len(phrase)
            if tuple(shorter[:size]) == phrase:
                shorter = shorter[size:]
            if tuple(shorter[-size:]) == phrase:
                shorter = shorter[:-size]
        if shorter[-1:] and shorter[-1] in LEGAL_FORMS:
            shorter = shorter[:-2] if shorter[-2:-1] == ["and"] else shorter[:-1]
        if shorter == left or not shorter:
            return left
        left = shorter


def at_one_organisation(
    proposals: Sequence[Proposal], experts: Sequence[Expert], *, department: bool
) -> Iterator[tuple[str, str, str]]:
    """Proposal, expert and evidence wherever a partner and an expert are at one organisation.

    With `department` only where they are in one department too, or where one of them does not tell it.
    """
    by_name: dict[str, list[Expert]] = defaultdict(list)
    by_ror: dict[str, list[Expert]] = defaultdict(list)
    for expert in experts:
        for name in _names(expert.organisation):
            by_name[name].append(expert)
        if expert.ror is not None:
            by_ror[expert.ror].append(expert)
    for proposal in proposals:
        for partner in proposal.partners:
            for expert, where in _colleagues(partner, by_name, by_ror):
                within = _department(partner, expert) if department else ""
                if within is not None:
                    yield proposal.id, expert.id, f"both at {where}{within}"


def _names(organisation: str) -> set[str]:
    """What an organisation is looked up by; no spaces, for they are set as one likes."""
    spelled, key = _keys(organisation)
    return {spelled, key.replace(" ", "")}


def _colleagues(
    partner: Partner, by_name: dict[str, list[Expert]], by_ror: dict[str, list[Expert]]
) -> Iterable[tuple[Expert, str]]:
    """The experts at a partner's organisation, and what it is called. Two RORs decide; without them, the names."""
    for expert in by_ror.get(partner.ror or "", ()):
        yield expert, f"ROR {partner.ror}"
    named = {expert.id: expert for name in _names(partner.organisation) for expert in by_name.get(name, ())}
    for expert in named.values():
        if partner.ror is not None and expert.ror is not None:
            continue
        if _keys(expert.organisation)[0] == _keys(partner.organisation)[0]:
            yield expert, partner.organisation
        elif expert.country is None or expert.country == partner.country:
            # The University of York and York University are two, in two countries.
            yield expert, f"{partner.organisation} (the expert writes {expert.organisation})"


def _department(partner: Partner, expert: Expert) -> str | None:
    """How the evidence goes on where the department counts, None where two departments differ."""
    if partner.department is None or expert.department is None:
        who = "the partner" if partner.department is None else "the expert"
        return f"; {who} names no department"
    same = _keys(partner.department)[0] == _keys(expert.department)[0]
    return f", {partner.department}" if same else None
