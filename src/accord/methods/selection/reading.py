"""The arguments of a selection, read into whole numbers; what cannot be meant is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np

from accord.errors import InvalidInput
from accord.methods.selection.values import METHOD, Amounts, Item, Problem, Purse, Version

WORK: Final = 100_000
LEAST_NODES: Final = 100


def problem_of(
    merit: Any,
    requests: Any,
    budgets: Any,
    *,
    order: Any,
    tie_group: Any,
    fundable: Any,
    topic: Any,
    topic_min: Mapping[int, int] | None,
    topic_max: Mapping[int, int] | None,
    topic_budgets: Mapping[tuple[int, int], int] | None,
    coordinator_side: Any,
    max_imbalance: int | None,
    versions: Iterable[Version],
    force: Iterable[int],
    seed: bytes,
    node_limit: int | None,
) -> Problem:
    """Read the arguments of `select`; raises InvalidInput for one that is not as it says there."""
    merits = integers("merit", merit)
    count = len(merits)
    budget = integers("budgets", budgets, least=0)
    if not budget:
        raise InvalidInput("budgets: is empty; give one budget a Side")
    asked = amounts("requests", requests, rows=count, sides=len(budget))
    topics = _topics(topic, count, (topic_min, topic_max, topic_budgets))
    purses = _purses(budget, topic_budgets or {})
    if not isinstance(seed, bytes):
        raise InvalidInput(f"seed: found {type(seed).__name__}; give bytes")
    offered: list[tuple[int, int | None, int, Amounts]] = [(p, None, merits[p], row) for p, row in enumerate(asked)]
    read = _versions(versions, merits, asked)
    offered += [(one.proposal, place, one.merit, one.requests) for place, one in enumerate(read)]
    purse_of = {(purse.side, purse.topic): place for place, purse in enumerate(purses)}
    items = tuple(
        Item(
            proposal=p,
            version=version,
            merit=worth,
            weight=weight,
            requests=row,
            asks=tuple(
                (purse_of[side, topics[p]] if (side, topics[p]) in purse_of else purse_of[side, None], amount)
                for side, amount in enumerate(row)
                if amount
            ),
        )
        for (p, version, worth, row), weight in zip(offered, _weights(len(offered), seed), strict=True)
    )
    items_of: list[list[int]] = [[] for _ in range(count)]
    for place, item in enumerate(items):
        items_of[item.proposal].append(place)
    flags = _flags(fundable, count)
    listed = _order(order, merits)
    coordinator = () if coordinator_side is None else integers("coordinator_side", coordinator_side, count=count)
    if any(not 0 <= side < len(budget) for side in coordinator):
        raise InvalidInput(f"coordinator_side: names no Side; give 0 to {len(budget) - 1}")
    if max_imbalance is not None:
        (max_imbalance,) = integers("max_imbalance", [max_imbalance], least=0)
        if coordinator_side is None:
            raise InvalidInput("max_imbalance: needs to know who coordinates; give coordinator_side")
    nodes = max(LEAST_NODES, WORK // max(1, len(items)))
    if node_limit is not None:
        (nodes,) = integers("node_limit", [node_limit], least=1)
    return Problem(
        order=listed,
        tie_group=_groups(tie_group, listed),
        merit=merits,
        fundable=flags,
        items=items,
        items_of=tuple(tuple(places) for places in items_of),
        budgets=budget,
        purses=purses,
        topic=topics,
        topic_min=_counts("topic_min", topic_min),
        topic_max=_counts("topic_max", topic_max),
        coordinator=coordinator,
        max_imbalance=max_imbalance,
        forced=_forced(force, flags),
        node_limit=nodes,
    )


def _weights(count: int, seed: bytes) -> list[int]:
    """Draw 24 bits an item from the seed; the isolation lemma makes the heaviest of equal sets unique."""
    digest = hashlib.sha256(METHOD.encode() + seed).digest()
    drawn = np.random.PCG64(int.from_bytes(digest, "big")).random_raw(count)
    return [int(number) >> 40 for number in drawn]


def _order(order: Any, merits: Amounts) -> Amounts:
    count = len(merits)
    if order is None:
        return tuple(sorted(range(count), key=lambda p: (-merits[p], p)))
    listed = integers("order", order, count=count)
    if set(listed) != set(range(count)):
        raise InvalidInput(f"order: is not a permutation; give each of 0 to {count - 1} once")
    return listed


def _groups(tie_group: Any, order: Amounts) -> Amounts:
    count = len(order)
    groups = tuple(range(count)) if tie_group is None else integers("tie_group", tie_group, count=count)
    runs = [group for group, _ in groupby(groups[p] for p in order)]
    if len(runs) != len(set(runs)):
        raise InvalidInput("tie_group: a group is interrupted in `order`; give groups whose members follow each other")
    return groups


def _flags(fundable: Any, count: int) -> tuple[bool, ...]:
    flags = [True] * count if fundable is None else _listed("fundable", fundable, count)
    if not all(isinstance(flag, bool) for flag in flags):
        raise InvalidInput("fundable: holds something else than booleans; give True or False for each proposal")
    return tuple(flags)


def _topics(topic: Any, count: int, limits: Iterable[Mapping[Any, int] | None]) -> Amounts:
    if topic is None:
        if any(limits):
            raise InvalidInput("topic: is missing; give each proposal's topic, where topics have limits or budgets")
        return (0,) * count
    return integers("topic", topic, count=count)


def _purses(budget: Amounts, parts: Mapping[tuple[int, int], int]) -> tuple[Purse, ...]:
    """Each topic's own part of a Side's budget, and what is left of it for the other topics."""
    left = list(budget)
    own = []
    for key, amount in _mapping("topic_budgets", parts).items():
        if not (isinstance(key, tuple) and len(key) == 2):
            raise InvalidInput(f"topic_budgets: found the key {key!r}; give (Side, topic)")
        side, topic = integers("topic_budgets", key)
        (part,) = integers("topic_budgets", [amount], least=0)
        if not 0 <= side < len(budget):
            raise InvalidInput(f"topic_budgets: there is no Side {side}; give 0 to {len(budget) - 1}")
        left[side] -= part
        own.append(Purse(side=side, topic=topic, amount=part))
    for side, rest in enumerate(left):
        if rest < 0:
            raise InvalidInput(f"topic_budgets: Side {side}'s parts are {-rest} above its budget; give parts of it")
    return (*(Purse(side=side, topic=None, amount=rest) for side, rest in enumerate(left)), *own)


def _versions(versions: Iterable[Version], merits: Amounts, asked: Sequence[Amounts]) -> list[Version]:
    read = []
    if not isinstance(versions, Iterable):
        raise InvalidInput(f"versions: found {type(versions).__name__}; give a list of versions")
    for place, one in enumerate(versions):
        if not hasattr(one, "__len__") or len(one) != 3:
            raise InvalidInput(f"versions[{place}]: give proposal, merit and requests")
        proposal, worth = integers(f"versions[{place}]", one[:2])
        if not 0 <= proposal < len(merits):
            raise InvalidInput(f"versions[{place}]: there is no proposal {proposal}; give 0 to {len(merits) - 1}")
        row = integers(f"versions[{place}]", one[2], count=len(asked[proposal]), least=0)
        if worth > merits[proposal] or any(now > whole for now, whole in zip(row, asked[proposal], strict=True)):
            raise InvalidInput(
                f"versions[{place}]: is worth more or asks for more than proposal {proposal} whole; give a reduced one"
            )
        read.append(Version(proposal=proposal, merit=worth, requests=row))
    return read


def _counts(name: str, counts: Mapping[int, int] | None) -> dict[int, int]:
    read = _mapping(name, counts or {})
    integers(name, list(read))
    integers(name, list(read.values()), least=0)
    return dict(sorted(read.items()))


def _forced(force: Iterable[int], flags: tuple[bool, ...]) -> frozenset[int]:
    if not isinstance(force, Iterable):
        raise InvalidInput(f"force: found {type(force).__name__}; give a list of proposals")
    forced = integers("force", list(force))
    for proposal in forced:
        if not 0 <= proposal < len(flags) or not flags[proposal]:
            raise InvalidInput(f"force: {proposal} is no fundable proposal; give some that are")
    return frozenset(forced)


def _mapping(name: str, values: Any) -> dict[Any, Any]:
    if not isinstance(values, Mapping):
        raise InvalidInput(f"{name}: found {type(values).__name__}; give a mapping")
    return dict(values)


def amounts(name: str, values: Any, *, rows: int, sides: int) -> tuple[Amounts, ...]:
    """Proposals by Sides, none below zero."""
    listed = _listed(name, values, rows)
    return tuple(integers(f"{name}[{place}]", row, count=sides, least=0) for place, row in enumerate(listed))


def _listed(name: str, values: Any, count: int | None = None) -> list[Any]:
    """Read a sequence or an array into a list of Python's own values."""
    array = np.asarray(values) if hasattr(values, "__array__") else None  # also a column of pandas or Polars
    if array is not None and array.ndim:
        listed: list[Any] = array.tolist()
    elif isinstance(values, Sequence) and not isinstance(values, str | bytes | bytearray):
        listed = [value.item() if isinstance(value, np.generic) else value for value in values]
    else:
        raise InvalidInput(f"{name}: found {type(values).__name__}; give a list or an array")
    if count is not None and len(listed) != count:
        raise InvalidInput(f"{name}: has {len(listed)} entries; give {count}")
    return listed


def integers(name: str, values: Any, *, count: int | None = None, least: int | None = None) -> Amounts:
    """A sequence or an array of whole numbers, so many and none too small."""
    listed = _listed(name, values, count)
    for place, value in enumerate(listed):
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidInput(f"{name}: entry {place} is {value!r}; give whole numbers")
        if least is not None and value < least:
            raise InvalidInput(f"{name}: entry {place} is {value}; give {least} or more")
    return tuple(listed)
