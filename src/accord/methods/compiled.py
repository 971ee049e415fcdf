"""Plain functions over arrays, compiled where that pays: the same source runs either way."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import numpy as np

Kernel = Callable[..., Any]


def compiler_is_installed() -> bool:
    """Whether Numba is there; `pip install 'accord[fast]'` brings it."""
    return find_spec("numba") is not None


class Kernels:
    """Functions that call only those before them, to run as they are or compiled by Numba.

    Nothing is imported or compiled before the first call that asks for it. What was compiled is kept in a
    folder of the user's own (`NUMBA_CACHE_DIR` where it is set, else the platform's folder for caches); where
    none can be written, it is compiled anew in each process.
    """

    def __init__(self, *functions: Kernel) -> None:
        self._functions = functions
        self._compiled: dict[str, Kernel] = {}
        self._lock = threading.Lock()

    def is_compiled(self, *, fast: bool) -> bool:
        """Whether `run` compiles when it is asked for speed."""
        return fast and compiler_is_installed()

    def run(self, function: Kernel, *arguments: Any, fast: bool) -> Any:
        """Call one of the functions, compiled if `fast` and Numba is installed; arrays are changed in place."""
        if self.is_compiled(fast=fast):
            with self._lock:
                if not self._compiled:
                    self._compiled = _compile(self._functions)
            return self._compiled[function.__name__](*arguments)
        # Lists, for they are read element by element several times as fast as arrays.
        plain = [_as_lists(value) for value in arguments]
        answer = function(*plain)
        for value, changed in zip(arguments, plain, strict=True):
            _take_over(value, changed)
        return answer


def _as_lists(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_as_lists(part) for part in value)
    return value.tolist() if isinstance(value, np.ndarray) else value


def _take_over(value: Any, changed: Any) -> None:
    """Write what became of the lists back to the arrays that they were made from."""
    if isinstance(value, tuple):
        for part, of_part in zip(value, changed, strict=True):
            _take_over(part, of_part)
    elif isinstance(value, np.ndarray):
        value[...] = changed


def _compile(functions: Sequence[Kernel]) -> dict[str, Kernel]:
    """Compile each function with those before it in the place of their plain selves."""
    numba = import_module("numba")
    compiled: dict[str, Kernel] = {}
    folder, before = cache_folder(), numba.config.CACHE_DIR
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)
    try:
        for function in cast("Sequence[FunctionType]", functions):
            copy = FunctionType(function.__code__, {**function.__globals__, **compiled}, function.__name__)
            copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
            compiled[function.__name__] = numba.njit(copy, cache=folder is not None)
    finally:
        numba.config.CACHE_DIR = before
    return compiled


def cache_folder() -> Path | None:
    """The folder for compiled code, made where it is missing; None where none of the user's can be written.

    Never a folder that others can write: what lies in it is run.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = Path(given) if given else _platform_folder() / "accord" / "compiled"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _platform_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
