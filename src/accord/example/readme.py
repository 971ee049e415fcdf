"""The README of an example call: that it is fictional, how it was made, and what to look for in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Final

from accord.example.barriers import Declared
from accord.example.experts import Experts
from accord.example.proposals import ExampleProposal

_HEAD: Final = """\
AN EXAMPLE CALL: EVERYTHING IN IT IS FICTIONAL

The signatories, programmes, organisations, people, proposals, publications, conflicts and scores in this folder
were made by a program. Countries, cities, currencies and holidays are real; nobody there has anything to do with
this call. A likeness to real people or organisations is chance. Every ORCID begins with 9999, a range that is given
to nobody. Exchange rates are illustrative. salt.key can be made again by anybody: take another for a real call.

It was made by
    accord new DIR --sides {sides} --proposals {proposals} --experts {experts} --seed {seed}{option}
Whoever repeats this with the same version of Accord gets the same bytes.

THE FILES
    plan.toml           the Partnership Plan: begin here, and change it
    proposals.jsonl     {proposals} proposals, one a line
    experts.jsonl       {experts} experts
    publications.jsonl  what the experts wrote, {publications} publications
    conflicts.csv       {declared} conflicts that somebody declared
{reviews}    salt.key            the key of the record's commitments

WHAT TO LOOK FOR
"""
_REVIEWS: Final = "    reviews.csv         three criteria, marks from 0 to 5 in halves\n"
_WIDTH: Final = 112


def readme_text(
    arguments: tuple[int, int, int, int],
    proposals: Sequence[ExampleProposal],
    people: Experts,
    declared: Sequence[Declared],
    kept: Mapping[str, tuple[str, int]],
    *,
    reviews: bool,
) -> str:
    """The README as text; `kept` are the reviews in conflict that were left in, `reviews` whether there are any."""
    sides, count, experts, seed = arguments
    head = _HEAD.format(
        sides=sides,
        proposals=count,
        experts=experts,
        seed=seed,
        option="" if reviews else " --without-reviews",
        publications=len(people.publications),
        declared=len(declared),
        reviews=_REVIEWS if reviews else "",
    )
    points = [*_ineligible(proposals, reviews=reviews), *_applying(people), *_left_in(kept, people)]
    wrapped = [fill(point, _WIDTH, initial_indent="  - ", subsequent_indent="    ") for point in points]
    return head + "\n".join([*wrapped, ""])


def _ineligible(proposals: Sequence[ExampleProposal], *, reviews: bool) -> list[str]:
    first: dict[str, str] = {}
    for proposal in proposals:
        if proposal.flaw is not None:
            first.setdefault(proposal.flaw, proposal.id)
    if not first:
        return ["Every proposal meets the plan's rules; from 8 proposals on, some do not."]
    flawed = sum(proposal.flaw is not None for proposal in proposals)
    kinds = "; ".join(f"{identifier}: {flaw}" for flaw, identifier in sorted(first.items()))
    unread = " and have no reviews" if reviews else ""
    return [f"{flawed} proposals break a rule of the plan on purpose{unread}. One of each kind: {kinds}."]


def _applying(people: Experts) -> list[str]:
    both = [expert for expert in people.experts if expert.applies_as is not None]
    if not both:
        return []
    points = [f"{len(both)} experts are investigators of a proposal themselves, {both[0].id} for one."]
    hidden = [expert for expert in both if expert.applies_as not in people.renamed]
    if hidden:
        one = hidden[0]
        points.append(f"{one.id} applies as {one.applies_as}: only the ORCID tells that they are one person.")
    return points


def _left_in(kept: Mapping[str, tuple[str, int]], people: Experts) -> list[str]:
    if not kept:
        return []
    reviews = "; ".join(
        f"{people.experts[place].id} on {proposal} ({kind})" for proposal, (kind, place) in kept.items()
    )
    return [f"Reviews by an expert in conflict were left in on purpose, each beside three others: {reviews}."]
