"""The command line: `accord`, its commands, and how an error reads there."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from accord.cli import key_acts, stamping  # noqa: F401  they add to `accord key` and `accord log`
from accord.cli.assign_explained import assign
from accord.cli.balance import balance
from accord.cli.doctor import doctor
from accord.cli.folders import check, link, new, schema
from accord.cli.keys import key
from accord.cli.letters import letters
from accord.cli.logs import log, receipt
from accord.cli.lotteries import lottery
from accord.cli.meeting import adjust, export
from accord.cli.output import say_problems
from accord.cli.papers import act
from accord.cli.plans import plan
from accord.cli.records import record
from accord.cli.report import report
from accord.cli.serve import serve
from accord.cli.signing import sign
from accord.cli.simulate import simulate
from accord.cli.status import status
from accord.cli.timeline import timeline
from accord.cli.walks import affinity, rank, run
from accord.cli.whatif import select
from accord.cli.witnessing import witness
from accord.errors import AccordError, UnusableFolder


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="accord", prog_name="accord")
def commands() -> None:
    """Run joint calls of sovereign partners: one signed plan, results that anyone can recompute."""


for command in (
    *(new, check, link, run, affinity, assign, rank, select, record, lottery, schema),
    *(plan, status, timeline, report, export, adjust, letters),
    *(key, sign, act, log, witness, receipt),
    *(balance, simulate),
    *(serve, doctor),
):
    commands.add_command(command)


def main() -> None:
    """The `accord` command: 0 where all is well, 1 where something has to be mended, 2 for a wrong call."""
    gc.set_threshold(100_000, 50, 1000)  # millions of frozen rows hold no cycles: looking for some doubles the time
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another; it stops nothing
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing half-written is left", err=True)
        sys.exit(130)
    except UnusableFolder as error:
        say_problems(error.problems)
        sys.exit(1)
    except AccordError as error:
        click.echo(f"accord: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: say nothing more
        sys.exit(0)
    except OSError as error:
        click.echo(f"accord: {error.filename or 'the file system'}: {error.strerror or error}", err=True)
        sys.exit(1)
