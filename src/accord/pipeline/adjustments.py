"""What a selection meeting changed: each change against the computed result, as acts that the Sides can sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from accord.call.values import Proposal
from accord.errors import InvalidInput, Problem, UnusableFolder
from accord.methods.eligibility import eligibility
from accord.pipeline.adjusted_call import as_switched, under
from accord.pipeline.reading import Record
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Inputs, Step
from accord.pipeline.steps import Funded, ListResult, SelectionResult
from accord.plan.model import Plan, Side
from accord.plan.money import amount_text
from accord.record.canonical import Json, canonical, integer

ADJUSTMENTS_FILE: Final = "adjustments.json"
VERSION: Final = 1  # of its format

Kind: TypeAlias = Literal["budget-raise", "cut-request", "drop-partner", "order-change"]
Place: TypeAlias = tuple[str, ...]
"""What a cell is about: `("fund", proposal)`, `("request", proposal, side)`, `("budget", side)`, and for reasons
`("reason", proposal)` and `("budget-reason", side)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What a meeting leaves behind: who is switched on, requests and budgets in minor units, reasons, their cells.

    `requests` holds each proposal's request of each Side that it asks of. `reasons` is by the place of each reason.
    """

    file: str
    funded: Mapping[str, bool]
    requests: Mapping[tuple[str, str], int]
    budgets: Mapping[str, int]
    reasons: Mapping[Place, str]
    cells: Mapping[Place, str]

    def problem(self, place: Place, found: str, expected: str, *, warning: bool = False) -> Problem:
        """Something to mend, or to look at, in one of the cells."""
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        return Problem(file=self.file, field=self.cells[place], found=found, expected=expected, severity=severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One change: its kind in the plan's word, what it is about, from what to what, and why.

    Budgets and requests are in minor units of the Side's unit; for a changed order 1 is funded and 0 is not.
    """

    kind: Kind
    proposal: str | None = None
    side: str | None = None
    unit: str | None = None
    before: int
    after: int
    reason: str

    @property
    def plain(self) -> dict[str, Json]:
        """The act as JSON values."""
        about = {"proposal": self.proposal, "side": self.side, "unit": self.unit}
        told: dict[str, Json] = {name: value for name, value in about.items() if value is not None}
        return {
            "kind": self.kind,
            **told,
            "from": integer(self.before),
            "to": integer(self.after),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """The changes of a meeting, the call under them, and the selection of it."""

    call: str
    plan: str
    record: str
    acts: tuple[Adjustment, ...]
    inputs: Inputs
    selection: Step[SelectionResult]
    warnings: tuple[Problem, ...]

    @property
    def funded(self) -> tuple[Funded, ...]:
        """What is then funded, in list order."""
        return self.selection.result.funded

    @property
    def reserve(self) -> tuple[str, ...]:
        """What is then in reserve."""
        return self.selection.result.reserve

    @property
    def budgets(self) -> Mapping[str, int]:
        """Each Side's budget under the changes, in minor units."""
        return self.selection.result.budgets

    @property
    def remaining(self) -> Mapping[str, int]:
        """What each Side then has left, in minor units."""
        return self.selection.result.remaining

    @property
    def provisional(self) -> str | None:
        """Why the selection is provisional, where it is."""
        return self.selection.result.provisional

    @property
    def as_switched(self) -> bool:
        """Whether the set is the meeting's own, where the plan's rule gives another one."""
        return any(act.kind == "order-change" for act in self.acts)

    @property
    def content(self) -> bytes:
        """The file of the acts: canonical JSON and a line feed."""
        value: Json = {
            "accord_adjustments": VERSION,
            "call": self.call,
            "plan": self.plan,
            "record": self.record,
            "adjustments": [act.plain for act in self.acts],
        }
        return canonical(value) + b"\n"


def adjusted(record: Record, meeting: Meeting) -> Adjusted:
    """The changes of a meeting to a recorded selection, and the selection under them.

    Changed budgets and requests go through the plan's rule along the recorded list. Where the meeting switched
    proposals and its set is not the one that the rule then gives, every difference is a changed order, and the
    meeting's set is taken as it is. Raises UnusableFolder with every change that the plan does not allow, has no
    reason, makes a proposal ineligible or overdraws a budget; InvalidInput where the record has no selection.
    """
    walk = record.walk
    if walk.ranking is None or walk.list is None or walk.selection is None:
        raise InvalidInput("the record has no selection yet: nothing to adjust")
    plan = walk.inputs.call.plan.plan
    then = under(walk.inputs, meeting.budgets, meeting.requests)
    found = _Changes(plan, meeting)
    found.budgets()
    found.requests(walk.inputs.call.proposals)
    found.eligibility(then.call.proposals)
    step = selection_step(then, walk.ranking, walk.list)
    by_rule = step.result
    on = {name for name, switched in meeting.funded.items() if switched}
    switched = on != {one.proposal for one in walk.selection.result.funded}
    if switched and on != {one.proposal for one in by_rule.funded}:
        found.order(walk.selection.result, by_rule, walk.list.result)
        reduced = _as_they_were(walk.selection.result, walk.inputs, then)
        result = as_switched(then, by_rule, walk.ranking.result, walk.list.result, on, reduced=reduced)
        step = replace(step, result=result)
        found.overdrawn(step.result.remaining)
    found.unused_reasons()
    if any(problem.severity == "error" for problem in found.problems):
        raise UnusableFolder(found.problems)
    return Adjusted(
        call=plan.call.id,
        plan=walk.inputs.call.plan.digest,
        record=record.root,
        acts=tuple(found.acts),
        inputs=then,
        selection=step,
        warnings=tuple(found.problems),
    )


def _as_they_were(computed: SelectionResult, before: Inputs, then: Inputs) -> dict[str, Funded]:
    """The reduced versions of the computed selection whose proposals the meeting did not change."""
    known = {one.id: one for one in before.call.proposals}
    same = {one.id for one in then.call.proposals if one == known[one.id]}
    return {one.proposal: one for one in computed.funded if one.reduced is not None and one.proposal in same}


class _Changes:
    """Collects the acts of a meeting and everything that stands against them."""

    def __init__(self, plan: Plan, meeting: Meeting) -> None:
        self._plan = plan
        self._meeting = meeting
        self._changed: set[Place] = set()  # the places of the reasons that are asked for
        self.acts: list[Adjustment] = []
        self.problems: list[Problem] = []

    def budgets(self) -> None:
        """Each Side's budget: raised where the plan allows it, as far as it allows."""
        most = {one.side: one.max for one in self._plan.selection.top_up}
        for side in self._plan.side:
            before, after = side.minor(side.budget), self._meeting.budgets[side.id]
            if after == before:
                continue
            place = ("budget", side.id)
            told = f"{side.id}'s budget is {_told(after, side)}, {_told(before, side)} in the plan"
            if after < before:
                self._changed.add(("budget-reason", side.id))
                self._refuse(place, told, "a budget may be raised, not lowered: write the plan's")
                continue
            if side.id in most and after - before > side.minor(most[side.id]):
                greatest = _told(before + side.minor(most[side.id]), side)
                self._refuse(place, told, f"selection.top_up of the plan allows {greatest} at most")
            self._act("budget-raise", place, told, before, after, side=side)

    def requests(self, proposals: Sequence[Proposal]) -> None:
        """Each request: cut, or a Side's partners dropped, where the plan allows it."""
        reduced = self._plan.selection.reduced
        greatest_cut = None if reduced is None else reduced.max_cut
        for proposal, side in self._asked(proposals):
            before, after = proposal.requested(side), self._meeting.requests[proposal.id, side.id]
            if after == before:
                continue
            place = ("request", proposal.id, side.id)
            told = f"{proposal.id} asks {side.id} for {_told(after, side)}, {_told(before, side)} in the proposal"
            if after > before:
                self._changed.add(("reason", proposal.id))
                self._refuse(place, told, "a request may be cut, not raised: write what the proposal asks, or less")
                continue
            if after and greatest_cut is not None and before - after > greatest_cut * before:
                expected = f"selection.reduced.max_cut of the plan is {greatest_cut} of the request"
                self._refuse(place, told, expected)
            kind: Kind = "cut-request" if after else "drop-partner"
            self._act(kind, place, told, before, after, proposal=proposal.id, side=side)

    def _asked(self, proposals: Sequence[Proposal]) -> Iterator[tuple[Proposal, Side]]:
        by_id = {proposal.id: proposal for proposal in proposals}
        for name in self._meeting.funded:
            for side in self._plan.side:
                if (name, side.id) in self._meeting.requests:
                    yield by_id[name], side

    def eligibility(self, proposals: Sequence[Proposal]) -> None:
        """Each changed proposal still meets the plan's rules."""
        changed = {act.proposal: act.side for act in self.acts if act.kind in {"cut-request", "drop-partner"}}
        if not changed:
            return
        for verdict in eligibility(self._plan, proposals):
            side = changed.get(verdict.proposal)
            if side is not None and verdict.failed:
                rules = "; ".join(f"{failed.rule}: {failed.found}" for failed in verdict.failed)
                place = ("request", verdict.proposal, side)
                self._refuse(place, f"{verdict.proposal} is not eligible with it ({rules})", "cut it by less")

    def order(self, computed: SelectionResult, by_rule: SelectionResult, listed: ListResult) -> None:
        """Each proposal that the meeting's set and the plan's rule do not agree on."""
        was = {one.proposal for one in computed.funded}
        gives = {one.proposal for one in by_rule.funded}
        rule = by_rule.rule
        for listed_place in listed.places:
            name = listed_place.proposal
            on = self._meeting.funded[name]
            if on == (name in gives):
                continue
            place = ("fund", name)
            verb = "switched" if on != (name in was) else "left"
            does = "does not fund" if on else "funds"
            state = "on" if on else "off"
            told = f"{name} is {verb} {state}, and {rule} {does} it under these budgets and requests"
            if on and not listed_place.fundable:
                self._changed.add(("reason", name))
                self._refuse(place, f"{name} is switched on, and it is below a threshold of the plan", "write 0")
                continue
            self._act("order-change", place, told, int(not on), int(on), proposal=name)

    def overdrawn(self, remaining: Mapping[str, int]) -> None:
        """Every Side can pay what the meeting switched on."""
        for side in self._plan.side:
            if remaining[side.id] < 0:
                told = f"{side.id} is over its budget by {_told(-remaining[side.id], side)}"
                expected = "switch a proposal off, cut a request, or raise the budget"
                self._refuse(("budget", side.id), told, expected)

    def unused_reasons(self) -> None:
        """Warn of a reason beside which nothing is changed."""
        for place, reason in self._meeting.reasons.items():
            if reason and place not in self._changed:
                found = f"a reason stands for {place[1]}, and nothing is changed"
                self.problems.append(self._meeting.problem(place, found, "it is not taken over", warning=True))

    def _refuse(self, place: Place, found: str, expected: str) -> None:
        self.problems.append(self._meeting.problem(place, found, expected))

    def _act(
        self,
        kind: Kind,
        place: Place,
        told: str,
        before: int,
        after: int,
        *,
        proposal: str | None = None,
        side: Side | None = None,
    ) -> None:
        """Take a change as an act; what is not allowed, or has no reason, is a problem as well."""
        if kind not in self._plan.selection.adjustments:
            allowed = ", ".join(self._plan.selection.adjustments) or "none"
            expected = f'change it back: selection.adjustments of the plan has no "{kind}" (it allows: {allowed})'
            self._refuse(place, told, expected)
        why = ("budget-reason", side.id) if side and proposal is None else ("reason", proposal or "")
        reason = self._meeting.reasons[why]
        if not reason and why not in self._changed:
            self._refuse(why, f"a reason is missing: {told}", "write in a sentence why")
        self._changed.add(why)
        self.acts.append(
            Adjustment(
                kind=kind,
                proposal=proposal,
                side=side.id if side else None,
                unit=side.unit if side else None,
                before=before,
                after=after,
                reason=reason,
            )
        )


def _told(minor: int, side: Side) -> str:
    whole, point, decimals = amount_text(minor, side.unit).partition(".")
    return f"{side.unit} {int(whole):,}{point}{decimals}"
