"""Signed PDF files: signed in turn, read by a program that is not ours, and no changed byte that counts."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from accord.acts.paper import STATEMENT_FILE, BadPaper, OnPaper, PaperSigner, SignedPaper, paper_of, pdf_tool
from accord.acts.statement import UnreadableAct
from accord.errors import InvalidInput
from accord.plan.load import load_plan
from accord.plan.model import Plan
from accord.report.paper.act import act_pdf
from calls import PLAN, write_call
from certificates import PASSPHRASE, certified

pytest.importorskip("pyhanko", reason="the extra accord[sign] is not installed")
pytest.importorskip("typst", reason="the extra accord[pdf] is not installed")

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
JP, EU, OTHER = (certified(name, NOON - timedelta(days=9), NOON + timedelta(days=90)) for name in ("JP", "EU", "X"))
OLD = certified("old", NOON - timedelta(days=90), NOON - timedelta(days=1))
SUBJECT = "1" * 64


def signers(**certificates: str) -> tuple[PaperSigner, ...]:
    return tuple(PaperSigner(side, digest, f"Director, {side} 局長") for side, digest in certificates.items())


def plan_with(folder: Path, **certificates: str) -> Plan:
    text = PLAN
    for side, digest in certificates.items():
        office = f'signatories = [ {{ name = "Director, {side} 局長", way = "pdf", public_key = "sha256:{digest}" }} ]'
        text = text.replace(f'id = "{side}"\n', f'id = "{side}"\n{office}\n', 1)
    return load_plan(write_call(folder / "call", plan=text) / "plan.toml").plan


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The act as the command writes it, before anybody signed."""
    plan = plan_with(tmp_path_factory.mktemp("empty"), JP=JP.sha256, EU=EU.sha256)
    paper = paper_of(plan, "recommendation", 1, SUBJECT)
    return pdf_tool().prepared(act_pdf(plan, paper)[0], paper, act_pdf(plan, paper)[1])


@pytest.fixture(scope="module")
def half(empty: bytes) -> bytes:
    return pdf_tool().signed_pdf(empty, JP.archive, PASSPHRASE, NOON)[0]


@pytest.fixture(scope="module")
def whole(half: bytes) -> bytes:
    return pdf_tool().signed_pdf(half, EU.archive, PASSPHRASE, NOON + timedelta(hours=1))[0]


def read(pdf: bytes) -> SignedPaper:
    return pdf_tool().signatures_in(pdf)


def test_two_sign_in_turn_and_the_first_stays_valid(empty: bytes, half: bytes, whole: bytes) -> None:
    jp, eu = signers(JP=JP.sha256, EU=EU.sha256)
    told = [[(one.signer, one.at) for one in read(pdf).signatures] for pdf in (empty, half, whole)]
    assert told == [[], [(jp, NOON)], [(jp, NOON), (eu, NOON + timedelta(hours=1))]]
    assert whole.startswith(half)
    assert half.startswith(empty)


def test_the_text_is_in_the_file_and_on_the_page(whole: bytes, tmp_path: Path) -> None:
    paper = OnPaper(
        kind="recommendation", number=1, call="small", subject=SUBJECT, signers=signers(JP=JP.sha256, EU=EU.sha256)
    )
    file = tmp_path / "act.pdf"
    file.write_bytes(whole)
    reader = PdfReader(file)
    assert reader.attachments[STATEMENT_FILE] == [paper.text.encode()]
    shown = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert [line for line in paper.text.splitlines() if "".join(line.split()) not in shown] == []


@pytest.mark.skipif(which("pdfsig") is None, reason="pdfsig is not installed (Debian: poppler-utils)")
def test_pdfsig_says_the_same(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "act.pdf"
    changed = bytearray(whole)
    changed[200] ^= 1
    told = []
    for content in (whole, bytes(changed)):
        file.write_bytes(content)
        done = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
        told.append([line.strip() for line in done.stdout.splitlines() if "Validation:" in line or "Type:" in line])
    kind = "- Signature Type: ETSI.CAdES.detached"
    assert told[0] == [kind, "- Signature Validation: Signature is Valid."] * 2
    assert [line for line in told[1] if "Validation" in line] == ["- Signature Validation: Digest Mismatch."] * 2


def test_no_changed_byte_gives_another_act(whole: bytes) -> None:
    """What no signature can cover, the last one's own padding, changes nothing that is read."""
    own = range(whole.rindex(b"/Contents <"), whole.rindex(b">"))
    expected, missed = read(whole), []
    for place in range(3, len(whole), 331):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with suppress(BadPaper):
            found = read(changed)
            missed += [place] if found != expected or place not in own else []
    assert missed == []


def test_a_truncated_file_is_refused(whole: bytes) -> None:
    for end in (*range(0, len(whole), 2999), len(whole) - 1):
        with pytest.raises(BadPaper):
            read(whole[:end])


@given(st.binary(max_size=300))
def test_no_bytes_are_a_crash(content: bytes) -> None:
    with pytest.raises(BadPaper):
        read(b"%PDF-1.7\n" + content)


def test_what_comes_after_the_last_signature_is_refused(half: bytes, whole: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadPaper, match="does not cover the whole file"):
        read(whole + b"\n% more\n")
    file = tmp_path / "act.pdf"
    file.write_bytes(half)
    writer = PdfWriter(file, incremental=True)
    writer.pages[0].rotate(90)
    writer.write(file)
    assert file.read_bytes().startswith(half)
    with pytest.raises(BadPaper):
        read(file.read_bytes())


def test_a_changed_file_is_not_signed_on(half: bytes) -> None:
    changed = bytearray(half)
    changed[200] ^= 1
    with pytest.raises(BadPaper):
        pdf_tool().signed_pdf(bytes(changed), EU.archive, PASSPHRASE, NOON)


def test_whose_certificate_it_is_decides(empty: bytes, half: bytes) -> None:
    with pytest.raises(InvalidInput, match=rf"the certificate is sha256:{OTHER.sha256}; the PDF is signed by"):
        pdf_tool().signed_pdf(empty, OTHER.archive, PASSPHRASE, NOON)
    with pytest.raises(InvalidInput, match="has signed this PDF already"):
        pdf_tool().signed_pdf(half, JP.archive, PASSPHRASE, NOON)
    with pytest.raises(InvalidInput, match="no PKCS #12 archive that this passphrase opens"):
        pdf_tool().signed_pdf(empty, JP.archive, "another", NOON)
    with pytest.raises(InvalidInput, match=r"valid from 2026-03-23.* to 2026-06-30.*, not at 2027-01-01"):
        pdf_tool().signed_pdf(empty, JP.archive, PASSPHRASE, datetime(2027, 1, 1, tzinfo=UTC))


def test_an_expired_certificate_is_refused_whoever_signed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_with(tmp_path, JP=OLD.sha256)
    paper = paper_of(plan, "plan", 1, SUBJECT)
    page, boxes = act_pdf(plan, paper)
    before = pdf_tool().prepared(page, paper, boxes)
    with monkeypatch.context() as patch:  # another program signs without looking
        patch.setattr("accord.acts.pdf._not_valid", lambda *_: None)
        signed, _ = pdf_tool().signed_pdf(before, OLD.archive, PASSPHRASE, NOON)
    with pytest.raises(BadPaper, match="the certificate is valid from"):
        read(signed)


def test_the_same_act_gives_the_same_page(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, JP=JP.sha256, EU=EU.sha256)
    paper = paper_of(plan, "recommendation", 1, SUBJECT)
    assert act_pdf(plan, paper) == act_pdf(plan, paper)


def test_the_boxes_of_forty_sides_do_not_meet(tmp_path: Path) -> None:
    plan = plan_with(tmp_path)
    many = tuple(PaperSigner(f"S{number}", f"{number:064x}", f"Director {number}") for number in range(40))
    paper = OnPaper(kind="plan", number=1, call="small", subject=SUBJECT, signers=many)
    content, boxes = act_pdf(plan, paper)
    pages = {box.page for box in boxes}
    assert (len(boxes), pages) == (40, set(range(-len(pages), 0)))
    for first, second in pairwise(boxes):
        assert second.page > first.page or second.place[3] <= first.place[1]
    assert len(read(pdf_tool().prepared(content, paper, boxes)).paper.signers) == 40


@given(st.data())
def test_no_other_text_is_an_act_on_paper(data: st.DataObject) -> None:
    text = OnPaper(kind="plan", number=1, call="c", subject=SUBJECT, signers=signers(JP=JP.sha256)).text
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(codec="utf-8")) + text[place + 1 :]
    with suppress(UnreadableAct):
        assert OnPaper.of(changed).text == changed


def test_a_plan_without_certificates_makes_no_paper(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="names no signatory with way"):
        paper_of(plan_with(tmp_path), "plan", 1, SUBJECT)
