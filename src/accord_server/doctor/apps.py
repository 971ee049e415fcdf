"""Tells Django of the commands for whoever runs the machine."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class DoctorConfig(AppConfig):
    """The app `doctor`."""

    name = "accord_server.doctor"

    def ready(self) -> None:
        """Say what is looked at, in the order in which it is told."""
        for part in ("machine", "rows", "logs"):
            import_module(f"accord_server.doctor.{part}")
