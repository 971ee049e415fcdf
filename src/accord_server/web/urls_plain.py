"""Routes without a language: the root, which leads to the reader's, and the style sheet."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accord_server.web.asking import Asked
from accord_server.web.look import look
from accord_server.web.routes import Who, page


def root(_request: Asked) -> HttpResponse:
    """Lead to the first page in the reader's language."""
    return HttpResponseRedirect(reverse("home"))


urlpatterns = [
    page("", root, name="root", who=Who.EVERYBODY),
    page("look.css", look, name="look", who=Who.EVERYBODY),
]
