"""Tells Django of the pages: their templates, static files and words."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The app `web`."""

    name = "accord_server.web"
