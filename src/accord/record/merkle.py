"""The root of a Merkle tree, hashed as RFC 6962 says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf: SHA-256 of 0x00 and the leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 of 0x01 and its two children (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves in their order, 32 bytes; of no leaf, the SHA-256 of nothing (RFC 6962)."""
    complete: list[tuple[int, bytes]] = []  # the roots of full subtrees so far, largest first, with height
    for content in leaves:
        height, root = 0, leaf_hash(content)
        while complete and complete[-1][0] == height:
            root = node_hash(complete.pop()[1], root)
            height += 1
        complete.append((height, root))
    if not complete:
        return hashlib.sha256(b"").digest()
    root = complete.pop()[1]
    while complete:
        root = node_hash(complete.pop()[1], root)
    return root
