"""The plan in force in a call, as a value; each version is read from its bytes once a process."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from accord.errors import InvalidInput
from accord.plan.load import parse_plan
from accord.plan.model import Plan
from accord_server.calls.queries import plan_versions
from accord_server.people.models import Account


def plan_in_force(account: Account, call: UUID, at: datetime) -> Plan:
    """The plan that holds in a call at an instant; raises InvalidInput where the account may see none."""
    return plan_and_digest(account, call, at)[0]


def plan_and_digest(account: Account, call: UUID, at: datetime) -> tuple[Plan, str]:
    """The plan that holds in a call at an instant, and the digest of its bytes; raises as `plan_in_force`."""
    newest = plan_versions(account, call, at).values_list("id", "digest").first()
    if newest is None:
        raise InvalidInput("call: it has no plan that this account may see")
    identifier, digest = newest
    known = _known(digest)
    if not known:
        row = plan_versions(account, call, at).filter(id=identifier).get()
        known.append(parse_plan(bytes(row.content)).plan)
    return known[0], digest


@lru_cache(maxsize=64)
def _known(_digest: str) -> list[Plan]:
    """A place for the plan of a digest; a signed plan never changes under its digest."""
    return []
