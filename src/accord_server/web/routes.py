"""Routes: each says who may use it; `serving.urls` has no other, and a test walks through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, Final, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse

from accord_server.web.asking import Asked

View = Callable[..., HttpResponseBase]


class Who(StrEnum):
    """Who may use a route. What content they then see is the policy's to say."""

    EVERYBODY = "everybody"
    SIGNED_IN = "whoever is signed in"
    SIGNING_IN = "whoever is about to sign in"
    MEMBERS = "members of the call, by the role that its action needs"


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route: its name, who may use it, by which methods, and what its page is for."""

    name: str
    who: Who
    methods: tuple[str, ...]
    words: str


_routes: Final[dict[str, Route]] = {}


def routes() -> dict[str, Route]:
    """Every declared route, by its name."""
    return dict(_routes)


def declared(name: str, who: Who, methods: tuple[str, ...], words: str) -> None:
    """Note a route. Raises ValueError for a second one of the same name."""
    if name in _routes:
        raise ValueError(f"there is a route {name} already")
    _routes[name] = Route(name, who, methods, words)


def page(where: str, view: View, *, name: str, who: Who, methods: tuple[str, ...] = ("GET",)) -> URLPattern:
    """A route of our own: whoever may not use it is sent to sign in, another method is refused."""
    declared(name, who, methods, (view.__doc__ or "").partition("\n")[0])
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in allowed:
            return HttpResponseNotAllowed(sorted(allowed))
        if who in {Who.SIGNED_IN, Who.MEMBERS} and not request.user.is_authenticated:
            if request.headers.get("HX-Request"):  # a part of a page cannot be the page to sign in
                return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})
            return redirect_to_login(request.get_full_path())
        return view(cast("Asked", request), *args, **kwargs)

    guarded.route = name  # type: ignore[attr-defined]  # by which the test knows a declared one
    return path(where, guarded, name=name)
