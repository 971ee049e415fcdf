import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.call.folder import load_call
from accord.pipeline.bundle import record_files
from accord.pipeline.step import npy
from accord.pipeline.walk import run
from accord.record.canonical import canonical, digest
from accord.record.folder import write_folder
from accord.verify import Check, verify
from calls import PLAN, write_call

CALIBRATED = PLAN.replace(
    'order_by = "mean"\nties_are = "equal"', 'order_by = "calibrated"\nties_are = "not-separable"'
)


def record_of(folder: Path, target: Path, *, simulate: int | None = None) -> Path:
    write_folder(
        target, record_files(run(load_call(folder), simulate_reviews=simulate), beside={"report.html": b"<p>"})
    )
    return target


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record")
    return record_of(write_call(folder / "call", plan=CALIBRATED), folder / "record")


@pytest.fixture
def copy(record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(record, tmp_path / "copy"))


def last(folder: Path) -> Check:
    verification = verify(folder)
    assert not verification.holds
    return verification.checks[-1]


def rewritten(folder: Path, changes: dict[str, bytes]) -> None:
    """Change files and the front page's digests with them, as someone with the whole folder could."""
    page = json.loads((folder / "record.json").read_bytes())
    for path, content in changes.items():
        (folder / path).write_bytes(content)
        page["files"][path] = digest(content)
    (folder / "record.json").write_bytes(canonical(page) + b"\n")


def changed_step(folder: Path, name: str, change: Any) -> dict[str, bytes]:
    step = json.loads((folder / f"steps/{name}.json").read_bytes())
    change(step["result"])
    return {f"steps/{name}.json": canonical(step)}


def test_a_record_holds_and_says_what_was_checked(record: Path) -> None:
    verification = verify(record)
    assert [(check.name, check.holds) for check in verification.checks] == [
        (name, True)
        for name in (
            "files",
            "plan and tables",
            "commitments",
            "eligibility",
            "conflicts",
            "affinity",
            "assignment",
            "ranking",
            "list",
            "selection",
        )
    ]
    assert verification.holds
    assert "optimum" in verification.checks[6].said


def test_a_record_without_scores_and_one_with_simulated_ones_hold(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", reviews=None)
    assert [check.name for check in verify(record_of(folder, tmp_path / "one")).checks][-1] == "assignment"
    simulated = verify(record_of(folder, tmp_path / "two", simulate=5))
    assert simulated.holds
    assert "made up" in next(check.said for check in simulated.checks if check.name == "simulated reviews")


def test_an_infeasible_assignment_verifies(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", plan=PLAN.replace("max_load = 4", "max_load = 1"))
    assert verify(record_of(folder, tmp_path / "record")).holds


def test_a_secret_key_is_used_and_checked(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call")
    without = record_files(run(load_call(folder)))
    (folder / "salt.key").write_text("ab" * 32, encoding="ascii")
    target = record_of(folder, tmp_path / "record")
    assert verify(target).holds
    assert "secret salts" in verify(target).checks[2].said
    assert (target / "commitments.csv").read_bytes() != without["commitments.csv"]
    rewritten(target, {"salt.key": b"cd" * 32 + b"\n"})
    assert last(target).name == "commitments"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_single_changed_byte_is_found_and_its_file_named(record: Path, data: st.DataObject) -> None:
    paths = sorted(path for path in record.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(paths))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    before = path.read_bytes()
    path.write_bytes(bytes(content))
    try:
        found = last(record)
        if path.name == "record.json":
            assert not found.holds
        else:
            assert path.relative_to(record).as_posix() in found.said
    finally:
        path.write_bytes(before)


def test_missing_added_and_linked_files_are_named(copy: Path, tmp_path: Path) -> None:
    (copy / "extra.txt").write_bytes(b"")
    assert last(copy) == Check("files", holds=False, said="extra.txt is not named in record.json")
    (copy / "extra.txt").unlink()
    (tmp_path / "elsewhere").write_bytes(b"<p>")
    (copy / "report.html").unlink()
    assert last(copy).said == "report.html is missing"
    (copy / "report.html").symlink_to(tmp_path / "elsewhere")
    assert last(copy).said == "report.html is a link; a record holds files only"


def test_no_folder_no_record_and_a_page_that_is_none(tmp_path: Path, copy: Path) -> None:
    assert "no folder" in last(tmp_path / "nowhere").said
    (tmp_path / "empty").mkdir()
    assert "is no record" in last(tmp_path / "empty").said
    (copy / "record.json").write_bytes(b"[" * 100_000)
    assert not last(copy).holds


@pytest.mark.parametrize("page", [b"[]", b"1", b'"x"', b'{"accord_record":1}\n', b'{"accord_record":1,"files":[]}\n'])
def test_a_front_page_of_another_shape_is_a_failed_check(copy: Path, page: bytes) -> None:
    (copy / "record.json").write_bytes(page)
    assert last(copy).name == "files"


def test_a_forged_score_does_not_fit_its_commitment(copy: Path) -> None:
    path = "inputs/reviews.jsonl"
    forged = (copy / path).read_bytes().replace(b'"score":"4.5"', b'"score":"5"', 1)
    rewritten(copy, {path: forged})
    assert last(copy).name == "commitments"


def test_a_path_that_climbs_out_is_refused(copy: Path) -> None:
    page = json.loads((copy / "record.json").read_bytes())
    page["files"]["../outside"] = page["files"].pop("report.html")
    (copy / "record.json").write_bytes(canonical(page) + b"\n")
    assert last(copy).name == "files"


def recommitted(folder: Path, changes: dict[str, bytes]) -> None:
    """Change files and make commitments and front page anew: a forger with the whole record and the derived key."""
    from accord.pipeline import bundle  # noqa: PLC0415
    from accord.verify import _Record  # noqa: PLC0415

    rewritten(folder, changes)
    forged = _Record(folder)
    forged.files()
    forged.inputs()
    key = bundle.derived_salt_key({path: digest(content) for path, content in forged._content.items()})
    from accord.record.commitments import commit, root_of  # noqa: PLC0415

    rows = commit(key, bundle.content_leaves(forged._inputs, forged._steps.values()))
    rewritten(folder, {"commitments.csv": bundle.commitments_csv(rows)})
    page = json.loads((folder / "record.json").read_bytes())
    page["commitments"] |= {"root": root_of(rows), "leaves": len(rows)}
    (folder / "record.json").write_bytes(canonical(page) + b"\n")


def better_verdict(result: dict[str, Any]) -> None:
    result["verdicts"][0]["failed"] = [{"rule": "partners.min", "found": "forged"}]


def one_conflict_less(result: dict[str, Any]) -> None:
    result["conflicts"] = [{"proposal": "P1", "expert": "E1", "kind": "declared", "evidence": "forged"}]


def other_price(result: dict[str, Any]) -> None:
    result["certificate"]["prices"]["expert"][0][0] += 1


def swapped_pair(result: dict[str, Any]) -> None:
    first, *others = result["pairs"]
    other = next(pair for pair in others if pair["expert"] != first["expert"] and pair["proposal"] != first["proposal"])
    first["expert"], other["expert"] = other["expert"], first["expert"]


def better_rank(result: dict[str, Any]) -> None:
    result["calibrated"][0]["expected_rank"] -= 2


def swapped_places(result: dict[str, Any]) -> None:
    places = result["places"]
    places[0]["proposal"], places[1]["proposal"] = places[1]["proposal"], places[0]["proposal"]


def one_funded_more(result: dict[str, Any]) -> None:
    result["remaining"]["JP"] += 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("eligibility", better_verdict),
        ("conflicts", one_conflict_less),
        ("assignment", other_price),
        ("assignment", swapped_pair),
        ("ranking", better_rank),
        ("list", swapped_places),
        ("selection", one_funded_more),
    ],
)
def test_a_forger_with_the_whole_record_is_caught_by_recomputation(copy: Path, name: str, change: Any) -> None:
    recommitted(copy, changed_step(copy, name, change))
    assert last(copy).name == name


def test_affinities_within_a_millionth_hold_and_further_off_do_not(copy: Path) -> None:
    matrix = np.load(copy / "steps" / "affinity.npy")
    forged = matrix.copy()
    forged[0, 0] += 2
    content = npy(forged)

    def named(result: dict[str, Any]) -> None:
        result["matrix"] = digest(content)

    recommitted(copy, {**changed_step(copy, "affinity", named), "steps/affinity.npy": content})
    assert last(copy).said == "recomputed affinities differ by up to 2 millionths"


def test_verification_writes_nothing(record: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in record.rglob("*"))

    before = state()
    assert verify(record).holds
    assert state() == before


def test_the_reference_call_gives_a_record_that_holds(quantum_call: Path, tmp_path: Path) -> None:
    assert verify(record_of(quantum_call, tmp_path / "record")).holds
