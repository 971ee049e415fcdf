import json
import stat
import subprocess
import sys
from pathlib import Path

from calls import PLAN, REVIEWS, tables, write_call

ACCORD = Path(sys.executable).parent / "accord"


def accord(*arguments: str | Path, code: int = 0) -> tuple[str, str]:
    """The output and error streams of the installed command, as a person gets them."""
    finished = subprocess.run([ACCORD, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120)
    assert finished.returncode == code, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
    return finished.stdout, finished.stderr


def test_check_says_what_a_call_holds(small_call: Path) -> None:
    out, err = accord("check", small_call)
    digest = json.loads(accord("check", small_call, "--json")[0])["plan"]
    assert out.splitlines() == [
        "A small call",
        f"  plan    sha256 {digest}",
        "  Sides   JP in JPY, EU in EUR",
        "  tables  6 proposals, 6 experts, 6 publications, 24 scores",
        "  rules   list-with-skips, ordered by mean, ties score:excellence > lottery",
        "no error found",
    ]
    assert err == ""


def test_check_names_every_problem_and_exits_1(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][1]["partners"][0]["unit"] = "EUR"
    folder = write_call(tmp_path / "call", rows=rows, reviews=REVIEWS.replace("P1,E1,impact,4\n", "P1,E1,impact,9\n"))
    out, err = accord("check", folder, code=1)
    assert out == ""
    assert err.splitlines() == [
        "error   proposals.jsonl:2: partners[0].unit: found 'EUR'; JP pays in JPY",
        "error   reviews.csv:3: score: found 9; the scale goes from 0 to 5 in steps of 0.5",
        "2 errors, 0 warnings",
    ]
    told = json.loads(accord("check", folder, "--json", code=1)[0])
    assert told["usable"] is False
    assert [problem["line"] for problem in told["problems"]] == [2, 3]


def test_check_early_takes_a_call_without_its_experts(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", reviews=None)
    for name in ("experts", "publications"):
        (folder / f"{name}.jsonl").unlink()
    _, err = accord("check", folder, code=1)
    assert [line.partition(":")[0] for line in err.splitlines()[:2]] == [
        "error   experts.jsonl",
        "error   publications.jsonl",
    ]
    assert accord("check", folder, "--early")[0].splitlines()[-1] == "no error found"


def test_many_problems_are_cut_and_counted(tmp_path: Path) -> None:
    rows = tables()
    rows["publications"] = [{"id": f"W{number}"} for number in range(150)]
    _, err = accord("check", write_call(tmp_path / "call", rows=rows, reviews=None), code=1)
    lines = err.splitlines()
    assert len(lines) == 102
    assert lines[-2:] == ["… and 200 more; `accord check --json` shows all", "300 errors, 0 warnings"]


def test_run_writes_a_record_that_verifies_and_never_overwrites_it(small_call: Path, tmp_path: Path) -> None:
    record = tmp_path / "record"
    out, _ = accord("run", small_call, "--out", record)
    assert "3 proposals recommended by list-with-skips, 2 in reserve, 1 others" in out
    assert "provisional" in out
    assert "JPY 90,000,000" in out
    assert (record / "report.html").read_bytes().startswith(b"<!doctype html>")
    assert "the record holds" in accord("record", "verify", record)[0]
    before = (record / "record.json").read_bytes()
    _, err = accord("run", small_call, "--out", record, code=1)
    assert err == f"accord: {record} is there already; choose another folder, or say --overwrite\n"
    accord("run", small_call, "--out", record, "--overwrite", "-q")
    assert (record / "record.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call", "record"]


def test_run_for_machines(small_call: Path, tmp_path: Path) -> None:
    told = json.loads(accord("run", small_call, "--out", tmp_path / "record", "--json")[0])
    assert told["funded"][0] == "P3"
    assert told["remaining"] == {"EU": 15000000, "JP": 10000000}
    assert sorted(told["steps"]) == [
        "affinity",
        "assignment",
        "conflicts",
        "eligibility",
        "list",
        "ranking",
        "selection",
    ]


def test_a_failed_verification_names_the_file_and_exits_1(small_call: Path, tmp_path: Path) -> None:
    record = tmp_path / "record"
    accord("run", small_call, "--out", record, "-q")
    path = record / "steps" / "selection.json"
    path.write_bytes(path.read_bytes().replace(b"P3", b"P2", 1))
    out, _ = accord("record", "verify", record, code=1)
    assert "steps/selection.json was changed" in out
    assert out.splitlines()[-1] == "the record does not hold"
    told = json.loads(accord("record", "verify", record, "--json", code=1)[0])
    assert told["holds"] is False


def test_nothing_half_written_is_left_when_the_input_is_bad(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", plan=PLAN.replace("accord = 1", "accord = 9"))
    accord("run", folder, "--out", tmp_path / "record", code=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call"]


def test_strict_refuses_reviews_in_conflict(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["partners"][0]["investigators"] = [{"id": "E1"}]
    folder = write_call(tmp_path / "call", rows=rows)
    out, _ = accord("run", folder, "--out", tmp_path / "lenient")
    assert "left out: E1 on P1 (own-proposal: takes part in it as investigator E1)" in out
    _, err = accord("run", folder, "--out", tmp_path / "strict", "--strict", code=1)
    assert "E1 on P1" in err
    assert not (tmp_path / "strict").exists()


def test_simulated_scores_are_called_so(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", reviews=None)
    out, _ = accord("run", folder, "--out", tmp_path / "plain")
    assert "no reviews yet" in out
    out, _ = accord("run", folder, "--out", tmp_path / "record", "--simulate-reviews", "4")
    assert "SIMULATED SCORES" in out
    assert "made up" in accord("record", "verify", tmp_path / "record")[0]


def test_single_steps_write_csv_and_json(small_call: Path, tmp_path: Path) -> None:
    affinity = accord("affinity", small_call)[0].splitlines()
    assert (affinity[0], len(affinity)) == ("proposal,expert,affinity", 37)
    assign = accord("assign", small_call)[0].splitlines()
    assert assign[0] == "proposal,expert,affinity,next_choice,next_affinity,why,cost"
    assert len(assign) == 13
    rank = accord("rank", small_call)[0].splitlines()
    assert rank[1].startswith("1,P3,true,1,,9750000,")
    select = accord("select", small_call)[0].splitlines()
    assert select[1] == "1,P3,funded,,,"
    assert select[6] == "6,P4,not-funded,below-threshold,,"
    accord("select", small_call, "--json", "--out", tmp_path / "selection.json")
    assert json.loads((tmp_path / "selection.json").read_bytes())["result"]["rule"] == "list-with-skips"
    _, err = accord("rank", write_call(tmp_path / "none", reviews=None), code=1)
    assert "neither reviews.csv nor consensus.csv" in err


def test_what_a_solver_prints_does_not_reach_the_results() -> None:
    code = (
        "import os, sys; from accord.cli.output import solver_aside\n"
        "with solver_aside():\n    os.write(1, b'noise')\n"
        "print('result')"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (finished.stdout, finished.stderr) == ("result\n", "noise")


def test_two_sides_draw_the_lottery(small_call: Path, tmp_path: Path) -> None:
    jp, eu = tmp_path / "jp.secret", tmp_path / "eu.secret"
    accord("lottery", "commit", small_call, "--side", "JP", "--secret", jp)
    assert stat.S_IMODE(jp.stat().st_mode) == 0o600
    _, err = accord("lottery", "reveal", small_call, "--side", "JP", "--secret", jp, code=1)
    assert "EU has lodged no commitment yet" in err
    _, err = accord("lottery", "commit", small_call, "--side", "JP", "--secret", tmp_path / "again", code=1)
    assert "JP has lodged a commitment already" in err
    accord("lottery", "commit", small_call, "--side", "EU", "--secret", eu)
    _, err = accord("lottery", "reveal", small_call, "--side", "JP", "--secret", eu, code=1)
    assert "is not the secret that JP committed to" in err
    for side, secret in (("JP", jp), ("EU", eu)):
        accord("lottery", "reveal", small_call, "--side", side, "--secret", secret)
    out, _ = accord("run", small_call, "--out", tmp_path / "record")
    assert "lottery drawn" in out
    assert "provisional" not in out
    assert "lottery drawn" in accord("record", "verify", tmp_path / "record")[0]
    _, err = accord("lottery", "commit", small_call, "--side", "UK", "--secret", tmp_path / "uk", code=1)
    assert "write one of JP, EU" in err


def test_new_writes_a_call_that_checks_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "call"
    arguments = ("new", folder, "--sides", "2", "--proposals", "12", "--experts", "30", "--seed", "3")
    accord(*arguments)
    accord("check", folder)
    _, err = accord(*arguments, code=1)
    assert "is there already" in err
    _, err = accord("new", tmp_path / "other", "--sides", "1", code=1)
    assert "sides" in err
    assert not (tmp_path / "other").exists()


def test_an_unknown_folder_and_an_unwritable_place_are_told(small_call: Path, tmp_path: Path) -> None:
    _, err = accord("run", tmp_path / "nowhere", "--out", tmp_path / "record", code=1)
    assert "there is no such folder" in err
    (tmp_path / "file").write_text("x", encoding="utf-8")
    _, err = accord("run", small_call, "--out", tmp_path / "file" / "record", code=1)
    assert err.startswith("accord: ")


def test_a_wrong_call_exits_2_and_help_names_every_command() -> None:
    _, err = accord("rum", code=2)
    assert "No such command 'rum'" in err
    out, _ = accord("--help")
    for command in (
        "new",
        "check",
        "link",
        "run",
        "affinity",
        "assign",
        "rank",
        "select",
        "record",
        "lottery",
        "schema",
    ):
        assert f"\n  {command} " in out


def test_the_published_schemas_are_those_of_the_models(tmp_path: Path) -> None:
    accord("schema", "--out", tmp_path / "schemas")
    made = {path.name: path.read_bytes() for path in (tmp_path / "schemas").iterdir()}
    published = Path(__file__).resolve().parents[2] / "docs" / "schemas"
    assert {path.name: path.read_bytes() for path in published.iterdir()} == made
