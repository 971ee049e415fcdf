import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.record.canonical import canonical
from accord.record.commitments import Leaf, commit, commitment, leaves, root_of, salt_of

KEY = bytes(range(32))


def test_every_scalar_and_every_list_of_scalars_is_a_leaf() -> None:
    value = {
        "b": 1,
        "a": {"x": None, "odd/name~": "t"},
        "rows": [{"id": "R2", "v": 1}, {"v": [1, 2]}],
        "empty": [],
        "nothing": {},
    }
    assert list(leaves("doc", value)) == [
        Leaf("doc/a/odd~1name~0", "t"),
        Leaf("doc/a/x", None),
        Leaf("doc/b", 1),
        Leaf("doc/empty", []),
        Leaf("doc/nothing", {}),
        Leaf("doc/rows/0/id", "R2"),
        Leaf("doc/rows/0/v", 1),
        Leaf("doc/rows/1/v", [1, 2]),
    ]


def test_a_commitment_can_be_made_by_hand() -> None:
    leaf = Leaf("inputs/proposals/P1/title", "Ein Titel")
    salt = hmac.new(KEY, leaf.address.encode(), hashlib.sha256).digest()
    address = leaf.address.encode()
    content = salt + len(address).to_bytes(4, "big") + address + canonical("Ein Titel")
    assert salt_of(KEY, leaf.address) == salt
    assert commitment(salt, leaf) == hashlib.sha256(content).hexdigest()


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 5), min_size=1), st.data())
def test_one_changed_leaf_changes_its_commitment_and_the_root_and_no_other(
    value: dict[str, int], data: st.DataObject
) -> None:
    changed = data.draw(st.sampled_from(sorted(value)))
    before = dict(commit(KEY, leaves("d", value)))
    after = dict(commit(KEY, leaves("d", {**value, changed: value[changed] + 1})))
    assert len([address for address in before if before[address] != after[address]]) == 1
    assert root_of(tuple(before.items())) != root_of(tuple(after.items()))


def test_equal_values_have_unlike_commitments() -> None:
    told = commit(KEY, leaves("d", {"one": 3, "two": 3}))
    assert told[0][1] != told[1][1]


def test_two_leaves_at_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="two leaves at d/R"):
        commit(KEY, [Leaf("d/R", 1), Leaf("d/R", 2)])


def test_a_copy_that_leaves_a_field_out_still_verifies_with_nothing_but_sha_256() -> None:
    """Whoever holds the commitments and two disclosed leaves with their salts checks them by hand."""
    content = {"P1": {"title": "Open", "score": "4.5"}, "P2": {"title": "Also open", "score": "2"}}
    told = commit(KEY, leaves("inputs/proposals", content))
    published_root = root_of(told)
    disclosed = {
        leaf.address: (salt_of(KEY, leaf.address), leaf.value)
        for leaf in leaves("inputs/proposals", content)
        if not leaf.address.endswith("/score")
    }
    commitments = dict(told)
    for address, (salt, value) in disclosed.items():
        prefix = salt + len(address.encode()).to_bytes(4, "big") + address.encode()
        assert hashlib.sha256(prefix + canonical(value)).hexdigest() == commitments[address]

    def node(hashes: list[bytes]) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        split = 1
        while split * 2 < len(hashes):
            split *= 2
        return hashlib.sha256(b"\x01" + node(hashes[:split]) + node(hashes[split:])).digest()

    sorted_ones = sorted(bytes.fromhex(value) for value in commitments.values())
    assert node([hashlib.sha256(b"\x00" + one).digest() for one in sorted_ones]).hex() == published_root
    # The hidden score cannot be told by trying the eleven marks without its salt.
    hidden = commitments["inputs/proposals/P1/score"]
    for mark in range(11):
        for salt in (bytes(32), salt_of(bytes(32), "inputs/proposals/P1/score")):
            assert commitment(salt, Leaf("inputs/proposals/P1/score", str(mark / 2))) != hidden
