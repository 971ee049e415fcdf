"""When one leaf of a record is shown to a reader: what its address and its row tell, held against a view.

Every rule errs to the side of holding back: a proposal or an expert that the reader knows by a pseudonym is not shown,
since a pseudonym cannot be checked against a commitment, and an address that names one would tell who it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accord.pipeline.disclosure_steps import is_told
from accord.pipeline.disclosure_view import View


@dataclass(frozen=True, slots=True)
class About:
    """Of what a leaf is, as far as the rows say in which it stands."""

    proposal: str | None = None
    expert: str | None = None
    side: str | None = None
    rule: str | None = None
    kind: str | None = None
    name: str = ""
    """The last name of its address."""
    written_by: frozenset[str] = frozenset()
    """Of a publication, the experts who list it."""


Rule = Callable[[View, About], bool]


def proposal(view: View, about: About) -> bool:
    """Whether the proposal is shown under its own name: a pseudonym could not be checked."""
    return about.proposal is not None and view.proposals.get(about.proposal) == about.proposal


def expert(view: View, about: About, matter: str) -> bool:
    """Whether a matter of an expert is shown, and the expert by name: the address names the expert too."""
    if about.expert is None or view.experts.get(about.expert) != about.expert:
        return False
    return view.of_expert(about.expert, "experts") and view.of_expert(about.expert, matter)


def of_proposal(*matters: str, sides: bool = False) -> Rule:
    """A rule: the proposal is shown under its own name, and these matters are let out; with `sides`, to Sides only."""

    def shown(view: View, about: About) -> bool:
        return proposal(view, about) and view.shows(*matters) and (not sides or view.reader.kind == "side")

    return shown


def of_pair(*matters: str) -> Rule:
    """A rule: proposal and expert are shown under their own names, and these matters of the expert."""

    def shown(view: View, about: About) -> bool:
        return proposal(view, about) and all(expert(view, about, matter) for matter in matters)

    return shown


def of_call(*matters: str) -> Rule:
    """A rule: these matters are let out to Sides."""
    return lambda view, _: view.reader.kind == "side" and view.shows(*matters)


def money(*matters: str) -> Rule:
    """A rule: what the proposal asks of the row's Side is shown, and these matters."""
    return lambda view, at: proposal(view, at) and view.shows(*matters) and at.side is not None and view.money(at.side)


def people(view: View, about: About) -> bool:
    """Whether the people of the row's partner are shown."""
    shown = proposal(view, about) and view.shows("partners")
    return shown and about.side is not None and view.people(about.side)


def evidence(view: View, about: About) -> bool:
    """Whether a text that may name expert, partners and people is shown of a conflict."""
    pair = proposal(view, about) and expert(view, about, "conflicts")
    return pair and about.expert is not None and view.evidence(about.expert)


def found(view: View, about: About) -> bool:
    """Whether the words beside a failed rule are shown."""
    return proposal(view, about) and is_told(about.rule or "", about.side, view)


def figures(view: View, about: About) -> bool:
    """Whether a proposal's row in the ranking is shown."""
    seen = view.reader.kind == "side" or not view.matters.isdisjoint({"scores", "totals", "ranks"})
    return seen and proposal(view, about)


def left_out(view: View, about: About) -> bool:
    """Whether it is shown that a review does not count."""
    matter = "conflicts" if about.kind == "conflict" else "assignment"
    return view.reader.kind == "side" and proposal(view, about) and expert(view, about, matter)


def left_out_why(view: View, about: About) -> bool:
    """Whether it is shown why a review does not count."""
    told = about.kind == "not-eligible" or (about.expert is not None and view.evidence(about.expert))
    return told and left_out(view, about)


def left(view: View, about: About) -> bool:
    """Whether it is shown what the Side that the address ends with has left."""
    return view.left(about.name)


def left_after(view: View, about: About) -> bool:
    """Whether it is shown what that Side has left after a proposal."""
    return proposal(view, about) and view.shows("list") and view.left(about.name)


def requested(view: View, about: About) -> bool:
    """Whether it is shown what a proposal asks of the Side that the address ends with."""
    return proposal(view, about) and view.money(about.name)


def paper(view: View, about: About) -> bool:
    """Whether a publication is listed by an expert who is shown by name."""
    return any(expert(view, About(expert=one), "experts") for one in about.written_by)


def never(_view: View, _about: About) -> bool:
    """Shown only where all of the kind is."""
    return False


def always(_view: View, _about: About) -> bool:
    """Shown to everybody."""
    return True
