"""Copies of a record that hold some of its leaves, and of all others the bare commitments: written and read back.

A copy holds `record.json` as the Sides signed it, `leaves.jsonl`, `hidden.csv`, `affinity.npy` where the matrix is
given, `erased.json` where something was erased, and `log/`. Whatever it does not hold cannot be told from it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accord.pipeline.bundle import RECORD_FILE, FrontPage
from accord.pipeline.reading import LOG_PREFIX, Record, UnreadableRecord, front_page_in, present_files
from accord.pipeline.step import npy
from accord.record.canonical import Json, canonical, digest
from accord.record.commitments import SALT_BYTES, Leaf, commitment, salt_of
from accord.record.log.reader import folder
from accord.record.merkle import merkle_root

LEAVES_FILE: Final = "leaves.jsonl"
HIDDEN_FILE: Final = "hidden.csv"
MATRIX_FILE: Final = "affinity.npy"
ERASED_FILE: Final = "erased.json"
MATRIX_ADDRESS: Final = "steps/affinity/result/matrix"
HEADING: Final = b"commitment\n"
COMMITMENT: Final = re.compile(rb"[0-9a-f]{64}\n")
LARGEST_LINE: Final = 32 * 1024 * 1024
LARGEST_MATRIX: Final = 2 * 1024 * 1024 * 1024
LARGEST_PAGE: Final = 16 * 1024 * 1024
KEYS: Final = ("address", "commitment", "salt", "value")


@dataclass(frozen=True, slots=True)
class OpenLeaf:
    """A leaf that is given, with what opens its commitment; both in hexadecimal."""

    leaf: Leaf
    salt: str
    commitment: str

    @property
    def line(self) -> bytes:
        """Its line in `leaves.jsonl`."""
        row = {"address": self.leaf.address, "commitment": self.commitment, "salt": self.salt, "value": self.leaf.value}
        return canonical(row) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a copy of a record holds: leaves in the order of their addresses, commitments in their own."""

    page: FrontPage
    given: tuple[OpenLeaf, ...]
    hidden: tuple[str, ...]
    matrix: bytes | None = None
    erased: bytes | None = None

    def files(self) -> dict[str, bytes]:
        """The copy as relative path to bytes, without the log."""
        head: dict[str, Json] = {
            "accord_copy": 1,
            "record": digest(self.page.content),
            "erased": None if self.erased is None else digest(self.erased),
        }
        files = {
            RECORD_FILE: self.page.content,
            LEAVES_FILE: b"".join((canonical(head), b"\n", *(one.line for one in self.given))),
            HIDDEN_FILE: HEADING + b"".join(f"{one}\n".encode() for one in self.hidden),
        }
        beside = {MATRIX_FILE: self.matrix, ERASED_FILE: self.erased}
        return files | {name: content for name, content in beside.items() if content is not None}


def opened_leaves(record: Record, content: Iterable[Leaf]) -> tuple[OpenLeaf, ...]:
    """Every leaf of a whole record with its salt; raises UnreadableRecord where its salts are no secret."""
    key = record.walk.inputs.call.salt_key
    if key is None:
        raise UnreadableRecord(
            "the salts of this record are derived from its content: what is left out of a copy could be tried out; put"
            " 64 hexadecimal digits that nobody else knows into salt.key of the call folder and run again"
        )
    found = []
    for leaf in content:
        salt = salt_of(key, leaf.address)
        found.append(OpenLeaf(leaf, salt.hex(), commitment(salt, leaf)))
    root = merkle_root(sorted(bytes.fromhex(one.commitment) for one in found)).hex()
    if root != record.root:
        raise UnreadableRecord(f"the content gives the root {root}, the front page names {record.root}")
    return tuple(sorted(found, key=lambda one: one.leaf.address))


def copy_with(record: Record, every: tuple[OpenLeaf, ...], addresses: frozenset[str]) -> Copy:
    """The copy of a whole record that gives the leaves at these addresses and hides all others."""
    matrix = npy(record.walk.affinity.arrays["affinity"]) if MATRIX_ADDRESS in addresses else None
    return Copy(
        page=record.page,
        given=tuple(one for one in every if one.leaf.address in addresses),
        hidden=tuple(sorted(one.commitment for one in every if one.leaf.address not in addresses)),
        matrix=matrix,
    )


def is_copy(path: Path) -> bool:
    """Whether a folder holds a copy of a record rather than a whole one."""
    return os.path.lexists(path / LEAVES_FILE)


def read_copy(path: Path) -> Copy:
    """The copy in a folder: every leaf fits its commitment, all commitments give the root, no other file is there.

    Nothing is kept of a file before its digest or its commitment is seen to fit; no link is followed. Raises
    UnreadableRecord, naming the first place that does not hold.
    """
    present = {name for name in present_files(path) if not name.startswith(LOG_PREFIX)}
    for name in (RECORD_FILE, LEAVES_FILE, HIDDEN_FILE):
        if name not in present:
            raise UnreadableRecord(f"{name} is missing")
    read = folder(path)
    page = front_page_in(read(RECORD_FILE, LARGEST_PAGE))
    if page.commitments.salts != "secret":
        raise UnreadableRecord(f"{RECORD_FILE} says {page.commitments.salts} salts: such a record has no copies")
    opened = _commitments(path, page)
    erased = _erased(path, present, digest(page.content))
    given = tuple(_rows(path))
    if len(given) != opened:
        raise UnreadableRecord(f"{LEAVES_FILE} changed while it was read")
    matrix = _matrix(path, present, given)
    known = {
        RECORD_FILE,
        LEAVES_FILE,
        HIDDEN_FILE,
        *({MATRIX_FILE} if matrix else ()),
        *({ERASED_FILE} if erased else ()),
    }
    for name in sorted(present - known):
        raise UnreadableRecord(f"{name} is no part of this copy")
    return Copy(page=page, given=given, hidden=tuple(_hidden(path)), matrix=matrix, erased=erased)


def _commitments(path: Path, page: FrontPage) -> int:
    """How many leaves are given, once all commitments are seen to give the root: 32 bytes of memory for each."""
    given = [bytes.fromhex(one.commitment) for one in _rows(path)]
    every = [*given, *(bytes.fromhex(one) for one in _hidden(path))]
    if len(every) != page.commitments.leaves:
        raise UnreadableRecord(
            f"{LEAVES_FILE} and {HIDDEN_FILE} hold {len(every)} commitments, {RECORD_FILE} names"
            f" {page.commitments.leaves}: a leaf was dropped or added"
        )
    root = merkle_root(sorted(every)).hex()
    if root != page.commitments.root:
        raise UnreadableRecord(
            f"{LEAVES_FILE} and {HIDDEN_FILE} give the root {root}, {RECORD_FILE} names {page.commitments.root}:"
            " a commitment in one of them was changed, or is of another record"
        )
    return len(given)


def _lines(path: Path, name: str, most: int) -> Iterator[bytes]:
    with os.fdopen(_opened(path, name), "rb") as stream:
        while line := stream.readline(most + 1):
            if len(line) > most or not line.endswith(b"\n"):
                raise UnreadableRecord(f"{name} has a line that does not end within {most} bytes")
            yield line


def _opened(path: Path, name: str) -> int:
    return os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def _rows(path: Path) -> Iterator[OpenLeaf]:
    """Every leaf that is given, in ascending order of addresses, each seen to fit its commitment."""
    lines = _lines(path, LEAVES_FILE, LARGEST_LINE)
    next(lines, None)  # the heading, which `_erased` reads
    before = ""
    for number, line in enumerate(lines, start=2):
        one = _open_leaf(line, number)
        if one.leaf.address <= before:
            raise UnreadableRecord(
                f"{LEAVES_FILE} line {number}: {one.leaf.address} is not in its order, or stands twice"
            )
        if commitment(bytes.fromhex(one.salt), one.leaf) != one.commitment:
            raise UnreadableRecord(f"{LEAVES_FILE} line {number}: {one.leaf.address} does not have its commitment")
        before = one.leaf.address
        yield one


def _open_leaf(line: bytes, number: int) -> OpenLeaf:
    try:
        row: Any = json.loads(line)
        if not isinstance(row, dict) or tuple(sorted(row)) != KEYS or not _texts(row["address"], row["salt"]):
            raise UnreadableRecord(f"{LEAVES_FILE} line {number} is no leaf with its salt")
        leaf = Leaf(row["address"], row["value"])
        one = OpenLeaf(leaf, row["salt"], row["commitment"])
        if one.line == line and len(bytes.fromhex(one.salt)) == SALT_BYTES and _plain(leaf.value):
            return one
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord(f"{LEAVES_FILE} line {number} is no canonical JSON") from error
    raise UnreadableRecord(f"{LEAVES_FILE} line {number} is not written as version 1 is")


def _texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _plain(value: Any) -> bool:
    """Whether a value is what a leaf can hold: a scalar, a list of scalars, or nothing in braces."""
    rows = value if isinstance(value, list) else [] if value == {} else [value]
    return not any(isinstance(row, list | dict) for row in rows)


def _hidden(path: Path) -> Iterator[str]:
    lines = _lines(path, HIDDEN_FILE, len(HEADING) + 64)
    if next(lines, b"") != HEADING:
        raise UnreadableRecord(f"{HIDDEN_FILE} does not begin with {HEADING.decode().strip()!r}")
    before = b""
    for number, line in enumerate(lines, start=2):
        if not COMMITMENT.fullmatch(line) or line <= before:
            raise UnreadableRecord(f"{HIDDEN_FILE} line {number} is no commitment in its order")
        before = line
        yield line.decode().strip()


def _erased(path: Path, present: set[str], record: str) -> bytes | None:
    """What `erased.json` holds, once the heading of the leaves is seen to name it and the front page."""
    heading = next(_lines(path, LEAVES_FILE, LARGEST_LINE), b"")
    read = folder(path)
    erased = read(ERASED_FILE, LARGEST_PAGE) if ERASED_FILE in present else None
    head: dict[str, Json] = {"accord_copy": 1, "record": record, "erased": None if erased is None else digest(erased)}
    if heading != canonical(head) + b"\n":
        what = RECORD_FILE if f'"record":"{record}"'.encode() not in heading else ERASED_FILE
        raise UnreadableRecord(f"{LEAVES_FILE} line 1 names another {what} than this copy holds")
    return erased


def _matrix(path: Path, present: set[str], given: tuple[OpenLeaf, ...]) -> bytes | None:
    told = next((one.leaf.value for one in given if one.leaf.address == MATRIX_ADDRESS), None)
    if told is None:
        return None
    if MATRIX_FILE not in present:
        raise UnreadableRecord(f"{MATRIX_FILE} is missing")
    matrix = folder(path)(MATRIX_FILE, LARGEST_MATRIX)
    if digest(matrix) != told:
        raise UnreadableRecord(f"{MATRIX_FILE} was changed: {MATRIX_ADDRESS} names another SHA-256")
    return matrix
