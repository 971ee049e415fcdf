"""What each step of a walk reads, by the kinds of leaf: a step is recomputed from a copy that gives all of these."""

from __future__ import annotations

from typing import Final

from accord.acts.lottery_order import Rows
from accord.call.folder import Call
from accord.call.tables import jsonl
from accord.pipeline.leaf_kinds import KINDS
from accord.pipeline.step import Inputs
from accord.plan.model import Plan
from accord.record.canonical import digest

PROPOSALS: Final = tuple(one.name for one in KINDS if one.name.startswith("proposals/"))
"""All of the proposals: what a seed is drawn from."""
MATRIX: Final = "steps/affinity/matrix"


def reads(step: str, inputs: Inputs) -> tuple[str, ...]:
    """The kinds that a step of a call reads besides the plan, as the plan has it."""
    plan = inputs.call.plan.plan
    pairs = ("steps/conflicts/pairs", "steps/conflicts/evidence")
    calibrated = "calibrated" in {plan.ranking.order_by, *plan.ranking.advice}
    ranks = ("steps/ranking/ranks",) if calibrated else ()
    needed: dict[str, tuple[str, ...]] = {
        "eligibility": _eligibility(plan),
        "conflicts": (
            *("proposals/partners", "proposals/people", "proposals/excluded"),
            *("experts/all", "publications/all", "conflicts/pairs", "conflicts/reasons"),
        ),
        "affinity": ("proposals/title", "proposals/abstract", "experts/all", "publications/all", MATRIX),
        "assignment": (
            *PROPOSALS,
            *("experts/all", "steps/eligibility/verdicts", *pairs, MATRIX),
            *(("reviews/scores",) if inputs.simulated is None else ()),
        ),
        "simulated reviews": ("reviews/scores", "reviews/comments", "steps/assignment/pairs"),
        "ranking": (
            *("reviews/scores", "consensus/scores", "steps/eligibility/verdicts", *pairs),
            *((*PROPOSALS, *ranks) if calibrated else ()),
        ),
        "list": (
            *("proposals/topic", "proposals/partners", "proposals/money"),
            *("lottery-commitments/all", "lottery-reveals/all", "lottery-root.note/text"),
            *("steps/ranking/reviews", "steps/ranking/totals", *ranks),
        ),
        "selection": (
            *("proposals/topic", "proposals/partners", "proposals/money"),
            *("steps/list/places", "steps/list/ties", "steps/list/status"),
            *("steps/ranking/reviews", "steps/ranking/totals", *ranks),
            *(_eligibility(plan) if plan.selection.reduced is not None else ()),
        ),
    }
    return tuple(dict.fromkeys(needed[step]))


def lottery_rows(call: Call) -> Rows:
    """The digest of each Side's row in the lottery's tables: what the Side signed."""
    return Rows(
        commitments={row.side: digest(jsonl((row,))) for row in call.commitments},
        reveals={row.side: digest(jsonl((row,))) for row in call.reveals},
    )


def _eligibility(plan: Plan) -> tuple[str, ...]:
    people = plan.eligibility.investigators is not None or any(side.lead_required for side in plan.side)
    return (
        *("proposals/partners", "proposals/money"),
        *(("proposals/duration",) if plan.eligibility.duration_months is not None else ()),
        *(("proposals/people",) if people else ()),
        *(("proposals/excluded",) if plan.conflicts.excluded_by_applicants is not None else ()),
    )
