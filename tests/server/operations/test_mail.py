"""A letter is posted with the action that causes it, sent once it has committed, and tried again where refused."""

from __future__ import annotations

import smtplib
import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection

from accord.errors import InvalidInput
from accord_server.database.sessions import reading, writing
from accord_server.mail import outbox
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.mail.outbox import BACK_OFF, LEASE, post, send, take
from accord_server.mail.states import LETTER, LetterState
from accord_server.mail.texts import LANGUAGES, checked, letters, text
from accord_server.settings.mail import django_mail, mail_server
from accord_server.tasks.mail_jobs import relay
from accord_server.tasks.models import Job
from accord_server.tasks.performing import perform
from accord_server.tasks.queue import enqueue

VALUES = {"call": "small", "reference": "A-1", "time": "noon"}


@pytest.fixture
def outgoing(settings_of: Any) -> Any:
    """What Django would send, kept."""
    settings_of(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
    mail.outbox = []
    return mail.outbox


def posted(world: Any, **changed: Any) -> Letter:
    told = {"to": ("n@x.example",), "letter": "submitted", "values": VALUES, "language": "en", "at": world.at}
    with writing("test", MACHINE, None):
        (made,) = post(**{**told, **changed})
    return letter(made)


def letter(identifier: Any) -> Letter:
    with reading(MACHINE):
        return Letter.objects.get(id=identifier)


def taken(at: Any) -> Any:
    with writing("test", MACHINE, None):
        return take(at)


def test_every_letter_is_there_in_every_language_with_the_same_values() -> None:
    assert {"submitted", "withdrawn", "invited"} <= set(letters())
    for name in letters():
        found = [text(name, language) for language in LANGUAGES]
        assert found[0].names == found[1].names
        assert all(one.subject.strip() and one.body.strip() for one in found)
        assert found[0].body != found[1].body


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"letter": "../secret"}, "letter, language: found '../secret'"),
        ({"language": "fr"}, "letter, language: found 'submitted' in 'fr'"),
        ({"values": {"call": "small"}}, "values: the letter submitted takes call, reference, time; found call"),
        ({"values": {**VALUES, "call": "x" * 2001}}, "values.call: found 2001 signs"),
        ({"to": ("a@b.example\nBcc: c@d.example",)}, "to: found"),
        ({"to": ("nobody",)}, "to: found 'nobody'; write an e-mail address"),
    ],
)
def test_what_cannot_be_a_letter_is_refused(world: Any, changed: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told.replace("'", ".").replace("(", ".")):
        posted(world, **changed)
    with reading(MACHINE):
        assert Letter.objects.count() == 0


def test_a_letter_is_posted_by_an_action_alone(world: Any) -> None:
    with pytest.raises(RuntimeError, match="posted by an action"):
        post(to=("a@b.example",), letter="submitted", values=VALUES, language="en", at=world.at)


def test_a_letter_of_an_action_that_fails_was_never_posted(world: Any) -> None:
    with pytest.raises(ZeroDivisionError), writing("test", MACHINE, None):  # noqa: PT012  posted, then broken
        post(to=("a@b.example",), letter="submitted", values=VALUES, language="en", at=world.at)
        _ = 1 / 0
    with reading(MACHINE):
        assert Letter.objects.count() == 0


def test_a_letter_is_taken_once_and_sent_once(world: Any, outgoing: Any) -> None:
    made = posted(world, language="ja")
    assert taken(world.at) == (made.id,)
    assert taken(world.at) == ()
    assert [send(made.id, world.at) for _ in range(2)] == [True, False]
    (message,) = outgoing
    assert (message.to, message.subject) == (["n@x.example"], "提案書 A-1 を受け付けました")
    assert message.extra_headers["Message-ID"] == f"<{made.id}@localhost>"
    assert "small" in message.body
    found = letter(made.id)
    assert (found.state, found.sent_at) == (LetterState.SENT, world.at)
    assert taken(world.at + timedelta(days=9)) == ()


def test_a_worker_that_dies_leaves_the_letter_to_the_next(world: Any, outgoing: Any) -> None:
    made = posted(world)
    taken(world.at)
    assert taken(world.at + LEASE - timedelta(seconds=1)) == ()
    assert taken(world.at + LEASE) == (made.id,)
    assert letter(made.id).attempts == 2


def test_a_refused_letter_waits_longer_each_time_and_is_given_up(
    world: Any, outgoing: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({"n@x.example": (550, b"no")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    caplog.set_level("WARNING")
    made, at, waits = posted(world), world.at, []
    for _ in range(len(BACK_OFF) + 1):
        assert taken(at) == (made.id,)
        assert not send(made.id, at)
        found = letter(made.id)
        waits.append(found.due_at - at)
        at = found.due_at
    assert tuple(waits[:-1]) == BACK_OFF
    assert found.state == LetterState.GIVEN_UP
    assert "n@x.example" not in caplog.text
    assert f"letter {made.id}, attempt 7: SMTPRecipientsRefused" in caplog.text
    assert taken(at + timedelta(days=9)) == ()


def test_a_value_cannot_add_a_line_to_the_subject(world: Any, outgoing: Any) -> None:
    made = posted(world, values={**VALUES, "reference": "A\nBcc: c@d.example"})
    taken(world.at)
    send(made.id, world.at)
    assert outgoing[0].subject == "Proposal A Bcc: c@d.example was received"
    assert outgoing[0].recipients() == ["n@x.example"]


def test_no_account_reads_whom_the_site_writes_to(world: Any) -> None:
    posted(world)
    somebody = world.account("s@x.example")
    with reading(somebody.id):
        seen = Letter.objects.count()
    assert seen == (0 if connection.vendor == "postgresql" else 1)  # on SQLite nothing below the code says no
    with pytest.raises(DatabaseError), writing("test", MACHINE, None):
        Letter.objects.update(state="elsewhere")


def test_the_states_of_a_letter_are_a_table() -> None:
    assert set(LETTER.table) == set(LetterState)
    assert outbox.AT_ONCE > 0
    with pytest.raises(InvalidInput):
        checked("submitted", "en", {})


class Taking(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) to take letters; whoever is called `nobody` is refused."""

    def handle(self) -> None:
        self.server.greeted += 1
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            answer = {b"QUIT": b"221 bye", b"EHLO": b"250 here", b"DATA": b"354 go on"}.get(verb, b"250 yes")
            if verb == b"RCPT" and b"nobody" in line:
                answer = b"550 no such box"
            self.wfile.write(answer + b"\r\n")
            if verb == b"DATA":
                kept = []
                while (text := self.rfile.readline()) != b".\r\n":
                    kept.append(text)
                self.server.letters.append(message_from_bytes(b"".join(kept)))
                self.wfile.write(b"250 taken\r\n")
            if verb == b"QUIT":
                return


def test_a_server_is_handed_the_letters_of_a_job_over_one_connection(world: Any, settings_of: Any) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Taking) as server:
        server.greeted, server.letters = 0, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings_of(**django_mail(mail_server(f"smtp://127.0.0.1:{server.server_address[1]}"), "Calls <c@h.example>"))
        made = [posted(world, to=(to,), language="ja") for to in ("a@x.example", "nobody@x.example", "b@x.example")]
        assert relay(world.at) == 3
        assert relay(world.at) == 0
        with reading(MACHINE):
            job = Job.objects.get()
        perform(job.id, lambda: world.at, enqueue)
        server.shutdown()
        thread.join()
    assert sorted((one["To"], one["Message-ID"]) for one in server.letters) == [
        ("a@x.example", f"<{made[0].id}@h.example>"),
        ("b@x.example", f"<{made[2].id}@h.example>"),
    ]
    assert str(make_header(decode_header(server.letters[0]["Subject"]))) == "提案書 A-1 を受け付けました"
    assert server.greeted == 1
    assert [letter(one.id).state for one in made] == ["sent", "waiting", "sent"]
    assert letter(made[1].id).due_at == world.at + BACK_OFF[0]
    with reading(MACHINE):
        assert Job.objects.get().result == {"sent": 2, "of": 3}
