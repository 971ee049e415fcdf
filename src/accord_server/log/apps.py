"""Tells Django of the log, and the policy of its rules."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class LogConfig(AppConfig):
    """The app `log`."""

    name = "accord_server.log"

    def ready(self) -> None:
        """Say who may read contents, before anything is asked."""
        import_module("accord_server.log.rules")
