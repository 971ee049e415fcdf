"""Cuts work into blocks and gives them to threads; what comes back is in order, and the same for any number of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from accord.errors import InvalidInput

Item = TypeVar("Item")
Made = TypeVar("Made")


def blocks(length: int, size: int) -> Iterator[tuple[int, int]]:
    """Start and end of consecutive blocks of at most `size` that cover `length`."""
    for start in range(0, length, size):
        yield start, min(start + size, length)


def threads(workers: int | None) -> int:
    """How many threads to use: as many as asked for, else as the process may use cores."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if type(workers) is not int or workers < 1:
        raise InvalidInput(f"workers: found {workers!r}; give a whole number of threads, at least 1, or None")
    return workers


def in_order(work: Callable[[Item], Made], items: Iterable[Item], workers: int) -> Iterator[Made]:
    """What `work` makes of each item, in the items' order; `items` itself is read by the calling thread."""
    if workers == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, items)
