"""What a meeting changed, on paper: each change with its reason, the file's digest, and who is to sign it."""

from __future__ import annotations

from collections.abc import Sequence

from accord.pipeline.adjustments import Adjustment
from accord.pipeline.minutes import Minutes
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.sides import SideView
from accord.report.texts import untagged


def noted(writer: Writer, minutes: Minutes, sides: Sequence[str]) -> None:
    """What stands out at the head: that this is not the recorded selection, and who is to sign."""
    acts = minutes.adjusted.acts
    if acts:
        lead = writer.told("adjusted.lead", n=len(acts))
        writer.paragraph(writer.sentences(lead, _signers(writer, sides)), "note")


def changes(writer: Writer, minutes: Minutes, sides: Sequence[SideView]) -> None:
    """Each change from what to what, and why."""
    acts = minutes.adjusted.acts
    writer.heading(writer.told("adjusted.heading"))
    if not acts:
        writer.paragraph(writer.told("adjusted.none"))
        return
    known = {side.id: side for side in sides}
    columns = [("kind", 16), ("about", 14), ("from", 16), ("to", 16), ("reason", 38)]
    writer.table(
        writer.told("adjusted.caption"),
        [(writer.told(f"adjusted.{name}"), share) for name, share in columns],
        [_row(writer, act, known) for act in acts],
        numbers=(2, 3),
    )
    if minutes.adjusted.as_switched:
        writer.paragraph(writer.told("adjusted.own-set"))
    writer.paragraph((*writer.told("adjusted.digest"), *writer.text(" "), *writer.code(minutes.digest)))


def _signers(writer: Writer, sides: Sequence[str]) -> Line:
    return writer.told("adjusted.unsigned", sides=writer.listed(map(writer.side, sides)))


def _row(writer: Writer, act: Adjustment, sides: dict[str, SideView]) -> list[Line]:
    about = [writer.code(act.proposal)] if act.proposal else []
    about += [writer.side(act.side)] if act.side else []
    if act.side is None:
        before, after = (writer.told("page.funded" if one else "page.not-funded") for one in (act.before, act.after))
    else:
        before, after = (writer.text(sides[act.side].amount(one)) for one in (act.before, act.after))
    why = writer.worded(untagged(act.reason))
    return [writer.told(f"adjusted.{act.kind}"), writer.joined(about, " "), before, after, why]
