"""Who wrote with an investigator: by lists of co-authors, and by papers that two experts both list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from accord.call.values import Coauthor, Expert, Proposal, Publication
from accord.methods.eligibility import person
from accord.plan.model import CoauthorRule

Places = dict[str, str]  # proposals, and what a person is called there


def identifiers(expert: Expert) -> tuple[str, ...]:
    """What an expert is known by."""
    return (expert.id,) if expert.orcid in {None, expert.id} else (expert.id, str(expert.orcid))


def investigators(proposals: Sequence[Proposal]) -> dict[str, Places]:
    """Each investigator's identifiers, with the proposals and what the person is called there."""
    taking_part: dict[str, Places] = defaultdict(dict)
    for proposal in proposals:
        for partner in proposal.partners:
            for who in partner.investigators:
                for name in {who.id, person(who)}:
                    taking_part[name][proposal.id] = who.id
    return taking_part


def wrote_together(
    rule: CoauthorRule,
    since: int,
    proposals: Sequence[Proposal],
    experts: Sequence[Expert],
    publications: Sequence[Publication],
) -> Iterator[tuple[str, str, str]]:
    """Proposal, expert and evidence wherever an expert wrote with an investigator in `since` or later."""
    taking_part = investigators(proposals)
    named = _applying(experts, taking_part)
    known = {name: expert.id for expert in experts for name in identifiers(expert)}
    for who, places in named:  # the investigator's own list counts too: writing together has two sides
        for coauthor in _recent(who, rule, since):
            if coauthor.id in known:
                for proposal, called in places.items():
                    yield proposal, known[coauthor.id], _evidence(called, coauthor)
    for expert in experts:
        for coauthor in _recent(expert, rule, since):
            for proposal, called in taking_part.get(coauthor.id, {}).items():
                yield proposal, expert.id, _evidence(called, coauthor)
    places_of = {who.id: places for who, places in named}
    for one, expert, paper in _shared_papers(rule, since, experts, publications, set(places_of)):
        for proposal in places_of[one.id]:
            yield proposal, expert.id, f"wrote {paper.id} ({paper.year}) with investigator {one.id}"


def _applying(experts: Sequence[Expert], taking_part: dict[str, Places]) -> list[tuple[Expert, Places]]:
    """The experts who take part in proposals, with those; from then on each is known by the own identifier too."""
    named = []
    for expert in experts:
        places = {
            proposal: called for name in identifiers(expert) for proposal, called in taking_part.get(name, {}).items()
        }
        if places:
            taking_part[expert.id] = places
            named.append((expert, places))
    return named


def _recent(expert: Expert, rule: CoauthorRule, since: int) -> Iterator[Coauthor]:
    """An expert's co-authors of recent papers that few enough wrote."""
    for one in expert.coauthors:
        few = rule.max_authors is None or one.authors is None or one.authors <= rule.max_authors
        if one.last_year >= since and few:
            yield one


def _evidence(called: str, coauthor: Coauthor) -> str:
    return f"wrote with investigator {called}, last in {coauthor.last_year}"


def _shared_papers(
    rule: CoauthorRule,
    since: int,
    experts: Sequence[Expert],
    publications: Sequence[Publication],
    applying: set[str],
) -> Iterator[tuple[Expert, Expert, Publication]]:
    """An expert who is an investigator, another expert, and a recent paper that both list as theirs."""
    writers: dict[str, list[Expert]] = defaultdict(list)
    for expert in experts:
        for name in expert.publications:
            writers[name].append(expert)
    for paper in publications:
        too_many = rule.max_authors is not None and paper.authors is not None and paper.authors > rule.max_authors
        if paper.year < since or too_many:
            continue
        for one in writers.get(paper.id, ()):
            if one.id in applying:
                for other in writers[paper.id]:
                    if other.id != one.id:
                        yield one, other, paper
