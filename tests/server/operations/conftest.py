"""What the tests of running a site share: settings changed for one test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test.utils import override_settings


@pytest.fixture
def settings_of() -> Iterator[Any]:
    """Change Django's settings until the test ends."""
    changed = []

    def change(**told: Any) -> None:
        one = override_settings(**told)
        one.enable()
        changed.append(one)

    yield change
    for one in reversed(changed):
        one.disable()
