"""What the site tells its operator: identifiers and places in the code, never what a person wrote."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any, Final

ADDRESS: Final = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")
HIDDEN: Final = "[address]"
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class IdsOnly(logging.Formatter):
    """Writes a line without e-mail addresses and an exception without its text: a database quotes rows in its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        record.exc_text = None  # another formatter may have kept the whole text there
        return ADDRESS.sub(HIDDEN, super().format(record))

    def formatException(self, ei: Raised) -> str:  # noqa: N802  logging's own name
        """The places that an exception passed and its class."""
        kind, _, where = ei
        lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)]
        return "\n".join([*lines, kind.__qualname__ if kind else "no exception"])


def logging_to_stderr(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to the standard error through `IdsOnly`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ids": {"()": IdsOnly, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ids"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            "django.db.backends": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},  # it quotes rows
        },
    }
