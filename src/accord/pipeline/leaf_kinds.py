"""Of which kind each leaf of a record is, and which kinds a reader may see: the plan's rules of disclosure by address.

The matters and the readers are those of `disclosure_view`; what one leaf tells is said here once. A leaf that is of no
kind is held back from every single reader. A record holds, as leaves of their own, how many leaves it has of each kind,
so that whoever is given all of a kind knows that none is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from accord.pipeline.disclosure_view import View
from accord.pipeline.leaf_rules import (
    Rule,
    always,
    evidence,
    expert,
    figures,
    found,
    left,
    left_after,
    left_out,
    left_out_why,
    money,
    never,
    of_call,
    of_pair,
    of_proposal,
    paper,
    people,
    requested,
)
from accord.record.commitments import Leaf

COUNTS: Final = "counts"
OTHER: Final = "other"
DIGESTS: Final = "digests"
NEVER: Final = "never"


@dataclass(frozen=True, slots=True)
class LeafKind:
    """A kind of leaf: where it stands, what has to be let out to see all of the kind, and when one leaf is seen."""

    name: str
    document: str
    pattern: re.Pattern[str]
    matters: frozenset[str]
    shown: Rule
    everybody: bool = False

    def whole(self, view: View) -> bool:
        """Whether a reader may see every leaf of the kind, whatever the record holds."""
        return self.everybody or (view.reader.kind == "side" and view.shows(*self.matters))


def _kind(name: str, pattern: str, matters: str, shown: Rule, *, everybody: bool = False) -> LeafKind:
    """`pattern` is of what follows the document; in it `*` stands for one name."""
    document = "/".join(name.split("/")[:-1])
    address = document if document.startswith("steps/") else f"inputs/{document}"
    written = re.compile(f"{re.escape(address)}{pattern.replace('*', '[^/]+')}")
    return LeafKind(name, address, written, frozenset(matters.split()), shown, everybody)


_STEPS: Final = ("eligibility", "conflicts", "affinity", "assignment", "ranking", "list", "selection")
_EVERYONE: Final = "experts assignment not-funded"

KINDS: Final[tuple[LeafKind, ...]] = (
    _kind("plan.toml/text", "", "", always, everybody=True),
    _kind("lottery-root.note/text", "", "", always, everybody=True),
    _kind("proposals/title", "/*/title", "title not-funded", of_proposal("title")),
    _kind("proposals/reference", "/*/joint_reference", "title not-funded", of_proposal("title")),
    _kind("proposals/abstract", "/*/abstract", "abstract not-funded", of_proposal("abstract")),
    _kind("proposals/duration", "/*/duration_months", "abstract not-funded", of_proposal("abstract")),
    _kind("proposals/topic", "/*/topic", "topic not-funded", of_proposal("topic")),
    _kind(
        "proposals/partners",
        "/*/partners/*/(organisation|country|city|ror|department|side|role|unit)",
        "partners not-funded",
        of_proposal("partners"),
    ),
    _kind("proposals/money", "/*/partners/*/(requested|overhead)", "partners amounts not-funded", money("partners")),
    _kind("proposals/people", "/*/partners/*/investigators/.+", "partners investigators not-funded", people),
    _kind("proposals/excluded", "/*/excluded_experts", "conflicts experts not-funded", never),
    _kind("experts/all", "/.+", "experts", lambda view, at: expert(view, at, "experts")),
    _kind("publications/all", "/.+", "experts", paper),
    _kind("conflicts/pairs", "/*/(proposal|expert|kind)", "conflicts experts not-funded", of_pair("conflicts")),
    _kind(
        "conflicts/reasons",
        "/*/(reason|declared_by|year)",
        "conflicts experts partners investigators not-funded",
        evidence,
    ),
    _kind(
        "reviews/scores", "/*/(proposal|expert|criterion|score)|/rows", "scores experts not-funded", of_pair("scores")
    ),
    _kind("reviews/comments", "/*/comment", "scores comments experts not-funded", of_pair("scores", "comments")),
    _kind("consensus/scores", "/*/(proposal|criterion|score)|/rows", "totals not-funded", of_proposal("totals")),
    _kind("consensus/comments", "/*/comment", "totals comments not-funded", of_proposal("totals", "comments")),
    *(
        _kind(
            f"lottery-{table}/all",
            "/.+",
            "lottery",
            lambda view, at: view.shows("lottery") or (at.side is not None and at.side == view.reader.side),
        )
        for table in ("commitments", "reveals")
    ),
    *(_kind(f"steps/{step}/method", "/(step|method|version)", "", always, everybody=True) for step in _STEPS),
    _kind(
        "steps/eligibility/verdicts",
        "/result/verdicts(/*/(proposal|failed(/*/(rule|side))?))?",
        "not-funded",
        of_proposal(),
    ),
    _kind(
        "steps/eligibility/found",
        "/result/verdicts/*/failed/*/found",
        "reasons partners investigators amounts abstract conflicts not-funded",
        found,
    ),
    _kind(
        "steps/conflicts/pairs",
        "/result/conflicts(/*/(proposal|expert|kind))?",
        "conflicts experts not-funded",
        of_pair("conflicts"),
    ),
    _kind(
        "steps/conflicts/evidence",
        "/result/conflicts/*/evidence",
        "conflicts experts partners investigators not-funded",
        evidence,
    ),
    _kind("steps/affinity/matrix", "/result/(proposals|experts|matrix|weights/.+)", _EVERYONE, never),
    _kind("steps/assignment/pairs", "/result/pairs(/*/(proposal|expert))?", _EVERYONE, of_pair("assignment")),
    _kind("steps/assignment/affinity", "/result/pairs/*/affinity", _EVERYONE, of_pair("assignment", "experts")),
    _kind(
        "steps/assignment/reasons",
        "/result/(pairs/*/(next_choice|next_affinity|why|cost)|proposals|experts|total|worst|unique|infeasible)",
        _EVERYONE,
        never,
    ),
    _kind("steps/assignment/stood", "/result/stood/.+", f"{_EVERYONE} conflicts partners investigators", never),
    _kind("steps/assignment/certificate", "/result/certificate/.+", NEVER, never),
    _kind("steps/ranking/order", "/result/(order_by|unranked)", "not-funded", never),
    _kind("steps/ranking/reviews", "/result/assessments(/*/(proposal|reviews|judged))?", "not-funded", figures),
    _kind(
        "steps/ranking/totals",
        "/result/assessments/*/(mean_total|consensus_total|criteria(/*)?|missed(/.+)?)",
        "totals not-funded",
        of_proposal("totals"),
    ),
    _kind("steps/ranking/ranks", "/result/calibrated/.+", "ranks not-funded", of_proposal("ranks")),
    _kind("steps/ranking/leniency", "/result/leniency/.+", NEVER, never),
    _kind(
        "steps/ranking/left-out",
        "/result/left_out/*/(proposal|expert|kind)",
        "conflicts assignment experts not-funded",
        left_out,
    ),
    _kind(
        "steps/ranking/left-out-why",
        "/result/left_out/*/reason",
        "conflicts assignment experts partners investigators not-funded",
        left_out_why,
    ),
    _kind("steps/list/places", "/result/places(/*/(proposal|place|fundable))?", "list not-funded", of_proposal("list")),
    _kind(
        "steps/list/ties", "/result/places/*/(tie_group|decided_by)", "list not-funded", of_proposal("list", sides=True)
    ),
    _kind("steps/list/line", "/result/(line|advice(/.+)?)", "list ranks not-funded", never),
    _kind("steps/list/status", "/result/lottery/status", "list", lambda view, _: view.shows("list")),
    _kind("steps/list/lottery", "/result/lottery/(reason|seed|decided)", "list lottery not-funded", never),
    _kind("steps/selection/rule", "/result/(rule|optimal|canonical)", "", always, everybody=True),
    _kind("steps/selection/funded", "/result/(not_)?funded(/*/proposal)?", "not-funded", of_proposal()),
    _kind("steps/selection/places", "/result/(not_)?funded/*/place", "list not-funded", of_proposal("list")),
    _kind("steps/selection/requested", "/result/funded/*/requested(/*)?", "amounts not-funded", requested),
    _kind("steps/selection/left-after", "/result/funded/*/remaining(/*)?", "list amounts not-funded", left_after),
    _kind(
        "steps/selection/reduced",
        "/result/funded/*/reduced/.+",
        "partners amounts not-funded",
        of_proposal("partners", "amounts", sides=True),
    ),
    _kind("steps/selection/reasons", "/result/not_funded/*/reason", "reasons not-funded", of_proposal("reasons")),
    _kind(
        "steps/selection/short",
        "/result/not_funded/*/short(/.+)?",
        "reasons amounts not-funded",
        of_proposal("reasons", "amounts"),
    ),
    _kind("steps/selection/stopped-at", "/result/not_funded/*/stopped_at", "list reasons not-funded", never),
    _kind(
        "steps/selection/reserve-places", "/result/not_funded/*/reserve_place", "list not-funded", of_proposal("list")
    ),
    _kind("steps/selection/reserve", "/result/reserve", "list not-funded", never),
    _kind("steps/selection/budgets", "/result/(budgets(/*)?|solver)", "", of_call()),
    _kind("steps/selection/left", "/result/(remaining(/*)?)", "amounts", left),
    _kind(
        "steps/selection/topic-left",
        "/result/topic_remaining/*/(side|topic|amount)",
        "amounts",
        lambda view, at: at.side is not None and view.left(at.side),
    ),
    _kind("steps/selection/value", "/result/(value|bound)", "totals", of_call("totals")),
    _kind("steps/selection/provisional", "/result/provisional", "lottery", of_call("lottery")),
    _kind("steps/selection/unmet", "/result/unmet", "reasons", of_call("reasons")),
    _kind("steps/selection/top-up", "/result/top_up/.+", "amounts totals list not-funded", never),
    *(_kind(f"steps/{step}/{DIGESTS}", "/inputs/.+", NEVER, never) for step in _STEPS),
)


def _by_document() -> dict[str, tuple[LeafKind, ...]]:
    found: dict[str, list[LeafKind]] = {}
    for one in KINDS:
        found.setdefault(one.document, []).append(one)
    return {document: tuple(kinds) for document, kinds in found.items()}


_KINDS_OF: Final[Mapping[str, tuple[LeafKind, ...]]] = _by_document()
KIND_NAMED: Final[Mapping[str, LeafKind]] = {one.name: one for one in KINDS}
COUNTED: Final = tuple(one.name for one in KINDS if not one.name.endswith(f"/{DIGESTS}"))
"""The kinds of which a record holds how many leaves it has."""


def kind_of(address: str) -> str:
    """The name of a leaf's kind: `counts` for a count, `other` where no kind is said."""
    first, _, rest = address.partition("/")
    if first == COUNTS:
        return COUNTS
    for one in _KINDS_OF.get(f"{first}/{rest.partition('/')[0]}", ()):
        if one.pattern.fullmatch(address):
            return one.name
    return OTHER


def counts(leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """How many leaves there are of each kind, the absent ones too, as leaves of their own."""
    found = dict.fromkeys(COUNTED, 0)
    for leaf in leaves:
        kind = kind_of(leaf.address)
        if kind in found:
            found[kind] += 1
    for name, number in found.items():
        yield Leaf(count_address(name), number)


def count_address(kind: str) -> str:
    """Where a record says how many leaves of a kind it has."""
    return f"{COUNTS}/{kind}"
