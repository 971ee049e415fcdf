"""The affinity against scikit-learn, sums done by hand, and publications whose authors are known."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from accord.errors import InvalidInput
from accord.methods.affinity import affinity, matrix, tfidf
from accord.methods.affinity.words import words

ROOT = Path(__file__).resolve().parents[2]
CALL = ROOT / "../shared/data/quantum-call"
needs_call = pytest.mark.skipif(not CALL.is_dir(), reason="the folder shared/data is not beside this checkout")

# Rounding to whole millionths moves a value by a half at most; the rest is for sums in another order.
NEAR = 0.5 + 1e-6

PROPOSALS = [
    "Spin qubits in silicon: a long coherence time of spin qubits, and their read-out.",
    "Optical clocks for geodesy; ytterbium clocks compared over optical fibre.",
    "量子コンピュータの誤り訂正と表面符号",
    "",
    "Photosynthesis in algae",
]
PUBLICATIONS = [
    "Coherence of spin qubits in isotopically pure silicon",
    "Comparing ytterbium optical clocks over a fibre network",
    "表面符号による量子誤り訂正の実験",
    "超伝導量子ビットの読み出し",
    "?!",
    "A paper that no expert wrote, on spin",
]
AUTHORSHIP = np.array(
    [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]],
    dtype=np.int64,
)


def terms(text: str) -> list[str]:
    single = words(text)
    return single + [f"{first} {second}" for first, second in pairwise(single)]


def slow(
    proposals: list[str], publications: list[str], authorship: NDArray[Any], vectorizer: TfidfVectorizer
) -> NDArray[np.float64]:
    """The same by scikit-learn and in another order: every cosine of two texts first, then the means."""
    vectorizer.fit([*proposals, *publications])
    cosines = vectorizer.transform(proposals) @ vectorizer.transform(publications).T
    result = np.zeros((len(proposals), len(authorship)))
    for expert, wrote in enumerate(authorship):
        if wrote.any():
            result[:, expert] = cosines.toarray()[:, np.flatnonzero(wrote)].mean(axis=1)
    return result * 1_000_000


def ours_in_scikit_learn() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=terms, sublinear_tf=True, smooth_idf=True, norm="l2")


def real_call() -> tuple[list[str], list[str], NDArray[np.bool_]]:
    def read(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (CALL / name).read_text(encoding="utf-8").splitlines()]

    proposals, experts, publications = map(read, ("proposals.jsonl", "experts.jsonl", "publications.jsonl"))
    wrote = [[paper["id"] in expert["publications"] for paper in publications] for expert in experts]
    texts = [[f"{row['title']}\n{row['abstract']}" for row in rows] for rows in (proposals, publications)]
    return texts[0], texts[1], np.array(wrote)


# What a word is


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a ! -- 7", []),
        ("Spin-Orbit coupling, don't 2D", ["spin", "orbit", "coupling", "don", "2d"]),
        ("snake_case", ["snake", "case"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("E\u0301TAT état", ["état", "état"]),
        ("quan\u00adtum zero\u200bwidth", ["quantum", "zero", "width"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("量子計算", ["量子", "子計", "計算"]),
        ("第3回、量子Computer・カー", ["第", "回", "量子", "computer", "カー"]),
        ("人々と葛\U000e0100城", ["人々", "々と", "と葛", "葛城"]),
        ("양자컴퓨터 연구", ["양자", "자컴", "컴퓨", "퓨터", "연구"]),
        ("ควอน", ["คว", "วอ", "อน"]),
        ("Ｑｕａｎｔｕｍ　１２３", ["quantum", "123"]),
        ("ｶﾞﾗｽとガラス", ["ガラ", "ラス", "スと", "とガ", "ガラ", "ラス"]),
        ("㈱日立、第②版 10㎏", ["株", "日立", "第", "版", "10kg"]),
        ("ﬁbre H₂O x²", ["fibre", "h2o", "x2"]),
        ("don´t ¨ a", ["don"]),
        ("ﾊﾝｹﾞﾙ ｺﾝﾋﾟｭｰﾀ", ["ハン", "ンゲ", "ゲル", "コン", "ンピ", "ピュ", "ュー", "ータ"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
@example("don\u00b4t")
@example("\u2260\u00bd")
def test_words_do_not_depend_on_how_a_letter_is_composed_or_how_wide_it_is(text: str) -> None:
    expected = words(text)
    assert [words(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")] == [expected] * 4


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_full_width_letters_are_the_usual_ones(text: str) -> None:
    assert words(text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})) == words(text)


@given(st.text(), st.text(st.sampled_from("量子計算ｶﾞｸ学Quantum ー、")))
def test_a_word_has_no_space_and_no_capital_and_begins_with_no_mark(text: str, japanese: str) -> None:
    for word in words(text + japanese):
        assert word.split() == [word]
        assert word.casefold() == word


@given(st.text(st.characters(codec="ascii")))
def test_english_is_cut_the_same_in_a_text_that_has_other_signs_too(text: str) -> None:
    assert words(text) == words(f"{text} —")


# The numbers


def test_one_pair_by_hand() -> None:
    # Texts: 'spin spin glass', 'spin wave', 'clock'. Of the words and pairs only 'spin' is in both halves.
    common, rare = 1 + math.log(4 / 3), 1 + math.log(4 / 2)
    twice = (1 + math.log(2)) * common
    # spin (twice), spin spin, glass, spin glass
    proposal = math.sqrt(twice**2 + 3 * rare**2)
    # spin, wave, spin wave
    publication = math.sqrt(common**2 + 2 * rare**2)
    cosine = twice * common / (proposal * publication)

    result = affinity(["spin spin glass"], ["Spin wave", "clock"], np.array([[1, 0], [0, 1], [1, 1]]))

    assert result.tolist() == [[round(cosine * 1e6), 0, round(cosine / 2 * 1e6)]]


def test_agrees_with_scikit_learn() -> None:
    expected = slow(PROPOSALS, PUBLICATIONS, AUTHORSHIP, ours_in_scikit_learn())
    result = affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP)
    assert np.abs(result - expected).max() <= NEAR
    assert np.count_nonzero(result) == 7


some_text = st.lists(
    st.sampled_from(["spin", "Spin", "qubit", "clock", "ion", "量子", "計算機", "x", "—", "é"]), max_size=9
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    proposals=st.lists(some_text, min_size=1, max_size=5),
    publications=st.lists(some_text, min_size=1, max_size=6),
    data=st.data(),
)
def test_agrees_with_scikit_learn_on_any_texts(
    proposals: list[str], publications: list[str], data: st.DataObject
) -> None:
    row = st.lists(st.booleans(), min_size=len(publications), max_size=len(publications))
    authorship = np.array(data.draw(st.lists(row, min_size=1, max_size=4)))
    # scikit-learn refuses texts without a single word among them.
    expected = slow([*proposals, "spin"], publications, authorship, ours_in_scikit_learn())
    result = affinity([*proposals, "spin"], publications, authorship)
    assert np.abs(result - expected).max() <= NEAR


def test_agrees_with_scikit_learns_own_words_on_english() -> None:
    english, papers = [PROPOSALS[0], PROPOSALS[1], PROPOSALS[4]], [PUBLICATIONS[i] for i in (0, 1, 5)]
    authorship = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 1]])
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    expected = slow(english, papers, authorship, theirs)
    assert np.abs(affinity(english, papers, authorship) - expected).max() <= NEAR


@needs_call
def test_agrees_with_scikit_learns_own_words_on_a_real_call() -> None:
    proposals, publications, authorship = real_call()

    # Its words keep the underscore of 'H_2O', and what is written raised or wide apart from what is not.
    def alike(texts: list[str]) -> list[str]:
        return [unicodedata.normalize("NFKC", text).replace("_", " ") for text in texts]

    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    expected = slow(alike(proposals), alike(publications), authorship, theirs)
    result = affinity(proposals, publications, authorship)
    assert result.shape == (117, 195)
    assert np.abs(result - expected).max() <= NEAR


# What must hold


@pytest.mark.parametrize("cells", [1, 5, 7, 12, 10**9])
@pytest.mark.parametrize("texts", [1, 2, 10**9])
@pytest.mark.parametrize("workers", [1, 3])
def test_blocks_and_workers_change_nothing(
    cells: int, texts: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP, workers=1)
    monkeypatch.setattr(matrix, "CELLS_A_BLOCK", cells)
    monkeypatch.setattr(tfidf, "_TEXTS_A_BLOCK", texts)
    assert affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP, workers=workers).tolist() == expected.tolist()


@needs_call
def test_blocks_and_workers_change_nothing_on_a_real_call(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = real_call()
    expected = affinity(*texts, workers=1)
    monkeypatch.setattr(matrix, "CELLS_A_BLOCK", 195 * 10)
    monkeypatch.setattr(tfidf, "_TEXTS_A_BLOCK", 50)
    compared = tfidf.word_affinity(*texts, workers=4)
    again = tfidf.word_affinity(*texts, workers=1)
    assert np.array_equal(compared.millionths(0, 117), again.millionths(0, 117))  # to the last bit
    assert np.array_equal(affinity(*texts, workers=4), expected)


def test_tells_progress_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "CELLS_A_BLOCK", 10)
    told: list[tuple[int, int]] = []
    affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP, progress=lambda done, of: told.append((done, of)))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_the_same_text_is_a_million_and_nothing_in_common_is_zero() -> None:
    texts = ["spin qubits", "optical clocks"]
    assert affinity(texts, texts, np.eye(2, dtype=bool)).tolist() == [[1_000_000, 0], [0, 1_000_000]]


def test_no_words_and_no_publications_are_zero() -> None:
    result = affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP)
    assert result[3].tolist() == [0] * 5
    assert result[:, 4].tolist() == [0] * 5


def test_a_publication_without_words_counts_in_the_mean() -> None:
    result = affinity(["spin"], ["spin", "?!"], np.array([[1, 0], [1, 1]]))
    assert result.tolist() == [[1_000_000, 500_000]]


@pytest.mark.parametrize(
    ("proposals", "publications", "experts"),
    [([], [], 0), ([], [], 2), ([], ["spin"], 2), (["spin"], [], 2), (["spin"], ["spin"], 0), (["?"], ["!"], 2)],
)
def test_where_there_is_nothing_to_compare(proposals: list[str], publications: list[str], experts: int) -> None:
    result = affinity(proposals, publications, np.ones((experts, len(publications)), dtype=bool))
    assert result.shape == (len(proposals), experts)
    assert not result.any()


def test_is_read_only_and_of_whole_numbers() -> None:
    result = affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP)
    assert result.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        result[0, 0] = 1


@pytest.mark.parametrize(
    "form",
    [
        AUTHORSHIP.astype(bool),
        AUTHORSHIP.astype(np.uint8),
        sparse.csr_array(AUTHORSHIP),
        sparse.csc_array(AUTHORSHIP.astype(bool)),
        sparse.coo_array(AUTHORSHIP),
        sparse.lil_matrix(AUTHORSHIP),
        sparse.csr_array((np.array([1, 1, 1, 1, 1, 1, 0, 1]), [0, 1, 3, 2, 1, 0, 3, 4], [0, 1, 2, 4, 8, 8]), (5, 6)),
    ],
    ids=["bool", "uint8", "csr", "csc of bool", "coo", "lil matrix", "csr, unsorted, with a zero"],
)
def test_takes_authorship_in_any_form_and_leaves_it_alone(form: Any) -> None:
    before = form.copy()
    result = affinity(PROPOSALS, PUBLICATIONS, form)
    assert result.tolist() == affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP).tolist()
    if isinstance(form, np.ndarray):
        assert np.array_equal(form, before)
    elif form.format == "csr":
        assert (form.data.tolist(), form.indices.tolist()) == (before.data.tolist(), before.indices.tolist())


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(5)))
@example([4, 3, 2, 1, 0])
def test_an_expert_s_numbers_do_not_depend_on_the_others_order(order: list[int]) -> None:
    expected = affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP)
    assert np.array_equal(affinity(PROPOSALS, PUBLICATIONS, AUTHORSHIP[order]), expected[:, order])


# What is refused


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model": "semantic"}, "^weights: there are none; give a sentence model's folder or name"),
        ({"model": "TFIDF"}, r"^model: 'TFIDF' is not known; give 'tfidf' or 'semantic'$"),
        ({"weights": "some"}, "^weights: found 'some', and 'tfidf' takes none; leave it out"),
        ({"cache": "folder"}, "^cache: found 'folder', and 'tfidf' takes none; leave it out"),
        ({"workers": 0}, "^workers: found 0; give a whole number of threads, at least 1, or None"),
        ({"workers": True}, "^workers: found True; give a whole number of threads"),
        ({"workers": 1.5}, "^workers: found 1.5; give a whole number of threads"),
        ({"proposals": "spin"}, "^proposals: found a single text; give a sequence"),
        ({"publications": ["spin", None]}, r"^publications\[1\]: found NoneType; give a text"),
        ({"proposals": [b"spin"]}, r"^proposals\[0\]: found bytes; give a text"),
        ({"authorship": [[1, 0]]}, "^authorship: found list; give a NumPy array or a SciPy sparse one"),
        ({"authorship": np.ones((3, 1), dtype=int)}, r"found the shape \(3, 1\); give experts x 2 publications"),
        ({"authorship": np.ones(2, dtype=int)}, r"found the shape \(2,\); give experts x 2 publications"),
        ({"authorship": np.ones((1, 2))}, "^authorship: found values of float64; give booleans or whole"),
        ({"authorship": np.array([[1, 2]])}, "^authorship: found the value 2; give 1 where"),
        ({"authorship": np.array([[-1, 0]])}, "^authorship: found the value -1; give 1 where"),
        ({"authorship": sparse.coo_array(([1, 1], ([0, 0], [1, 1])), (1, 2))}, "found the value 2; give 1"),
        ({"authorship": sparse.csr_array(([True, True], [1, 1], [0, 2]), (1, 2))}, "found the value 2; give 1"),
        ({"authorship": sparse.coo_array([1, 0])}, r"found the shape \(2,\); give experts x 2 publications"),
    ],
)
def test_refuses(changed: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {
        "proposals": ["spin"],
        "publications": ["spin", "clock"],
        "authorship": np.array([[1, 0]]),
    }
    with pytest.raises(InvalidInput, match=said):
        affinity(**(arguments | changed))


# What it is good for, and what not


@needs_call
def test_finds_the_author_of_a_publication_that_was_held_out() -> None:
    """Each expert's last publication is taken from all its authors, then stands as a proposal."""
    _, publications, authorship = real_call()
    held = sorted({int(np.flatnonzero(wrote)[-1]) for wrote in authorship})
    known = authorship.copy()
    known[:, held] = False
    known, authors = known[known.any(axis=1)], authorship[known.any(axis=1)][:, held].T
    kept = [place for place in range(len(publications)) if place not in held]
    result = affinity([publications[place] for place in held], [publications[p] for p in kept], known[:, kept])

    above, first = [], 0
    for numbers, wrote in zip(result, authors, strict=True):
        best = numbers[wrote].max()
        above.append(float((numbers[~wrote] < best).mean()))
        first += int(best > numbers[~wrote].max())
    # By chance an author would stand above about half of the others, and first about once.
    assert len(above) == 150
    assert np.median(above) > 0.9
    assert first > 30


def test_the_page_s_example_runs() -> None:
    page = (ROOT / "docs/methods/affinity.md").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    shown = example.rstrip().splitlines()[-1].removeprefix("# ")
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{shown}\n"
