"""Calls, their plans and their logs, for programs."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any, Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from ninja import Path, Router

from accord.plan.calendar import moments
from accord.plan.load import parse_plan
from accord.record.log.reader import CHECKPOINT
from accord_server.api.doors import Who, caller, route
from accord_server.api.shapes import REFUSALS, CallOut, CallsOut, Key, StatusOut, TimelineOut
from accord_server.calls.models import Call, PlanVersion
from accord_server.calls.queries import calls, plan_versions
from accord_server.database.sessions import reading

router: Final = Router(tags=["calls"])
LOG_FILE: Final = re.compile(r"checkpoint|tile/([0-9]|entries)/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?")
WHOLE_TILE: Final = "public, max-age=31536000, immutable"


@route(router, "GET", "/status", who=Who.EVERYBODY, answers={200: StatusOut, **REFUSALS}, name="status")
def status(request: HttpRequest) -> dict[str, Any]:
    """That the site answers, its version and its time."""
    return {"name": "accord", "version": version("accord"), "time": caller(request).at}


@route(router, "GET", "/calls", who=Who.EVERYBODY, answers={200: CallsOut, **REFUSALS}, name="calls")
def list_calls(request: HttpRequest) -> dict[str, Any]:
    """The calls that the caller may see."""
    by = caller(request)
    with reading(by.account.id):
        found = [(row, plan_versions(by.account, row.access_id, by.at).first()) for row in calls(by.account, by.at)]
        return {"calls": [_told(row, plan, by.at) for row, plan in found if plan is not None]}


@route(router, "GET", "/calls/{key}", who=Who.EVERYBODY, answers={200: CallOut, **REFUSALS}, name="call")
def one_call(request: HttpRequest, key: Path[Key]) -> dict[str, Any]:
    """One call."""
    row, plan = _call(request, key)
    return _told(row, plan, caller(request).at)


@route(router, "GET", "/calls/{key}/plan", who=Who.EVERYBODY, answers={200: str, **REFUSALS}, name="plan")
def plan_of_call(request: HttpRequest, key: Path[Key]) -> HttpResponse:
    """The exact bytes of the plan in force, which every Side signed."""
    _, plan = _call(request, key)
    return _file(bytes(plan.content), "application/toml", f"{key}.plan.toml")


@route(
    router, "GET", "/calls/{key}/timeline", who=Who.EVERYBODY, answers={200: TimelineOut, **REFUSALS}, name="timeline"
)
def timeline(request: HttpRequest, key: Path[Key]) -> dict[str, Any]:
    """Every instant of the plan in force, for all and for each Side."""
    _, plan = _call(request, key)
    found = moments(parse_plan(bytes(plan.content)).plan)
    return {
        "instants": [
            {
                "key": one.key,
                "kind": one.kind,
                "at": one.at,
                "sides": list(one.sides),
                "title": None if one.title is None else dict(one.title),
            }
            for one in found
        ]
    }


@route(
    router, "GET", "/calls/{key}/log/{path:file}", who=Who.EVERYBODY, answers={200: str, **REFUSALS}, name="log-file"
)
def log_file(request: HttpRequest, key: Path[Key], file: str) -> HttpResponse | FileResponse:
    """A file of the call's log, as C2SP tlog-tiles has it: `checkpoint`, `tile/…`."""
    row, _ = _call(request, key)
    if not LOG_FILE.fullmatch(file):
        raise Http404
    place = settings.ENVIRONMENT.logs / row.access_id.hex / file
    try:
        response = FileResponse(place.open("rb"), content_type="application/octet-stream")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Http404 from error
    kind = "text/plain; charset=utf-8" if file == CHECKPOINT else "application/octet-stream"
    response["Content-Type"] = kind
    response["Cache-Control"] = "no-store" if file == CHECKPOINT else WHOLE_TILE
    return response


def _call(request: HttpRequest, key: str) -> tuple[Call, PlanVersion]:
    by = caller(request)
    with reading(by.account.id):
        row = calls(by.account, by.at).filter(key=key).first()
        plan = None if row is None else plan_versions(by.account, row.access_id, by.at).first()
    if row is None or plan is None:
        raise Http404
    return row, plan


def _told(row: Call, version_: PlanVersion, at: Any) -> dict[str, Any]:
    plan = parse_plan(bytes(version_.content)).plan
    return {
        "id": row.access_id,
        "key": row.key,
        "origin": row.origin,
        "state": str(row.state(at)),
        "opens": row.opens,
        "closes": row.closes,
        "plan_number": version_.number,
        "plan_sha256": version_.digest,
        "title": dict(plan.call.title),
        "sides": list(plan.sides),
    }


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
