"""A call that is open, and a program with a token that talks to the site."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from accord.plan.load import parse_plan
from accord.record.log.keys import write_key
from accord_server.api import doors
from accord_server.api.services import issue_token
from accord_server.api.tokens import digest_of, drawn
from accord_server.log.happenings import Doing
from accord_server.people.models import Account

ROOT = "/api/v1"


@dataclass
class Program:
    """A program with or without a token."""

    secret: str | None = None
    language: str = "en"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Make a request; the answer's JSON is at `.told`."""
        told: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": self.language, "secure": True}
        if self.secret is not None:
            told["HTTP_AUTHORIZATION"] = f"Bearer {self.secret}"
        told |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if body is not None:
            told |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = Client().generic(method, ROOT + path, **told)
        kind = answer.headers.get("Content-Type", "")
        answer.told = json.loads(answer.content) if "json" in kind and answer.content else None
        return answer

    def attach(self, path: str, question: str, name: str, content: bytes) -> Any:
        """Send a file as a form does."""
        from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415  Django's own

        data = {"question": question, "file": SimpleUploadedFile(name, content)}
        answer = Client().post(ROOT + path, data, secure=True, HTTP_AUTHORIZATION=f"Bearer {self.secret}")
        answer.told = json.loads(answer.content)
        return answer


@dataclass
class Open:
    """An open call, the instant, and programs for accounts."""

    world: Any
    call: UUID
    at: list[datetime]
    logs: Path

    def program(self, account: Account, *scopes: str, language: str = "en") -> Program:
        secret = drawn()
        issue_token(
            Doing(by=account, at=self.at[0]),
            name="test",
            digest=digest_of(secret),
            scopes=scopes or ("read", "write"),
            expires_at=self.at[0] + timedelta(days=30),
        )
        return Program(secret, language)

    def now(self, moment: datetime) -> None:
        self.at[0] = moment


@pytest.fixture
def opened(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A call of two Sides, a day after it opened; the site's clock is the test's."""
    call = world.opened()
    timeline = parse_plan(world.plan()).plan.timeline
    at = [timeline.opens + timedelta(days=1)]
    monkeypatch.setattr(doors, "clock", lambda: at[0])
    old = settings.ENVIRONMENT
    environment = SimpleNamespace(
        folder=tmp_path, files=tmp_path / "files", logs=tmp_path / "logs", host_key=tmp_path / "host.key", demo=False
    )
    write_key(environment.host_key, world.host)
    stores = {
        **settings.STORAGES,
        "documents": {**settings.STORAGES["documents"], "OPTIONS": {"location": str(tmp_path / "files")}},
    }
    with override_settings(
        ENVIRONMENT=environment, STORAGES=stores, ALLOWED_HOSTS=["testserver", "localhost"], SECURE_SSL_REDIRECT=False
    ):
        yield Open(world, call, at, tmp_path / "logs")
    assert settings.ENVIRONMENT is old


Programs = Callable[..., Program]
