"""The command `accord simulate`: what a plan would do before anyone signs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from accord.cli.output import amount, bar, cut, done, progress, say_json, say_problems, table
from accord.cli.status import plain
from accord.cli.workers import cluster, cores, local
from accord.methods.simulation import Distribution, Simulation
from accord.methods.simulation import simulate as simulate_plan
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.record.folder import write_file
from accord.report.language import LANGUAGES, words
from accord.report.simulation import simulation_html
from accord.report.simulation_words import MESSAGES, chance_text, mean_text

MILLION: Final = 1_000_000
TOPIC: Final = 24
LONGEST: Final = 24


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--runs", default=1000, show_default=True, help="How many synthetic calls.")
@click.option("--proposals", default=100, show_default=True, help="How many proposals each of them has.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same answer, whatever the workers.")
@click.option("--workers", type=int, help="How many processes of this machine.  [default: one a core]")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster, such as tcp://10.0.0.1:8786 (accord[cluster]).")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the simulation as a page.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the page."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def simulate(
    plan: Path,
    *,
    runs: int,
    proposals: int,
    seed: int,
    workers: int | None,
    scheduler: str | None,
    html: Path | None,
    language: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell what PLAN, a file or a call's folder, would do: thousands of synthetic calls under its rules.

    How many proposals are funded, which Side runs out first and how often, what each Side's budget pays, how many
    reviews and experts are needed, as distributions with their Monte Carlo errors.
    """
    if workers is not None and scheduler is not None:
        raise click.UsageError("--workers is for this machine, --scheduler for a cluster: choose one")
    signed = load_plan(plan / PLAN_FILE if plan.is_dir() else plan)
    if not quiet and not as_json:
        say_problems(signed.warnings)
    tell = progress(quiet=quiet or as_json)
    at_work = local(cores() if workers is None else workers) if scheduler is None else cluster(scheduler)
    with at_work as work:
        found = simulate_plan(signed.plan, proposals=proposals, runs=runs, seed=seed, map=work, progress=tell)
    done(tell)
    if html is not None:
        write_file(html, simulation_html(signed, found, language))
    if as_json:
        say_json({"plan": signed.digest, **plain(found)})
    elif not quiet:
        click.echo("\n".join(simulation_lines(signed, found)))
        if html is not None:
            click.echo(f"\nwritten: {html}")


def simulation_lines(signed: SignedPlan, found: Simulation) -> Iterator[str]:
    """A simulation in a screen or two."""
    say = words("en", MESSAGES)
    title = say.text(signed.plan.call.title, signed.plan.call.prevailing_language).text
    yield click.style(title, bold=True)
    yield f"  {say('how', runs=f'{found.runs:,}', proposals=f'{found.proposals:,}', seed=found.seed)}"
    yield f"  {say('nothing-real')}"
    yield from ("", click.style(say("figures"), bold=True))
    counts = [
        ("eligible", found.eligible),
        ("fundable", found.fundable),
        ("tied", found.tied),
        ("by-lot", found.by_lot),
        ("funded", found.funded),
        ("reviews", found.reviews),
        ("experts", found.experts),
    ]
    if signed.plan.review.min_experts_per_side:
        counts.append(("side-experts", found.side_experts))
    head: tuple[str, ...] = ("", "mean ± error", "5%", "25%", "50%", "75%", "95%")
    right = frozenset(range(1, len(head)))
    yield table([head, *((say(key), *_cells(one)) for key, one in counts)], right=right)
    yield from ("", click.style(say("funded-runs"), bold=True), *_histogram(found))
    yield from ("", click.style(say("sides"), bold=True))
    rows: list[tuple[str, ...]] = [
        ("", "runs out first", "runs out at all", "of its budget 5%", "50%", "95%", "mean used")
    ]
    rows += [
        (
            one.side,
            chance_text(one.first),
            chance_text(one.out),
            *(f"{one.part.at(percent) / MILLION:.0%}" for percent in (5, 50, 95)),
            amount(round(one.used.mean / MILLION), one.unit),
        )
        for one in found.sides
    ]
    rows.append((say("nobody"), chance_text(found.nobody_out), "", "", "", "", ""))
    yield table(rows, right=right)
    yield from ("", click.style(say("topics"), bold=True))
    names = {topic.id: say.text(topic.title, signed.plan.call.prevailing_language).text for topic in signed.plan.topic}
    topics: list[tuple[str, ...]] = [("", "eligible", "funded", "experts 50%", "95%")]
    topics += [
        (
            cut(names[one.topic], TOPIC),
            mean_text(one.eligible),
            mean_text(one.funded),
            str(one.experts.at(50)),
            str(one.experts.at(95)),
        )
        for one in found.topics
    ]
    yield table(topics, right=right)
    for key, chance in (("refused", found.refused), ("unmet", found.unmet)):
        if chance.runs:
            yield f"\n  {say(key)}: {chance_text(chance)}"
    if found.simplified:
        yield from ("", click.style(say("simplified"), bold=True))
        yield from (f"  {say(f'simplified.{key}')}" for key in found.simplified)


def _cells(one: Distribution) -> tuple[str, ...]:
    return (mean_text(one), *(f"{quantile.value:,}" for quantile in one.quantiles))


def _histogram(found: Simulation) -> Iterator[str]:
    """How many runs fund how many, in at most so many rows."""
    least, greatest = found.funded_runs[0][0], found.funded_runs[-1][0]
    width = -(-(greatest - least + 1) // LONGEST)
    rows: dict[int, int] = dict.fromkeys(range(least, greatest + 1, width), 0)
    for number, runs in found.funded_runs:
        rows[least + (number - least) // width * width] += runs
    most = max(rows.values())
    yield table(
        (
            (str(start) if width == 1 else f"{start}–{start + width - 1}", bar(runs, most), f"{runs:,}")
            for start, runs in rows.items()
        ),
        right=frozenset({0, 2}),
    )
