import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from accord.record.canonical import LARGEST_INTEGER, canonical, digest, digest_of, integer

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_published_example_of_rfc_8785() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(json_values)
def test_reading_back_gives_the_value_and_writing_again_the_bytes(value: object) -> None:
    content = canonical(value)
    assert json.loads(content) == value
    assert canonical(json.loads(content)) == content


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=2))
def test_the_order_of_keys_changes_nothing(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert digest_of(backwards) == digest_of(value)


def test_integers_that_readers_would_round_become_text() -> None:
    assert [integer(2**53 - 1), integer(2**53), integer(-(2**60))] == [
        2**53 - 1,
        "9007199254740992",
        "-1152921504606846976",
    ]
    with pytest.raises(rfc8785.IntegerDomainError):
        canonical({"value": 2**53})


def test_a_digest_is_sha_256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
