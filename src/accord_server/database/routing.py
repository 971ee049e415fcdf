"""To which database a query goes: to the site's, and while the owner makes its tables up to date, to the owner's.

A package's migration may ask without saying of which database (that of django-tasks-db does): it would wait for
itself, on two connections.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_alias: Final[ContextVar[str | None]] = ContextVar("alias", default=None)


@contextmanager
def all_to(alias: str) -> Iterator[None]:
    """Send every query that names no database to one, within the block."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)


class Preparing:
    """Django's router of databases."""

    def db_for_read(self, _model: object, **_hints: object) -> str | None:
        """The alias for a query that reads; None leaves it to Django."""
        return _alias.get()

    def db_for_write(self, _model: object, **_hints: object) -> str | None:
        """The alias for a query that writes."""
        return _alias.get()
