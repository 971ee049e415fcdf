"""The published log of a call on the host's disk: where it is, by which key it is signed, and receipts out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from accord.errors import InvalidInput
from accord.record.log.checkpoint import Checkpoint
from accord.record.log.notes import SignerKey
from accord.record.log.proof import prove
from accord.record.log.reader import folder, head
from accord_server.database.sessions import reading
from accord_server.log.publishing import publish
from accord_server.log.queries import contents, entry
from accord_server.people.models import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Where this host publishes its logs, a folder a call, and the key that signs their heads."""

    folder: Path
    key: SignerKey

    def path(self, call: UUID) -> Path:
        """The folder of a call's log."""
        return self.folder / call.hex

    def published(self, call: UUID, origin: str, *, least: int = 0) -> Checkpoint:
        """The head of a call's log, once it covers the committed rows, or `least` of them where that is named.

        Who needs one entry waits for no later ones: whoever publishes signs for all that wait. Raises TamperedLog.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return publish(call, self.path(call), self.key, origin, least=least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an entry is in the log: a proof that `accord receipt verify` takes, what was logged, and its salt."""

    proof: bytes
    content: bytes
    salt: bytes


def receipt(keeper: Keeper, account: Account, call: UUID, entry_id: UUID, *, at: datetime, origin: str) -> Receipt:
    """The receipt of an entry whose content an account may open; its log is published up to there first.

    Raises InvalidInput where there is no such entry, TamperedLog where the log may not be signed.
    """
    with reading(account.id):
        content = contents(account, call, at).filter(entry_id=entry_id).first()
        row = entry(call, entry_id)
    if content is None or row is None:
        raise InvalidInput("entry_id: there is no such entry that this account may open")
    keeper.published(call, origin, least=row.index + 1)
    read = folder(keeper.path(call))
    proof = prove(read, row.index, head(read), extra=bytes(row.leaf))
    return Receipt(proof=proof.content, content=bytes(content.content), salt=bytes(content.salt))
