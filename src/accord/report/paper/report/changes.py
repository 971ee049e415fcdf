"""What a meeting changed, on paper: each change with its reason, the file's digest, and who is to sign it."""

from __future__ import annotations

from collections.abc import Sequence

from accord.report.changed import Change, Changes
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line


def noted(writer: Writer, told: Changes, sides: Sequence[str]) -> None:
    """What stands out at the head: that this is not the recorded selection, and who is to sign."""
    if told.rows:
        lead = writer.told("adjusted.lead", n=len(told.rows))
        writer.paragraph(writer.sentences(lead, _signers(writer, sides)), "note")


def changes(writer: Writer, told: Changes) -> None:
    """Each change from what to what, and why."""
    writer.heading(writer.told("adjusted.heading"))
    if not told.rows:
        writer.paragraph(writer.told("adjusted.none"))
        return
    columns = [("kind", 16), ("about", 14), ("from", 16), ("to", 16), ("reason", 38)]
    writer.table(
        writer.told("adjusted.caption"),
        [(writer.told(f"adjusted.{name}"), share) for name, share in columns],
        [_row(writer, one) for one in told.rows],
        numbers=(2, 3),
    )
    if told.own_set:
        writer.paragraph(writer.told("adjusted.own-set"))
    writer.paragraph((*writer.told("adjusted.digest"), *writer.text(" "), *writer.code(told.digest)))


def _signers(writer: Writer, sides: Sequence[str]) -> Line:
    return writer.told("adjusted.unsigned", sides=writer.listed(map(writer.side, sides)))


def _row(writer: Writer, one: Change) -> list[Line]:
    about = [writer.code(one.proposal)] if one.proposal else []
    about += [writer.side(one.side)] if one.side else []
    before, after = writer.text(one.before), writer.text(one.after)
    return [writer.text(one.kind), writer.joined(about, " "), before, after, writer.worded(one.reason)]
