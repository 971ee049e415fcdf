"""The sheet of budgets: what each Side has, spends and has left, and which one runs out first."""

from __future__ import annotations

from typing import Final

from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accord.plan.money import amount_text
from accord.report.sides import SideView
from accord.report.standing import topped_up
from accord.report.workbook import layout as at
from accord.report.workbook.contents import Contents, amount
from accord.report.workbook.layout import cell, column, quoted
from accord.report.workbook.look import GOOD, OVERDRAWN, STOP, WARN, arrange, heighten, put, put_formula

PAPER_A4: Final = 9
NUMBERS: Final = {at.PLAN_BUDGET, at.BUDGET, at.SPENT, at.LEFT, at.SHARE, at.PAYS, at.STOPS}
WIDTHS: Final = {
    at.SIDE: 10,
    at.SIGNATORY: 34,
    at.UNIT: 9,
    at.BUDGET_WHY: 34,
    at.SHARE: 12,
    at.PAYS: 12,
    at.STOPS: 13,
    at.STOPS_AT: 13,
    at.RUNS_OUT: 10,
    at.BUDGET_CHANGE: 26,
}


def fill_budgets(sheet: Worksheet, contents: Contents) -> None:
    """Write the budgets."""
    words, layout = contents.words, contents.layout
    put(sheet, 1, 1, words.budgets, "call")
    put(sheet, 2, 1, words.budgets_note, "said")
    put(sheet, 3, 1, contents.say.sentences(topped_up(contents.walk, contents.sides, contents.say)), "said")
    names = {
        at.SIDE: words.side,
        at.SIGNATORY: words.signatory,
        at.UNIT: words.unit,
        at.PLAN_BUDGET: words.plan_budget,
        at.BUDGET: words.budget,
        at.BUDGET_WHY: words.why_changed,
        at.SPENT: words.spent,
        at.LEFT: words.remaining,
        at.SHARE: words.share,
        at.PAYS: words.number_funded,
        at.STOPS: words.stops_at,
        at.STOPS_AT: words.stops_proposal,
        at.RUNS_OUT: words.runs_out,
        at.BUDGET_CHANGE: words.change,
    }
    for place, name in names.items():
        put(sheet, at.HEADER, place, name, "head-right" if place in NUMBERS else "head")
    for number, view in enumerate(contents.sides):
        _row(sheet, contents, number, view)
    _rules(sheet, contents)
    if contents.allows_budgets:
        letter = get_column_letter(at.BUDGET)
        raised = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=False)
        raised.showErrorMessage = True
        raised.error = words.note_budget
        sheet.add_data_validation(raised)
        raised.add(f"{letter}{at.FIRST}:{letter}{layout.last_side}")
    digits = [amount_text(side.minor(side.budget), side.unit) for side in contents.paying]
    wide = max(*(len(one) + len(one) // 3 + 4 for one in digits), 15)
    widths = {get_column_letter(number): float(width) for number, width in WIDTHS.items()}
    widths |= {get_column_letter(number): wide for number in (at.PLAN_BUDGET, at.BUDGET, at.SPENT, at.LEFT)}
    arrange(
        sheet,
        widths,
        freeze=cell(at.SIGNATORY, at.FIRST),
        header=at.HEADER,
        paper=PAPER_A4,
        footer=contents.footer,
    )


def _row(sheet: Worksheet, contents: Contents, number: int, view: SideView) -> None:
    words, layout, side = contents.words, contents.layout, view.side
    row, decimals = layout.row(number), side.exponent
    budget = amount(side.minor(side.budget), side)
    put(sheet, row, at.SIDE, side.id, f"side-{view.colour}")
    put(sheet, row, at.SIGNATORY, contents.worded(side.signatory), "wrapped")
    put(sheet, row, at.UNIT, side.unit, "text")
    heighten(sheet, row, [(contents.worded(side.signatory), WIDTHS[at.SIGNATORY])])
    for place, style in (
        (at.PLAN_BUDGET, "amount"),
        (at.BUDGET, "amount-open" if contents.allows_budgets else "amount"),
    ):
        sheet.cell(row, place, budget).style = f"{style}-{decimals}"
    put(sheet, row, at.BUDGET_WHY, "", "why")
    switches = column(at.FUND, at.FIRST, layout.last, sheet=words.list)
    requests = column(layout.request(number), at.FIRST, layout.last, sheet=words.list)
    lefts = column(layout.left(number), at.FIRST, layout.last, sheet=words.list)
    here = {place: cell(place, row, fixed=True) for place in (at.PLAN_BUDGET, at.BUDGET, at.SPENT, at.STOPS)}
    put_formula(
        sheet, row, at.SPENT, f"ROUND(SUMPRODUCT(({switches}=1)*1,{requests}),{decimals})", f"amount-{decimals}"
    )
    put_formula(sheet, row, at.LEFT, f"ROUND({here[at.BUDGET]}-{here[at.SPENT]},{decimals})", f"sum-{decimals}")
    put_formula(sheet, row, at.SHARE, f"IF({here[at.BUDGET]}=0,0,{here[at.SPENT]}/{here[at.BUDGET]})", "part")
    put_formula(sheet, row, at.PAYS, f"SUMPRODUCT(({switches}=1)*({requests}>0))", "whole")
    # The first proposal that could be funded, is not, and asks for more than is left there; or that overdraws.
    fundable = column(at.COMPUTED_FUNDABLE, at.FIRST, layout.last, sheet=words.computed)
    places = column(at.PLACE, at.FIRST, layout.last, sheet=words.list)
    beyond = f"({lefts}-({switches}<>1)*{requests}<-{0.5 * 10**-decimals:.{decimals + 1}f})"
    after = contents.layout.proposals + 1
    first = f"{after}-SUMPRODUCT(MAX(({fundable}=1)*({requests}>0)*{beyond}*({after}-{places})))"
    put_formula(sheet, row, at.STOPS, f'IF({first}={after},"",{first})', "whole")
    names = column(at.PROPOSAL, at.FIRST, layout.last, sheet=words.list)
    put_formula(sheet, row, at.STOPS_AT, f'IF({here[at.STOPS]}="","",INDEX({names},{here[at.STOPS]}))', "text")
    stops = column(at.STOPS, at.FIRST, layout.last_side)
    is_first = f'IF({here[at.STOPS]}="","",IF({here[at.STOPS]}=MIN({stops}),{quoted(words.first)},""))'
    put_formula(sheet, row, at.RUNS_OUT, is_first, "over")
    told = f"{quoted(words.raised)}&FIXED({here[at.BUDGET]},{decimals})"
    put_formula(sheet, row, at.BUDGET_CHANGE, f'IF({here[at.BUDGET]}={here[at.PLAN_BUDGET]},"",{told})', "changed")


def _rules(sheet: Worksheet, contents: Contents) -> None:
    layout = contents.layout
    red = {"font": Font(color=STOP, bold=True), "fill": PatternFill("solid", bgColor=OVERDRAWN)}

    def rows(place: int) -> str:
        letter = get_column_letter(place)
        return f"{letter}{at.FIRST}:{letter}{layout.last_side}"

    sheet.conditional_formatting.add(rows(at.LEFT), CellIsRule(operator="lessThan", formula=["0"], **red))
    bar = DataBarRule(start_type="num", start_value=0, end_type="num", end_value=1, color=GOOD, showValue=True)
    sheet.conditional_formatting.add(rows(at.SHARE), bar)
    change, why = cell(at.BUDGET_CHANGE, at.FIRST, fixed=True), cell(at.BUDGET_WHY, at.FIRST, fixed=True)
    missing = FormulaRule(formula=[f'AND({change}<>"",TRIM({why})="")'], fill=PatternFill("solid", bgColor=OVERDRAWN))
    sheet.conditional_formatting.add(rows(at.BUDGET_WHY), missing)
    raised = f"{cell(at.BUDGET, at.FIRST, fixed=True)}<>{cell(at.PLAN_BUDGET, at.FIRST, fixed=True)}"
    sheet.conditional_formatting.add(rows(at.BUDGET), FormulaRule(formula=[raised], font=Font(color=WARN, bold=True)))
