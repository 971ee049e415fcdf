"""The command `accord balance`: reciprocity over records, measures side by side."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from accord.cli.output import say_json, table
from accord.errors import InvalidInput
from accord.methods.balance import TOLERANCE, Balance, together
from accord.methods.scores import MILLION
from accord.pipeline.reading import open_record
from accord.record.folder import write_file
from accord.report.balance import balance_html, difference_text, within_text
from accord.report.balance_records import balance_of, read_exchanges, unknown_calls
from accord.report.balance_words import MESSAGES
from accord.report.figures import decimal
from accord.report.language import LANGUAGES, words

NUMBERS: Final = frozenset(range(1, 8))


@click.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORD...")
@click.option("--exchanges", type=click.Path(path_type=Path), help="A CSV file: call, host, home, stays, hours.")
@click.option("--tolerance", default="0.10", show_default=True, metavar="SHARE", help="How far giving may lean.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the measures as a page.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the page."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def balance(
    records: tuple[Path, ...],
    *,
    exchanges: Path | None,
    tolerance: str,
    html: Path | None,
    language: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell how opportunities, work and money spread over the Sides in one RECORD or several.

    Who could coordinate and did, whose partners and experts worked for whom, what each Side uses of its budget:
    several measures, each with its formula, and no verdict.
    """
    rows = () if exchanges is None else read_exchanges(exchanges)
    millionths = _share(tolerance)
    calls = [balance_of(open_record(record).walk, rows, tolerance=millionths) for record in records]
    names = [one.plan.call.id for one in calls]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"records: {twice[0]} is given twice; give each call once")
    if exchanges is not None:
        unknown_calls(rows, calls, exchanges)
    found = together([one.balance for one in calls])
    if html is not None:
        write_file(html, balance_html(calls, language))
    if as_json:
        say_json(
            {
                "together": balance_json(found),
                "calls": {one.plan.call.id: balance_json(one.balance) for one in calls},
            }
        )
    elif not quiet:
        click.echo("\n".join(balance_lines(found)))
        if html is not None:
            click.echo(f"\nwritten: {html}")


def _share(text: str) -> int:
    try:
        share = Decimal(text)
    except InvalidOperation as error:
        raise InvalidInput(f"--tolerance: found {text!r}; write a share such as {TOLERANCE / MILLION:.2f}") from error
    if not 0 <= share <= 1:
        raise InvalidInput(f"--tolerance: found {text}; write a share from 0 to 1")
    return int(share * MILLION)


def balance_json(found: Balance) -> dict[str, Any]:
    """A balance for machines: shares, differences and coefficients in millionths."""
    coefficients = found.return_coefficient
    return {
        "method": found.method,
        "version": found.version,
        "calls": found.calls,
        "tolerance": found.tolerance,
        "reference": found.reference if coefficients is not None else None,
        "utilisation_spread": found.utilisation_spread,
        "sides": {
            name: {
                "calls": one.calls,
                "may_coordinate": one.may_coordinate,
                "proposals": one.proposals,
                "coordinated": one.coordinated,
                "funded": one.funded,
                "funded_coordinated": one.funded_coordinated,
                "success": one.success,
                "success_coordinated": one.success_coordinated,
                "utilisation": found.utilisation[number],
                "return_coefficient": None if coefficients is None else coefficients[number],
            }
            for number, (name, one) in enumerate(zip(found.sides, found.opportunities, strict=True))
        },
        "flows": {
            flow.kind: {
                name: {
                    "to": dict(zip(found.sides, flow.counts[number], strict=True)),
                    "exported": flow.exported[number],
                    "imported": flow.imported[number],
                    "difference": flow.difference[number],
                    "within": flow.within[number],
                }
                for number, name in enumerate(found.sides)
            }
            for flow in found.flows
        },
    }


def balance_lines(found: Balance) -> Iterator[str]:
    """A balance in a screen or two."""
    say = words("en", MESSAGES)
    yield click.style(say("title", n=found.calls), bold=True)
    yield f"  {say('no-verdict')}"
    yield from ("", click.style(say("opportunities"), bold=True))
    keys = ("calls", "may", "proposals", "funded", "coordinated", "funded-coordinated")
    rows: list[tuple[str, ...]] = [("", *(say(key).lower() for key in keys))]
    for name, one in zip(found.sides, found.opportunities, strict=True):
        counts = (one.calls, one.may_coordinate, one.proposals, one.funded, one.coordinated, one.funded_coordinated)
        rows.append((name, *(f"{count:,}" for count in counts)))
    yield table(rows, right=NUMBERS)
    for flow in found.flows:
        yield from ("", click.style(say(f"flow.{flow.kind}"), bold=True), f"  {say(f'flow.{flow.kind}.how')}")
        rows = [("", "gave", "received", "difference", f"within {100 * found.tolerance / MILLION:g}%")]
        rows += [
            (
                name,
                f"{flow.exported[number]:,}",
                f"{flow.imported[number]:,}",
                difference_text(flow.difference[number]),
                within_text(flow, number, say),
            )
            for number, name in enumerate(found.sides)
        ]
        yield table(rows, right=frozenset({1, 2, 3}))
    yield from ("", click.style(say("money"), bold=True))
    coefficients = found.return_coefficient
    rows = [("", "used of its budget", "" if coefficients is None else "return coefficient")]
    for number, name in enumerate(found.sides):
        used = found.utilisation[number]
        coefficient = None if coefficients is None else coefficients[number]
        rows.append(
            (
                name,
                "–" if used is None else f"{100 * used / MILLION:.1f}%",
                "" if coefficient is None else decimal(coefficient),
            )
        )
    yield table(rows, right=NUMBERS)
    if found.utilisation_spread is not None:
        yield f"  {say('spread', spread=f'{100 * found.utilisation_spread / MILLION:.1f}')}"
    if coefficients is None:
        yield f"  {say('coefficient.none')}"
