"""What went wrong, as RFC 9457 has it: application/problem+json, its title in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from accord.errors import AccordError, InvalidInput, Refused, UnusableFolder
from accord_server.access.needs import NotAllowed
from accord_server.log.actions import KeyTaken
from accord_server.proposals.lacks import NotComplete
from accord_server.proposals.services.submitting import TooLate

KIND: Final = "application/problem+json"
TITLES: Final = {
    "bad-request": (400, "The request cannot be read", "リクエストを読み取れません"),
    "unauthorised": (401, "A token is needed", "トークンが必要です"),
    "not-allowed": (403, "This account may not do that", "このアカウントにはその権限がありません"),
    "not-found": (404, "There is nothing here for this account", "このアカウントで見られるものはありません"),
    "refused": (409, "The plan or the state of things does not allow it", "計画または現在の状態では認められません"),
    "too-late": (409, "The call has closed", "公募は締め切られました"),
    "key-taken": (409, "This idempotency key was used for another request", "この冪等キーは別の要求に使われています"),
    "too-large": (413, "The request is too large", "リクエストが大きすぎます"),
    "not-usable": (422, "Something in the request cannot be taken", "受け付けられない内容があります"),
    "not-complete": (422, "The proposal cannot be submitted yet", "提案書はまだ提出できません"),
    "unavailable": (503, "Not at the moment; try again", "ただいま処理できません。もう一度お試しください"),
}
"""Every kind of problem: its status, its title in English and in Japanese."""


class Lacking(Schema):
    """One thing to mend: where, what was found, what to write instead."""

    path: str
    kind: str
    found: str
    expected: str


class Problem(Schema):
    """What went wrong."""

    type: str
    title: str
    status: int
    detail: str
    lacks: list[Lacking] = Field(default_factory=list)


class Unauthorised(AccordError):
    """No token came with a request that needs one, or one that does not stand."""


class TooLarge(AccordError):
    """A request has more bytes than any route takes."""


def problem(kind: str, detail: str, lacks: list[dict[str, str]] | None = None) -> HttpResponse:
    """An answer that tells a problem."""
    status, english, japanese = TITLES[kind]
    japanese_asked = (get_language() or "en").startswith("ja")
    told = {
        "type": f"urn:accord:problem:{kind}",
        "title": japanese if japanese_asked else english,
        "status": status,
        "detail": detail,
        "lacks": lacks or [],
    }
    response = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=KIND)
    response["Content-Language"] = "ja" if japanese_asked else "en"
    if status == TITLES["unauthorised"][0]:
        response["WWW-Authenticate"] = 'Bearer realm="accord"'
    return response


def _lacks(error: NotComplete) -> list[dict[str, str]]:
    return [{"path": one.path, "kind": one.kind, "found": one.found, "expected": one.expected} for one in error.lacks]


def _unreadable(error: ValidationError) -> HttpResponse:
    lacks = [
        {
            "path": ".".join(str(part) for part in one.get("loc", ())),
            "kind": str(one.get("type", "")),
            "found": "a value that cannot be taken",
            "expected": str(one.get("msg", "")),
        }
        for one in error.errors
    ]
    return problem("not-usable", "some fields cannot be taken; see lacks", lacks)


ANSWERS: Final[tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...]] = (
    (Unauthorised, lambda error: problem("unauthorised", str(error))),
    (TooLarge, lambda error: problem("too-large", str(error))),
    (NotAllowed, lambda error: problem("not-allowed", str(error))),
    (KeyTaken, lambda error: problem("key-taken", str(error))),
    (NotComplete, lambda error: problem("not-complete", "see lacks", _lacks(error))),
    (TooLate, lambda error: problem("too-late", str(error))),
    (Refused, lambda error: problem("refused", str(error))),
    (InvalidInput, lambda error: problem("not-usable", str(error))),
    (UnusableFolder, lambda error: problem("not-usable", str(error))),
    (AccordError, lambda error: problem("unavailable", str(error))),
    (RequestDataTooBig, lambda _: problem("too-large", "a body without a file has at most 2.5 MB")),
    (SuspiciousOperation, lambda _: problem("bad-request", "the request is malformed")),
    (Http404, lambda _: problem("not-found", "it is not there, or not for this account")),
    (ValidationError, _unreadable),
    (HttpError, lambda error: problem("bad-request", str(error))),
)
"""From the most particular to the most general; ninja takes the first class that fits in an error's own order."""


def tell_problems(api: NinjaAPI) -> None:
    """Have an interface tell its problems so."""
    for kind, answer in ANSWERS:
        api.add_exception_handler(kind, _handler(answer))


def _handler(answer: Callable[[Any], HttpResponse]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, error: answer(error)
