from decimal import Decimal
from pathlib import Path

import pandas
import polars
import pytest

from accord.call.folder import load_call
from accord.call.tables import as_rows, csv_text, from_frame, jsonl, read_table, to_frame
from accord.call.values import Expert, Proposal, Score
from accord.errors import InvalidInput, UnusableFolder


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_tables_go_into_frames_and_come_back(small_call: Path, backend: str) -> None:
    call = load_call(small_call)
    assert call.reviews is not None
    assert from_frame(to_frame(call.proposals, backend=backend), Proposal) == call.proposals
    assert from_frame(to_frame(call.experts, backend=backend), Expert) == call.experts
    assert from_frame(to_frame(call.reviews, backend=backend), Score) == call.reviews


def test_numbers_of_a_frame_are_read_exactly() -> None:
    rows = {"proposal": ["P1", "P2"], "expert": ["E1", "E1"], "criterion": ["a", "a"], "score": [4.5, 3]}
    expected = (
        Score(proposal="P1", expert="E1", criterion="a", score=Decimal("4.5")),
        Score(proposal="P2", expert="E1", criterion="a", score=Decimal(3)),
    )
    assert from_frame(pandas.DataFrame(rows), Score) == expected
    assert from_frame(polars.DataFrame({**rows, "score": [4.5, 3.0]}), Score) == expected


def test_a_frame_with_problems_names_the_rows() -> None:
    frame = pandas.DataFrame(
        {"proposal": ["P1", ""], "expert": ["E1", "E1"], "criterion": ["a", "a"], "scores": [1, 2]}
    )
    with pytest.raises(UnusableFolder) as caught:
        from_frame(frame, Score)
    assert [str(problem).split(";")[0] for problem in caught.value.problems] == [
        "the frame of Score:1: score: it is missing",
        "the frame of Score:1: scores: unknown key 'scores'",
        'the frame of Score:2: proposal: found ""',
        "the frame of Score:2: score: it is missing",
        "the frame of Score:2: scores: unknown key 'scores'",
    ]


def test_an_unknown_frame_library_is_refused() -> None:
    with pytest.raises(InvalidInput, match='backend: found \'excel\'; write "pandas" or "polars"'):
        to_frame([], backend="excel")


def test_jsonl_is_canonical_and_leaves_defaults_out() -> None:
    row = Score(proposal="P1", expert="E1", criterion="a", score=Decimal("4.0"))
    assert jsonl([row]) == b'{"criterion":"a","expert":"E1","proposal":"P1","score":"4"}\n'
    assert as_rows([row]) == [{"proposal": "P1", "expert": "E1", "criterion": "a", "score": "4"}]


def test_a_cell_that_a_spreadsheet_would_run_is_escaped() -> None:
    rows = [{"id": "P1", "title": "=HYPERLINK(1)", "note": None}, {"id": "P2", "title": "plain, text", "note": ["a"]}]
    assert csv_text(rows, ["id", "title", "note"]) == 'id,title,note\nP1,\'=HYPERLINK(1),\nP2,"plain, text","[""a""]"\n'


def test_windows_line_ends_and_blank_lines_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"\xef\xbb\xbfproposal,expert,criterion,score\r\nP1,E1,a,4\r\n\r\nP1,E1,b,3.5\r\n")
    table = read_table(path, Score)
    assert [row.criterion for row in table.rows] == ["a", "b"]
    assert table.lines == (2, 4)
    assert table.problems == ()
