"""What a terminal shows: problems, tables that line up in both scripts, amounts, progress."""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click

from accord.call.folder import Call
from accord.errors import Problem
from accord.plan.money import amount_text

MOST_SHOWN: Final = 100
BAR: Final = 24
STANDARD_OUTPUT: Final = 1
STANDARD_ERROR: Final = 2

Progress = Callable[[str, int, int], None]


def say_problems(problems: Sequence[Problem]) -> None:
    """Every problem on a line of its own, errors first, on the error stream; after a hundred, their number."""
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    for problem in errors[:MOST_SHOWN]:
        click.echo(f"{click.style('error', fg='red', bold=True)}   {problem}", err=True)
    for problem in warnings[: max(MOST_SHOWN - len(errors), 0)]:
        click.echo(f"{click.style('warning', fg='yellow')} {problem}", err=True)
    hidden = len(problems) - min(len(errors), MOST_SHOWN) - len(warnings[: max(MOST_SHOWN - len(errors), 0)])
    if hidden:
        click.echo(f"… and {hidden} more; `accord check --json` shows all", err=True)
    if errors:
        click.echo(f"{_counted(len(errors), 'error')}, {_counted(len(warnings), 'warning')}", err=True)


def say_recorded(call: Call) -> None:
    """What the plan holds and the software does not execute yet, on the error stream."""
    if call.plan.plan.recorded_only:
        click.echo(f"recorded, not executed: {', '.join(call.plan.plan.recorded_only)}", err=True)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem for machines."""
    return {
        "severity": problem.severity,
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "found": problem.found,
        "expected": problem.expected,
    }


def say_json(value: Any) -> None:
    """A value as JSON on the output stream."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def width(text: str) -> int:
    """How many columns a text takes: two for each wide sign, none for a combining one."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def cut(text: str, columns: int) -> str:
    """A text that takes at most so many columns, with an ellipsis where it was cut."""
    if width(text) <= columns:
        return text
    taken = ""
    for sign in text:
        if width(taken + sign) > columns - 1:
            break
        taken += sign
    return f"{taken}…"


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """A text filled with spaces to so many columns."""
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def table(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: str = "  ") -> str:
    """Rows as lines whose columns line up; `right` are the columns set to the right."""
    told = [list(row) for row in rows]
    if not told:
        return ""
    widths = [max(width(row[place]) for row in told) for place in range(len(told[0]))]
    return "\n".join(
        indent + "  ".join(padded(cell, widths[place], right=place in right) for place, cell in enumerate(row)).rstrip()
        for row in told
    )


def amount(minor: int, unit: str) -> str:
    """An amount as people read it: its unit, and digits in groups of three."""
    whole, point, decimals = amount_text(minor, unit).partition(".")
    return f"{unit} {int(whole):,}{point}{decimals}"


def bar(part: int, whole: int) -> str:
    """How much of a whole is taken, as a bar of eighths of a column."""
    eighths = round(BAR * 8 * part / whole) if whole else 0
    full, rest = divmod(min(eighths, BAR * 8), 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(BAR, "·")


def progress(*, quiet: bool) -> Progress | None:
    """A line on the error stream that tells how far a person has to wait; None where nobody waits."""
    if quiet or not sys.stderr.isatty():
        return None

    def tell(step: str, done: int, of: int) -> None:
        part = f" {done:,} of {of:,}" if of > 1 else ""
        click.echo(f"\r\x1b[2K{step}{part} …", err=True, nl=False)
        if step == "":
            click.echo("\r\x1b[2K", err=True, nl=False)

    return tell


@contextmanager
def solver_aside() -> Iterator[None]:
    """Send what a solver's C code prints by itself to the error stream, so that results stay readable by machines."""
    if isinstance(sys.stdout, io.TextIOBase):  # a closed one is None
        sys.stdout.flush()
    kept = os.dup(STANDARD_OUTPUT)
    try:
        os.dup2(STANDARD_ERROR, STANDARD_OUTPUT)
        yield
    finally:
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(kept)


def done(tell: Progress | None) -> None:
    """Take the progress line away."""
    if tell is not None:
        tell("", 1, 1)
