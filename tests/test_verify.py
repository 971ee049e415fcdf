import json
import os
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
from accord.verify.checks import Failed, rounded
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
    conflicts = "proposal,expert,reason\nP1,E5,former supervisor\n"
    return record_of(write_call(folder / "call", plan=CALIBRATED, conflicts=conflicts), folder / "record")


@pytest.fixture
def copy(record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(record, tmp_path / "copy"))


def last(folder: Path) -> Check:
    verification = verify(folder)
    assert not verification.holds
    return verification.checks[-1]


def rewritten(folder: Path, changes: dict[str, bytes]) -> None:
    """Change files and all digests of files with them, as someone with the whole folder could."""
    listed = json.loads((folder / "files.json").read_bytes())
    for path, content in changes.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
        listed["files"][path] = digest(content)
    (folder / "files.json").write_bytes(canonical(listed) + b"\n")
    repaged(folder, files=digest((folder / "files.json").read_bytes()))


def repaged(folder: Path, **changes: Any) -> None:
    """Change the front page."""
    page = json.loads((folder / "record.json").read_bytes())
    (folder / "record.json").write_bytes(canonical(page | changes) + b"\n")


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
            "report",
        )
    ]
    assert verification.holds
    assert "optimum" in verification.checks[6].said


def test_a_record_without_scores_and_one_with_simulated_ones_hold(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", reviews=None)
    assert [check.name for check in verify(record_of(folder, tmp_path / "one")).checks][-2:] == ["assignment", "report"]
    simulated = verify(record_of(folder, tmp_path / "two", simulate=5))
    assert simulated.holds
    assert "made up" in next(check.said for check in simulated.checks if check.name == "simulated reviews")


def test_an_infeasible_assignment_verifies(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", plan=PLAN.replace("max_load = 4", "max_load = 1"))
    assert verify(record_of(folder, tmp_path / "record")).holds


def test_a_secret_key_is_used_and_checked(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call")
    without = record_files(run(load_call(folder)))
    (folder / "salt.key").write_text(bytes(range(32)).hex(), encoding="ascii")
    target = record_of(folder, tmp_path / "record")
    assert verify(target).holds
    assert "secret salts" in verify(target).checks[2].said
    assert (target / "commitments.csv").read_bytes() != without["commitments.csv"]
    rewritten(target, {"salt.key": bytes(range(1, 33)).hex().encode() + b"\n"})
    assert last(target).name == "commitments"
    rewritten(target, {"salt.key": b"cd\n"})
    assert "no key of 32 bytes" in last(target).said


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
    assert last(copy) == Check("files", holds=False, said="extra.txt is not named in files.json")
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
    listed = json.loads((copy / "files.json").read_bytes())
    listed["files"]["../outside"] = listed["files"].pop("report.html")
    (copy / "files.json").write_bytes(canonical(listed) + b"\n")
    repaged(copy, files=digest((copy / "files.json").read_bytes()))
    assert last(copy).name == "files"


@pytest.mark.parametrize(
    "changes",
    [
        {"call": "another"},
        {"title": {"en": "Another"}},
        {"closes": "never"},
        {"recorded_not_executed": ["forged"]},
        {"commitments": {"root": "00" * 32, "leaves": 1, "salts": "derived"}},
    ],
)
def test_a_front_page_that_does_not_fit_the_content_is_found(copy: Path, changes: dict[str, Any]) -> None:
    repaged(copy, **changes)
    assert "record.json" in last(copy).said


def test_real_scores_cannot_be_called_simulated(copy: Path) -> None:
    repaged(copy, simulated_reviews=3)
    assert last(copy).name == "assignment"


def test_a_record_without_its_last_steps_or_with_more_files_is_found(copy: Path) -> None:
    rewritten(copy, {"steps/recommendation.json": b"{}"})
    assert last(copy).said == "steps/recommendation.json is no part of a record of this call"


def test_a_step_left_out_is_found(copy: Path) -> None:
    listed = json.loads((copy / "files.json").read_bytes())
    for name in ("ranking", "list", "selection"):
        del listed["files"][f"steps/{name}.json"]
        (copy / f"steps/{name}.json").unlink()
    (copy / "files.json").write_bytes(canonical(listed) + b"\n")
    repaged(copy, files=digest((copy / "files.json").read_bytes()))
    assert last(copy).said == "steps/list.json is missing"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("steps/affinity.npy", b""),
        ("steps/affinity.npy", b"PK\x03\x04aaaa"),
        ("steps/list.json", b"[" * 100_000),
        ("steps/list.json", b"[]"),
        ("steps/list.json", b"{}"),
        ("inputs/plan.toml", b"x = " + b"[" * 5_000),
        ("inputs/proposals.jsonl", b"\xff"),
        ("commitments.csv", b""),
    ],
)
def test_damage_is_a_failed_check_and_no_traceback(copy: Path, path: str, content: bytes) -> None:
    rewritten(copy, {path: content})
    assert not last(copy).holds


def test_a_matrix_that_says_to_be_huge_is_refused_before_it_is_made(copy: Path) -> None:
    head = b"{'descr': '<i4', 'fortran_order': False, 'shape': (100000000, 100000000), }"
    head += b" " * (118 - len(head) - 1) + b"\n"
    rewritten(copy, {"steps/affinity.npy": b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head})
    assert not last(copy).holds


def test_a_pipe_instead_of_a_file_is_refused(copy: Path) -> None:
    (copy / "report.html").unlink()
    os.mkfifo(copy / "report.html")
    assert last(copy).said == "report.html is no plain file; a record holds files only"


def test_bytes_behind_the_matrix_are_found(copy: Path) -> None:
    path = "steps/affinity.npy"
    rewritten(copy, {path: (copy / path).read_bytes() + b"hidden"})
    assert not last(copy).holds


def recommitted(folder: Path, changes: dict[str, bytes]) -> None:
    """Change files and make commitments and front page anew: a forger with the whole record and the derived key."""
    from accord.pipeline import bundle  # noqa: PLC0415
    from accord.pipeline.reading import read_files, read_inputs, read_steps  # noqa: PLC0415
    from accord.record.commitments import commit  # noqa: PLC0415

    rewritten(folder, changes)
    page, content = read_files(folder)
    inputs = read_inputs(folder, page, content)
    key = bundle.derived_salt_key({path: digest(one) for path, one in content.items()})
    rows = commit(key, bundle.content_leaves(inputs, read_steps(inputs, content).values()))
    rewritten(folder, {"commitments.csv": bundle.commitments_csv(rows)})
    files = digest((folder / "files.json").read_bytes())
    (folder / "record.json").write_bytes(bundle.front_page(inputs, files, rows).content)


def better_verdict(result: dict[str, Any]) -> None:
    result["verdicts"][0]["failed"] = [{"rule": "partners.min", "found": "forged"}]


def one_conflict_more(result: dict[str, Any]) -> None:
    result["conflicts"].append({"proposal": "P6", "expert": "E6", "kind": "declared", "evidence": "forged"})


def one_conflict_less(result: dict[str, Any]) -> None:
    del result["conflicts"][0]


def other_price(result: dict[str, Any]) -> None:
    result["certificate"]["prices"]["expert"][0][0] += 1


def swapped_pair(result: dict[str, Any]) -> None:
    first, *others = result["pairs"]
    other = next(pair for pair in others if pair["expert"] != first["expert"] and pair["proposal"] != first["proposal"])
    first["expert"], other["expert"] = other["expert"], first["expert"]


def better_rank(result: dict[str, Any]) -> None:
    result["calibrated"][0]["expected_rank"] -= 2


def rank_by_a_millionth(result: dict[str, Any]) -> None:
    result["calibrated"][-1]["expected_rank"] -= 1


def other_tie_groups(result: dict[str, Any]) -> None:
    for row in result["calibrated"]:
        row["tie_group"] = 77


def reversed_ranks(result: dict[str, Any]) -> None:
    result["calibrated"].reverse()


def swapped_places(result: dict[str, Any]) -> None:
    places = result["places"]
    places[0]["proposal"], places[1]["proposal"] = places[1]["proposal"], places[0]["proposal"]


def one_funded_more(result: dict[str, Any]) -> None:
    result["remaining"]["JP"] += 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("eligibility", better_verdict),
        ("conflicts", one_conflict_more),
        ("conflicts", one_conflict_less),
        ("assignment", other_price),
        ("assignment", swapped_pair),
        ("ranking", better_rank),
        ("ranking", rank_by_a_millionth),
        ("ranking", other_tie_groups),
        ("ranking", reversed_ranks),
        ("list", swapped_places),
        ("selection", one_funded_more),
    ],
)
def test_a_forger_with_the_whole_record_is_caught_by_recomputation(copy: Path, name: str, change: Any) -> None:
    recommitted(copy, changed_step(copy, name, change))
    assert last(copy).name == name


@pytest.mark.parametrize("by", [1, -1, 2])
def test_no_affinity_can_be_moved_by_a_millionth(copy: Path, by: int) -> None:
    matrix = np.load(copy / "steps" / "affinity.npy")
    forged = matrix.copy()
    forged[0, 0] += by
    content = npy(forged)

    def named(result: dict[str, Any]) -> None:
        result["matrix"] = digest(content)

    recommitted(copy, {**changed_step(copy, "affinity", named), "steps/affinity.npy": content})
    said = f"the affinity in row 0, column 0 is {matrix[0, 0] + by} millionths, {matrix[0, 0]} is computed"
    assert last(copy).said == said


def test_a_number_on_the_edge_may_be_rounded_either_way() -> None:
    assert [rounded(3, 3.5, "it"), rounded(4, 3.5, "it"), rounded(4, 3.5 - 1e-9, "it")] == [3, 4, 4]
    for recorded in (3, 5):
        with pytest.raises(Failed, match="it is"):
            rounded(recorded, 3.51 if recorded == 3 else 4.49, "it")


def test_verification_writes_nothing(record: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in record.rglob("*"))

    before = state()
    assert verify(record).holds
    assert state() == before


def test_the_reference_call_gives_a_record_that_holds(quantum_call: Path, tmp_path: Path) -> None:
    assert verify(record_of(quantum_call, tmp_path / "record")).holds
