"""What can happen to tokens. A secret never reaches an action: its digest does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accord.errors import InvalidInput, Refused
from accord_server.access.needs import ANYBODY
from accord_server.api.models import Token
from accord_server.api.queries import token as token_row
from accord_server.api.queries import tokens
from accord_server.api.tokens import Scope
from accord_server.log.actions import Where, action
from accord_server.log.happenings import Doing, Outcome
from accord_server.mail.outbox import post

LONGEST: Final = timedelta(days=366)
MOST: Final = 20
DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@action("people.issue-token", needs=ANYBODY, where=Where.ON_HOST, logs=False)
def issue_token(
    doing: Doing, *, name: str, digest: str, scopes: tuple[str, ...], expires_at: datetime, language: str = "en"
) -> Outcome:
    """Let whoever has a secret act for one's own account, within scopes, for at most a year.

    The owner gets a letter. Raises InvalidInput for what cannot be, Refused where 20 tokens stand already.
    """
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise InvalidInput(f"name: found {len(name)} signs; write 1 to 80, in one line")
    if not DIGEST.fullmatch(digest):
        raise InvalidInput("digest: found no SHA-256 in hexadecimal")
    if not scopes or not {*scopes} <= {*Scope}:
        raise InvalidInput(f"scopes: found {', '.join(scopes) or 'none'}; there are {', '.join(Scope)}")
    if not doing.at < expires_at <= doing.at + LONGEST:
        raise InvalidInput(f"expires_at: found {expires_at.isoformat()}; at most {LONGEST.days} days from now")
    if tokens(doing.by).filter(revoked_at__isnull=True, expires_at__gt=doing.at).count() >= MOST:
        raise Refused(f"{MOST} tokens of this account stand already; revoke one that is not used")
    made = Token(
        account=doing.by,
        name=name,
        digest=digest,
        scopes=" ".join(sorted({*scopes})),
        issued_at=doing.at,
        expires_at=expires_at,
    )
    made.save(force_insert=True)
    values = {"name": name, "expires": f"{expires_at:%Y-%m-%d}"}
    post(to=(doing.by.email,), letter="token-issued", values=values, language=language, at=doing.at)
    return Outcome(call=None, result={"token": str(made.id)})


@action("people.revoke-token", needs=ANYBODY, where=Where.ON_HOST, logs=False)
def revoke_token(doing: Doing, *, token_id: UUID) -> Outcome:
    """Take a token of one's own back: it opens nothing from this instant on.

    Raises InvalidInput where there is none of this account.
    """
    found = token_row(doing.by, token_id)
    if found is None:
        raise InvalidInput("token_id: there is no such token of this account")
    if found.revoked_at is None:
        found.revoked_at = doing.at
        found.save(update_fields=["revoked_at"])
    return Outcome(call=None, result={"token": str(token_id)})
