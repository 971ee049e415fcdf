"""Tells Django of proposals, the policy of their rules, and the registry of their actions."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """The app `proposals`."""

    name = "accord_server.proposals"

    def ready(self) -> None:
        """Say who may read proposals, and what can happen to them, before anything is asked."""
        import_module("accord_server.proposals.rules")
        for name in ("drafting", "consortium", "submitting", "judging"):
            import_module(f"accord_server.proposals.services.{name}")
