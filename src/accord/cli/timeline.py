"""The command `accord timeline`: every instant of a plan on parallel tracks, with what its calendar says."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from accord.cli.output import cut, padded, say_problems, table, width
from accord.plan.calendar import CalendarChecks, Moment, calendar_checks
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.plan.model import Plan, Side
from accord.record.folder import write_file
from accord.report.calendar_words import MESSAGES, CalendarWords, calendar_words
from accord.report.ics import calendar_file
from accord.report.language import LANGUAGES, words
from accord.report.status import timeline_html

LEAST_COLUMNS: Final = 60
USUAL_COLUMNS: Final = 100
LINE_AND_SPACE: Final = "┃ "
MOST_SIDES_NAMED: Final = 4
INDENT: Final = " " * 10


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), help="Write the instants as an iCalendar file.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the timeline as a page.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the page."
)
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def timeline(plan: Path, ics: Path | None, html: Path | None, language: str, *, quiet: bool) -> None:
    """Draw the timeline of PLAN, a plan or the folder of a call, in every Side's time, with its checks."""
    signed = load_plan(plan / PLAN_FILE if plan.is_dir() else plan)
    say_problems(signed.warnings)
    if ics is not None:
        write_file(ics, calendar_file(signed))
    if html is not None:
        write_file(html, timeline_html(signed, language))
    if not quiet:
        click.echo(timeline_text(signed, terminal_columns()))
        for path in (ics, html):
            if path is not None:
                click.echo(f"written: {path}")


def terminal_columns() -> int:
    """How wide the terminal is, or what is usual where there is none."""
    return shutil.get_terminal_size((USUAL_COLUMNS, 24)).columns


def timeline_text(signed: SignedPlan, columns: int) -> str:
    """The timeline of a plan for a terminal of so many columns."""
    plan = signed.plan
    checks = calendar_checks(plan)
    told = calendar_words(plan, checks, "en")
    title = words("en", {}).text(plan.call.title, plan.call.prevailing_language).text
    parts = [click.style(title, bold=True), "", tracks(plan, checks, told.labels, columns), ""]
    return "\n".join([*parts, *calendar_lines(checks, told, columns)])


def tracks(plan: Plan, checks: CalendarChecks, labels: Mapping[str, str], columns: int) -> str:
    """Parallel tracks, one a Side, in as many bands as it takes; `!` stands at a day or hour to look at."""
    times = _times(plan, checks)
    gate = max(map(width, times.values())) + len(LINE_AND_SPACE) + 1
    number = max((max(columns, LEAST_COLUMNS) - _margin(plan)) // gate, 1)
    every = checks.moments
    parts = [every[first : first + number] for first in range(0, len(every), number)]
    return "\n\n".join("\n".join(_band(plan, part, labels, times, gate)) for part in parts)


def _times(plan: Plan, checks: CalendarChecks) -> dict[tuple[str, str], str]:
    """What stands on the track of each Side that an instant concerns."""
    say = words("en", MESSAGES)
    unusual = {(one.moment, one.side) for one in checks.days}
    times = {}
    for one in checks.moments:
        for side in one.sides:
            zone = plan.side_of(side).timezone
            day = say.day(one.at.astimezone(ZoneInfo(zone)).date(), year=False).partition(" ")[2]
            times[one.key, side] = f"{day} {say.clock(one.at, zone)}{' !' if (one.key, side) in unusual else ''}"
    return times


def _name(side: Side) -> str:
    return f"{side.id} {side.timezone.rsplit('/', 1)[-1].replace('_', ' ')}"


def _margin(plan: Plan) -> int:
    return max(width(_name(side)) for side in plan.side) + 4


def _band(
    plan: Plan, part: Sequence[Moment], labels: Mapping[str, str], times: Mapping[tuple[str, str], str], gate: int
) -> Iterator[str]:
    left = _margin(plan)
    yield " " * left + "".join(padded(cut(labels[one.key], gate - 2), gate) for one in part).rstrip()
    years = [f"╻ {_years(plan, one)}{_since(part, place)}" for place, one in enumerate(part)]
    yield " " * left + "".join(padded(year, gate) for year in years).rstrip()
    for row, side in enumerate(plan.side):
        line = "".join(("╋" if side.id in one.sides else "┿") + "━" * (gate - 1) for one in part)
        below = "╹ " if row == len(plan.side) - 1 else LINE_AND_SPACE
        told = "".join(padded(below + times.get((one.key, side.id), ""), gate) for one in part)
        yield f"  {padded(_name(side), left - 4)}  {line}"
        yield f"{' ' * left}{told}".rstrip()


def _years(plan: Plan, one: Moment) -> str:
    years = {one.at.astimezone(ZoneInfo(side.timezone)).year for side in plan.side}
    return "–".join(map(str, sorted(years)))


def _since(part: Sequence[Moment], place: int) -> str:
    days = (part[place].at - part[place - 1].at).days if place else 0
    return "" if not place else f", {days} day{'' if days == 1 else 's'} on"


def calendar_lines(checks: CalendarChecks, told: CalendarWords, columns: int) -> Iterator[str]:
    """What a plan's calendar says, in lines."""
    if told.notes:
        yield click.style("Days to look at (!)", bold=True)
        yield from _notes(told)
    else:
        yield click.style("every instant is on a working day, in office hours, on one date for all", fg="green")
    if checks.no_holidays:
        yield f"  no calendar of holidays in the plan: {', '.join(checks.no_holidays)}"
    for window in told.windows:
        yield ""
        yield click.style(window.text, bold=True)
        for side, days, names in window.sides:
            yield f"  {padded(side, 6)}  {days}"
            if names:
                yield textwrap.fill(names, columns, initial_indent=INDENT, subsequent_indent=INDENT)
    if told.fiscal_years:
        yield ""
        yield click.style("Fiscal years", bold=True)
        yield table((named(entry.sides), entry.text) for entry in told.fiscal_years)


def _notes(told: CalendarWords) -> Iterator[str]:
    """Each instant on a line of its own, and below it what is unusual about it, where, and for whom."""
    rows, keys = [], []
    for note in told.notes:
        for place, entry in enumerate(note.entries):
            rows.append((note.what if place == 0 else "", entry.text, named(entry.sides)))
            keys.append(note.key)
    before = ""
    for key, line in zip(keys, table(rows, indent="    ").split("\n"), strict=True):
        if key != before:
            yield f"  {told.labels[key]}"
        yield line
        before = key


def named(sides: Sequence[str]) -> str:
    """Sides by name; after a few, how many more."""
    rest = len(sides) - MOST_SIDES_NAMED
    return " ".join(sides[:MOST_SIDES_NAMED]) + (f" and {rest} more" if rest > 0 else "")
