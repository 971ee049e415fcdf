"""Tells Django of the interface for programs, and the registry of its actions."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The app `api`."""

    name = "accord_server.api"

    def ready(self) -> None:
        """Say what can happen to tokens."""
        import_module("accord_server.api.services")
