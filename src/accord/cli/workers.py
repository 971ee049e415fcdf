"""Who works on independent tasks: this process, all cores, or a Dask cluster by its address."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from accord.errors import AccordError, InvalidInput

SECONDS: Final = 30  # until a cluster has to have answered

Work: TypeAlias = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


class ClusterUnavailable(AccordError):
    """A cluster cannot be used: what it needs is not installed, or it does not answer."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local(workers: int) -> Iterator[Work]:
    """So many processes of this machine; one is this process itself."""
    if workers < 1:
        raise InvalidInput(f"--workers: found {workers}; give 1 or more")
    if workers == 1:
        yield map
        return
    # Started afresh, so that it is the same on every system and no lock is copied while another thread holds it.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool.map
    except BrokenProcessPool as error:
        raise AccordError("a worker process ended before its work was done; try fewer --workers") from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Work]:
    """The workers of a Dask cluster, on each of which Accord is installed; a task that fails says so here."""
    try:
        import distributed  # noqa: PLC0415 - an extra, and half a second
    except ImportError as error:
        raise ClusterUnavailable(
            f"--scheduler needs {error.name}, which is not installed: pip install 'accord[cluster]'"
        ) from error
    connect: Any = distributed.Client  # which has no types
    try:
        client = connect(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(f"--scheduler {address}: no cluster answers there: {error}") from error

    def work(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        futures = client.map(function, list(tasks), pure=False)
        for future in futures:
            yield future.result()

    try:
        yield work
    finally:
        client.close()
