"""A log over HTTP whose server answers with anything, or byte by byte: the witness that watches it goes on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

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


SLOW = {
    "headers": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200 + b"\r\nContent-Length: 2\r\n\r\nok",
    "content": b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 40 + b"0\r\n\r\n",
}


@pytest.fixture
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that gives a right answer byte by byte, never silent for long; until nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with closing(connection), suppress(OSError):
                connection.recv(4096)
                for place in range(len(request.param)):
                    connection.sendall(request.param[place : place + 1])
                    time.sleep(0.03)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("dripping", SLOW.values(), ids=SLOW.keys(), indirect=True)
def test_a_host_that_drips_is_left_after_a_while(dripping: str) -> None:
    """Without a limit to the whole every one of these answers would be taken, after seconds."""
    with pytest.raises(UnreadableNote, match=r"checkpoint: the host cannot be read: it takes longer than 0\.5 seconds"):
        http(dripping, seconds=0.5)("checkpoint", 1000)


def test_a_host_that_answers_at_once_is_read() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with closing(connection):
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        thread = threading.Thread(target=answer)
        thread.start()
        found = http(f"http://127.0.0.1:{server.getsockname()[1]}")("checkpoint", 1000)
        thread.join()
    assert found == b"ok"
