"""A hunt through the interface with made-up requests: no 500, no status that the description does not name."""

from __future__ import annotations

from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from .test_journey import drafted

EXAMPLES = 6
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


def test_no_made_up_request_breaks_the_interface(opened: Any) -> None:
    examples = EXAMPLES if connection.vendor == "sqlite" else EXAMPLES // 2
    program = opened.program(opened.world.account("s@x.example"))
    place, _ = drafted(program)
    identifier = place.rpartition("/")[2]
    application = get_wsgi_application()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    tried: list[tuple[str, int]] = []
    for result in schema.get_all_operations():
        hunt(result.ok(), program.secret, identifier, examples, tried)
    assert {label for label, _ in tried} == {one.ok().label for one in schema.get_all_operations()}
    assert {200, 404, 422} <= {status for _, status in tried}


def hunt(operation: Any, secret: str, identifier: str, examples: int, tried: list[tuple[str, int]]) -> None:
    """Try one operation with made-up requests, half of them at a place that is there."""

    @given(case=operation.as_strategy(), known=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried_once(case: Any, known: bool) -> None:
        if known:
            there = {"identifier": identifier, "key": "small"}
            case.path_parameters = {name: there.get(name, one) for name, one in (case.path_parameters or {}).items()}
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(answer, checks=CHECKS)
        tried.append((operation.label, answer.status_code))

    tried_once()
