"""The outbox: a letter is a row of the transaction of the action that causes it, and is sent once that has committed.

`post` is what an action calls. The rest is the worker's: it takes a letter for a while, sends it, and says what came
of it; a worker that dies in between leaves the letter to the next one, under the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from accord.errors import InvalidInput
from accord_server.database.sessions import action_running, reading, writing
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.mail.queries import due, waiting
from accord_server.mail.queries import letter as letter_row
from accord_server.mail.states import LETTER, LetterState
from accord_server.mail.texts import checked, text

LEASE: Final = timedelta(minutes=10)
"""For how long a worker has a letter to itself."""
BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
AT_ONCE: Final = 20
"""So many that even a server which lets each wait is done with them within the lease."""
_log: Final = logging.getLogger(__name__)
OUTBOX: Final = b"accord/mail"


def post(
    *,
    to: Iterable[str],
    letter: str,
    values: Mapping[str, str],
    language: str,
    at: datetime,
    call: UUID | None = None,
) -> tuple[UUID, ...]:
    """Post a letter to some addresses, a row each, in the transaction of the action that runs.

    `values` are exactly those that the text takes, and nothing of a proposal's content. Raises InvalidInput, and
    RuntimeError where no action runs.
    """
    if action_running() is None:
        raise RuntimeError("a letter is posted by an action, in its transaction")
    checked(letter, language, values)
    made = []
    for address in to:
        try:
            validate_email(address)
        except ValidationError as error:
            raise InvalidInput(f"to: found {address!r}; write an e-mail address") from error
        row = Letter(
            to=address,
            letter=letter,
            language=language,
            values=dict(values),
            posted_at=at,
            due_at=at,
            call_id=call,
        )
        row.save(force_insert=True)
        made.append(row.id)
    return tuple(made)


def take(at: datetime) -> tuple[UUID, ...]:
    """Take some letters that are due, for a while; who comes second takes none of them. An action has to run."""
    taken = list(due(at).select_for_update(skip_locked=True)[:AT_ONCE])
    for row in taken:
        row.attempts += 1
        row.due_at = at + LEASE
        row.save(update_fields=["attempts", "due_at"])
    return tuple(row.id for row in taken)


def send(identifier: UUID, at: datetime, through: BaseEmailBackend | None = None) -> bool:
    """Send one letter that was taken, unless it was sent; a refused one is due again later, at last given up.

    Returns whether it went out.
    """
    with reading(MACHINE):
        row = waiting(identifier)
    if row is None:
        return False
    try:
        _message(row, through).send()
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; their text can hold an address
        _log.warning("letter %s, attempt %d: %s", identifier, row.attempts, type(error).__qualname__)
        _came_of_it(identifier, at, sent=False)
        return False
    _came_of_it(identifier, at, sent=True)
    return True


def _message(row: Letter, through: BaseEmailBackend | None) -> EmailMessage:
    subject, body = text(row.letter, row.language).filled(row.values)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{row.id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": row.language,
    }
    return EmailMessage(subject=subject, body=body, to=[row.to], headers=headers, connection=through)


def _came_of_it(identifier: UUID, at: datetime, *, sent: bool) -> None:
    with writing("mail.sent" if sent else "mail.failed", MACHINE, None, alone_in=OUTBOX):
        row = letter_row(identifier)
        if row is None or row.state != LetterState.WAITING:
            return
        if sent or row.attempts > len(BACK_OFF):
            new = LetterState.SENT if sent else LetterState.GIVEN_UP
            LETTER.check(LetterState(row.state), new)
            row.state, row.sent_at = new, at if sent else None
        else:
            row.due_at = at + BACK_OFF[row.attempts - 1]
        row.save(update_fields=["state", "sent_at", "due_at"])
