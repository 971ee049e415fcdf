"""Tells Django of background work, and the worker of its jobs."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The app `tasks`."""

    name = "accord_server.tasks"

    def ready(self) -> None:
        """Say which jobs there are, before one is scheduled."""
        import_module("accord_server.tasks.mail_jobs")
        import_module("accord_server.tasks.log_jobs")
        import_module("accord_server.tasks.services")
