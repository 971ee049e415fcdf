"""The prose of fictional proposals and publications: sentences with slots, filled with a sub-field's phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from accord.example.chance import Chance
from accord.example.tables import Field

LEAST_WORDS: Final = 100
MOST_WORDS: Final = 180

# A slot is a letter for the kind of phrase (s systems, m methods, p problem, g goal, q measure, u use, t tool) and
# its number; a capital letter begins a sentence. `o…` are phrases of another sub-field.
_TITLES: Final = (
    "{M1} for {u1}",
    "{M1} in {s1} for {u1}",
    "{S1} for {u1}",
    "{S1} and {m1} for {u1}",
    "Towards {u1} with {s1} and {m1}",
    "Taking {m1} to {u1} with {s1}",
    "{M1} and {m2} in {s1}",
    "{M1} meets {m2}: {u1} with {s1}",
    "{S1} and {s2} for {u1}",
    "{U1} through {m1} and {s1}",
)

_SENTENCES: Final[Mapping[str, tuple[str, ...]]] = {
    "context": (
        "{P1} still stands in the way of {u1}.",
        "Progress in {u1} depends on {s1}, and {p1} holds it back.",
        "Over the past years {s1} have come within reach of {u1}, yet {p1} remains.",
        "{S1} promise much for {u1}, but {p1} has kept that promise from being tested.",
        "Few groups can study {s1} and {u1} under one roof, and {p1} is rarely looked at as a whole.",
        "Work on {s1} has mostly treated one device at a time, while {u1} asks for many that behave alike.",
        "Both {u1} and {u2} need {s1} that can be trusted outside their home laboratory.",
        "It is widely agreed that {p1} decides how far {s1} can go.",
    ),
    "aim": (
        "This project aims to {g1}.",
        "We will {g1} and, on that ground, {g2}.",
        "Our aim is to {g1}; a second aim is to {g2}.",
        "The consortium sets out to {g1} in the first half of the project and to {g2} in the second.",
        "The central question is whether one can {g1} without a loss in the {q1}.",
        "Our goal is plain: to {g1}, and to show in the open how it was done.",
    ),
    "approach": (
        "To this end we combine {m1} with {m2}.",
        "{M1} gives us the starting point, and from there {m2} takes the work further to {s2}.",
        "Our approach rests on {m1}, which the partners have developed apart and now bring together.",
        "Where {m1} reaches its limits, we turn to {m2}.",
        "We start from {m1}, test it on {s1}, and carry over to {s2} what works.",
        "Two routes are followed side by side: {m1} on the one hand, {m2} on the other.",
        "The new element is {m1}, guided at every step by {m2}.",
    ),
    "trial": (
        "Experiments run on {s1} in two laboratories, with {s2} as a control.",
        "{S1} serve as the test bed, and {s2} show whether the findings hold more widely.",
        "Theory and experiment meet in {s1}, for which the partners hold complementary data.",
        "All tests are made twice, on {s1} and on {s2}, by different people.",
        "We compare {s1} with {s2} under the same conditions, blind where this is possible.",
    ),
    "packages": (
        "Work package 1 prepares {s1}; work package 2 brings in {m1}; work package 3 compares both by the {q1}.",
        "The first year is given to {m1}, the second to {s2}, and the last to {u1}.",
        "The work falls into four packages: {m1}, {m2}, {s1}, and an exchange of early-career researchers.",
        "After {n} months a decision point tells whether {m1} suffices or {m3} is needed.",
        "Three work packages cover {m1}, {m3} and the step to {u1}; a fourth looks after data and software.",
    ),
    "measure": (
        "Success is judged by the {q1} and the {q2}, determined in the same way in every laboratory.",
        "We expect to improve the {q1} by a factor of {f}, and report the {q2} beside it.",
        "A shared protocol records the {q1}, so that the results of different partners can be compared.",
        "The target is to improve the {q1} by a factor of {f}, with no harm to the {q2}.",
        "Milestones are tied to the {q1} in the first half and to the {q2} after that.",
    ),
    "risk": (
        "The main risk is {p2}; should it prove decisive, {m3} offers a way round.",
        "If {p2} turns out to be worse than expected, we fall back on {m3}.",
        "We do not expect to remove {p2}, but to know after {n} months how much it matters.",
        "An early study of {p2}, led by two partners, limits the risk of the later steps.",
    ),
    "second": (
        "A smaller second line looks at {op} and borrows {om} from a neighbouring field.",
        "In passing we test whether the findings also help {ou}, where {op} is a concern.",
        "One partner adds experience with {os}, which face similar questions.",
    ),
    "together": (
        "None of the partners could do this alone: one side brings {s1}, the other {m1}.",
        "The partners share samples, code and a common data format from the start.",
        "Doctoral researchers spend at least {n} months with a partner in another country.",
        "A joint school on {m1} and yearly exchanges of staff tie the teams together.",
    ),
    "outcome": (
        "The project delivers {t1}, open to others before its end.",
        "At its end stand {t1} and {t2}.",
        "The results feed into {u1} and {u2}, where two companies have offered to test them.",
        "{T1} will stay in use after the project, looked after by two of the partners.",
        "Beyond {u1}, we see a use in {u2}, for which we prepare {t1}.",
    ),
}
_ORDER: Final = tuple(_SENTENCES)
_OPTIONAL: Final = ("risk", "second", "together")

_PAPER_TITLES: Final = (
    "{M1} in {s1}",
    "How {m1} changes the {q1} of {s1}",
    "A route to {u1}: {m1} in {s1}",
    "Limits of {m1} in {s1}",
    "{S1} with better {q1}",
    "{M1} and {m2} compared for {u1}",
    "On {p1} in {s1}",
    "Notes on {u1} with {s1}",
    "{S1} beyond {p1}",
)
_PAPER_SENTENCES: Final[tuple[tuple[str, ...], ...]] = (
    ("We report on {m1} in {s1}.", "We study {s1} by means of {m1}.", "{P1} is met here with {m1}.",
     "We ask what {m1} can do about {p1}."),
    ("The motivation is {u1}, where {p1} matters most.", "So far {p1} has kept {s1} from {u1}.",
     "Earlier work on {s1} left {p1} aside."),
    ("Together with {m2} this allows us to {g1}.", "Our results show a way to {g1}.",
     "We thereby come closer to a long-standing aim: to {g1}."),
    ("The {q1} improves by a factor of {f} over earlier work.", "Measured by the {q1}, the gain is a factor of {f}.",
     "We find that the {q1} and the {q2} cannot be improved at the same time."),
    ("The same steps apply to {s2}.", "A comparison with {s2} shows where {m2} would do better.",
     "We discuss what this means for {u2}.", "The data stand open for others who work on {u1}."),
)  # fmt: skip

_KINDS: Final = (
    ("s", "systems", 2),
    ("m", "methods", 3),
    ("p", "problems", 2),
    ("g", "goals", 2),
    ("q", "measures", 2),
    ("u", "uses", 2),
    ("t", "tools", 2),
)
_MONTHS: Final = ("six", "nine", "twelve", "eighteen")
_FACTORS: Final = ("two", "three", "five", "ten")
_SYLLABLES: Final = tuple(first + vowel for first in "bcdflmnprstv" for vowel in "aeio")

Taste = Mapping[str, Sequence[str]]


def taste_of(field: Field, chance: Chance) -> dict[str, tuple[str, ...]]:
    """What one expert works with: some of a sub-field's phrases of each kind, at least three."""
    found = {}
    for _, kind, _ in _KINDS:
        phrases: tuple[str, ...] = getattr(field, kind)
        found[kind] = tuple(phrases[place] for place in chance.sample(len(phrases), 3))
    return found


def proposal_text(field: Field, other: Field, chance: Chance, taken: set[str]) -> tuple[str, str]:
    """A proposal's title, different from all `taken` ones and added to them, and its abstract of 100 to 180 words."""
    slots = _slots({kind: getattr(field, kind) for _, kind, _ in _KINDS}, chance)
    for letter, kind in (("op", "problems"), ("om", "methods"), ("ou", "uses"), ("os", "systems")):
        slots[letter] = chance.choice(getattr(other, kind))
    title = plain = chance.choice(_TITLES).format_map(slots)
    while (title is plain and chance.happens(0.3)) or title in taken:
        acronym = "".join(chance.choice(_SYLLABLES) for _ in range(3)).upper()
        title = f"{acronym}: {plain}"
    taken.add(title)
    return title, _abstract(slots, chance)


def _abstract(slots: Mapping[str, str], chance: Chance) -> str:
    words = MOST_WORDS + 1
    while words > MOST_WORDS:
        parts = {kind: chance.choice(_SENTENCES[kind]).format_map(slots) for kind in _ORDER}
        words = sum(len(parts[kind].split()) for kind in _ORDER if kind not in _OPTIONAL)
    wanted = LEAST_WORDS + 15 + chance.integer(40)
    for kind in chance.shuffled(_OPTIONAL):
        size = len(parts[kind].split())
        if words >= wanted or words + size > MOST_WORDS:
            del parts[kind]
        else:
            words += size
    return " ".join(parts.values())


def paper_text(taste: Taste, chance: Chance) -> tuple[str, str]:
    """A publication's title and abstract, from what its author works with."""
    slots = _slots(taste, chance)
    title = chance.choice(_PAPER_TITLES).format_map(slots)
    return title, " ".join(chance.choice(sentences).format_map(slots) for sentences in _PAPER_SENTENCES)


def _slots(phrases: Taste, chance: Chance) -> dict[str, str]:
    slots = {"n": chance.choice(_MONTHS), "f": chance.choice(_FACTORS)}
    for letter, kind, count in _KINDS:
        of_kind = phrases[kind]
        for number, place in enumerate(chance.sample(len(of_kind), count), start=1):
            phrase = of_kind[place]
            slots[f"{letter}{number}"] = phrase
            slots[f"{letter.upper()}{number}"] = phrase[0].upper() + phrase[1:]
    return slots
