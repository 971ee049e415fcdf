"""The affinity as a sparse matrix, as a file, and in languages without spaces: held against the plain matrix."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InvalidInput
from accord.methods.affinity import affinity, matrix, sparse_affinity
from japanese_texts import BOTH, ENGLISH, JAPANESE, OTHER_JAPANESE

TEXTS = ["spin qubits in silicon", "optical clocks", "量子誤り訂正の実験", "", "spin clocks 量子", "silicon optics"]
some_text = st.lists(st.sampled_from(["spin", "qubit", "clock", "量子", "計算機", "—"]), max_size=6).map(" ".join)


def plain(proposals: list[str], publications: list[str], authorship: Any, floor: int) -> list[list[int]]:
    whole = affinity(proposals, publications, authorship)
    return np.where(whole >= floor, whole, 0).tolist()


@settings(max_examples=60, deadline=None)
@given(
    proposals=st.lists(some_text, max_size=5),
    publications=st.lists(some_text, max_size=6),
    floor=st.sampled_from([1, 2, 100_000, 300_000, 1_000_000]),
    workers=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_the_sparse_matrix_is_the_plain_one_without_its_small_values(
    proposals: list[str], publications: list[str], floor: int, workers: int, data: st.DataObject
) -> None:
    row = st.lists(st.booleans(), min_size=len(publications), max_size=len(publications))
    authorship = np.array(data.draw(st.lists(row, min_size=1, max_size=4)), dtype=bool)
    found = sparse_affinity(proposals, publications, authorship, floor=floor, workers=workers)
    assert found.toarray().tolist() == plain(proposals, publications, authorship, floor)
    assert found.dtype == np.int32
    assert found.has_canonical_format
    assert bool((found.data >= floor).all())


def test_blocks_change_nothing_in_the_sparse_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    authorship = np.eye(len(TEXTS), dtype=bool)
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(matrix, "CELLS_A_BLOCK", 2 * len(TEXTS))
    found = sparse_affinity(TEXTS, TEXTS, authorship, floor=50_000, progress=lambda *done: told.append(done))
    assert found.toarray().tolist() == plain(TEXTS, TEXTS, authorship, 50_000)
    assert told == [(2, 6), (4, 6), (6, 6)]


@pytest.mark.parametrize("floor", [0, -1, True, 1.5, None])
def test_a_floor_is_a_whole_number_of_millionths(floor: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^floor: found .*; give a whole number of millionths, at least 1$"):
        sparse_affinity(["a"], ["a"], np.ones((1, 1), dtype=int), floor=floor)


# In a file


@pytest.mark.parametrize("shape", [(6, 6), (6, 0), (0, 6)], ids=str)
def test_a_matrix_in_a_file_is_the_same_and_numpy_reads_it(tmp_path: Path, shape: tuple[int, int]) -> None:
    proposals, experts = TEXTS[: shape[0]], np.eye(6, dtype=bool)[: shape[1]]
    whole = affinity(proposals, TEXTS, experts)
    mapped = affinity(proposals, TEXTS, experts, out=tmp_path / "affinity.npy", workers=2)
    assert mapped.tolist() == whole.tolist()
    assert mapped.flags.writeable is False
    out = io.BytesIO()
    np.lib.format.write_array(out, whole.astype("<i4"), version=(1, 0))
    assert (tmp_path / "affinity.npy").read_bytes() == out.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["affinity.npy"]


def test_a_run_that_stops_leaves_no_file(tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        affinity(TEXTS, TEXTS, np.eye(6, dtype=bool), out=tmp_path / "affinity.npy", progress=stop)
    assert list(tmp_path.iterdir()) == []


# Japanese


def test_japanese_finds_its_subject_in_japanese() -> None:
    found = affinity(JAPANESE, OTHER_JAPANESE, np.eye(5, dtype=bool))
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert found.argmax(axis=0).tolist() == [0, 1, 2, 3, 4]
    own = found.diagonal()
    assert own.min() > 3 * np.where(np.eye(5, dtype=bool), 0, found).max()


def test_no_subject_is_found_across_languages() -> None:
    assert affinity(ENGLISH, JAPANESE, np.eye(5, dtype=bool)).tolist() == [[0] * 5] * 5
    assert affinity(JAPANESE, ENGLISH, np.eye(5, dtype=bool)).tolist() == [[0] * 5] * 5


def test_a_text_in_both_languages_is_found_from_either() -> None:
    found = affinity([*JAPANESE, *ENGLISH], BOTH, np.eye(5, dtype=bool))
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3, 4] * 2


def test_full_and_half_width_are_the_same_text() -> None:
    wide = [text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}) for text in ENGLISH]
    assert affinity(wide, ENGLISH, np.eye(5, dtype=bool)).diagonal().tolist() == [1_000_000] * 5
    kana, half = "ダイヤモンドのスピンセンサー", "ﾀﾞｲﾔﾓﾝﾄﾞのｽﾋﾟﾝｾﾝｻｰ"
    assert unicodedata.normalize("NFKC", half) == kana
    assert affinity([half], [kana], np.ones((1, 1), dtype=int)).tolist() == [[1_000_000]]
