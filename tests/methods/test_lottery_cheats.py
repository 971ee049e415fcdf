"""What a cheating Side or host gains: each cheat played many times with the real draw, against its exact chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

import pytest
from scipy.stats import binomtest

from accord.errors import InvalidInput
from accord.methods.lottery import Lottery, LotteryStopped, commitment, lottery, provisional_order
from conftest import ROOT as REPOSITORY

CALL = "jp-eu-quantum-2026"
SIDES = ("JP", "EU", "CH")
ITEMS = tuple(f"P-{number:03d}" for number in range(1, 7))
FAVOURITE = ITEMS[0]
ROOT = b"root fixed before the first reveal"
HONEST = Fraction(1, len(ITEMS))
GAMES = 1500

Game = Callable[[random.Random], bool]


def secrets_of(chance: random.Random, sides: tuple[str, ...] = SIDES) -> dict[str, bytes]:
    return {side: chance.randbytes(32) for side in sides}


def draw(secrets: dict[str, bytes], *, root: bytes = ROOT) -> Lottery:
    return lottery(
        ITEMS,
        call=CALL,
        sides=tuple(secrets),
        commitments={side: commitment(CALL, side, secret) for side, secret in secrets.items()},
        reveals=secrets,
        root=root,
    )


def wins(secrets: dict[str, bytes], *, root: bytes = ROOT) -> bool:
    return draw(secrets, root=root).order[0] == FAVOURITE


def any_of(tries: int, each: Fraction = HONEST) -> Fraction:
    """The chance that one of several independent tries succeeds."""
    return 1 - (1 - each) ** tries


def honest(chance: random.Random) -> bool:
    return wins(secrets_of(chance))


def picks_before_committing(chance: random.Random) -> bool:
    """JP tries eight secrets against guesses of the others', and commits to the first that would win."""
    guess, tried = secrets_of(chance), [chance.randbytes(32) for _ in range(8)]
    best = next((secret for secret in tried if wins({**guess, "JP": secret})), tried[0])
    return wins({**secrets_of(chance), "JP": best})


def two_sides_agree(chance: random.Random) -> bool:
    """JP and EU choose their secrets together, from eight pairs; CH's is unknown to them."""
    pairs = [secrets_of(chance) for _ in range(8)]
    guess = chance.randbytes(32)
    best = next((pair for pair in pairs if wins({**pair, "CH": guess})), pairs[0])
    return wins({**best, "CH": chance.randbytes(32)})


def commits_last(chance: random.Random) -> bool:
    """JP sees the others' commitments, but no secret: it picks the secret whose own commitment looks best."""
    others = secrets_of(chance)
    tried = sorted((chance.randbytes(32) for _ in range(8)), key=lambda secret: commitment(CALL, "JP", secret))
    return wins({**others, "JP": tried[0]})


def host_tries_roots_before_the_reveals(chance: random.Random) -> bool:
    guess, roots = secrets_of(chance), [chance.randbytes(32) for _ in range(8)]
    best = next((root for root in roots if wins(guess, root=root)), roots[0])
    return wins(secrets_of(chance), root=best)


def host_drops_a_commitment_before_the_reveals(chance: random.Random) -> bool:
    """The Sides are told that CH was late, and draw anew: nothing was known when it was dropped."""
    secrets = secrets_of(chance)
    kept = {side: commitment(CALL, side, secret) for side, secret in secrets.items() if side != "CH"}
    assert stopped(kept, {}).uncommitted == ("CH",)
    return wins(secrets_of(chance))


@pytest.mark.parametrize(
    "game",
    [
        honest,
        picks_before_committing,
        two_sides_agree,
        commits_last,
        host_tries_roots_before_the_reveals,
        host_drops_a_commitment_before_the_reveals,
    ],
)
def test_what_gains_nothing(game: Game) -> None:
    assert_chance(game, HONEST)


def late_commitment(chance: random.Random) -> bool:
    """JP commits after EU and CH have revealed, and tries eight secrets."""
    others = secrets_of(chance)
    return any(wins({**others, "JP": chance.randbytes(32)}) for _ in range(8))


def host_tries_roots_after_the_reveals(chance: random.Random) -> bool:
    secrets = secrets_of(chance)
    return any(wins(secrets, root=chance.randbytes(32)) for _ in range(8))


def host_counts_whom_it_likes(chance: random.Random) -> bool:
    """After the reveals the host may leave Sides out, and the draw would go on with two or more of the three."""
    secrets = secrets_of(chance)
    groups = [group for size in (2, 3) for group in combinations(SIDES, size)]
    return any(wins({side: secrets[side] for side in group}) for group in groups)


@pytest.mark.parametrize(
    ("game", "tries"),
    [(late_commitment, 8), (host_tries_roots_after_the_reveals, 8), (host_counts_whom_it_likes, 4)],
)
def test_what_would_gain_if_it_were_let_happen(game: Game, tries: int) -> None:
    assert_chance(game, any_of(tries))


@pytest.mark.parametrize("restarts", [0, 1, 2, 5])
def test_free_restarts_are_bought_with_withheld_reveals(restarts: int) -> None:
    """JP reveals last, sees the order first, and withholds where it loses; each restart is a draw of its own."""

    def game(chance: random.Random) -> bool:
        return any(wins(secrets_of(chance)) for _ in range(restarts + 1))

    assert_chance(game, any_of(restarts + 1))


def withheld(secrets: dict[str, bytes], by: str) -> bool:
    """Whether the draw stops and names the one Side that withholds."""
    commitments = {side: commitment(CALL, side, secret) for side, secret in secrets.items()}
    told = stopped(commitments, {side: secret for side, secret in secrets.items() if side != by})
    return told.withheld == (by,)


@pytest.mark.parametrize(("place", "exact"), [(0, Fraction(1)), (1, HONEST), (5, HONEST)])
def test_a_fallback_that_is_known_before_can_be_had_by_withholding(place: int, exact: Fraction) -> None:
    """The fallback is the provisional order, known from the start; the cheat's favourite has a place in it."""
    fallback = provisional_order(ITEMS, seed=bytes(32))
    favourite = fallback[place]

    def game(chance: random.Random) -> bool:
        secrets = secrets_of(chance)
        seen = draw(secrets).order
        if seen[0] == favourite:
            return True
        assert withheld(secrets, "JP")
        return min(seen.index(favourite), fallback.index(favourite)) == 0

    assert_chance(game, exact)


def test_a_fallback_drawn_from_what_nobody_knew_counts_as_one_restart() -> None:
    def game(chance: random.Random) -> bool:
        return wins(secrets_of(chance)) or chance.randrange(len(ITEMS)) == 0

    assert_chance(game, any_of(2))


def test_two_adversaries_with_one_restart_between_them_gain_nothing() -> None:
    """JP and EU want different proposals: one of them always loses the first draw and withholds; the second stands."""
    rival = ITEMS[1]

    def game(chance: random.Random) -> bool:
        secrets = secrets_of(chance)
        assert withheld(secrets, "JP" if draw(secrets).order[0] == rival else "EU")
        return wins(secrets_of(chance))

    assert_chance(game, HONEST)


def test_the_table_of_restarts_in_the_docs_is_right() -> None:
    text = (REPOSITORY / "docs" / "methods" / "lottery.md").read_text(encoding="utf-8")
    head = re.search(r"^\| equals \|(.*)\|$", text, re.MULTILINE)
    assert head is not None
    restarts = [int(number) for number in re.findall(r"\d+", head[1])]
    rows = re.findall(r"^\| (\d+) \|((?: [\d.]+% \|)+)$", text, re.MULTILINE)
    assert [int(equals) for equals, _ in rows] == [2, 4, 10]
    for equals, cells in rows:
        expected = [f"{100 * float(any_of(number + 1, Fraction(1, int(equals)))):.1f}%" for number in restarts]
        assert [cell.strip() for cell in cells.strip(" |").split("|")] == expected


def stopped(commitments: dict[str, str], reveals: dict[str, bytes]) -> LotteryStopped:
    with pytest.raises(LotteryStopped) as caught:
        lottery(ITEMS, call=CALL, sides=SIDES, commitments=commitments, reveals=reveals, root=ROOT)
    return caught.value


def test_every_cheat_that_is_seen_stops_the_draw_and_names_the_side() -> None:
    """A hundred draws of each: no luck lets one pass."""
    chance = random.Random(11)
    for _ in range(100):
        secrets = secrets_of(chance)
        commitments = {side: commitment(CALL, side, secret) for side, secret in secrets.items()}
        withheld = {side: secret for side, secret in secrets.items() if side != "JP"}
        assert stopped(commitments, withheld).withheld == ("JP",)
        assert stopped(commitments, {**secrets, "JP": chance.randbytes(32)}).mismatched == ("JP",)
        assert stopped({**commitments, "JP": commitments["EU"]}, secrets).copied == ("JP", "EU")
        copied = stopped({**commitments, "JP": commitments["EU"]}, {**secrets, "JP": secrets["EU"]})
        assert (copied.copied, copied.mismatched) == (("JP", "EU"), ("JP",))
        dropped = {side: digest for side, digest in commitments.items() if side != "CH"}
        assert stopped(dropped, secrets).uncommitted == ("CH",)
        replayed = commitment("an earlier call", "JP", secrets["JP"])
        assert stopped({**commitments, "JP": replayed}, secrets).mismatched == ("JP",)


def test_the_same_secret_under_ones_own_name_is_another_commitment() -> None:
    """EU cannot answer JP's secret with its own commitment to it before it knows it: it would have to invert SHA-256."""
    secret = bytes(range(32))
    assert commitment(CALL, "JP", secret) != commitment(CALL, "EU", secret)


def test_one_side_cannot_draw_alone() -> None:
    with pytest.raises(InvalidInput, match="fewer than two"):
        draw({"JP": bytes(32)})


def assert_chance(game: Game, exact: Fraction) -> None:
    """The game is won as often as the exact chance says; a fixed seed, so it never fails by chance."""
    chance = random.Random(20261121)
    won = sum(game(chance) for _ in range(GAMES))
    assert binomtest(won, GAMES, float(exact)).pvalue > 0.01, (won / GAMES, float(exact))
