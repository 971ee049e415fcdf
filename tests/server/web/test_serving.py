"""The program's own settings, the demonstration's limits, and the command of the library that starts it."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.contrib.staticfiles import finders

from accord.cli.serve import serve
from accord.errors import InvalidInput
from accord.record.log.keys import read_key
from accord_server.__main__ import _local_settings
from accord_server.serving.program import draw_host_key, free
from accord_server.settings.environment import BadSetting, read_environment
from accord_server.web import fonts


def test_a_demonstration_is_refused_on_a_public_host(tmp_path: Path) -> None:
    told = {"ACCORD_FOLDER": str(tmp_path), "ACCORD_DEMO": "yes"}
    assert read_environment(told).demo
    assert not read_environment({"ACCORD_FOLDER": str(tmp_path)}).demo
    with pytest.raises(BadSetting, match=r"ACCORD_DEMO: found yes beside ACCORD_HOSTS=localhost,calls\.example"):
        read_environment({**told, "ACCORD_HOSTS": "localhost,calls.example"})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_demonstration_s_pages_are_nowhere_else(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.browser().get("/en/demo/").status_code == 404
    assert site.browser().post("/en/demo/coordinator/").status_code == 404
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, demo=True))
    assert site.browser().get("/en/demo/").status_code == 200
    assert site.browser().get("/en/demo/", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert site.browser().post("/en/demo/nobody/").status_code == 404


def test_one_s_own_machine_needs_no_settings_and_a_host_s_are_left_alone(tmp_path: Path) -> None:
    bare: dict[str, str] = {}
    _local_settings(bare, folder=tmp_path, demo=True)
    assert bare == {
        "ACCORD_FOLDER": str(tmp_path),
        "ACCORD_DEMO": "yes",
        "ACCORD_HOSTS": "localhost,127.0.0.1,[::1]",
        "ACCORD_HTTPS": "no",
    }
    host = {"ACCORD_HOSTS": "calls.example"}
    _local_settings(host, folder=None, demo=False)
    assert host == {"ACCORD_HOSTS": "calls.example"}


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InvalidInput, match=r"--port: \d+ cannot be used"):
            free(taken.getsockname()[1])


def test_the_host_s_key_is_drawn_once(tmp_path: Path) -> None:
    environment = read_environment({"ACCORD_FOLDER": str(tmp_path / "site"), "ACCORD_HOSTS": "calls.example"})
    draw_host_key(environment)
    first = read_key(environment.host_key).verifier
    assert first.name == "calls.example/host"
    draw_host_key(environment)
    assert read_key(environment.host_key).verifier == first
    assert environment.host_key.stat().st_mode & 0o077 == 0


def test_the_command_runs_the_site_and_names_the_extra_where_it_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(os, "execv", lambda _program, told: ran.append(told[1:]))
    assert CliRunner().invoke(serve, ["--port", "8123", "--folder", "here", "--demo"]).exit_code == 0
    assert ran == [["-m", "accord_server", "serve", "--port", "8123", "--folder", "here", "--demo"]]
    monkeypatch.setattr(sys.modules[serve.callback.__module__], "find_spec", lambda _name: None)
    refused = CliRunner().invoke(serve, [])
    assert "pip install 'accord[site]'" in str(refused.exception)
    assert len(ran) == 1


def test_the_japanese_font_is_one_file_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    place = finders.find("fonts/NotoSansCJKjp-Regular.otf")
    assert place is not None
    assert Path(place).stat().st_size > 1_000_000
    assert finders.find("fonts/__init__.py") is None
    monkeypatch.setattr(fonts, "find_spec", lambda _name: None)
    assert fonts.font_folder() is None
    assert list(fonts.JapaneseFont().list(None)) == []
