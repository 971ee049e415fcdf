"""Tells Django of mail."""

from __future__ import annotations

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The app `mail`."""

    name = "accord_server.mail"
