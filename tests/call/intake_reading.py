"""Reading one Side's intake in a test: its halves, or every problem as people read it."""

from __future__ import annotations

from pathlib import Path

from accord.call.intake.halves import Intake, read_intake
from accord.errors import UnusableFolder
from accord.plan.load import parse_plan
from twin_exports import COORDINATED

PLAN = parse_plan(COORDINATED.encode()).plan
JP_CSV, EU_XLSX = "intake/JP/export.csv", "intake/EU/export.xlsx"


def read(folder: Path, side: str) -> Intake:
    return read_intake(folder, PLAN, PLAN.side_of(side))


def told(folder: Path, side: str) -> list[str]:
    """Every problem of a Side's intake as people read it; none where it can be read."""
    try:
        read(folder, side)
    except UnusableFolder as error:
        return [str(problem) for problem in error.problems]
    return []


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


ENCODING = "in mapping.toml, write encoding = one of utf-8, utf-16, cp932, euc-jp, cp1252, iso-8859-15"
