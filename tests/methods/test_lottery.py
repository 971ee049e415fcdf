"""The lottery: what stops it, what its order depends on, and who gains by cheating."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from accord.errors import InvalidInput, Refused
from accord.methods.lottery import Lottery, LotteryStopped, commitment, lottery, provisional_order

CALL = "jp-eu-quantum-2026"
SIDES = ("JP", "EU", "CH")
ROOT = b"root of the checkpoint"
SECRETS = {"JP": b"j" * 16, "EU": b"e" * 16, "CH": b"c" * 32}
ITEMS = ("QC-001", "QC-002", "QC-003", "QC-004")


def committed(secrets: dict[str, bytes]) -> dict[str, str]:
    return {side: commitment(CALL, side, secret) for side, secret in secrets.items()}


def draw(secrets: dict[str, bytes], items: tuple[str, ...] = ITEMS, root: bytes = ROOT) -> Lottery:
    return lottery(
        items,
        call=CALL,
        sides=tuple(secrets),
        commitments=committed(secrets),
        reveals=secrets,
        root=root,
    )


def by_hand(*parts: bytes) -> bytes:
    """Hash length-prefixed parts, written out a second time."""
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.digest()


def test_the_whole_draw_is_what_the_docs_say() -> None:
    seed = by_hand(b"accord/lottery/seed/1", ROOT, b"j" * 16, b"e" * 16, b"c" * 32)
    tickets = sorted((by_hand(b"accord/lottery/ticket/1", seed, i.encode()).hex(), i) for i in ITEMS)
    assert draw(SECRETS) == Lottery(
        order=tuple(item for _, item in tickets),
        tickets=tuple(ticket for ticket, _ in tickets),
        seed=seed.hex(),
        method="lottery",
        version="1",
    )


def test_a_draw_stays_the_same_for_ever() -> None:
    assert draw(SECRETS).order == ("QC-001", "QC-002", "QC-004", "QC-003")


def test_a_commitment_is_the_hash_of_its_parts() -> None:
    expected = by_hand(b"accord/lottery/commitment/1", b"call", "日本".encode(), b"s" * 16).hex()
    assert commitment("call", "日本", b"s" * 16) == expected


def test_a_commitment_binds_call_side_and_secret() -> None:
    one = commitment("call-1", "JP", b"s" * 16)
    others = {
        commitment("call-2", "JP", b"s" * 16),
        commitment("call-1", "EU", b"s" * 16),
        commitment("call-1", "JP", b"t" * 16),
        commitment("call-", "1JP", b"s" * 16),
        commitment("call-1", "J", b"P" + b"s" * 16),
    }
    assert len(others) == 5
    assert one not in others


@pytest.mark.parametrize("secret", [b"", b"s" * 15, "s" * 16, None])
def test_a_secret_that_could_be_guessed_is_refused(secret: bytes) -> None:
    with pytest.raises(InvalidInput, match="secret"):
        commitment(CALL, "JP", secret)


@pytest.mark.parametrize(("call", "side"), [("", "JP"), (CALL, ""), (CALL, "\ud800"), (1, "JP")])
def test_an_id_that_is_no_text_is_refused(call: str, side: str) -> None:
    with pytest.raises(InvalidInput, match=r"call|side"):
        commitment(call, side, b"s" * 16)


def stopped(commitments: dict[str, str], reveals: dict[str, bytes]) -> LotteryStopped:
    with pytest.raises(LotteryStopped) as caught:
        lottery(ITEMS, call=CALL, sides=SIDES, commitments=commitments, reveals=reveals, root=ROOT)
    assert isinstance(caught.value, Refused)
    return caught.value


def faults(error: LotteryStopped) -> dict[str, tuple[str, ...]]:
    names = ("uncommitted", "copied", "withheld", "mismatched")
    return {name: getattr(error, name) for name in names if getattr(error, name)}


def test_a_withheld_reveal_stops_it_and_is_named() -> None:
    error = stopped(committed(SECRETS), {"JP": SECRETS["JP"], "CH": SECRETS["CH"]})
    assert faults(error) == {"withheld": ("EU",)}
    assert str(error) == "the lottery is not drawn: no reveal from EU"


def test_a_tampered_reveal_stops_it_and_is_named() -> None:
    error = stopped(committed(SECRETS), SECRETS | {"CH": b"d" * 32, "JP": b"i" * 16})
    assert faults(error) == {"mismatched": ("JP", "CH")}
    assert str(error) == "the lottery is not drawn: a reveal that is not what was committed to from JP, CH"


def test_a_side_without_commitment_is_named_even_if_it_reveals() -> None:
    error = stopped(committed({"JP": SECRETS["JP"], "CH": SECRETS["CH"]}), SECRETS)
    assert faults(error) == {"uncommitted": ("EU",)}


def test_a_copied_commitment_is_refused_for_both() -> None:
    commitments = committed(SECRETS)
    error = stopped(commitments | {"EU": commitments["JP"]}, SECRETS | {"EU": SECRETS["JP"]})
    assert faults(error) == {"copied": ("JP", "EU"), "mismatched": ("EU",)}


def test_a_commitment_made_for_another_call_does_not_open() -> None:
    other = commitment("another call", "JP", SECRETS["JP"])
    assert faults(stopped(committed(SECRETS) | {"JP": other}, SECRETS)) == {"mismatched": ("JP",)}


def test_a_short_secret_does_not_open_even_its_own_hash() -> None:
    short = by_hand(b"accord/lottery/commitment/1", CALL.encode(), b"JP", b"1").hex()
    error = stopped(committed(SECRETS) | {"JP": short}, SECRETS | {"JP": b"1"})
    assert faults(error) == {"mismatched": ("JP",)}


def test_every_fault_is_told_at_once() -> None:
    assert faults(stopped({"JP": "?"}, {"JP": SECRETS["JP"]})) == {
        "uncommitted": ("EU", "CH"),
        "withheld": ("EU", "CH"),
        "mismatched": ("JP",),
    }


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"items": ["a", "b", "a"]}, "items: a given more than once"),
        ({"items": "QC-001"}, "items"),
        ({"items": ["a", 1]}, "items"),
        ({"items": ["a", ""]}, "items"),
        ({"sides": ("JP",)}, "sides"),
        ({"sides": "JP"}, "sides"),
        ({"sides": ("JP", "EU", "CH", "JP")}, "sides"),
        ({"sides": ("JP", "EU")}, "commitments: CH"),
        ({"reveals": SECRETS | {"UK": b"u" * 16}}, "reveals: UK"),
        ({"reveals": SECRETS | {"JP": "j" * 16}}, "reveals"),
        ({"commitments": committed(SECRETS) | {"JP": None}}, "commitments"),
        ({"root": b""}, "root"),
        ({"root": "root"}, "root"),
        ({"call": ""}, "call"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, object], named: str) -> None:
    arguments = {
        "items": ITEMS,
        "call": CALL,
        "sides": SIDES,
        "commitments": committed(SECRETS),
        "reveals": SECRETS,
        "root": ROOT,
    }
    with pytest.raises(InvalidInput, match=named):
        lottery(**(arguments | changed))


ids = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8, unique=True)


@given(ids, st.randoms(use_true_random=False), st.binary(min_size=1))
@settings(max_examples=100, deadline=None)
def test_the_order_given_does_not_matter(items: list[str], chance: random.Random, root: bytes) -> None:
    shuffled = chance.sample(items, len(items))
    assert draw(SECRETS, tuple(shuffled), root) == draw(SECRETS, tuple(items), root)


@given(ids, st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_drawn_together_does_not_matter(items: list[str], data: st.DataObject) -> None:
    kept = [item for item in items if data.draw(st.booleans())]
    alone, together = draw(SECRETS, tuple(kept)), draw(SECRETS, tuple(items))
    assert alone.order == tuple(item for item in together.order if item in kept)
    tickets = dict(zip(together.order, together.tickets, strict=True))
    assert alone.tickets == tuple(tickets[item] for item in alone.order)


def test_every_input_moves_the_seed() -> None:
    reversed_sides = dict(reversed(SECRETS.items()))
    seeds = {
        draw(SECRETS).seed,
        draw(SECRETS, root=b"another root").seed,
        draw(SECRETS | {"CH": b"x" * 32}).seed,
        draw(reversed_sides).seed,
    }
    assert len(seeds) == 4


def test_the_provisional_order_is_the_lotterys_order_for_its_seed() -> None:
    drawn = draw(SECRETS)
    assert provisional_order(reversed(ITEMS), seed=bytes.fromhex(drawn.seed)) == drawn.order
    assert provisional_order([], seed=bytes(32)) == ()


@pytest.mark.parametrize("seed", [b"", b"x" * 31, "x" * 32])
def test_a_provisional_seed_is_a_digest(seed: bytes) -> None:
    with pytest.raises(InvalidInput, match="seed"):
        provisional_order(ITEMS, seed=seed)


def test_all_orders_are_equally_likely() -> None:
    chance = random.Random(1)
    seen = Counter(draw({"JP": chance.randbytes(16), "EU": chance.randbytes(16)}).order for _ in range(24_000))
    counts = [seen[order] for order in permutations(ITEMS)]
    assert sum(counts) == 24_000
    assert chisquare(counts).pvalue > 0.001


def wins(jp: bytes, eu: bytes) -> bool:
    return draw({"JP": jp, "EU": eu}).order[0] == "QC-001"


def test_choosing_among_secrets_before_committing_gains_nothing() -> None:
    """JP tries eight secrets against its guess of EU's, and commits to one that would win: EU's is another."""
    chance = random.Random(2)
    won = 0
    for _ in range(1_000):
        guess, tried = chance.randbytes(16), [chance.randbytes(16) for _ in range(8)]
        best = next((secret for secret in tried if wins(secret, guess)), tried[0])
        won += wins(best, chance.randbytes(16))
    assert binomtest(won, 1_000, 1 / 4).pvalue > 0.01


def test_choosing_after_the_others_reveal_would_gain() -> None:
    """Without a commitment in time JP tries eight secrets against EU's own: it wins unless all eight lose."""
    chance = random.Random(3)
    won = 0
    for _ in range(1_000):
        eu = chance.randbytes(16)
        won += any(wins(chance.randbytes(16), eu) for _ in range(8))
    assert won > 800
    assert binomtest(won, 1_000, 1 - (3 / 4) ** 8).pvalue > 0.01


def test_withholding_would_gain_if_a_restart_were_free() -> None:
    """JP withholds once when it sees that it loses: a free second draw lifts its chance from 4 to 7 of 16."""
    chance = random.Random(4)
    won = 0
    for _ in range(1_000):
        secrets = [(chance.randbytes(16), chance.randbytes(16)) for _ in range(2)]
        won += any(wins(jp, eu) for jp, eu in secrets)
    assert binomtest(won, 1_000, 7 / 16).pvalue > 0.01
