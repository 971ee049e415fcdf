"""Whether every Side signed an extension of the closing instant in time: read from the bytes, by the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.acts.confirmation import confirmations
from accord.acts.extensions import Extension, closes_at
from accord.acts.standing import LoggedAct, standing
from accord.acts.statement import Act
from accord.acts.vouching import host_of
from accord.errors import Refused
from accord.record.canonical import digest
from accord_server.calls.history import History
from accord_server.calls.signing import reader_of


class NotExtended(Refused):
    """An extension that not every Side signed, or not in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedExtension:
    """An extension that counts: its text, and the acts and documents by which every Side signed it."""

    content: bytes
    closes: datetime
    acts: tuple[Act, ...]
    documents: tuple[bytes, ...]


def confirmed_extension(
    before: History,
    logged: Sequence[datetime],
    texts: Iterable[bytes],
    *,
    content: bytes,
    acts: Iterable[bytes],
    documents: Iterable[bytes],
    at: datetime,
) -> ConfirmedExtension:
    """The extension in some bytes, once every Side's signature of it counts, before the call has closed.

    `logged` is when each entry of the log came, `texts` the extensions that it has; the new entries are the text, the
    documents, the acts, in this order, at `at`. Raises NotExtended, NoExtension, UnreadableAct.
    """
    wanted = Extension.of(content)
    given = tuple(documents)
    made = tuple(Act.of(one) for one in acts)
    first = len(logged) + 1 + len(given)
    now = tuple(LoggedAct(one, at, first + place) for place, one in enumerate(made))
    files = {**before.documents, **{digest(one): one for one in given}}
    stood = standing(before.plan, [*before.acts, *now], host_of(before.plan), reader_of(files))
    times = [*logged, *[at] * (1 + len(given) + len(made))]
    told = confirmations(before.plan, stood)
    found = closes_at(before.plan, told, _by_digest([*texts, content]), times)
    refused = [f"{one.logged.act.statement.side}: {one.why}" for one in stood.refused if one.logged in now]
    if refused:
        raise NotExtended(f"acts: {'; '.join(refused)}")
    if wanted not in found.extended:
        missing = [", ".join(one.missing) for one in told if one.subject == digest(content)]
        why = found.refused[-1:] or (
            (f"{missing[0]} did not sign it",) if missing and missing[0] else ("nobody signed it",)
        )
        raise NotExtended(f"extension: {why[0]}")
    return ConfirmedExtension(content=content, closes=found.at, acts=made, documents=given)


def _by_digest(texts: Iterable[bytes]) -> Mapping[str, bytes]:
    return {digest(one): one for one in texts}
