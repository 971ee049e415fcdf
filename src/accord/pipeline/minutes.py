"""A meeting's adjustments read back: that they are of this record, and what is funded under them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final

from pydantic import Field, ValidationError

from accord.errors import InvalidInput, Problem, UnusableFolder
from accord.pipeline.adjusted_call import under
from accord.pipeline.adjustments import VERSION, Adjusted, Kind, Meeting, Place, adjusted
from accord.pipeline.reading import Record
from accord.pipeline.selecting import selection_step
from accord.pipeline.walk import Walk
from accord.plan.types import Block, Whole
from accord.record.canonical import canonical, digest

MOST_BYTES: Final = 16 * 1024 * 1024
WRITE_AGAIN: Final = "write it again with accord adjust"
ON_BUDGETS: Final = frozenset({"budget-raise"})
ON_REQUESTS: Final = frozenset({"cut-request", "drop-partner"})
Minor = Annotated[Whole, Field(ge=0)]


class Act(Block):
    """One change, as the file of adjustments has it."""

    kind: Kind
    proposal: str | None = None
    side: str | None = None
    unit: str | None = None
    before: Minor = Field(alias="from")
    after: Minor = Field(alias="to")
    reason: str


class Acts(Block):
    """The file of adjustments."""

    accord_adjustments: int
    call: str
    plan: str
    record: str
    adjustments: list[Act]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What a meeting agreed on, to be signed: its changes, and SHA-256 of the file that the Sides sign.

    `walk` is the record's with the selection under the changes, and the call as it was; `under` is the same with
    the raised budgets and the cut requests in its call.
    """

    adjusted: Adjusted
    digest: str
    walk: Walk
    under: Walk


def read_minutes(content: bytes, file: str, record: Record) -> Minutes:
    """The adjustments in a file, recomputed from the record; nothing in them is taken on trust.

    Each change has to be one that the plan allows, with its reason, and all together have to be what `accord adjust`
    writes for this record, byte for byte. Raises UnusableFolder with file and field where they are of another
    record or do not fit, and InvalidInput where the record has no selection.
    """
    acts = _parsed(content, file)
    problems = list(_of_another(acts, file, record))
    if problems:
        raise UnusableFolder(problems)
    found = adjusted(record, _meeting(acts, file, record))
    if found.content != content:
        raise UnusableFolder([_problem(file, _first_difference(acts, found), "it does not follow from the record")])
    walk = record.walk
    return Minutes(
        adjusted=found,
        digest=digest(content),
        walk=replace(walk, selection=found.selection),
        under=replace(walk, inputs=found.inputs, selection=found.selection),
    )


def _problem(file: str, field: str, found: str, expected: str = WRITE_AGAIN) -> Problem:
    return Problem(file=file, field=field, found=found, expected=expected)


def _parsed(content: bytes, file: str) -> Acts:
    if len(content) > MOST_BYTES:
        raise UnusableFolder([_problem(file, "", f"it has {len(content):,} bytes", f"at most {MOST_BYTES:,} are read")])
    try:
        acts = Acts.model_validate_json(content)
        same = canonical(json.loads(content)) + b"\n" == content
    except ValidationError as error:
        problems = [_problem(file, _path(one["loc"]), one["msg"]) for one in error.errors(include_url=False)]
        raise UnusableFolder(problems) from error
    except (ValueError, RecursionError) as error:
        raise UnusableFolder([_problem(file, "", f"it is no JSON that can be read ({error})")]) from error
    if not same:
        raise UnusableFolder([_problem(file, "", "it is not in canonical form")])
    return acts


def _path(where: tuple[int | str, ...]) -> str:
    """A place in the file: `adjustments[1].reason`, counted from 1."""
    told = "".join(f"[{one + 1}]" if isinstance(one, int) else f".{one}" for one in where)
    return told.removeprefix(".")


def _of_another(acts: Acts, file: str, record: Record) -> Iterator[Problem]:
    """What says that the adjustments are of another record, or name what it does not have."""
    plan = record.walk.inputs.call.plan
    if acts.accord_adjustments != VERSION:
        found = f"the format's version is {acts.accord_adjustments}"
        yield _problem(file, "accord_adjustments", found, f"this software reads {VERSION}")
    expected = {"call": plan.plan.call.id, "plan": plan.digest, "record": record.root}
    for field, here in expected.items():
        told = getattr(acts, field)
        if told != here:
            yield _problem(file, field, f"found {told}", f"this record has {here}: name the record that was adjusted")
    listed = () if record.walk.list is None else [one.proposal for one in record.walk.list.result.places]
    asked = {
        (one.id, side.id)
        for one in record.walk.inputs.call.proposals
        for side in plan.plan.side
        if one.requested(side) and one.id in listed
    }
    taken: set[tuple[str, str | None, str | None]] = set()
    for number, act in enumerate(acts.adjustments, start=1):
        where = f"adjustments[{number}]"
        if act.kind not in ON_BUDGETS and act.proposal not in listed:
            yield _problem(file, f"{where}.proposal", f"{act.proposal} is not on the ranking list")
        if act.kind != "order-change" and act.side not in plan.plan.sides:
            yield _problem(file, f"{where}.side", f"{act.side} is no Side of the plan")
        elif act.kind in ON_REQUESTS and (act.proposal, act.side) not in asked:
            yield _problem(file, f"{where}.side", f"{act.proposal} asks {act.side} for nothing")
        about = ("request" if act.kind in ON_REQUESTS else act.kind, act.proposal, act.side)
        if about in taken:
            yield _problem(file, where, "a second change of the same thing")
        taken.add(about)


def _meeting(acts: Acts, file: str, record: Record) -> Meeting:
    """What the meeting left behind, put together again from its changes."""
    walk = record.walk
    if walk.ranking is None or walk.list is None or walk.selection is None:
        raise InvalidInput("the record has no selection yet: nothing to adjust")
    plan = walk.inputs.call.plan.plan
    proposals = {one.id: one for one in walk.inputs.call.proposals}
    names = [place.proposal for place in walk.list.result.places]
    budgets = {side.id: side.minor(side.budget) for side in plan.side}
    requests = {
        (name, side.id): proposals[name].requested(side)
        for name in names
        for side in plan.side
        if proposals[name].requested(side)
    }
    cells = _Cells()
    reasons: dict[Place, str] = {("budget-reason", side): "" for side in plan.sides}
    reasons |= {("reason", name): "" for name in names}
    switched: dict[str, bool] = {}
    for number, act in enumerate(acts.adjustments, start=1):
        where, after = f"adjustments[{number}]", act.after
        place: Place
        why: Place
        name, side = act.proposal or "", act.side or ""
        if act.kind in ON_BUDGETS:
            place, why = ("budget", side), ("budget-reason", side)
            budgets[side] = after
        elif act.kind in ON_REQUESTS:
            place, why = ("request", name, side), ("reason", name)
            requests[name, side] = after
        else:
            place, why = ("fund", name), ("reason", name)
            switched[name] = bool(after)
        cells[place], cells[why] = f"{where}.to", f"{where}.reason"
        reasons[why] = act.reason
    by_rule = selection_step(under(walk.inputs, budgets, requests), walk.ranking, walk.list).result
    gives = {one.proposal for one in (by_rule if switched else walk.selection.result).funded}
    funded = {name: switched.get(name, name in gives) for name in names}
    return Meeting(file=file, funded=funded, requests=requests, budgets=budgets, reasons=reasons, cells=cells)


class _Cells(dict[Place, str]):
    """Where in the file something stands; what no change is about stands in none of them."""

    def __missing__(self, place: Place) -> str:
        return "adjustments"


def _first_difference(acts: Acts, found: Adjusted) -> str:
    """The first change that is not what the record gives, by its place in the file."""
    written = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in acts.adjustments]
    computed = [one.plain for one in found.acts]
    for number, (told, here) in enumerate(zip(written, computed, strict=False), start=1):
        for field in sorted({*told, *here}):
            if told.get(field) != here.get(field):
                return f"adjustments[{number}].{field}"
    return f"adjustments[{min(len(written), len(computed)) + 1}]"
