"""Other orders: what each rule would fund, places before and after calibration, ties and what decided them."""

from __future__ import annotations

from collections.abc import Sequence

from accord.pipeline.compared import ComparedRule
from accord.pipeline.walk import Walk
from accord.report.paper.report.lists import MOST_COLUMNS
from accord.report.paper.report.writer import Writer
from accord.report.plan_document.blocks import Line
from accord.report.rows import criterion_names
from accord.report.side_by_side import Moved, RuleRow, RulesView, moves, rules_view
from accord.report.sides import SideView
from accord.report.strips import credible_share
from accord.report.ties import advice, lottery, ties


def orders(writer: Writer, walk: Walk, sides: Sequence[SideView], compared: Sequence[ComparedRule]) -> None:
    """Rules side by side, calibration and ties; nothing before a selection."""
    if walk.ranking is None or walk.list is None or walk.selection is None:
        return
    if compared:
        _rules(writer, rules_view(walk, compared, sides))
    _calibration(writer, walk)
    _ties(writer, walk)


def _rules(writer: Writer, view: RulesView) -> None:
    writer.heading(writer.told("rules.heading"))
    writer.paragraph(writer.told("rules.lead"))
    writer.chart("rules", 80, floats=True)
    sides = [side for side, _ in view.rules[0].left]
    beside = len(sides) <= MOST_COLUMNS
    columns = [
        (writer.told("rules.rule"), 34),
        (writer.told("rules.number"), 10),
        (writer.told("rules.merit"), 11),
        (writer.told("rules.against"), 16 if beside else 45),
        *([(writer.told("page.left"), 29)] if beside else []),
    ]
    caption = writer.told("rules.caption" if beside else "rules.caption-many")
    writer.table(caption, columns, [_rule(writer, one, beside=beside) for one in view.rules], numbers=(1, 2))
    if not beside:
        _left(writer, view, sides)
    if not view.disputed:
        writer.paragraph(writer.told("rules.matrix-none"))
        return
    head = [(writer.told("page.place"), 10), (writer.told("page.proposal"), 18)]
    head += [(writer.code(one.rule), 18) for one in view.rules]
    rows = [
        [
            writer.text(str(one.place)),
            writer.code(one.proposal),
            *(writer.told("rules.yes" if funded else "rules.no") for funded in one.funded),
        ]
        for one in view.disputed
    ]
    writer.table(writer.told("rules.matrix-caption"), head, rows, numbers=(0,))


def _left(writer: Writer, view: RulesView, sides: Sequence[SideView]) -> None:
    """What each of many Sides would have left under each rule: a row a Side."""
    head = [(writer.told("page.side"), 16), *((writer.code(one.rule), 21) for one in view.rules)]
    rows = [
        [writer.side(side), *(writer.text(one.left[number][1]) for one in view.rules)]
        for number, side in enumerate(sides)
    ]
    writer.table(writer.told("rules.left-caption"), head, rows, numbers=range(1, len(head)), spread=True)


def _rule(writer: Writer, one: RuleRow, *, beside: bool) -> list[Line]:
    against = writer.told("rules.same")
    if one.chosen:
        against = writer.told("rules.plan")
    elif one.more or one.fewer:
        against = writer.told("rules.differs", more=one.more, fewer=one.fewer)
    proof = writer.quiet(writer.told("rules.proven" if one.proven else "rules.bound"))
    left = [(*writer.side(side), *writer.text(f" {amount}")) for side, amount in one.left]
    return [
        (*writer.code(one.rule), *writer.quiet(writer.text(f"\n{writer.say(f'rule.{one.rule}')}"))),
        writer.text(f"{one.number:,}"),
        writer.text(one.merit),
        (*against, *writer.text("\n"), *proof),
        *([writer.joined(left, "\n")] if beside else []),
    ]


def _calibration(writer: Writer, walk: Walk) -> None:
    if walk.ranking is None:
        return
    ranked = walk.ranking.result
    moved = moves(ranked, writer.say)
    if not moved:
        return
    writer.heading(writer.told("calibration.heading"))
    lead = writer.told(f"calibration.lead-{'decides' if ranked.order_by == 'calibrated' else 'advice'}")
    changed = [abs(one.change) for one in moved if one.change]
    how = writer.told("calibration.unmoved")
    if changed:
        how = writer.told("calibration.moved", n=len(changed), all=len(moved), most=max(changed))
    writer.paragraph(writer.sentences(lead, how))
    writer.chart("calibration", 80, floats=True)
    share = credible_share(walk.inputs.call.plan.plan)
    columns = [
        (writer.told("page.proposal"), 20),
        (writer.told("calibration.mean"), 11),
        (writer.told("calibration.mean-place"), 11),
        (writer.told("calibration.after"), 12),
        (writer.told("calibration.rank"), 12),
        (writer.told("calibration.interval", share=share), 14),
        (writer.told("calibration.rank-place"), 10),
        (writer.told("calibration.change"), 10),
    ]
    rows = [_moved(writer, one) for one in moved]
    writer.table(writer.told("calibration.caption"), columns, rows, numbers=range(1, 8), light=True, spread=True)


def _moved(writer: Writer, one: Moved) -> list[Line]:
    change = writer.text("0")
    if one.change:
        change = writer.told("calibration.up" if one.change > 0 else "calibration.down", n=abs(one.change))
    figures = (one.mean, str(one.mean_place), one.after, one.rank, one.interval, str(one.place))
    return [writer.code(one.proposal), *(writer.text(figure) for figure in figures), change]


def _ties(writer: Writer, walk: Walk) -> None:
    if walk.ranking is None or walk.list is None:
        return
    call, listed = walk.inputs.call, walk.list.result
    found = ties(listed, walk.ranking.result, writer.say, criterion_names(call.plan.plan, writer.say))
    drawn = lottery(listed, writer.say, secrets=bool(call.commitments or call.reveals))
    writer.heading(writer.told("tie.heading"))
    writer.paragraph(writer.text(drawn.sentence))
    if drawn.seed is not None:
        writer.paragraph((*writer.told("lottery.draw"), *writer.text(" "), *writer.code(drawn.seed)))
    if found:
        columns = [(writer.told("tie.places"), 14), (writer.told("tie.kind"), 18), (writer.told("tie.members"), 68)]
        rows = []
        for tie in found:
            members = [
                (
                    *writer.text(f"{one.place}  "),
                    *writer.code(one.proposal),
                    *writer.quiet(writer.text(f"  {one.decided_by}")),
                )
                for one in tie.members
            ]
            places = writer.told("tie.from-to", first=tie.first, last=tie.last)
            rows.append([places, writer.told(f"tie.is-{tie.kind}"), writer.joined(members, "\n")])
        writer.table(writer.told("tie.caption"), columns, rows)
    else:
        writer.paragraph(writer.told("tie.none"))
    others = advice(listed)
    if others and not moves(walk.ranking.result, writer.say):  # else calibration shows both orders
        head = [(writer.told("page.proposal"), 40), (writer.told("tie.advice-list"), 20)]
        head += [(writer.told(f"tie.advice-{name}"), 20) for name in listed.advice]
        told = [
            [
                writer.code(one.proposal),
                writer.text(str(one.place)),
                *(writer.told("page.none") if place is None else writer.text(str(place)) for place in one.others),
            ]
            for one in others
        ]
        writer.heading(writer.told("tie.advice"), 2)
        writer.table(writer.told("tie.advice-caption"), head, told, numbers=range(1, len(head)))
