from pathlib import Path

from accord.call.folder import load_call
from accord.pipeline.reading import open_record
from accord.pipeline.walk import run
from accord.writing import write
from calls import write_call


def test_a_record_of_a_call_with_declared_conflicts_is_read_back(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", conflicts="proposal,expert,reason\nP1,E5,former supervisor\n")
    walked = run(load_call(folder))
    write(walked, tmp_path / "record")
    again = open_record(tmp_path / "record").walk
    assert [step.content for step in again.steps()] == [step.content for step in walked.steps()]
