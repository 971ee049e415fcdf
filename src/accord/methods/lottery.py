"""An order among equals that no Side can steer: every Side commits to a secret, then all reveal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accord.errors import InvalidInput, Refused

METHOD: Final = "lottery"
VERSION: Final = "1"
SHORTEST_SECRET: Final = 16

_COMMITMENT: Final = "accord/lottery/commitment/1"
_SEED: Final = "accord/lottery/seed/1"
_TICKET: Final = "accord/lottery/ticket/1"


class LotteryStopped(Refused):
    """The lottery cannot be drawn: each attribute names the Sides, in the plan's order, that stop it."""

    def __init__(
        self,
        *,
        uncommitted: tuple[str, ...],
        copied: tuple[str, ...],
        withheld: tuple[str, ...],
        mismatched: tuple[str, ...],
    ) -> None:
        faults = (
            ("no commitment from", uncommitted),
            ("the same commitment from", copied),
            ("no reveal from", withheld),
            ("a reveal that is not what was committed to from", mismatched),
        )
        said = "; ".join(f"{fault} {', '.join(sides)}" for fault, sides in faults if sides)
        super().__init__(f"the lottery is not drawn: {said}")
        self.uncommitted = uncommitted
        self.copied = copied
        self.withheld = withheld
        self.mismatched = mismatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Lottery:
    """The order that the lottery gives, first drawn first."""

    order: tuple[str, ...]
    tickets: tuple[str, ...]
    """The ticket of each item of `order`, hexadecimal, ascending."""
    seed: str
    """What every ticket was computed from, hexadecimal."""
    method: str = METHOD
    version: str = VERSION


def commitment(call: str, side: str, secret: bytes) -> str:
    """Give the commitment of a Side to its secret: a SHA-256, hexadecimal, bound to the call and the Side.

    `call` and `side` are ids; `secret` is 16 random bytes or more, kept until the reveal. The hash is over the
    domain 'accord/lottery/commitment/1', the call, the Side and the secret, each preceded by its length in
    eight bytes, so that another Side's commitment cannot be copied and no two inputs read the same.

    Raises InvalidInput for an empty id or a secret that is not bytes or is too short.
    """
    _checked_bytes("secret", secret, at_least=SHORTEST_SECRET)
    return _digest(_COMMITMENT, _text("call", call), _text("side", side), secret).hex()


def lottery(
    items: Iterable[str],
    *,
    call: str,
    sides: Sequence[str],
    commitments: Mapping[str, str],
    reveals: Mapping[str, bytes],
    root: bytes,
) -> Lottery:
    """Draw the order of the items from the secrets of all Sides.

    `items` are ids, in any order; `call` is the call's id; `sides` are the ids of its Sides in the plan's order,
    two or more; `commitments` (hexadecimal, as `commitment` gives them) and `reveals` (the secrets) are by Side;
    `root` is what was fixed after the commitments and before the first reveal.

    The seed is the SHA-256 of the domain 'accord/lottery/seed/1', the root and all reveals in the order of
    `sides`; an item's ticket is the SHA-256 of 'accord/lottery/ticket/1', the seed and the item, each part
    preceded by its length; the lowest ticket is first. So an item's ticket does not depend on the others.

    Raises LotteryStopped, naming the Sides, where one has not committed, two have the same commitment, one
    withholds its reveal, or a reveal is not the secret committed to. Raises InvalidInput for arguments that
    cannot be meant: repeated items, unknown Sides, fewer than two Sides, an empty root.
    """
    if isinstance(sides, str) or len(sides) < 2:
        raise InvalidInput("sides: fewer than two; a Side that draws alone could choose the order")
    _text("call", call)
    for side in sides:
        _text("sides", side)
    if len(set(sides)) != len(sides):
        raise InvalidInput("sides: a Side is named twice; give each once")
    _checked_bytes("root", root, at_least=1)
    for name, given in (("commitments", commitments), ("reveals", reveals)):
        unknown = sorted(set(given) - set(sides))
        if unknown:
            raise InvalidInput(f"{name}: {', '.join(unknown)} is not among the Sides; give one for each Side")
    for side, secret in reveals.items():
        _checked_bytes(f"reveals[{side!r}]", secret)
    for side, digest in commitments.items():
        _text(f"commitments[{side!r}]", digest)
    _stop_where_unfair(call, sides, commitments, reveals)
    seed = _digest(_SEED, root, *(reveals[side] for side in sides))
    drawn = _drawn(items, seed)
    return Lottery(
        order=tuple(item for _, item in drawn), tickets=tuple(ticket for ticket, _ in drawn), seed=seed.hex()
    )


def provisional_order(items: Iterable[str], *, seed: bytes) -> tuple[str, ...]:
    """Order the items as the lottery would with this seed, to be shown as provisional before the draw.

    `seed` is a digest of 32 bytes; whoever knows it knows the order, so it decides nothing.

    Raises InvalidInput for a seed of another length and for repeated items.
    """
    _checked_bytes("seed", seed)
    if len(seed) != hashlib.sha256().digest_size:
        raise InvalidInput(f"seed: found {len(seed)} bytes; give a SHA-256 digest of 32")
    return tuple(item for _, item in _drawn(items, seed))


def _stop_where_unfair(
    call: str, sides: Sequence[str], commitments: Mapping[str, str], reveals: Mapping[str, bytes]
) -> None:
    times = Counter(commitments.values())
    uncommitted = tuple(side for side in sides if side not in commitments)
    copied = tuple(side for side in sides if side in commitments and times[commitments[side]] > 1)
    withheld = tuple(side for side in sides if side not in reveals)
    mismatched = tuple(
        side
        for side in sides
        if side in commitments and side in reveals and not _opens(call, side, commitments[side], reveals[side])
    )
    if uncommitted or copied or withheld or mismatched:
        raise LotteryStopped(uncommitted=uncommitted, copied=copied, withheld=withheld, mismatched=mismatched)


def _opens(call: str, side: str, committed: str, secret: bytes) -> bool:
    # A short secret could have been guessed by the others, whatever its hash.
    if len(secret) < SHORTEST_SECRET:
        return False
    return commitment(call, side, secret) == committed


def _drawn(items: Iterable[str], seed: bytes) -> list[tuple[str, str]]:
    if isinstance(items, str):
        raise InvalidInput("items: found a text; give a list of ids")
    listed = [(item, _text("items", item)) for item in items]
    twice = sorted(item for item, times in Counter(item for item, _ in listed).items() if times > 1)
    if twice:
        raise InvalidInput(f"items: {', '.join(twice)} given more than once; give each id once")
    return sorted((_digest(_TICKET, seed, encoded).hex(), item) for item, encoded in listed)


def _checked_bytes(name: str, value: object, *, at_least: int = 0) -> None:
    if not isinstance(value, bytes):
        raise InvalidInput(f"{name}: found {type(value).__name__}; give bytes")
    if len(value) < at_least:
        raise InvalidInput(f"{name}: found {len(value)} bytes; give {at_least} or more")


def _text(name: str, value: object) -> bytes:
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: found {value!r}; give a text that is not empty")
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{name}: {value!r} is not valid Unicode; give text without lone surrogates") from error


def _digest(domain: str, *parts: bytes) -> bytes:
    """Hash the domain and the parts, each preceded by its length in eight bytes, big end first."""
    lengthened = (len(part).to_bytes(8, "big") + part for part in (domain.encode(), *parts))
    return hashlib.sha256(b"".join(lengthened)).digest()
