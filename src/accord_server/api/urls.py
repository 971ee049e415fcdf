"""The interface as a whole: its routes, its problems, its description as OpenAPI."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.urls import path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from accord_server.api import calls, jobs, proposals
from accord_server.api.problems import KIND, tell_problems


class Interface(NinjaAPI):
    """A ninja interface whose description says that a problem is application/problem+json."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """The description."""
        made = super().get_openapi_schema(*args, **kwargs)
        for operations in made["paths"].values():
            for operation in operations.values():
                for status, answer in operation.get("responses", {}).items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {KIND: next(iter(answer["content"].values()))}
        return made


interface = Interface(
    title="Accord",
    version=version("accord"),
    description="Joint calls of sovereign partners: calls, their plans and logs, proposals from draft to receipt.",
    docs_url=None,
    urls_namespace="api",
)
tell_problems(interface)
for part in (calls.router, proposals.router, jobs.router):
    interface.add_router("", part)
urlpatterns = [path("", interface.urls)]
