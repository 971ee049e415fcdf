import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from accord.call.folder import load_call
from accord.pipeline.bundle import record_files
from accord.pipeline.reading import UnreadableRecord, open_record
from accord.pipeline.walk import Walk, run
from accord.record.folder import write_folder
from calls import write_call


def recorded(call: Path, target: Path, *, simulate: int | None = None) -> Walk:
    walk = run(load_call(call), simulate_reviews=simulate)
    write_folder(target, record_files(walk, beside={"report.html": b"<p>"}))
    return walk


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record")
    recorded(write_call(folder / "call"), folder / "record")
    return folder / "record"


@pytest.fixture
def copy(record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(record, tmp_path / "copy"))


def same(found: Walk, expected: Walk) -> None:
    assert [step.content for step in found.steps()] == [step.content for step in expected.steps()]
    assert found.inputs.digests == expected.inputs.digests
    assert found.inputs.simulated == expected.inputs.simulated
    assert found.inputs.call.plan == expected.inputs.call.plan
    assert np.array_equal(found.affinity.arrays["affinity"], expected.affinity.arrays["affinity"])


def test_a_record_reads_back_as_the_walk_that_it_was_written_from(tmp_path: Path) -> None:
    expected = recorded(write_call(tmp_path / "call"), tmp_path / "record")
    same(open_record(tmp_path / "record").walk, expected)
    page = json.loads((tmp_path / "record" / "record.json").read_bytes())
    assert open_record(tmp_path / "record").root == page["commitments"]["root"]


def test_the_walk_that_is_read_gives_the_same_record(record: Path) -> None:
    again = record_files(open_record(record).walk, beside={"report.html": b"<p>"})
    differing = [name for name, content in again.items() if (record / name).read_bytes() != content]
    assert [name for name in differing if name not in {"files.json", "record.json"}] == []


def test_a_record_without_scores_and_one_with_simulated_ones(tmp_path: Path) -> None:
    call = write_call(tmp_path / "call", reviews=None)
    expected = recorded(call, tmp_path / "one")
    same(open_record(tmp_path / "one").walk, expected)
    assert open_record(tmp_path / "one").walk.selection is None
    simulated = recorded(call, tmp_path / "two", simulate=5)
    same(open_record(tmp_path / "two").walk, simulated)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecord, match="there is no folder"):
        open_record(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableRecord, match="this folder is no record"):
        open_record(tmp_path / "empty")


def test_a_changed_missing_or_added_file_is_named(copy: Path) -> None:
    step = copy / "steps" / "selection.json"
    content = step.read_bytes()
    step.write_bytes(content.replace(b"P3", b"P4", 1))
    with pytest.raises(UnreadableRecord, match=r"steps/selection\.json was changed"):
        open_record(copy)
    step.unlink()
    with pytest.raises(UnreadableRecord, match=r"steps/selection\.json is missing"):
        open_record(copy)
    step.write_bytes(content)
    (copy / "notes.txt").write_bytes(b"")
    with pytest.raises(UnreadableRecord, match=r"notes\.txt is not named"):
        open_record(copy)
