"""Tells Django of calls, the policy of their rules, and the registry of their actions."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The app `calls`."""

    name = "accord_server.calls"

    def ready(self) -> None:
        """Say who may read calls and plans, and what can happen to them, before anything is asked."""
        import_module("accord_server.calls.rules")
        import_module("accord_server.calls.services.opening")
        import_module("accord_server.calls.services.inviting")
        import_module("accord_server.calls.services.closing")
