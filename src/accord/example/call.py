"""A complete example call from four numbers: the files of its folder, the same bytes whenever it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from accord.call.tables import csv_text
from accord.errors import InvalidInput
from accord.example.barriers import Barriers, Declared, declare
from accord.example.chance import Chance
from accord.example.consortia import STEPS, terms_of
from accord.example.experts import Experts, make_experts
from accord.example.people import Organisation, organisations_of_side
from accord.example.plan import plan_text
from accord.example.proposals import ExampleProposal, amount, make_proposals, proposal_row
from accord.example.readme import readme_text
from accord.example.scores import Assigner, Group, left_in, scores
from accord.example.tables import ExampleSide, ExampleTopic, first_sides, topics

MOST_SIDES: Final = 40
MOST_PROPOSALS: Final = 30_000
MOST_EXPERTS: Final = 100_000
_REVIEW_COLUMNS: Final = ("proposal", "expert", "criterion", "score")
_CONFLICT_COLUMNS: Final = ("proposal", "expert", "reason", "declared_by")


def example_call(*, sides: int, proposals: int, experts: int, seed: int, reviews: bool = True) -> dict[str, bytes]:
    """A complete fictional call as the files of a folder: relative name to bytes.

    `sides` is 2 to 40, `proposals` 1 to 30,000, `experts` from what `experts_needed` says to 100,000, `seed` 0 or
    more.
    Without `reviews` the folder is a call before its evaluation. The same arguments give the same bytes.

    Raises InvalidInput for an argument out of its range.
    """
    _within("sides", sides, 2, MOST_SIDES)
    _within("proposals", proposals, 1, MOST_PROPOSALS)
    _within("experts", experts, experts_needed(proposals), MOST_EXPERTS)
    _within("seed", seed, 0, None)
    signatories, subjects = first_sides(sides), topics()
    pools = _organisations(signatories, proposals, experts, seed)
    made = make_proposals(signatories, subjects, [applying for applying, _ in pools], count=proposals, seed=seed)
    people = make_experts(signatories, subjects, pools, made, count=experts, seed=seed)
    barriers = Barriers(people)
    declared = declare(made, people.experts, signatories, barriers, seed)
    kept = left_in(made, people.experts, barriers) if reviews else {}
    budgets = _budgets(signatories, made, seed)
    files = {
        "README.txt": readme_text(
            (sides, proposals, experts, seed), made, people, declared, kept, reviews=reviews
        ).encode(),
        "plan.toml": plan_text(signatories, subjects, budgets).encode(),
        "proposals.jsonl": _jsonl(proposal_row(one, signatories, people.renamed) for one in made),
        "experts.jsonl": _jsonl(people.row(one, signatories) for one in people.experts),
        "publications.jsonl": _jsonl(one.row() for one in people.publications),
        "conflicts.csv": _conflicts(declared, people),
        "salt.key": _salt_key(sides, proposals, experts, seed),
    }
    if reviews:
        files["reviews.csv"] = _reviews(signatories, subjects, made, people, barriers=barriers, kept=kept, seed=seed)
    return files


def experts_needed(proposals: int) -> int:
    """How many experts an example call of so many proposals needs, so that everyone finds three who may judge."""
    return 12 + (9 * proposals + 9) // 10


def _within(name: str, value: int, least: int, most: int | None) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name}: found {value!r}; give a whole number")
    if value < least or (most is not None and value > most):
        wanted = f"at least {least:,}" if most is None else f"{least:,} to {most:,}"
        why = "; fewer could not judge so many proposals" if name == "experts" and value < least else ""
        raise InvalidInput(f"{name}: found {value:,}; give {wanted}{why}")


def _organisations(
    sides: Sequence[ExampleSide], proposals: int, experts: int, seed: int
) -> list[tuple[tuple[Organisation, ...], tuple[Organisation, ...]]]:
    """By Side, the organisations that apply and those that only experts are from."""
    chance = Chance("organisations", seed)
    applying, elsewhere = proposals // len(sides), experts // (2 * len(sides))
    return [organisations_of_side(side, applying, elsewhere, chance) for side in sides]


def _budgets(sides: Sequence[ExampleSide], proposals: Sequence[ExampleProposal], seed: int) -> list[str]:
    """By Side, a round part of what eligible proposals ask of it, another for each; at least one proposal's most."""
    chance = Chance("budgets", seed)
    spread = 0.25 if terms_of(sides).every_side else 0.8
    ranks = chance.shuffled(range(len(sides)))
    asked = [0] * len(sides)
    for proposal in proposals:
        for partner in proposal.partners:
            asked[partner.side] += partner.steps if proposal.flaw is None else 0
    budgets = []
    for side, steps, rank in zip(sides, asked, ranks, strict=True):
        part = max(STEPS, round(0.21 * steps * (1 + spread * rank / (len(sides) - 1))))
        grain = 10 ** max(0, len(str(part)) - 2)
        budgets.append(amount(part // grain * grain, side))
    return budgets


def _jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _conflicts(declared: Sequence[Declared], people: Experts) -> bytes:
    rows = [
        {
            "proposal": one.proposal,
            "expert": people.experts[one.expert].id,
            "reason": one.reason,
            "declared_by": one.declared_by,
        }
        for one in declared
    ]
    return csv_text(rows, _CONFLICT_COLUMNS).encode()


def _reviews(
    sides: Sequence[ExampleSide],
    subjects: Sequence[ExampleTopic],
    proposals: Sequence[ExampleProposal],
    people: Experts,
    *,
    barriers: Barriers,
    kept: Mapping[str, tuple[str, int]],
    seed: int,
) -> bytes:
    by_side = terms_of(sides).every_side
    assigner = Assigner(people.experts, subjects, by_side=by_side)
    groups: list[Group] = list(range(len(sides))) if by_side else []
    for proposal, (_, place) in kept.items():
        assigner.take(place, proposal)
    chance = Chance("assignment", seed)
    assigned = {}
    for one in proposals:
        if one.flaw is None:
            assigned[one.id] = assigner.experts_for(one, groups, barriers.blocked(one), chance)
            if one.id in kept:
                assigned[one.id].append(kept[one.id][1])
    given = scores(proposals, assigned, people.experts, seed)
    rows = [dict(zip(_REVIEW_COLUMNS, score, strict=True)) for score in given]
    return csv_text(rows, _REVIEW_COLUMNS).encode()


def _salt_key(*arguments: int) -> bytes:
    """A key that anybody can make again: right for a fictional call, and for no other."""
    text = " ".join(str(one) for one in arguments)
    return hashlib.sha256(f"accord.example salt key {text}".encode()).hexdigest().encode() + b"\n"
