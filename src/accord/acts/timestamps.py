"""Time-stamps (RFC 3161): a Side's own authority says that a head of the log existed at an instant.

Request and answer lie in the log's folder `timestamps/`, as `SIDE-SIZE.tsq` and `SIDE-SIZE.tsr`. What is stamped is
the head's text, host, size and root, without its signatures, for cosignatures come later. What reads the answers is
in `accord.acts.tokens`, which needs the extra `accord[sign]`; it is loaded when it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from accord.acts.paper import SigningUnavailable, certificate_of
from accord.plan.model import Plan
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import LARGEST_NOTE, VerifierKey
from accord.record.log.reader import folder
from accord.record.log.timestamps import KINDS, TIMESTAMPS, BadTimeStamp, timestamps_in
from accord.record.log.writer import HEADS

LARGEST_TOKEN: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What an authority of a Side says: the head of that size existed at that instant. None where it was not read."""

    side: str
    size: int
    at: datetime | None


class TokenTool(Protocol):
    """What `accord.acts.tokens` offers to whoever loads it by `token_tool`."""

    def request(self, text: bytes, nonce: int) -> bytes:
        """A request for a time-stamp of a text."""

    def stamped_at(self, request: bytes, response: bytes, text: bytes, certificate: str) -> datetime:
        """When an authority, known by its certificate, says that a text existed."""


def token_tool() -> TokenTool:
    """What makes requests and reads answers; raises SigningUnavailable without the extra `accord[sign]`."""
    try:
        return cast("TokenTool", import_module("accord.acts.tokens"))
    except ModuleNotFoundError as error:
        raise SigningUnavailable(f"time-stamps need {error.name}: pip install 'accord[sign]'") from error


def authority_of(plan: Plan, side: str) -> str:
    """The certificate of a Side's authority, its SHA-256; raises BadTimeStamp where the plan names none."""
    told = plan.log.tsa.get(side) if plan.log else None
    certificate = certificate_of(told)
    if certificate is None:
        raise BadTimeStamp(f"the plan names no time-stamping authority of {side} under log.tsa")
    return certificate


def timestamps(plan: Plan, path: Path, host: VerifierKey) -> tuple[tuple[TimeStamp, ...], str | None]:
    """Every time-stamp in a log's folder, verified, by Side and size; and why none could be, where that is so.

    Raises BadTimeStamp for a file that is none, or does not fit the head that it is called after.
    """
    found = []
    for side, size in timestamps_in(path):
        certificate, text = authority_of(plan, side), stamped_text(path, size, host)
        asked, answer = (folder(path)(f"{TIMESTAMPS}/{side}-{size}.{kind}", LARGEST_TOKEN) for kind in KINDS)
        try:
            tool = token_tool()
        except SigningUnavailable as error:
            return tuple(TimeStamp(one, of, None) for one, of in timestamps_in(path)), str(error)
        try:
            found.append(TimeStamp(side, size, tool.stamped_at(asked, answer, text, certificate)))
        except BadTimeStamp as error:
            raise BadTimeStamp(f"{TIMESTAMPS}/{side}-{size}.tsr: {error}") from error
    return tuple(found), None


def stamped_text(path: Path, size: int, host: VerifierKey) -> bytes:
    """What is stamped: the text of the log's head of that size; raises BadTimeStamp where there is none."""
    try:
        head = Checkpoint.of(folder(path)(f"{HEADS}/{size}", LARGEST_NOTE)).trusted(host)
    except FileNotFoundError as error:
        raise BadTimeStamp(f"this log has signed no head of size {size}") from error
    return head.note.text.encode()


def stamps_told(plan: Plan, stamps: tuple[TimeStamp, ...], unread: str | None) -> str:
    """The time-stamps of a log in a line, and which Side that has an authority has none."""
    authorities: Mapping[str, str] = plan.log.tsa if plan.log else {}
    lines = [
        f"{one.side}'s authority: the head of size {one.size} existed "
        + (f"at {one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else f"at an instant that was not read here: {unread}")
        for one in stamps
    ]
    absent = [side for side in plan.sides if side in authorities and side not in {one.side for one in stamps}]
    return "; ".join([*lines, *(f"none of {side}'s authority yet" for side in absent)])
