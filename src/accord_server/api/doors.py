"""Who may use a route of the interface: each says it, and a test walks through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from ninja.security.http import HttpAuthBase

from accord_server.access.needs import NotAllowed
from accord_server.api.problems import TooLarge, Unauthorised
from accord_server.api.queries import standing
from accord_server.api.tokens import Scope, digest_of
from accord_server.log.happenings import Doing
from accord_server.people.models import NOBODY, Account


def clock() -> datetime:
    """What time it is: the one place of the interface that looks."""
    return datetime.now(UTC)


class Who(StrEnum):
    """Who may use a route. What content they then see is the policy's to say."""

    EVERYBODY = "everybody"
    READ = "a token with the scope read"
    WRITE = "a token with the scope write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """For whom a request is made, and when."""

    account: Account
    at: datetime

    def doing(self, call: UUID | None, key: str | None = None) -> Doing:
        """That the caller acts now, after the whole request was read."""
        return Doing(by=self.account, at=clock(), call=call, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A route as it was declared: how it is called, who may use it, and what it is for."""

    method: str
    path: str
    who: Who
    words: str


_declared: Final[dict[str, Declared]] = {}
LARGEST_REQUEST: Final = 22 * 1024 * 1024
NEEDED: Final = {Who.READ: Scope.READ, Who.WRITE: Scope.WRITE}


class Door(HttpAuthBase):
    """Lets a request in: anybody where everybody may, else whoever has a token with the scope."""

    openapi_scheme: str = "bearer"

    def __init__(self, who: Who) -> None:
        super().__init__()
        self.who = who

    def __call__(self, request: HttpRequest) -> Caller:
        """For whom the request is made; raises Unauthorised and NotAllowed."""
        at = clock()
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            raise TooLarge(f"a request has at most {LARGEST_REQUEST:,} bytes")  # before any of it is read
        told = request.headers.get("Authorization")
        if told is None:
            if self.who is Who.EVERYBODY:
                return Caller(account=NOBODY, at=at)
            raise Unauthorised("this needs a token: Authorization: Bearer accord_…")
        kind, _, secret = told.partition(" ")
        found = standing(digest_of(secret.strip()), at) if kind.lower() == "bearer" else None
        if found is None:
            raise Unauthorised("this token is unknown, expired or revoked")
        needed = NEEDED.get(self.who)
        if needed is not None and needed not in found.scopes.split():
            raise NotAllowed(f"this needs a token with the scope {needed}")
        return Caller(account=found.account, at=at)


def caller(request: HttpRequest) -> Caller:
    """For whom a request that was let in is made."""
    found: Caller = request.auth  # type: ignore[attr-defined]  # ninja puts there what the door gave
    return found


def route(
    router: Router, method: str, path: str, *, who: Who, answers: dict[int, Any], name: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function a route of the interface, and note who may use it."""

    def registered(view: Callable[..., Any]) -> Callable[..., Any]:
        if name in _declared:
            raise ValueError(f"there is a route {name} already")
        words = (view.__doc__ or "").partition("\n")[0]
        _declared[name] = Declared(method=method, path=path, who=who, words=words)
        made = router.api_operation(
            [method], path, auth=Door(who), response=answers, operation_id=name, summary=words, description=""
        )
        registered_view: Callable[..., Any] = made(view)
        return registered_view

    return registered


def declared() -> dict[str, Declared]:
    """Every declared route, by its name."""
    return dict(_declared)
