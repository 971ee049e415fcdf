"""Tells Django of people, and the registry of what they do about their accounts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app `people`."""

    name = "accord_server.people"

    def ready(self) -> None:
        """Say what can happen to an account, before anything is asked."""
        import_module("accord_server.people.services")
