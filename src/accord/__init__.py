"""Accord: joint calls between sovereign Sides, from one signed plan to a result that anyone can recompute.

    call = accord.load("demo/call")
    walk = accord.run(call)
    accord.write(walk, "record")
    assert accord.verify("record").holds

`load`, `run`, `write` and `verify` are the walk. `eligibility`, `conflicts`, `affinity`, `assign`, `rank`, `select`
and `lottery` are its methods, `balance` and `simulate` look beyond one call: plain functions on frozen values and on
NumPy and SciPy arrays.
"""

from accord.call.folder import load_call as load
from accord.errors import AccordError, Infeasible, InvalidInput, Problem, Refused, UnusableFolder
from accord.methods.affinity import affinity
from accord.methods.assignment import assign
from accord.methods.balance import balance
from accord.methods.conflicts import conflicts
from accord.methods.eligibility import eligibility
from accord.methods.lottery import lottery
from accord.methods.ranking import rank
from accord.methods.selection import select
from accord.methods.simulation import simulate
from accord.pipeline.walk import run
from accord.verify import verify
from accord.writing import write

__version__ = "0.1.0"

__all__ = [
    "AccordError",
    "Infeasible",
    "InvalidInput",
    "Problem",
    "Refused",
    "UnusableFolder",
    "affinity",
    "assign",
    "balance",
    "conflicts",
    "eligibility",
    "load",
    "lottery",
    "rank",
    "run",
    "select",
    "simulate",
    "verify",
    "write",
]
