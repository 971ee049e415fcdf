"""A log read over plain HTTP, or from a folder: wherever a person says it is."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from accord.record.folder import inside
from accord.record.log.notes import UnreadableNote
from accord.record.log.reader import folder
from accord.record.log.tiles import Read

SECONDS: Final = 30
NOT_FOUND: Final = 404


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


def http(prefix: str) -> Read:
    """Reads a log's files under an address, without redirects and within a size and a time."""
    if not prefix.startswith(("https://", "http://")):
        raise UnreadableNote(f"a log is read from a folder or over HTTP, not from {prefix!r}")
    opener = urllib.request.build_opener(_NoRedirect)

    def read(name: str, most: int) -> bytes:
        try:
            with opener.open(f"{prefix.rstrip('/')}/{inside(name)}", timeout=SECONDS) as answer:
                content: bytes = answer.read(most + 1)
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                raise FileNotFoundError(name) from error
            raise UnreadableNote(f"{name}: the host answers {error.code}") from error
        except (OSError, ValueError) as error:
            raise UnreadableNote(f"{name}: the host cannot be read: {error}") from error
        if len(content) > most:
            raise UnreadableNote(f"{name} is larger than {most} bytes")
        return content

    return read


def read_of(place: str) -> Read:
    """Reads a log from wherever a person says it is: an address or a folder."""
    return http(place) if place.startswith(("https://", "http://")) else folder(Path(place))
