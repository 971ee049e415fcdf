"""What lies at a place that a person names: a file, a log in a folder or over plain HTTP, an authority that answers."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, Final

from accord.errors import AccordError, InvalidInput
from accord.record.folder import inside
from accord.record.log.notes import UnreadableNote
from accord.record.log.reader import folder
from accord.record.log.tiles import Read

SECONDS: Final = 30
"""How long a host may be silent."""
SECONDS_IN_ALL: Final = 120
"""How long one file may take, however steadily a host sends a byte now and then."""
NOT_FOUND: Final = 404


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts for HTTPS, read once."""
    return ssl.create_default_context()


class _Limited:
    """Openers whose connections are all cut when the time is over, whatever they wait for."""

    def __init__(self) -> None:
        self._open: list[socket.socket] = []
        self.over = False

    def opener(self) -> urllib.request.OpenerDirector:
        """An opener without redirects; by the proxies of the environment, as usual."""
        limited = self

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                limited._watched(self.sock)

        class Secure(HTTPSConnection, Plain):
            """Watched before it shakes hands: what it calls to connect is Plain's."""

        class PlainHandler(urllib.request.HTTPHandler):
            def http_open(self, req: urllib.request.Request) -> HTTPResponse:
                return self.do_open(Plain, req)

        class SecureHandler(urllib.request.HTTPSHandler):
            def https_open(self, req: urllib.request.Request) -> HTTPResponse:
                return self.do_open(Secure, req, context=_trusted())

        return urllib.request.build_opener(_NoRedirect, PlainHandler, SecureHandler(context=_trusted()))

    def _watched(self, connected: socket.socket) -> None:
        self._open.append(socket.socket(fileno=os.dup(connected.fileno())))  # one's own handle: theirs may close first
        if self.over:
            self.cut()

    def cut(self) -> None:
        """Shut every connection down: who reads from it is told that it ended."""
        self.over = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the handles."""
        for one in self._open:
            one.close()


@contextmanager
def _within(seconds: float) -> Iterator[urllib.request.OpenerDirector]:
    """An opener for one request; raises TimeoutError where it takes longer, as a whole."""
    limited = _Limited()
    timer = threading.Timer(seconds, limited.cut)
    timer.daemon = True
    timer.start()
    try:
        yield limited.opener()
    except (OSError, ValueError, HTTPException) as error:
        if limited.over:
            raise TimeoutError(f"it takes longer than {seconds:g} seconds") from error
        raise
    finally:
        timer.cancel()
        limited.close()
    if limited.over:
        raise TimeoutError(f"it takes longer than {seconds:g} seconds")


def http(prefix: str, *, seconds: float = SECONDS_IN_ALL) -> Read:
    """Reads a log's files under an address, without redirects and within a size and a time for each file."""
    if not prefix.startswith(("https://", "http://")):
        raise UnreadableNote(f"a log is read from a folder or over HTTP, not from {prefix!r}")

    def read(name: str, most: int) -> bytes:
        address = f"{prefix.rstrip('/')}/{inside(name)}"
        try:
            with _within(seconds) as opener, opener.open(address, timeout=SECONDS) as answer:
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


def bytes_in(file: Path, most: int) -> bytes:
    """The bytes of a file; raises InvalidInput where it is larger than it can be."""
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise InvalidInput(f"{file} is larger than {most:,} bytes")
    return content


def read_of(place: str) -> Read:
    """Reads a log from wherever a person says it is: an address or a folder."""
    return http(place) if place.startswith(("https://", "http://")) else folder(Path(place))


def posted(address: str, content: bytes, kind: str, most: int) -> bytes:
    """What an address answers to some content, without redirects and within a size and a time."""
    if not address.startswith(("https://", "http://")):
        raise InvalidInput(f"found {address!r}: write an address that begins with https:// or http://")
    asked = urllib.request.Request(address, data=content, headers={"Content-Type": kind}, method="POST")  # noqa: S310
    try:
        with _within(SECONDS_IN_ALL) as opener, opener.open(asked, timeout=SECONDS) as answer:
            found: bytes = answer.read(most + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise AccordError(f"{address} does not answer: {error}") from error
    if len(found) > most:
        raise AccordError(f"{address} answers with more than {most} bytes")
    return found
