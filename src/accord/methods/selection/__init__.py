"""Who is funded: the selection from a ranking list, the requests and every Side's budget, with reasons."""

from accord.methods.selection.choice import select
from accord.methods.selection.explanation import BudgetWorth, Change, Explanation, budget_worth, change, explain
from accord.methods.selection.values import METHOD, VERSION, NotFunded, Rule, Selection, TopUp, Version

__all__ = [
    "METHOD",
    "VERSION",
    "BudgetWorth",
    "Change",
    "Explanation",
    "NotFunded",
    "Rule",
    "Selection",
    "TopUp",
    "Version",
    "budget_worth",
    "change",
    "explain",
    "select",
]
