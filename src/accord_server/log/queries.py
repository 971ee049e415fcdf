"""What is read of the log: its entries by whoever may write or publish it, its contents through the policy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from accord_server.access.policy import visible_to
from accord_server.log.models import Content, DoneOnce, Entry
from accord_server.people.models import Account


def last_entry(call: UUID) -> Entry | None:
    """The last entry of a call's log."""
    return Entry.objects.filter(call_id=call).order_by("-index").first()


def size(call: UUID) -> int:
    """How many entries a call's log has."""
    last = Entry.objects.filter(call_id=call).aggregate(last=Max("index"))["last"]
    return 0 if last is None else int(last) + 1


def entries(call: UUID) -> QuerySet[Entry]:
    """The entries of a call's log, in their order."""
    return Entry.objects.filter(call_id=call).order_by("index")


def entry(call: UUID, identifier: UUID) -> Entry | None:
    """One entry of a call's log."""
    return Entry.objects.filter(call_id=call, id=identifier).first()


def contents(account: Account, call: UUID, at: datetime) -> QuerySet[Content]:
    """What an account may open of a call's log at an instant, in the log's order."""
    return (
        visible_to(account, Content.objects, at).filter(call_id=call).select_related("entry").order_by("entry__index")
    )


def done_once(account: Account, key: str) -> DoneOnce | None:
    """An account's request under an idempotency key, if it was done."""
    return DoneOnce.objects.filter(account=account, key=key).first()
