"""The Merkle tree of RFC 6962: heads of growing trees, and proofs that an entry is in one and one is in the next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from accord.record.merkle import leaf_hash, node_hash

EMPTY: Final = hashlib.sha256(b"").digest()
HASH_BYTES: Final = 32
MOST_ENTRIES: Final = 2**48


@dataclass(slots=True)
class Frontier:
    """A tree from its left edge to its right, as the roots of its complete subtrees: what it takes to append."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    """Roots of complete subtrees, largest first: one for each binary digit 1 of `size`."""

    def append(self, hashed: bytes) -> None:
        """Add one leaf's hash."""
        rest = self.size
        while rest & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            rest >>= 1
        self.peaks.append(hashed)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing for an empty one."""
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            found = node_hash(peak, found)
        return found


def included(hashed: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf's hash stands at an index of the tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size <= MOST_ENTRIES or any(len(one) != HASH_BYTES for one in path):
        return False
    place, last, found = index, size - 1, hashed
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of one head begins with the tree of an older one (RFC 9162, 2.1.4.2).

    The empty tree is the beginning of every other, by its one root and an empty path.
    """
    if not 0 <= old_size <= size <= MOST_ENTRIES or any(len(one) != HASH_BYTES for one in path):
        return False
    if old_size == 0:
        return not path and old_root == EMPTY and (size > 0 or root == EMPTY)
    if old_size == size:
        return not path and old_root == root
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == root


__all__ = ["EMPTY", "HASH_BYTES", "MOST_ENTRIES", "Frontier", "consistent", "included", "leaf_hash", "node_hash"]
