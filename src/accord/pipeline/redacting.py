"""A copy of a record for one reader, and a record with some of its leaves erased."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from pydantic import ValidationError

from accord.errors import InvalidInput
from accord.pipeline.bundle import content_leaves
from accord.pipeline.copies import MATRIX_ADDRESS, Copy, copy_with, opened_leaves
from accord.pipeline.disclosure import view_for
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.leaf_kinds import COUNTED, DIGESTS, KIND_NAMED, count_address, kind_of
from accord.pipeline.leaves_shown import shown_to
from accord.pipeline.reading import Record, UnreadableRecord
from accord.plan.model import Plan
from accord.plan.types import Block, instant_text
from accord.record.canonical import canonical
from accord.record.commitments import Leaf, names_in

ERASED_RECORD: Final = "record-erased"
"""The kind of a log's entry that holds `erased.json`."""
LONGEST_RULE: Final = 200
MATRIX_KIND: Final = "steps/affinity/matrix"


class Erasure(Block):
    """One erasure: when, by which rule, of how many leaves, and of which kinds; nothing of what they held."""

    at: str
    rule: str
    leaves: int
    kinds: tuple[str, ...]


class Erasures(Block):
    """`erased.json`: every erasure of a record, the oldest first."""

    accord_erased: int
    erasures: tuple[Erasure, ...]

    @property
    def content(self) -> bytes:
        """The file: canonical JSON and a line feed."""
        return canonical(self.model_dump(mode="json")) + b"\n"


def redacted(record: Record, reader: Reader) -> Copy:
    """The copy of a record for one reader, by the plan's rules of disclosure.

    Raises InvalidInput for all Sides together, who read the record itself, and what `disclosed` raises;
    UnreadableRecord where the record's salts are derived from its content.
    """
    if reader.kind == "sides":
        raise InvalidInput("for: all Sides together read the record itself; name one Side, applicants or the public")
    walk = record.walk
    every = opened_leaves(record, content_leaves(walk.inputs, walk.steps()))
    view = view_for(walk, reader)
    return copy_with(record, every, frozenset(one.address for one in shown_to(view, (one.leaf for one in every))))


def complete(record: Record) -> Copy:
    """A whole record as a copy that hides nothing, from which leaves can then be erased.

    Of the digests by which steps name what they were computed from only those of tables are in it: the digest of a
    step would tell of the leaves that another copy hides.
    """
    walk = record.walk
    every = opened_leaves(record, content_leaves(walk.inputs, walk.steps()))
    return copy_with(record, every, frozenset(one.leaf.address for one in every if not _of_step(one.leaf.address)))


def _of_step(address: str) -> bool:
    return kind_of(address).endswith(f"/{DIGESTS}") and names_in(address)[-1].startswith("steps/")


def erased(copy: Copy, addresses: frozenset[str], *, at: datetime, rule: str) -> Copy:
    """A copy without these leaves, and without what would tell of them; `erased` says that it was done.

    With a leaf go the count of its kind and the digests of its table. Raises InvalidInput where none is given.
    """
    gone = [one for one in copy.given if one.leaf.address in addresses and _erasable(one.leaf.address)]
    if not gone:
        raise InvalidInput("nothing is erased: no leaf that is still here fits; the plan and the methods stay")
    kinds = {kind_of(one.leaf.address) for one in gone}
    hidden = {one.leaf.address for one in gone} | {count_address(kind) for kind in kinds}
    tables = {kind.partition("/")[0] for kind in kinds}
    hidden |= {one.leaf.address for one in copy.given if _tells(one.leaf.address, tables)}
    if MATRIX_KIND in kinds:
        hidden |= {MATRIX_ADDRESS, count_address(MATRIX_KIND)}
    told = Erasure(at=instant_text(at), rule=rule, leaves=len(gone), kinds=tuple(sorted(kinds)))
    before = () if copy.erased is None else erasures_in(copy.erased).erasures
    kept = tuple(one for one in copy.given if one.leaf.address not in hidden)
    return replace(
        copy,
        given=kept,
        hidden=tuple(sorted((*copy.hidden, *(one.commitment for one in copy.given if one.leaf.address in hidden)))),
        matrix=copy.matrix if any(one.leaf.address == MATRIX_ADDRESS for one in kept) else None,
        erased=Erasures(accord_erased=1, erasures=(*before, told)).content,
    )


def _erasable(address: str) -> bool:
    """Whether a leaf can be erased by itself: what belongs to the record and not to anybody's content cannot."""
    kind = kind_of(address)
    return kind in COUNTED and not KIND_NAMED[kind].everybody


def _tells(address: str, tables: set[str]) -> bool:
    return kind_of(address).endswith(f"/{DIGESTS}") and names_in(address)[-1] in tables


def erasures_in(content: bytes) -> Erasures:
    """What `erased.json` says; raises UnreadableRecord where it is not written as version 1 is."""
    try:
        found = Erasures.model_validate_json(content)
    except ValidationError as error:
        raise UnreadableRecord(f"erased.json is none of version 1: {error.errors()[0]['msg']}") from error
    if found.content != content or found.accord_erased != 1 or not found.erasures:
        raise UnreadableRecord("erased.json is not written as version 1 is")
    return found


def matching(copy: Copy, patterns: Iterable[str]) -> frozenset[str]:
    """The addresses that fit a pattern, in which `*` stands for any text and `?` for one sign.

    Raises InvalidInput for a pattern that nothing fits.
    """
    found: set[str] = set()
    for pattern in patterns:
        fits = {one.leaf.address for one in copy.given if fnmatchcase(one.leaf.address, pattern)}
        if not any(_erasable(address) for address in fits):
            raise InvalidInput(f"address: no leaf that is still here and can be erased fits {pattern!r}")
        found |= fits
    return frozenset(found)


def of_person(copy: Copy, person: str) -> frozenset[str]:
    """The addresses of every leaf that speaks of a person: an expert's or an investigator's identifier.

    These are the rows that the identifier names, the texts that hold it or the person's name or ORCID, and the
    publications that no other expert lists. The plan is not looked at: it is what the Sides signed.
    """
    leaves = [one.leaf for one in copy.given if _erasable(one.leaf.address)]
    rows = {f"inputs/experts/{person}", *(_row(leaf.address) for leaf in leaves if _names(leaf, person))}
    words = {person, *_called(leaves, rows)}
    spoken = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words)))
    papers = _own_papers(leaves, person)
    return frozenset(
        leaf.address
        for leaf in leaves
        if person in _parts(leaf.address)
        or any(leaf.address.startswith(f"{row}/") for row in _around(leaf.address) & rows)
        or any(spoken.search(text) for text in _texts(leaf.value))
        or (names_in(leaf.address)[:2] == ("inputs", "publications") and names_in(leaf.address)[2] in papers)
    )


def _parts(address: str) -> set[str]:
    """What the row speaks of in which a leaf stands, where it can be an expert."""
    names = names_in(address)
    if names[0] == "steps":
        return set(names[4].split(" ")) if len(names) > 4 else set()
    return set(names[2].split(" ")) if names[1] in {"experts", "conflicts", "reviews"} else set()


def _row(address: str) -> str:
    return address.rpartition("/")[0]


def _around(address: str) -> set[str]:
    return {address[:place] for place, sign in enumerate(address) if sign == "/"}


def _names(leaf: Leaf, person: str) -> bool:
    """Whether a leaf says that its row is about the person."""
    return leaf.value == person and leaf.address.rpartition("/")[2] in {"id", "expert"}


def _called(leaves: Iterable[Leaf], rows: set[str]) -> Iterator[str]:
    """The person's name and ORCID, where a row of the person has them."""
    for leaf in leaves:
        row, _, name = leaf.address.rpartition("/")
        if name in {"name", "orcid"} and row in rows and isinstance(leaf.value, str):
            yield leaf.value


def _own_papers(leaves: Iterable[Leaf], person: str) -> set[str]:
    listed: dict[str, set[str]] = {}
    for leaf in leaves:
        names = names_in(leaf.address)
        if names[:2] == ("inputs", "experts") and names[-1] == "publications":
            for paper in leaf.value if isinstance(leaf.value, list | tuple) else ():
                listed.setdefault(str(paper), set()).add(names[2])
    return {paper for paper, who in listed.items() if who == {person}}


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, str):
            yield one


def checked_rule(rule: str, plan: Plan) -> str:
    """A rule of erasure that can be looked up: `plan:` and a key that the plan has, or `request:` and a reference.

    Raises InvalidInput otherwise. It stands in the record for good: a reference, never a person's name.
    """
    kind, _, told = rule.partition(":")
    if kind == "plan" and told:
        place: Any = plan
        for name in told.split("."):
            place = (
                getattr(place, name, None) if isinstance(place, Block) and name in type(place).model_fields else None
            )
        if place is None:
            raise InvalidInput(f"rule: the plan has no {told}; name a key that it has, such as plan:retention.personal")
        return rule
    if kind == "request" and re.fullmatch(r"[\w./:-]+", told) and len(rule) <= LONGEST_RULE:
        return rule
    raise InvalidInput(f"rule: found {rule[:80]!r}; write plan:KEY of the plan, or request:REFERENCE")
