"""The leaves of a record that one reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from accord.pipeline.disclosure_view import View
from accord.pipeline.leaf_kinds import COUNTS, DIGESTS, KIND_NAMED, KINDS, OTHER, kind_of
from accord.pipeline.leaf_rules import About
from accord.pipeline.step import LOTTERY_ROOT
from accord.record.commitments import Leaf, names_in

FOR_EVERYBODY: Final = frozenset({"plan", LOTTERY_ROOT})
"""What every reader is given whole, as steps name it among their inputs."""
NAMING: Final = frozenset({"proposal", "expert", "side", "rule", "kind"})


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows of a record say of the leaves in them, looked up by address."""

    named: Mapping[str, Mapping[str, str]]
    written_by: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, leaves: Iterable[Leaf]) -> Rows:
        """Read what names a row (`proposal`, `expert`, `side`, `rule`, `kind`), and who lists which publication."""
        named: dict[str, dict[str, str]] = {}
        papers: dict[str, set[str]] = {}
        for leaf in leaves:
            row, _, name = leaf.address.rpartition("/")
            if name in NAMING and isinstance(leaf.value, str):
                named.setdefault(row, {})[name] = leaf.value
            if name == "publications" and row.startswith("inputs/experts/") and isinstance(leaf.value, list | tuple):
                for paper in leaf.value:
                    papers.setdefault(str(paper), set()).add(names_in(row)[-1])
        return cls(named, {paper: frozenset(who) for paper, who in papers.items()})

    def about(self, address: str) -> About:
        """Of what a leaf is: the innermost row that says it."""
        names = names_in(address)
        told: dict[str, str] = {}
        place = -1
        while (place := address.find("/", place + 1)) >= 0:
            told |= self.named.get(address[:place], {})
        written_by: frozenset[str] = frozenset()
        if names[:2] == ("inputs", "proposals") and len(names) > 2:
            told["proposal"] = names[2]
        elif names[:2] == ("inputs", "experts") and len(names) > 2:
            told["expert"] = names[2]
        elif names[:2] == ("inputs", "publications") and len(names) > 2:
            written_by = self.written_by.get(names[2], written_by)
        return About(
            proposal=told.get("proposal"),
            expert=told.get("expert"),
            side=told.get("side"),
            rule=told.get("rule"),
            kind=told.get("kind"),
            name=names[-1],
            written_by=written_by,
        )


def shown_to(view: View, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """The leaves that a reader may see, by the plan's rules; never one whose address tells what is held back."""
    content = tuple(leaves)
    rows = Rows.of(content)
    whole = {one.name for one in KINDS if one.whole(view)}
    tables = {one.name.partition("/")[0] for one in KINDS if not one.name.startswith("steps/")}
    kept = {table for table in tables if all(one.name in whole for one in KINDS if one.name.startswith(f"{table}/"))}
    for leaf in content:
        kind = kind_of(leaf.address)
        if kind == COUNTS:
            shown = leaf.address.removeprefix(f"{COUNTS}/") in whole
        elif kind.endswith(f"/{DIGESTS}"):
            table = names_in(leaf.address)[-1]
            shown = table in FOR_EVERYBODY or table in kept  # of what is wholly given, its digest tells nothing more
        elif kind == OTHER:
            shown = False
        else:
            shown = kind in whole or KIND_NAMED[kind].shown(view, rows.about(leaf.address))
        if shown:
            yield leaf
