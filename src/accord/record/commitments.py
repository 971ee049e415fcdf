"""Salted commitments: every leaf of content has an address, and can be left out of a copy that still verifies.

A leaf is one scalar, or one list of scalars, somewhere in the record. Its address names the document and the
way to it (`proposals/QC-001/partners/0/requested`). Its commitment is SHA-256 over its salt, its address and
its canonical value; its salt is HMAC-SHA-256 of the address under the record's salt key. Whoever holds the
key opens everything; whoever is given one leaf's salt opens that leaf and learns nothing of the others.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from accord.record.canonical import Json, canonical
from accord.record.merkle import merkle_root

SALT_BYTES: Final = 32

Commitments = tuple[tuple[str, str], ...]
"""Address and commitment, in hexadecimal, of every leaf."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of content: its address and its value."""

    address: str
    value: Json


def leaves(document: str, value: Json) -> Iterator[Leaf]:
    """Every leaf of a document, in canonical order of addresses within each object.

    Objects and lists that hold objects or lists are walked into; a row of a list is addressed by its place, so that
    whoever has the leaves can put the list together again.
    """
    if isinstance(value, Mapping) and value:
        for key in sorted(value):
            yield from leaves(f"{document}/{_escaped(key)}", value[key])
    elif isinstance(value, Sequence) and not isinstance(value, str) and any(_holds_leaves(row) for row in value):
        for place, row in enumerate(value):
            yield from leaves(f"{document}/{place}", row)
    else:
        yield Leaf(document, value)


def _holds_leaves(value: Json) -> bool:
    """Whether a value is an object or a list, and so no scalar."""
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # as RFC 6901 does


def names_in(address: str) -> tuple[str, ...]:
    """The names that an address goes through, as they were before they were escaped."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in address.split("/"))


def salt_of(key: bytes, address: str) -> bytes:
    """The salt of one leaf, 32 bytes: HMAC-SHA-256 of its address under the record's salt key."""
    return hmac.digest(key, address.encode(), "sha256")


def commitment(salt: bytes, leaf: Leaf) -> str:
    """The commitment to one leaf, in hexadecimal: SHA-256 of salt, address and canonical value.

    The address is length-prefixed, so that no other address and value give the same bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    address = leaf.address.encode()
    content = salt + len(address).to_bytes(4, "big") + address + canonical(leaf.value)
    return hashlib.sha256(content).hexdigest()


def commit(key: bytes, content: Iterable[Leaf]) -> Commitments:
    """Address and commitment of every leaf, in the order of the commitments, which tells nothing of the addresses.

    Raises ValueError where two leaves share an address: one could then stand in for the other.
    """
    rows = [(leaf.address, commitment(salt_of(key, leaf.address), leaf)) for leaf in content]
    addresses = sorted(address for address, _ in rows)
    for address, following in pairwise(addresses):
        if address == following:
            raise ValueError(f"two leaves at {address}")
    return tuple(sorted(rows, key=lambda row: row[1]))


def root_of(commitments: Commitments) -> str:
    """The Merkle root over all commitments, in hexadecimal: one digest stands for all content.

    It covers the commitments alone, as 32 bytes each in their order: a commitment binds its address already, and
    whoever checks the root need not learn the addresses of what is left out.
    """
    return merkle_root(sorted(bytes.fromhex(commitment) for _, commitment in commitments)).hex()
