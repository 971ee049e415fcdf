"""What lies at a place that a person names: a log in a folder or over plain HTTP, an authority that answers."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

from accord.errors import AccordError, InvalidInput
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
        except (OSError, ValueError, HTTPException) as error:
            raise UnreadableNote(f"{name}: the host cannot be read: {error}") from error
        if len(content) > most:
            raise UnreadableNote(f"{name} is larger than {most} bytes")
        return content

    return read


def read_of(place: str) -> Read:
    """Reads a log from wherever a person says it is: an address or a folder."""
    return http(place) if place.startswith(("https://", "http://")) else folder(Path(place))


def posted(address: str, content: bytes, kind: str, most: int) -> bytes:
    """What an address answers to some content, without redirects and within a size and a time."""
    if not address.startswith(("https://", "http://")):
        raise InvalidInput(f"found {address!r}: write an address that begins with https:// or http://")
    asked = urllib.request.Request(address, data=content, headers={"Content-Type": kind}, method="POST")  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=SECONDS) as answer:
            found: bytes = answer.read(most + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise AccordError(f"{address} does not answer: {error}") from error
    if len(found) > most:
        raise AccordError(f"{address} answers with more than {most} bytes")
    return found
