"""What no code of the site may do; each contract is shown to fail where a violation is planted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accord_server.access.policy import content_models
from accord_server.access.states import INVITATION
from accord_server.calls.states import CALL
from accord_server.log.actions import Action, Where, registry
from accord_server.people.models import Organisation
from accord_server.proposals.states import ELIGIBILITY, PROPOSAL

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "src" / "accord_server"
SURFACES = {"web", "api", "serving", "doctor"}
DOORS = {"tasks/working.py", "tasks/queue.py"}  # the worker looks at the clock, and passes the time on
LONGEST = 250
DOCS = (ROOT / "docs" / "site.md").read_text(encoding="utf-8")


def sources() -> dict[str, str]:
    """Every file of the site that is ours to write, by its path."""
    found = {path.relative_to(SITE).as_posix(): path.read_text(encoding="utf-8") for path in SITE.rglob("*.py")}
    return {name: text for name, text in found.items() if "/migrations/0" not in name}


def below_surfaces(files: Mapping[str, str]) -> Iterator[tuple[str, ast.Module]]:
    for name, text in files.items():
        if name.split("/")[0] not in SURFACES and name not in DOORS:
            yield name, ast.parse(text)


def last_part(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


# No query of content but through the policy.

MANAGERS = {"objects", "_default_manager", "_base_manager"}
SQL = {"cursor", "raw", "extra", "RawSQL"}


def queries_past_the_policy(files: Mapping[str, str]) -> list[str]:
    """Managers outside models and queries, managers of content outside `visible_to`, SQL outside `database`."""
    content = {model.__name__ for model in content_models()}
    told = []
    for name, tree in below_surfaces(files):
        inside = {
            id(part)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and last_part(call.func) == "visible_to"
            for part in ast.walk(call)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
                if not name.endswith(("/queries.py", "/models.py")):
                    told.append(f"{name}:{node.lineno} a query outside queries.py")
                elif last_part(node.value) in content and id(node) not in inside:
                    told.append(f"{name}:{node.lineno} {last_part(node.value)} past visible_to")
            if isinstance(node, ast.Call) and last_part(node.func) in SQL and not name.startswith("database/"):
                told.append(f"{name}:{node.lineno} SQL outside database")
    return told


def test_every_query_of_content_passes_the_policy() -> None:
    calls, proposals = {"Call", "Content", "PlanVersion"}, {"ApplicantInvitation", "Document", "DraftVersion"}
    proposals |= {"Eligibility", "Proposal", "SubmittedVersion"}
    assert {model.__name__ for model in content_models()} == calls | proposals
    assert queries_past_the_policy(sources()) == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("calls/services/x.py", "Call.objects.count()", "calls/services/x.py:1 a query outside queries.py"),
        ("calls/queries.py", "Call.objects.count()", "calls/queries.py:1 Call past visible_to"),
        ("calls/queries.py", "models.Content._base_manager.all()", "calls/queries.py:1 Content past visible_to"),
        ("log/x.py", "connection.cursor()", "log/x.py:1 SQL outside database"),
    ],
)
def test_a_query_past_the_policy_is_found(name: str, text: str, told: str) -> None:
    assert queries_past_the_policy({name: text}) == [told]
    assert queries_past_the_policy({"calls/queries.py": "visible_to(account, Call.objects, at).count()"}) == []


def ways_around_the_policy(content: frozenset[type[models.Model]]) -> list[str]:
    """Relations by which rows of content are reached from other rows, without a query that names them."""
    told = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            leads_to = field.related_model
            if leads_to in content and isinstance(field, models.ForeignKey):
                told.append(f"{model.__name__}.{field.name} leads to {leads_to.__name__}")
            if leads_to in content and field.auto_created and not field.concrete:
                told.append(f"{model.__name__}.{field.name} leads back to {leads_to.__name__}")
    return told


def test_no_relation_leads_to_content() -> None:
    assert ways_around_the_policy(content_models()) == []
    planted = ways_around_the_policy(frozenset({apps.get_model("auth.Permission")}))
    assert planted == ["ContentType.permission leads back to Permission"]


# No clock and no request below the surfaces.

CLOCKS = {"now", "utcnow", "today", "localtime", "get_current_timezone", "auto_now", "auto_now_add", "Now"}
REQUESTS = {
    "time",
    "django.http",
    "django.contrib.sessions",
    "django.shortcuts",
    "django.views",
    "django.utils.timezone",
}
SIGNALS = {"django.dispatch", "django.db.models.signals", "django.contrib.auth.signals"}


def clocks_and_requests(files: Mapping[str, str]) -> list[str]:
    """Where the time is looked up, a request is known, or a signal is heard."""
    told = []
    for name, tree in below_surfaces(files):
        for node in ast.walk(tree):
            named: set[str] = set()
            if isinstance(node, ast.Call):
                named = {last_part(node.func), *(one.arg or "" for one in node.keywords)} & CLOCKS
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            told += [f"{name} {one}" for one in sorted(named & (CLOCKS | REQUESTS | SIGNALS))]
    return told


def test_actor_and_time_are_passed_in() -> None:
    assert clocks_and_requests(sources()) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from django.utils import timezone\ntimezone.now()", ["log/x.py django.utils.timezone", "log/x.py now"]),
        ("datetime.now(UTC)", ["log/x.py now"]),
        ("from django.http import HttpRequest", ["log/x.py django.http"]),
        ("models.DateTimeField(auto_now_add=True)", ["log/x.py auto_now_add"]),
        ("from django.db.models.signals import post_save", ["log/x.py django.db.models.signals"]),
    ],
)
def test_a_clock_a_request_and_a_signal_are_found(text: str, told: list[str]) -> None:
    assert clocks_and_requests({"log/x.py": text}) == told
    assert clocks_and_requests({"web/x.py": text}) == []


# No write outside an action.

WRITES = {"save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MAY_WRITE = ("/services.py", "log/appending.py", "log/actions.py", "mail/outbox.py", "tasks/keeping.py")
MAY_WRITE += ("proposals/documents.py",)  # files by their digest, and no row


def writes_outside_actions(files: Mapping[str, str]) -> list[str]:
    """Calls by which rows change, in a file that holds no actions."""
    return [
        f"{name}:{node.lineno} {last_part(node.func)}"
        for name, tree in below_surfaces(files)
        if not name.endswith(MAY_WRITE) and "/services/" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]


def functions_that_write_without_an_action(files: Mapping[str, str]) -> list[str]:
    """Public functions of services that are no action: a surface could call them."""
    told = []
    for name, tree in below_surfaces(files):
        if name.endswith("/services.py") or "/services/" in name:
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    made = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                    if not any(last_part(one.func) == "action" for one in made):
                        told.append(f"{name} {node.name}")
    return told


def test_nothing_writes_outside_an_action() -> None:
    assert writes_outside_actions(sources()) == []
    assert functions_that_write_without_an_action(sources()) == []


def test_a_write_outside_an_action_is_found() -> None:
    assert writes_outside_actions({"calls/queries.py": "row.save()"}) == ["calls/queries.py:1 save"]
    assert functions_that_write_without_an_action({"calls/services.py": "def f(): row.save()"}) == [
        "calls/services.py f"
    ]


def test_the_database_guard_refuses_a_write_while_no_action_runs(world: Any) -> None:
    with pytest.raises(AssertionError, match='a write outside an action: INSERT INTO "people_organisation"'):
        Organisation(name="A", country="JP").save(force_insert=True)
    with pytest.raises(AssertionError, match="a write outside an action: DELETE"):
        Organisation.objects.filter(name="A").delete()
    assert Organisation.objects.count() == 0


# What happens in a call is in its log, but for drafts.

DRAFTS = {"begin", "save", "attach", "detach", "invite", "withdraw-invitation"}
DRAFT_ROWS = {"DraftVersion", "Document", "ApplicantInvitation", "Proposal", "Subject", "Participation", "Membership"}


def rows_made_by(files: Mapping[str, str], name: str) -> set[str]:
    """The models that one file of services makes rows of, or changes."""
    known = {model.__name__ for model in apps.get_models()}
    calls = [node for node in ast.walk(ast.parse(files[name])) if isinstance(node, ast.Call)]
    return {last_part(node.func) for node in calls} & known


def test_only_what_makes_drafts_is_left_out_of_the_log() -> None:
    unlogged = {name for name, one in registry().items() if not one.logs and one.where is Where.IN_CALL}
    assert unlogged == {f"proposals.{name}" for name in DRAFTS}
    assert rows_made_by(sources(), "proposals/services/drafting.py") <= DRAFT_ROWS
    assert "SubmittedVersion" in rows_made_by(sources(), "proposals/services/submitting.py")


# The docs say everything that can happen.


def actions_not_in(text: str, actions: Mapping[str, Action[...]]) -> list[str]:
    rows = {name: f"| `{name}` | {one.needs.words} | {one.words} |" for name, one in actions.items()}
    return [row for row in rows.values() if row not in text]


def test_every_action_is_in_the_docs() -> None:
    assert len(registry()) >= 6
    assert actions_not_in(DOCS, registry()) == []
    assert len(actions_not_in("", registry())) == len(registry())
    assert all(one.words.endswith(".") for one in registry().values())


def test_the_diagrams_in_the_docs_are_drawn_from_the_tables() -> None:
    for moves in (CALL, INVITATION, PROPOSAL, ELIGIBILITY):
        assert f"```mermaid\n{moves.diagram()}```\n" in DOCS
        assert set(moves.table) == set(type(moves.first))


def test_a_file_is_read_in_one_sitting() -> None:
    assert [name for name, text in sources().items() if text.count("\n") > LONGEST] == []
    assert [name for name, text in sources().items() if not ast.get_docstring(ast.parse(text))] == []
