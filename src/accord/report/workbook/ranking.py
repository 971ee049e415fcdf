"""The sheet that the meeting works on: the list, switches, and every Side's budget as it empties along it."""

from __future__ import annotations

from typing import Final

from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accord.methods.listing import Place
from accord.methods.scores import MILLION
from accord.plan.money import amount_text
from accord.report.standing import why_provisional
from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents, amount
from accord.report.workbook.layout import cell, column, listed, quoted
from accord.report.workbook.look import (
    OVERDRAWN,
    QUIET,
    STOP,
    arrange,
    columns_of,
    heighten,
    put,
    put_formula,
    put_number,
)

PAPER_A3: Final = 8
WIDTHS: Final = {
    at.PLACE: 7,
    at.PROPOSAL: 11,
    at.TITLE: 44,
    at.FUND: 7,
    at.STATE: 13,
    at.TOTAL: 8,
    at.RANK: 9,
    at.RANK_FROM: 10,
    at.RANK_TO: 10,
    at.TIE: 10,
    at.CHANGE: 22,
    at.WHY: 26,
    at.OVER: 22,
    at.TOPIC: 30,
}
FEW: Final = 6  # Sides whose money stands in the line above the list
NUMBERS: Final = {at.TOTAL, at.RANK, at.RANK_FROM, at.RANK_TO}
WIDE_PAGE: Final = 420  # columns of signs on a page that can still be read


def fill_list(sheet: Worksheet, contents: Contents) -> None:
    """Write the list."""
    _head(sheet, contents)
    for number, place in enumerate(contents.places):
        _row(sheet, contents, number, place)
    _rules(sheet, contents)
    _validation(sheet, contents)
    letters = {get_column_letter(number): float(width) for number, width in WIDTHS.items()}
    letters[get_column_letter(at.PROPOSAL)] = max([columns_of(one.proposal) + 2 for one in contents.places] + [11])
    for number, side in enumerate(contents.paying):
        digits = amount_text(side.minor(side.budget), side.unit)
        width = max(len(digits) + len(digits) // 3 + 4, 13)
        for wide in (contents.layout.request(number), contents.layout.left(number)):
            letters[get_column_letter(wide)] = width
    arrange(
        sheet,
        letters,
        freeze=cell(at.STATE, at.FIRST),
        header=at.HEADER,
        paper=PAPER_A3,
        footer=contents.footer,
        pages_wide=1 + int(sum(letters.values())) // WIDE_PAGE,
    )
    if sheet.page_setup.fitToWidth > 1:
        sheet.print_title_cols = f"A:{get_column_letter(at.FUND)}"


def _head(sheet: Worksheet, contents: Contents) -> None:
    words, layout = contents.words, contents.layout
    put(sheet, 1, 1, contents.worded(contents.plan.call.title), "call")
    simulated = contents.walk.inputs.simulated
    notes = [] if simulated is None else [words.simulated.format(seed=simulated)]
    if why := why_provisional(contents.walk, contents.say):
        notes += [contents.say("page.provisional"), *why]
    put(sheet, 2, 1, contents.say.sentences(notes), "banner")
    switched = column(at.FUND, at.FIRST, layout.last)
    budgets_left = column(at.LEFT, at.FIRST, layout.last_side, sheet=words.budgets)
    lefts = (cell(at.LEFT, layout.row(number), sheet=words.budgets) for number in range(layout.sides))
    overdrawn = listed([_overdrawn(contents, number, left) for number, left in enumerate(lefts)])
    holds = quoted(words.all_hold)
    if layout.sides <= FEW:  # what each Side has left, where one looks while switching
        holds += "".join(_left(contents, number) for number in range(layout.sides))
    status = (
        f"COUNTIF({switched},1)&{quoted(words.number_on)}"
        f'&IF(COUNTIF({budgets_left},"<0")=0,{holds},{quoted(words.some_over)}&{overdrawn})'
    )
    put_formula(sheet, 3, 1, status, "total-status")
    names = {
        at.PLACE: words.place,
        at.PROPOSAL: words.proposal,
        at.TITLE: words.title,
        at.FUND: words.fund,
        at.STATE: words.state,
        at.TOTAL: words.total,
        at.RANK: words.expected_rank,
        at.RANK_FROM: words.interval_from,
        at.RANK_TO: words.interval_to,
        at.TIE: words.tie,
        at.CHANGE: words.change,
        at.WHY: words.why_changed,
        at.OVER: words.over,
        at.TOPIC: words.topic,
    }
    for place, name in names.items():
        put(sheet, at.HEADER, place, name, "head-right" if place in NUMBERS else "head")
    for number, view in enumerate(contents.sides):
        side, style = view.side, f"head-side-{view.colour}"
        put(sheet, at.HEADER, layout.request(number), words.request.format(side=side.id, unit=side.unit), style)
        put(sheet, at.HEADER, layout.left(number), words.left.format(side=side.id, unit=side.unit), style)
        spent, left = (cell(one, layout.row(number), sheet=words.budgets) for one in (at.SPENT, at.LEFT))
        put_formula(sheet, 3, layout.request(number), spent, f"sum-{side.exponent}")
        put_formula(sheet, 3, layout.left(number), left, f"sum-{side.exponent}")


def _left(contents: Contents, number: int) -> str:
    """A part of a formula: what a Side has left of its budget, as a text."""
    words, row = contents.words, contents.layout.row(number)
    side, unit, left = (cell(one, row, sheet=words.budgets) for one in (at.SIDE, at.UNIT, at.LEFT))
    decimals = contents.paying[number].exponent
    return f'&" · "&{side}&{quoted(words.left_now)}&FIXED({left},{decimals})&" "&{unit}'


def _row(sheet: Worksheet, contents: Contents, number: int, place: Place) -> None:
    row = contents.layout.row(number)
    proposal = contents.proposals[place.proposal]
    topic = contents.topics[proposal.topic]
    put_number(sheet, row, at.PLACE, place.place, "place")
    put(sheet, row, at.PROPOSAL, place.proposal, "name")
    put(sheet, row, at.TITLE, proposal.title, "wrapped")
    on = int(place.proposal in contents.funded)
    put_number(sheet, row, at.FUND, on, "switch" if place.fundable else "switch-fixed")
    put(sheet, row, at.STATE, contents.states[place.proposal], "state")
    total = contents.totals.get(place.proposal)
    put_number(sheet, row, at.TOTAL, None if total is None else total / MILLION, "score")
    rank = contents.ranks.get(place.proposal)
    put_number(sheet, row, at.RANK, None if rank is None else rank.expected_rank / MILLION, "rank")
    put_number(sheet, row, at.RANK_FROM, None if rank is None else rank.interval[0] / MILLION, "rank")
    put_number(sheet, row, at.RANK_TO, None if rank is None else rank.interval[1] / MILLION, "rank")
    put_number(sheet, row, at.TIE, place.tie_group, "place")
    put(sheet, row, at.WHY, "", "why")
    put(sheet, row, at.TOPIC, topic, "wrapped")
    texts = ((proposal.title, WIDTHS[at.TITLE]), (topic, WIDTHS[at.TOPIC]))
    heighten(sheet, row, texts)
    _money(sheet, contents, number, place)


def _money(sheet: Worksheet, contents: Contents, number: int, place: Place) -> None:
    """The proposal's requests, what each Side has left after it, and what has changed in its row."""
    words, layout = contents.words, contents.layout
    row = layout.row(number)
    switch = cell(at.FUND, row, fixed=True)
    was = cell(at.COMPUTED_FUND, row, sheet=words.computed)
    changes = [f'IF({switch}={was},"",IF({switch}=1,{quoted(words.switched_on)},{quoted(words.switched_off)}))']
    lefts, overdrawn = list[str](), list[str]()
    for count, side in enumerate(contents.paying):
        asked = contents.counted(place.proposal, side)
        left = cell(layout.left(count), row)
        before = (
            cell(layout.left(count), row - 1) if number else cell(at.BUDGET, layout.row(count), sheet=words.budgets)
        )
        if not contents.requested(place.proposal, side):
            put_formula(sheet, row, layout.left(count), before, f"left-{side.exponent}")
            continue
        style = "amount-open" if contents.allows_requests and place.fundable else "amount"
        request = cell(layout.request(count), row)
        sheet[request] = amount(asked, side)
        sheet[request].style = f"{style}-{side.exponent}"
        formula = f"ROUND({before}-IF({switch}=1,{request},0),{side.exponent})"
        put_formula(sheet, row, layout.left(count), formula, f"left-{side.exponent}")
        lefts.append(left)
        overdrawn.append(_overdrawn(contents, count, left))
        name = cell(at.SIDE, layout.row(count), sheet=words.budgets)
        asks = cell(layout.computed_request(count), row, sheet=words.computed)
        told = f'{name}&{quoted(words.request_now)}&FIXED({request},{side.exponent})&"; "'
        changes.append(f'IF({request}={asks},"",{told})')
    put_formula(sheet, row, at.CHANGE, listed(changes), "changed")
    if overdrawn:
        told = f"{quoted(words.over_by)}&{listed(overdrawn)}"
        over = f'IF(OR({switch}<>1,MIN({",".join(lefts)})>=0),"",{told})'
        put_formula(sheet, row, at.OVER, over, "over")
    else:
        put(sheet, row, at.OVER, "", "over")


def _overdrawn(contents: Contents, number: int, left: str) -> str:
    """A formula: by how much a Side is below nothing, as a text; empty where it is not."""
    budgets, row = contents.words.budgets, contents.layout.row(number)
    side, unit = cell(at.SIDE, row, sheet=budgets), cell(at.UNIT, row, sheet=budgets)
    decimals = contents.paying[number].exponent
    return f'IF({left}<0,{side}&" "&FIXED(-{left},{decimals})&" "&{unit}&"; ","")'


def _rules(sheet: Worksheet, contents: Contents) -> None:
    """Colours that follow the switches."""
    layout = contents.layout
    first, last = cell(layout.left(0), 3), cell(layout.width, layout.last)
    red = {"font": Font(color=STOP, bold=True), "fill": PatternFill("solid", bgColor=OVERDRAWN)}
    sheet.conditional_formatting.add(f"{first}:{last}", CellIsRule(operator="lessThan", formula=["0"], **red))
    status = f'ISNUMBER(SEARCH({quoted(contents.words.some_over.strip())},$A$3))'  # fmt: skip
    sheet.conditional_formatting.add("A3", FormulaRule(formula=[status], font=Font(color=STOP, bold=True)))
    rows = f"{{}}{at.FIRST}:{{}}{layout.last}"
    switch, was = (
        f"${get_column_letter(at.FUND)}{at.FIRST}",
        cell(at.COMPUTED_FUND, at.FIRST, sheet=contents.words.computed),
    )
    why, change = (f"${get_column_letter(one)}{at.FIRST}" for one in (at.WHY, at.CHANGE))
    missing = f'AND({change}<>"",TRIM({why})="")'
    for place, formula, look in (
        (at.FUND, f"{switch}<>{was}", {"font": Font(color=STOP, bold=True)}),
        (at.WHY, missing, {"fill": PatternFill("solid", bgColor=OVERDRAWN)}),
    ):
        letter = get_column_letter(place)
        sheet.conditional_formatting.add(rows.format(letter, letter), FormulaRule(formula=[formula], **look))
    quiet = FormulaRule(formula=[f"{switch}<>1"], font=Font(color=QUIET))
    sheet.conditional_formatting.add(rows.format("A", get_column_letter(at.TITLE)), quiet)
    on = FormulaRule(formula=[f"{switch}=1"], font=Font(bold=True))
    sheet.conditional_formatting.add(rows.format(get_column_letter(at.TITLE), get_column_letter(at.TITLE)), on)


def _validation(sheet: Worksheet, contents: Contents) -> None:
    """What an input cell takes."""
    words, layout = contents.words, contents.layout
    switch = DataValidation(type="list", formula1='"1,0"', allow_blank=False, showErrorMessage=True)
    switch.error = switch.prompt = words.note_fund
    sheet.add_data_validation(switch)
    letter = get_column_letter(at.FUND)
    switch.add(f"{letter}{at.FIRST}:{letter}{layout.last}")
    if not contents.allows_requests:
        return
    for number in range(layout.sides):
        asks = cell(layout.computed_request(number), at.FIRST, sheet=words.computed)
        request = DataValidation(type="decimal", operator="between", formula1="0", formula2=asks, allow_blank=False)
        request.showErrorMessage = True
        request.error = words.note_request
        sheet.add_data_validation(request)
        letter = get_column_letter(layout.request(number))
        request.add(f"{letter}{at.FIRST}:{letter}{layout.last}")
