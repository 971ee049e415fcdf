"""A log over HTTP whose server answers with anything: the witness that watches it says so, and goes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from accord.cli.places import http
from accord.record.log.notes import UnreadableNote

ANSWERS = {
    "nothing": b"",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "too large": b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + bytes(4096),
    "an error": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
}
DEADLY = {
    "no HTTP": b"garbage\r\n\r\n",
    "two hundred headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.fixture
def answered(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that gives one answer, once."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with closing(connection):
                connection.recv(4096)
                connection.sendall(request.param)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("answered", ANSWERS.values(), ids=ANSWERS.keys(), indirect=True)
def test_whatever_a_server_answers_is_refused(answered: str) -> None:
    with pytest.raises(UnreadableNote, match="checkpoint"):
        http(answered)("checkpoint", 1000)


@pytest.mark.parametrize("answered", DEADLY.values(), ids=DEADLY.keys(), indirect=True)
def test_what_is_no_http_is_refused_too(answered: str) -> None:
    with pytest.raises(UnreadableNote, match="checkpoint"):
        http(answered)("checkpoint", 1000)
