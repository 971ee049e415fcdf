"""A proposal goes from draft to sealed receipt: durable, once, in time, and read by nobody before the closing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection

from accord.cli import commands
from accord.record.canonical import digest
from accord.record.log.entry import Entry as Logged
from accord_server.access.models import Wall
from accord_server.access.needs import NotAllowed
from accord_server.calls.services.closing import AlreadyClosed, close_call
from accord_server.database.sessions import publishing, reading, writing
from accord_server.log.actions import KeyTaken
from accord_server.log.queries import contents, entries
from accord_server.mail.machine import MACHINE
from accord_server.mail.models import Letter
from accord_server.proposals.documents import kept
from accord_server.proposals.lacks import NotComplete
from accord_server.proposals.models import Document, DraftVersion, Proposal, SubmittedVersion
from accord_server.proposals.queries import current, documents, mine, of_call, proposal, submitted_versions
from accord_server.proposals.receipts import receipt_of
from accord_server.proposals.services.drafting import begin, detach, save
from accord_server.proposals.services.submitting import TooLate, withdraw
from accord_server.proposals.submitted import Submitted
from accord_server.states import IllegalMove

from .conftest import CLOSES, FIELDS, OPENS, PDF, SETTLED, Scene

SECOND = timedelta(seconds=1)


def kinds(scene: Scene) -> list[str]:
    with publishing(scene.call):
        return [Logged.of(bytes(one.leaf)).kind for one in entries(scene.call)]


def letters() -> list[tuple[str, str, list[str]]]:
    """What waits to be sent: which letter, to whom, and the names of its values."""
    with writing("test", MACHINE, None):
        return [(one.letter, one.to, sorted(one.values)) for one in Letter.objects.order_by("posted_at")]


def test_a_submitted_proposal_is_there_byte_for_byte_with_one_leaf(scene: Scene, coordinator: Any) -> None:
    before = kinds(scene)
    identifier = scene.drafted(coordinator)
    assert kinds(scene) == before  # the log knows nothing of drafts
    done = scene.submit(coordinator, identifier)
    assert kinds(scene) == [*before, "proposal-submitted"]
    with reading(coordinator.id):
        (row,) = submitted_versions(coordinator, identifier, scene.at)
        opened = contents(coordinator, scene.call, scene.at).get(entry_id=row.entry_id)
    assert digest(bytes(row.content)) == row.digest == done.result["sha256"]
    assert done.result["eligible"] == {"JP": True, "EU": True}
    read = Submitted.of(bytes(row.content))
    assert (read.reference, read.number, read.proposal.title) == (done.result["reference"], 1, FIELDS["title"])
    assert read.proposal.partners[0].investigators[0].id == "0000-0002-1825-0097"
    assert read.answers == {"partners/1/erad": "12345678"}
    (attached,) = read.documents
    assert (attached.question, attached.name, attached.size) == ("proposal", "text.pdf", len(PDF))
    assert kept(identifier, attached.sha256) == PDF
    leaf = json.loads(bytes(opened.content))
    assert leaf == {
        "documents": [digest(PDF)],
        "number": 1,
        "proposal": str(identifier),
        "reference": done.result["reference"],
        "sha256": row.digest,
    }
    assert letters() == [("submitted", coordinator.email, ["call", "reference", "time"])]


def test_the_receipt_is_what_the_command_line_accepts(scene: Scene, coordinator: Any, tmp_path: Path) -> None:
    identifier = scene.submitted(coordinator)
    scene.submit(coordinator, identifier)
    for number in (1, 2):
        told = receipt_of(coordinator, identifier, scene.at, scene.keeper, number)
        (tmp_path / "proof").write_bytes(told.proof)
        (tmp_path / "leaf").write_bytes(told.leaf)
        host = scene.world.host.verifier.text
        asked = ["receipt", "verify", str(tmp_path / "proof"), "--host", host, "--content", str(tmp_path / "leaf")]
        done = CliRunner().invoke(commands, [*asked, "--salt", told.salt])
        assert done.exit_code == 0, done.output
        assert f"index {4 + number} under the head of size" in done.output
        assert json.loads(told.leaf)["sha256"] == digest(told.proposal)
        assert told.number == number


def test_a_double_click_submits_once(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    first = scene.submit(coordinator, identifier, key="k")
    again = scene.submit(coordinator, identifier, key="k", at=CLOSES + SECOND)  # the answer was lost
    assert (again.repeated, again.entries, again.result) == (True, first.entries, first.result)
    assert kinds(scene).count("proposal-submitted") == 1
    with pytest.raises(KeyTaken):
        scene.submit(coordinator, identifier, base=2, key="k")


def test_one_request_carries_the_last_words_and_the_file(scene: Scene, coordinator: Any) -> None:
    identifier = scene.begun(coordinator)
    given = (("proposal", "..\\..\\evil/plan.PDF", PDF),)
    scene.submit(coordinator, identifier, base=0, fields=tuple(FIELDS.items()), given=given, key="k")
    with reading(coordinator.id):
        (row,) = submitted_versions(coordinator, identifier, scene.at)
        found = proposal(coordinator, identifier, scene.at)
    assert found is not None
    assert (found.version, found.state, found.title) == (1, "submitted", FIELDS["title"])
    assert [one.name for one in Submitted.of(bytes(row.content)).documents] == ["plan.pdf"]


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=1)])
def test_at_the_closing_instant_it_is_too_late_and_the_draft_is_kept(scene: Scene, coordinator: Any, late: Any) -> None:
    identifier = scene.drafted(coordinator)
    before = kinds(scene)
    with pytest.raises(
        TooLate, match=r"the call closed at 2026-04-15T08:00:00Z; the server's clock says .* log's last"
    ):
        scene.submit(coordinator, identifier, at=CLOSES + late)
    save(scene.doing(coordinator, at=CLOSES + late), proposal_id=identifier, base=1, fields=(("title", "Later"),))
    assert kinds(scene) == before
    scene.submit(coordinator, identifier, base=2, at=CLOSES - timedelta(microseconds=1))


def test_what_came_before_the_closing_was_logged_and_not_after(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    with pytest.raises(Exception, match="its closing is logged 30 s later"):
        close_call(scene.doing(scene.officers["JP"], at=SETTLED - SECOND))
    scene.closed()
    with pytest.raises(AlreadyClosed):
        scene.closed()
    with pytest.raises(TooLate):  # by its own clock it came in time; the log has its closing
        scene.submit(coordinator, identifier, at=CLOSES - SECOND)
    assert kinds(scene)[-1] == "closing"


def test_withdrawn_and_submitted_again_until_the_closing(scene: Scene, coordinator: Any) -> None:
    identifier = scene.submitted(coordinator)
    withdraw(scene.doing(coordinator), proposal_id=identifier)
    with pytest.raises(IllegalMove, match="withdrawn cannot become withdrawn"):
        withdraw(scene.doing(coordinator), proposal_id=identifier)
    other = scene.submitted(coordinator)
    withdraw(scene.doing(coordinator), proposal_id=other)
    scene.submit(coordinator, identifier)
    with pytest.raises(TooLate):
        withdraw(scene.doing(coordinator, at=CLOSES), proposal_id=identifier)
    scene.closed()
    officer = scene.officers["EU"]
    with reading(officer.id):
        assert [one.subject_id for one in of_call(officer, scene.call, scene.at)] == [identifier]
        assert [(one.subject_id, one.number) for one in current(officer, scene.call, scene.at)] == [(identifier, 2)]
        assert list(submitted_versions(officer, other, scene.at)) == []
    assert [letter for letter, _, _ in letters()].count("withdrawn") == 2


def test_before_the_call_opens_and_in_no_call_nothing_begins(scene: Scene, coordinator: Any) -> None:
    for at in (OPENS - SECOND, CLOSES):
        with pytest.raises(Exception, match=r"while the call is open|there is none"):
            begin(scene.doing(coordinator, at=at))


def test_everything_that_is_lacking_is_named_at_once(scene: Scene, coordinator: Any) -> None:
    identifier = scene.begun(coordinator)
    told = {
        "title": "T",
        "topic": "darkness",
        "duration_months": "long",
        "partners/p1/side": "JP",
        "partners/p1/role": "partner",
        "partners/p1/organisation": "O",
        "partners/p1/country": "Japan",
        "partners/p1/requested": "1.5",
        "answers/a/b": "unasked",
    }
    save(scene.doing(coordinator), proposal_id=identifier, base=0, fields=tuple(told.items()))
    with pytest.raises(NotComplete) as found:
        scene.submit(coordinator, identifier)
    assert [(one.path, one.kind) for one in found.value.lacks] == [
        ("answers/a/b", "unknown"),
        ("duration_months", "int_type"),
        ("partners/p1/country", "value_error"),
    ]
    right = (("duration_months", "36"), ("partners/p1/country", "JP"), ("answers/a/b", ""))
    save(scene.doing(coordinator), proposal_id=identifier, base=1, fields=right)
    with pytest.raises(NotComplete) as found:
        scene.submit(coordinator, identifier, base=2)
    assert [one.path for one in found.value.lacks] == ["partners", "partners/p1/requested", "topic"]


def test_an_ineligible_proposal_is_taken_and_each_side_told(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator, **{"partners/p002/requested": "900000.00"})
    assert scene.submit(coordinator, identifier).result["eligible"] == {"JP": True, "EU": False}


def test_only_the_coordinator_submits(scene: Scene, coordinator: Any, everybody: dict[str, Any]) -> None:
    identifier = scene.drafted(coordinator)
    scene.begun(everybody["rival"])
    for name in ("rival", "stranger", "JP", "administrator", "applicant"):
        with pytest.raises(Exception, match=r"there is no such proposal|this needs applicant"):
            scene.submit(everybody[name], identifier)


def seen(account: Any, scene: Scene, identifier: UUID) -> list[int]:
    """How much of a proposal an account sees: row, drafts, documents, submitted versions, log contents."""
    with reading(account.id):
        return [
            int(proposal(account, identifier, scene.at) is not None),
            documents(account, identifier, scene.at).count(),
            submitted_versions(account, identifier, scene.at).count(),
            contents(account, scene.call, scene.at).filter(subject=identifier).count(),
        ]


def test_nobody_but_its_applicants_reads_a_proposal_before_the_closing_is_logged(
    scene: Scene, coordinator: Any, everybody: dict[str, Any]
) -> None:
    identifier = scene.submitted(coordinator)
    nothing = [0, 0, 0, 0]
    for at in (scene.at, CLOSES - SECOND, CLOSES, SETTLED, CLOSES + timedelta(days=9)):
        scene.at = at
        found = {name: seen(one, scene, identifier) for name, one in everybody.items()}
        assert found == dict.fromkeys(everybody, nothing) | {"coordinator": [1, 1, 1, 1]}
    scene.closed()
    found = {name: seen(one, scene, identifier) for name, one in everybody.items()}
    opened = [1, 0, 1, 1]
    assert found == dict.fromkeys(everybody, nothing) | {"coordinator": [1, 1, 1, 1], "JP": opened, "EU": opened}
    scene.at = SETTLED - SECOND  # whoever asks for an earlier instant sees what was to be seen then
    assert seen(everybody["JP"], scene, identifier) == nothing


def test_a_wall_hides_an_unsealed_proposal(scene: Scene, coordinator: Any) -> None:
    identifier, officer = scene.submitted(coordinator), scene.officers["JP"]
    scene.closed()
    with writing("test", officer.id, scene.call):
        Wall(call_id=scene.call, account=officer, subject=identifier, since=scene.at).save(force_insert=True)
    assert seen(officer, scene, identifier) == [0, 0, 0, 0]
    assert seen(scene.officers["EU"], scene, identifier) == [1, 0, 1, 1]


def test_a_draft_that_was_never_submitted_stays_its_applicants(scene: Scene, coordinator: Any) -> None:
    identifier = scene.drafted(coordinator)
    scene.closed()
    assert seen(scene.officers["JP"], scene, identifier) == [0, 0, 0, 0]
    with reading(coordinator.id):
        assert [one.subject_id for one in mine(coordinator, scene.at)] == [identifier]


RAW = (Proposal, DraftVersion, Document, SubmittedVersion)


def test_raw_sql_reads_no_sealed_row(scene: Scene, coordinator: Any, everybody: dict[str, Any]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; on SQLite the policy stands alone")
    scene.submitted(coordinator)
    scene.begun(everybody["rival"])

    def counted() -> list[int]:
        found = []
        for model in RAW:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")  # noqa: S608  our own tables
                found.append(cursor.fetchone()[0])
        return found

    def by_reader() -> dict[str, list[int]]:
        told = {}
        for name, account in everybody.items():
            with reading(account.id):
                told[name] = counted()
        return told

    own = {"coordinator": [1, 1, 1, 1], "rival": [1, 0, 0, 0]}
    assert by_reader() == {name: [0, 0, 0, 0] for name in everybody} | own
    assert counted() == [0, 0, 0, 0]
    scene.closed()
    opened = [2, 0, 0, 1]  # a state is the policy's matter
    assert by_reader() == {name: [0, 0, 0, 0] for name in everybody} | own | {"JP": opened, "EU": opened}


def test_a_document_that_was_taken_out_stays_with_what_was_submitted(scene: Scene, coordinator: Any) -> None:
    identifier = scene.submitted(coordinator)
    detach(scene.doing(coordinator), proposal_id=identifier, question="proposal")
    with reading(coordinator.id):
        (row,) = submitted_versions(coordinator, identifier, scene.at)
        assert list(documents(coordinator, identifier, scene.at)) == []
    (attached,) = Submitted.of(bytes(row.content)).documents
    assert kept(identifier, attached.sha256) == PDF


def test_the_administrator_closes_and_reads_nothing(scene: Scene, coordinator: Any, everybody: dict[str, Any]) -> None:
    identifier = scene.submitted(coordinator)
    close_call(scene.doing(everybody["administrator"], at=SETTLED))
    scene.at = SETTLED
    assert seen(everybody["administrator"], scene, identifier) == [0, 0, 0, 0]
    with pytest.raises(NotAllowed):
        close_call(scene.doing(everybody["expert"], at=SETTLED))
