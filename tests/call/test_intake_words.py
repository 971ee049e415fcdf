"""When two texts are one, and when they are nearly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from accord.call.intake.words import identifier, one_sign_apart, reference_key, same_words, script


def test_references_are_one_whatever_their_case_width_dashes_and_spaces() -> None:
    for spelling in (
        "QJ-001",
        "qj-001",
        "ＱＪ－００１",
        " QJ – 001",
        "QJ‐001",
        "QJ−001",
        "QJー001",
        "QJ\u3000001",
        "-QJ--001-",
    ):
        assert reference_key(spelling) == "qj-001"
    assert len({reference_key(one) for one in ("QJ-001", "QJ001", "QJ-0001", "QJ_001", "QJ-00l")}) == 5
    assert reference_key("データ") == "データ"
    assert [reference_key(one) for one in ("", " - ", "－")] == ["", "", ""]


def test_a_reference_becomes_an_identifier_where_it_can() -> None:
    spellings = ["QJ-001", "ＱＪ　００１", "café & co", "Zürich²", "日本-1", "", "a" * 201]
    assert [identifier(one) for one in spellings] == ["QJ-001", "QJ-001", "cafe-_-co", "Zurich2", None, None, None]


def test_words_are_the_same_without_accents_case_and_punctuation() -> None:
    assert same_words("The Université—Paris ") == same_words("universite paris")
    assert same_words("光：量子") == same_words("光 量子")
    assert same_words("ガ") != same_words("カ")
    assert same_words("T > 0") != same_words("T < 0")
    assert [script(one) for one in ("Quantum", "量子", "Quantumの光", "ｶﾅ", "양자", "Квант", "123")] == [
        *("LATIN", "CJK", "CJK", "CJK", "HANGUL", "CYRILLIC", "")
    ]


@given(st.text("ab1", max_size=5), st.text("ab1", max_size=5))
def test_one_sign_apart_is_one_edit_or_one_swap(first: str, second: str) -> None:
    edits = {first[:at] + first[at + 1 :] for at in range(len(first))}
    edits |= {first[:at] + sign + first[at:] for at in range(len(first) + 1) for sign in "ab1"}
    edits |= {first[:at] + sign + first[at + 1 :] for at in range(len(first)) for sign in "ab1"}
    edits |= {first[:at] + first[at + 1] + first[at] + first[at + 2 :] for at in range(len(first) - 1)}
    assert one_sign_apart(first, second) == (second in edits - {first})
    assert one_sign_apart(first, second) == one_sign_apart(second, first)
