"""The command `accord plan`: what it writes, where, and what it refuses."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from accord.cli.plans import plan
from accord.errors import InvalidInput, UnusableFolder
from accord.plan.load import load_plan
from accord.report.plan_document import changed_document, docx_bytes, html_bytes, plan_document
from calls import PLAN


def accord_plan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(plan, [str(one) for one in arguments])


def test_documents_stand_beside_the_plan_or_where_one_says(small_call: Path, tmp_path: Path) -> None:
    signed = load_plan(small_call / "plan.toml")
    told = accord_plan(small_call, "--docx", "--html", tmp_path / "page.html")
    assert (told.exit_code, told.output.splitlines()) == (
        0,
        [
            f"{small_call / 'plan.docx'}: plan sha256 {signed.digest}",
            f"{tmp_path / 'page.html'}: plan sha256 {signed.digest}",
        ],
    )
    assert (small_call / "plan.docx").read_bytes() == docx_bytes(plan_document(signed))
    assert (tmp_path / "page.html").read_bytes() == html_bytes(plan_document(signed))


def test_what_changed_is_printed_and_written(small_call: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    old.write_text(PLAN.replace("max_load = 4", "max_load = 5").replace('holidays = "BE"\n', ""), encoding="utf-8")
    told = accord_plan(small_call / "plan.toml", "--diff", old, "--docx")
    assert told.exit_code == 0
    assert [line.split() for line in told.output.splitlines()[1:]] == [
        ["key", "before", "after"],
        ["side[EU].holidays", "not", "stated", "BE"],
        ["review.max_load", "5", "4"],
    ]
    expected = docx_bytes(changed_document(load_plan(old), load_plan(small_call / "plan.toml")))
    assert (small_call / "plan-changes.docx").read_bytes() == expected
    assert accord_plan(small_call, "--diff", small_call).output == "the same plan, byte by byte\n"


def test_a_document_that_is_there_stays_unless_one_says_so(small_call: Path) -> None:
    there = small_call / "plan.docx"
    there.write_bytes(b"with remarks")
    told = accord_plan(small_call, "--docx")
    assert isinstance(told.exception, InvalidInput)
    assert there.read_bytes() == b"with remarks"
    assert accord_plan(small_call, "--docx", "--overwrite").exit_code == 0
    assert there.read_bytes() != b"with remarks"


def test_nothing_else_is_written_over(small_call: Path) -> None:
    before = (small_call / "plan.toml").read_bytes()
    told = accord_plan("--overwrite", "--docx", small_call / "plan.toml", small_call)
    assert isinstance(told.exception, InvalidInput)
    assert "ends in .docx" in str(told.exception)
    assert (small_call / "plan.toml").read_bytes() == before


def test_a_wrong_call_and_a_wrong_plan_are_told(small_call: Path) -> None:
    assert accord_plan(small_call).exit_code == 2
    (small_call / "plan.toml").write_text("accord = 1\n", encoding="utf-8")
    assert isinstance(accord_plan(small_call, "--docx").exception, UnusableFolder)
    assert not (small_call / "plan.docx").exists()
