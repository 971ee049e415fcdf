"""A door for sieges: a WSGI application by which a proposal is submitted in one request, through the site's action."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402  models need the set-up above
from django.db import DatabaseError, close_old_connections  # noqa: E402

from accord.record.log.keys import read_key  # noqa: E402
from accord_server.log.happenings import Doing  # noqa: E402
from accord_server.log.keeping import Keeper  # noqa: E402
from accord_server.people.models import Account  # noqa: E402
from accord_server.proposals.receipts import receipt_of  # noqa: E402
from accord_server.proposals.services.submitting import submit  # noqa: E402

KEEPER = Keeper(folder=settings.ENVIRONMENT.logs, key=read_key(settings.ENVIRONMENT.host_key, None))


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Submit what the headers name, with the body as its document; answer once receipt and all are on disk."""
    close_old_connections()
    try:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = _submitted(environ, body) if environ["REQUEST_METHOD"] == "POST" else {"pid": os.getpid()}
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]
    except (DatabaseError, OSError) as error:  # the database was stopped: the client tries again
        start("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [type(error).__name__.encode()]
    finally:
        close_old_connections()


def _submitted(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    account = Account.objects.get(id=environ["HTTP_X_ACCOUNT"])
    call, proposal = UUID(environ["HTTP_X_CALL"]), UUID(environ["HTTP_X_PROPOSAL"])
    fields = tuple(json.loads(base64.b64decode(environ["HTTP_X_FIELDS"])).items())
    doing = Doing(by=account, at=datetime.now(UTC), call=call, key=environ["HTTP_X_KEY"])
    given = (("proposal", "text.pdf", body),)
    done = submit(doing, proposal_id=proposal, base=0, fields=fields, given=given)
    if environ.get("HTTP_X_RECEIPT") == "later":
        return {"result": done.result, "first": done.first}
    told = receipt_of(account, proposal, doing.at, KEEPER, int(str(done.result["number"])))
    return {
        "result": done.result,
        "first": done.first,
        "proof": told.proof.decode(),
        "proposal": told.proposal.decode(),
    }
