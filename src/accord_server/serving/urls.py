"""Every route of the site: pages under their language, what has no language beside them."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("accord_server.web.urls_plain")),
    path("api/v1/", include("accord_server.api.urls")),
    *i18n_patterns(path("", include("accord_server.web.urls"))),
]
handler400 = "accord_server.web.errors.bad_request"
handler403 = "accord_server.web.errors.not_allowed"
handler404 = "accord_server.web.errors.not_found"
handler500 = "accord_server.web.errors.broken"
