"""Acts that are not signed by key: from the command that writes the PDF to the sealed record that shows it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from accord.acts.statement import Statement, signed_act
from accord.cli import commands
from accord.cli.papers import act
from accord.record.log.keys import read_key
from calls import PLAN, write_call
from certificates import PASSPHRASE, Certified, certified

pytest.importorskip("pyhanko", reason="the extra accord[sign] is not installed")
pytest.importorskip("typst", reason="the extra accord[pdf] is not installed")

ORIGIN = "example.org/small"
ENVIRONMENT = {"ACCORD_PASSPHRASE": PASSPHRASE}


def invoked(command: click.Command, *arguments: object, passphrase: bool = False) -> tuple[int, str, str]:
    told = [str(one) for one in arguments]
    done = CliRunner().invoke(command, told, env=ENVIRONMENT if passphrase else {"ACCORD_PASSPHRASE": None})
    return done.exit_code, done.output, "" if done.exception is None else str(done.exception)


def accord(*arguments: object, passphrase: bool = False) -> str:
    code, output, error = invoked(commands, *arguments, passphrase=passphrase)
    assert code == 0, (output, error)
    return output


def refused(*arguments: object, passphrase: bool = False) -> str:
    code, _, error = invoked(commands, *arguments, passphrase=passphrase)
    assert code == 1
    return error


class OnPaperCall:
    """A call whose Sides sign by PDF, and Japan in its own form too; its log, its record."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self.keys = {
            name: accord("key", "new", at / f"{name}.key", "--name", f"{name.lower()}.example").strip()
            for name in ("host", "JP", "EU")
        }
        now = datetime.now(UTC)
        self.certified = {
            side: certified(side, now - timedelta(days=1), now + timedelta(days=1)) for side in ("JP", "EU")
        }
        plan = PLAN
        for side in ("JP", "EU"):
            digest = self.certified[side].sha256
            office = f'{{ name = "Director, {side}", way = "pdf", public_key = "sha256:{digest}" }}'
            own = ', { name = "Minister, JP", way = "own-act", delegation = "令和7年委任" }' if side == "JP" else ""
            plan = plan.replace(f'id = "{side}"\n', f'id = "{side}"\nsignatories = [ {office}{own} ]\n', 1)
        plan += f'\n[log]\norigin = "{ORIGIN}"\nhost = "{self.keys["host"]}"\n'
        plan += f'witness = {{ JP = "{self.keys["JP"]}", EU = "{self.keys["EU"]}" }}\n'
        self.call = write_call(at / "call", plan=plan)
        self.log, self.record, self.pdf = at / "log", at / "record", at / "act.pdf"
        accord("log", "begin", self.log, "--key", at / "host.key", "--origin", ORIGIN)
        accord("run", self.call, "--out", self.record)

    def written(self, subject: Path) -> Path:
        code, output, error = invoked(act, subject, "--pdf", self.pdf, "--overwrite")
        assert code == 0, (output, error)
        return self.pdf

    def archive(self, name: str, one: Certified) -> Path:
        file = self.at / f"{name}.p12"
        file.write_bytes(one.archive)
        return file

    def signed(self, *sides: str) -> Path:
        for side in sides:
            accord("sign", self.pdf, "--p12", self.archive(side, self.certified[side]), passphrase=True)
        return self.pdf

    def host(self, command: str, *arguments: object) -> tuple[object, ...]:
        return ("log", command, self.log, *arguments, "--key", self.at / "host.key", "--plan", self.call)

    def own(self, **changed: str) -> tuple[object, ...]:
        told = {"side": "JP", "signatory": "Minister, JP", "reference": "7文科第30号"} | changed
        file = self.at / "act.odt"
        file.write_bytes(b"The ministry's own act")
        options = [part for name, value in told.items() for part in (f"--{name}", value)]
        return self.host("own-act", file, "--about", self.record, *options)

    def sealed(self) -> dict[str, str]:
        accord("record", "seal", self.record, "--log", self.log)
        told = json.loads(accord("record", "verify", self.record, "--json"))
        return {check["name"]: check["said"] for check in told["checks"]}


@pytest.fixture
def paper(tmp_path: Path) -> OnPaperCall:
    return OnPaperCall(tmp_path)


def test_a_record_signed_on_paper_by_all_is_confirmed(paper: OnPaperCall) -> None:
    paper.written(paper.record)
    paper.signed("JP", "EU")
    told = accord(*paper.host("pdf", paper.pdf)).splitlines()
    assert told[1:] == [f"  {side}  Director, {side} signed recommendation 1" for side in ("JP", "EU")]
    assert paper.sealed()["signatures"] == (
        "plan: nobody has signed this one; recommendation 1: confirmed, signed by JP, EU"
    )


def test_one_signs_on_paper_and_one_in_its_own_form(paper: OnPaperCall) -> None:
    paper.written(paper.record)
    paper.signed("EU")
    accord(*paper.host("pdf", paper.pdf))
    accord(*paper.own())
    assert paper.sealed()["signatures"].endswith(
        "recommendation 1: confirmed, signed by EU, recorded by the host for JP; JP by its own act 7文科第30号, as the host recorded it"
    )


def test_without_the_extra_the_host_attests(paper: OnPaperCall, monkeypatch: pytest.MonkeyPatch) -> None:
    paper.written(paper.record)
    paper.signed("JP")
    accord(*paper.host("pdf", paper.pdf))
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyhanko" or name == "accord.acts.pdf"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    told = paper.sealed()["signatures"]
    assert "recommendation 1: recorded by the host for JP, not by EU; JP by a signed PDF: attested by the host" in told
    assert told.endswith("pip install 'accord[sign]'")
    assert refused("sign", paper.pdf, "--p12", paper.archive("EU", paper.certified["EU"])).endswith("'accord[sign]'")


def test_an_erased_pdf_is_attested_and_said(paper: OnPaperCall) -> None:
    paper.written(paper.record)
    paper.signed("JP")
    accord(*paper.host("pdf", paper.pdf))
    accord("log", "erase", paper.log, 0, "--key", paper.at / "host.key", "--rule", "plan:retention.personal")
    assert paper.sealed()["signatures"].endswith(
        "JP by a signed PDF that is not here: attested by the host, not checked"
    )


def test_what_the_host_makes_up_does_not_count(paper: OnPaperCall) -> None:
    """The host records that EU signed: with no PDF, with one that only Japan signed, with a later time."""
    host = read_key(paper.at / "host.key")
    paper.written(paper.record)
    paper.signed("JP")
    accord(*paper.host("pdf", paper.pdf))
    subject = sha256((paper.record / "record.json").read_bytes()).hexdigest()
    document = sha256(paper.pdf.read_bytes()).hexdigest()
    now = datetime.now(UTC).replace(microsecond=0)
    made_up = [
        Statement(
            kind="recommendation", call="small", side=side, subject=subject, signatory=f"Director, {side}",
            way="pdf", at=now + timedelta(hours=number), document=digest,
        )
        for number, (side, digest) in enumerate([("EU", "0" * 64), ("EU", document), ("JP", document)])
    ]  # fmt: skip
    for number, one in enumerate(made_up):
        (paper.at / f"{number}.note").write_bytes(signed_act(one, host).content)
    accord("log", "act", paper.log, *sorted(paper.at.glob("?.note")), "--key", paper.at / "host.key")
    told = paper.sealed()["signatures"]
    assert "recommendation 1: signed by JP, not by EU" in told
    assert f"entry 2 does not count: the log holds no document sha256:{'0' * 64}" in told
    assert (
        "entry 3 does not count: its PDF is not signed by the certificate that the plan names for 'Director, EU'"
        in told
    )
    assert "entry 4 does not count: its PDF was signed at" in told


def test_a_pdf_about_another_record_counts_for_that_one_alone(paper: OnPaperCall) -> None:
    (paper.at / "minutes.txt").write_text("minutes")
    code, _, error = invoked(act, paper.at / "minutes.txt", "--pdf", paper.pdf, "--plan", paper.call)
    assert (code, "--as: " in error) == (1, True)
    told = ("--pdf", paper.pdf, "--plan", paper.call, "--as", "recommendation")
    assert invoked(act, paper.at / "minutes.txt", *told)[0] == 0
    paper.signed("JP", "EU")
    accord(*paper.host("pdf", paper.pdf))
    assert (
        paper.sealed()["signatures"] == "plan: nobody has signed this one; recommendation: nobody has signed this one"
    )


def test_what_is_no_signed_pdf_is_not_entered(paper: OnPaperCall) -> None:
    paper.written(paper.record)
    assert refused(*paper.host("pdf", paper.pdf)) == f"nobody has signed {paper.pdf} yet"
    paper.signed("JP")
    content = paper.pdf.read_bytes()
    paper.pdf.write_bytes(content[:-500])
    assert "PDF" in refused(*paper.host("pdf", paper.pdf))
    paper.pdf.write_bytes(content.replace(b"/Count 2", b"/Count 1", 1))
    assert "changed after signing" in refused(*paper.host("pdf", paper.pdf))
    assert "no key that can be read" not in refused(*paper.host("pdf", paper.at / "act.pdf"))
    assert "is no PDF" in refused("sign", paper.record, "--p12", paper.archive("JP", paper.certified["JP"]))


def test_only_whom_the_plan_names_and_only_through_the_host(paper: OnPaperCall) -> None:
    assert refused(*paper.own(signatory="Director, JP")) == (
        "'Director, JP' does not sign for JP by own-act; the plan names: Minister, JP (JP)"
    )
    assert "does not sign for EU by own-act" in refused(*paper.own(side="EU"))
    other = [paper.at / "EU.key" if one == paper.at / "host.key" else one for one in paper.own()]
    assert refused(*other) == "--key: found the key of eu.example; the host that the plan names is host.example"


def test_signing_needs_a_key_or_an_archive(paper: OnPaperCall) -> None:
    code, output, _ = invoked(commands, "sign", paper.record)
    assert (code, "sign with --key FILE, or a PDF with --p12 FILE" in output) == (2, True)
    paper.written(paper.record)
    archive = paper.archive("JP", paper.certified["JP"])
    told = accord("sign", paper.pdf, "--p12", archive, "--show")
    assert told.startswith("accord/act-on-paper@v1\nact recommendation 1\ncall small\nsubject sha256:")
    assert "no PKCS #12 archive that this passphrase opens" in refused("sign", paper.pdf, "--p12", archive)


def test_the_tool_offers_what_is_said_of_it() -> None:
    from accord.acts.paper import PdfTool  # noqa: PLC0415

    offered = [name for name in vars(PdfTool) if not name.startswith("_")]
    tool = import_module("accord.acts.pdf")
    assert offered == ["prepared", "signed_pdf", "statement_in", "signatures_in"]
    assert all(callable(getattr(tool, name)) for name in offered)
