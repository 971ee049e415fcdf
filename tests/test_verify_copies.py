"""A copy of a record that was changed, mixed up or made up: each change is found and named."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_tokens import planted, rules

from accord.pipeline.bundle import record_files
from accord.pipeline.disclosure_view import Reader
from accord.pipeline.reading import open_record
from accord.pipeline.redacting import redacted
from accord.record.canonical import canonical, digest
from accord.record.commitments import Leaf, commitment
from accord.record.folder import write_folder
from accord.record.merkle import merkle_root
from accord.verify import Check, verify

Row = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records of one call under unlike rules, and JP's copy of each."""
    at = tmp_path_factory.mktemp("copies")
    for name, plan in (("copy", rules()), ("other", rules(applicants=["reasons"]))):
        write_folder(at / f"{name}-record", record_files(planted(at / f"{name}-call", plan)))
        write_folder(at / name, redacted(open_record(at / f"{name}-record"), Reader("side", side="JP")).files())
    return at


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "copy", tmp_path / "copy"))


def failed(folder: Path) -> Check:
    verification = verify(folder)
    assert not verification.holds
    return verification.checks[-1]


def rows(folder: Path) -> list[Row]:
    return [json.loads(line) for line in (folder / "leaves.jsonl").read_bytes().splitlines()[1:]]


def rewritten(folder: Path, leaves: list[Row], hidden: list[str] | None = None) -> None:
    head = (folder / "leaves.jsonl").read_bytes().splitlines()[0]
    lines = [head, *(canonical(row) for row in sorted(leaves, key=lambda row: row["address"]))]
    (folder / "leaves.jsonl").write_bytes(b"\n".join([*lines, b""]))
    if hidden is not None:
        (folder / "hidden.csv").write_bytes("\n".join(["commitment", *sorted(hidden), ""]).encode())


def hidden_in(folder: Path) -> list[str]:
    return (folder / "hidden.csv").read_text().splitlines()[1:]


def forged(
    folder: Path, change: Callable[[list[Row]], list[Row]], hide: Callable[[Row], bool] = lambda _: False
) -> None:
    """Make a copy anew with other leaves, its root and front page with it: what somebody without any key can do."""
    leaves = change(rows(folder))
    for row in leaves:
        row["commitment"] = commitment(bytes.fromhex(row["salt"]), Leaf(row["address"], row["value"]))
    hidden = [*hidden_in(folder), *(row["commitment"] for row in leaves if hide(row))]
    leaves = [row for row in leaves if not hide(row)]
    every = sorted(bytes.fromhex(one) for one in (*hidden, *(row["commitment"] for row in leaves)))
    page = json.loads((folder / "record.json").read_bytes())
    page["commitments"] |= {"root": merkle_root(every).hex(), "leaves": len(every)}
    content = canonical(page) + b"\n"
    (folder / "record.json").write_bytes(content)
    rewritten(folder, leaves, hidden)
    lines = (folder / "leaves.jsonl").read_bytes().splitlines()
    head = canonical({"accord_copy": 1, "erased": None, "record": digest(content)})
    (folder / "leaves.jsonl").write_bytes(b"\n".join([head, *lines[1:], b""]))


def test_a_copy_holds(copy: Path) -> None:
    verification = verify(copy)
    assert verification.holds
    assert verification.checks[0].said.startswith("a copy: ")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_single_changed_byte_is_found_and_its_file_named(made: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(path for path in (made / "copy").iterdir())))
    before = path.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    content = bytearray(before)
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    try:
        assert path.name in failed(made / "copy").said
    finally:
        path.write_bytes(before)


def test_a_changed_value_salt_or_address_is_named(copy: Path) -> None:
    changes: dict[str, Callable[[Row], Any]] = {
        "value": lambda row: f"{row['value']}!",
        "salt": lambda row: row["salt"][::-1],
        "address": lambda row: f"{row['address']}s",
    }
    before = rows(copy)
    for field, change in changes.items():
        leaves = [dict(row) for row in before]
        row = next(row for row in leaves if row["address"] == "inputs/proposals/P1/title")
        row[field] = change(row)
        rewritten(copy, leaves)
        assert f"{row['address']} does not have its commitment" in failed(copy).said


def test_values_swapped_between_addresses_are_found(copy: Path) -> None:
    leaves = rows(copy)
    one, other = (next(row for row in leaves if row["address"] == f"inputs/proposals/P{n}/title") for n in (1, 2))
    for field in ("value", "salt", "commitment"):
        one[field], other[field] = other[field], one[field]
    rewritten(copy, leaves)
    assert "inputs/proposals/P1/title does not have its commitment" in failed(copy).said


def test_a_leaf_added_dropped_doubled_or_hidden_twice_is_found(copy: Path) -> None:
    leaves, hidden = rows(copy), hidden_in(copy)
    salt = "00" * 32
    value = commitment(bytes(32), Leaf("inputs/proposals/P9/title", "made up"))
    extra = {"address": "inputs/proposals/P9/title", "salt": salt, "value": "made up", "commitment": value}
    rewritten(copy, [*leaves, extra])
    assert "a leaf was dropped or added" in failed(copy).said
    rewritten(copy, [*leaves[1:], extra])
    assert "a commitment in one of them was changed" in failed(copy).said
    rewritten(copy, leaves[1:])
    assert "a leaf was dropped or added" in failed(copy).said
    rewritten(copy, [*leaves, leaves[0]])
    assert "is not in its order, or stands twice" in failed(copy).said
    rewritten(copy, leaves, hidden[1:])
    assert "a leaf was dropped or added" in failed(copy).said
    rewritten(copy, leaves, [*hidden, hidden[0]])
    assert "is no commitment in its order" in failed(copy).said
    rewritten(copy, leaves, [*hidden[1:], leaves[0]["commitment"]])
    assert "a commitment in one of them was changed" in failed(copy).said


def test_leaves_or_commitments_of_another_record_are_found(copy: Path, made: Path) -> None:
    for name in ("leaves.jsonl", "hidden.csv", "record.json"):
        kept = (copy / name).read_bytes()
        shutil.copyfile(made / "other" / name, copy / name)
        assert failed(copy).name == "files"
        (copy / name).write_bytes(kept)
    assert verify(copy).holds


def test_files_added_missing_or_linked_are_named(copy: Path, tmp_path: Path) -> None:
    for name in ("salt.key", "files.json", "affinity.npy", "erased.json", "inputs/proposals.jsonl"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(b"x")
        assert name in failed(copy).said
        (copy / name).unlink()
    shutil.move(copy / "hidden.csv", tmp_path / "hidden.csv")
    assert failed(copy).said == "hidden.csv is missing"
    (copy / "hidden.csv").symlink_to(tmp_path / "hidden.csv")
    assert failed(copy).said == "hidden.csv is a link; a record holds files only"
    (copy / "hidden.csv").unlink()
    os.mkfifo(copy / "hidden.csv")
    assert failed(copy).said == "hidden.csv is no plain file; a record holds files only"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[" * 100_000 + b"\n", b"\xff\n", b'{"a":1}', b"commitment\n"]
)
def test_damage_is_a_failed_check_and_no_traceback(copy: Path, content: bytes) -> None:
    for name in ("leaves.jsonl", "hidden.csv", "record.json"):
        kept = (copy / name).read_bytes()
        (copy / name).write_bytes(content)
        assert failed(copy).name == "files"
        (copy / name).write_bytes(kept)
    head, rest = (copy / "leaves.jsonl").read_bytes().split(b"\n", 1)
    (copy / "leaves.jsonl").write_bytes(head + b"\n" + content + rest)
    if content:
        assert "leaves.jsonl" in failed(copy).said


def changed(address: str, value: Any) -> Callable[[list[Row]], list[Row]]:
    def change(leaves: list[Row]) -> list[Row]:
        row = next(row for row in leaves if row["address"] == address)
        assert row["value"] != value
        row["value"] = value
        return leaves

    return change


@pytest.mark.parametrize(
    ("name", "address", "value"),
    [
        ("list", "steps/list/result/places/P2/place", 1),
        ("list", "steps/list/result/lottery/status", "drawn"),
        ("selection", "steps/selection/result/remaining/JP", 1),
        ("selection", "steps/selection/result/funded/P1/requested/EU", 1),
        ("selection", "steps/selection/result/not_funded/P4/reason", "below-threshold"),
        ("selection", "inputs/proposals/P1/partners/0/requested", "1"),
        ("list", "steps/ranking/result/assessments/P1/mean_total", 1),
        ("plan and tables", "counts/proposals/title", 8),
        ("plan and tables", "steps/list/step", "ranking"),
    ],
)
def test_a_forger_is_caught_by_recomputation(copy: Path, name: str, address: str, value: Any) -> None:
    """Root, front page and commitments are made anew: only signatures and recomputation are left to tell."""
    forged(copy, changed(address, value))
    assert failed(copy).name == name


def test_a_proposal_that_is_hidden_from_the_list_is_missed(copy: Path) -> None:
    """The last of the list, with every leaf that names it, hidden by whoever makes the copy."""
    forged(copy, lambda leaves: leaves, hide=lambda row: "P4" in row["address"].replace("/", " ").split())
    said = failed(copy).said
    assert said.startswith("counts/")
    assert said.endswith("of these leaves are given")


def test_hiding_the_counts_too_leaves_nothing_recomputed(copy: Path) -> None:
    def hide(row: Row) -> bool:
        return row["address"].startswith("counts/") and not row["address"].endswith(("/method", "/rule", "/text"))

    forged(copy, lambda leaves: leaves, hide=hide)
    verification = verify(copy)
    assert verification.holds
    assert {check.said.split(",")[0] for check in verification.checks[2:]} == {"attested by nobody (no log is here)"}


def test_what_is_for_every_reader_cannot_be_hidden(copy: Path) -> None:
    for part in ("inputs/plan.toml", "steps/selection/method", "counts/steps/selection/method"):
        folder = Path(shutil.copytree(copy, copy.parent / part.replace("/", "-")))
        forged(folder, lambda leaves: leaves, hide=lambda row, part=part: row["address"] == part)
        assert failed(folder).name == "plan and tables"


@pytest.mark.parametrize(
    "address",
    [
        "inputs/proposals/P1",
        "inputs/proposals/P1/title/x",
        "inputs/nothing/x",
        "x",
        "steps/list/result/places/P1/place/x",
    ],
)
def test_made_up_addresses_are_a_failed_check(copy: Path, address: str) -> None:
    row = {"address": address, "salt": "00" * 32, "value": "x"}
    forged(copy, lambda leaves: [*leaves, row])
    assert failed(copy).name == "plan and tables"


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    value=st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=3)
    | st.lists(st.text(max_size=2), max_size=2),
)
def test_no_value_however_odd_makes_a_traceback(made: Path, data: st.DataObject, value: Any) -> None:
    folder = Path(shutil.copytree(made / "copy", made / "odd", dirs_exist_ok=True))
    address = data.draw(st.sampled_from([row["address"] for row in rows(folder)]))

    def change(leaves: list[Row]) -> list[Row]:
        return [row | ({"value": value} if row["address"] == address else {}) for row in leaves]

    forged(folder, change)
    assert verify(folder).checks
