"""The checks of a copy that gives some of a record's leaves: what it gives is recomputed, the rest is attested.

A step is recomputed where all that it reads is given; of its result, each leaf that is given has to be what comes out.
A step that reads more is attested: the Sides that signed the record say so, and the check names them, or nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

from accord.acts.checks import LOG_FOLDER, SealedLog, not_sealed
from accord.pipeline.after_review import list_step
from accord.pipeline.before_review import assignment_step
from accord.pipeline.bundle import step_leaves
from accord.pipeline.copies import ERASED_FILE, Copy, read_copy
from accord.pipeline.leaf_kinds import DIGESTS, kind_of
from accord.pipeline.leaves_read import Given, given_in
from accord.pipeline.redacting import ERASED_RECORD, erasures_in
from accord.pipeline.selecting import selection_step
from accord.pipeline.step import Step
from accord.pipeline.steps import (
    AffinityResult,
    ConflictsResult,
    EligibilityResult,
    ListResult,
    RankingResult,
    SelectionResult,
)
from accord.plan.model import Plan
from accord.record.canonical import digest
from accord.record.log.contents import opened
from accord.verify.checks import Failed, Named, short
from accord.verify.reads import PROPOSALS, lottery_rows, reads
from accord.verify.recomputing import OPTIMUM_RULES, Recomputation

UNDRAWN: Final = frozenset({"provisional", "stopped"})
MOST_NAMED: Final = 5


def copy_checks(folder: Path) -> Iterator[Named]:
    """The checks of a copy: files and commitments, the plan, what was erased, the log, each step."""
    checked = _Checked(folder)
    yield "files", checked.files
    yield "plan and tables", checked.inputs
    if checked.copy.erased is not None:
        yield "erased", checked.erased
    if checked.sealed is not None:
        yield from checked.sealed.checks()
    yield from checked.steps()
    if checked.sealed is None and checked.plan.log is not None:
        yield "log", lambda: not_sealed(checked.plan)


class _Checked:
    """A copy while it is checked: each check leaves what the next one needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.copy: Copy
        self._given: Given

    def files(self) -> str:
        """Every leaf has its commitment, all commitments give the root, and no other file is there."""
        self.copy = read_copy(self._folder)
        root = self.copy.page.commitments.root
        return f"a copy: {len(self.copy.given)} leaves are given, {len(self.copy.hidden)} are hidden, under root {root}"

    def inputs(self) -> str:
        """The leaves make a plan, tables and steps, and none of a kind that is given whole is missing."""
        self._given = given_in(self.copy)
        call = self._given.inputs.call
        return f"{len(call.proposals)} proposals are given; the plan's SHA-256 is {call.plan.digest}"

    def erased(self) -> str:
        """What was erased, when and by which rule, as the copy says; and whether the log says so too."""
        content = self.copy.erased or b""
        told = "; ".join(
            f"{one.leaves} leaves ({', '.join(one.kinds)}) on {one.at} by {one.rule}"
            for one in erasures_in(content).erasures
        )
        if self.sealed is None:
            return f"{told}: {ERASED_FILE} says so, no log does"
        entries, path = self.sealed.vouched.entries, self.sealed.path
        indices = [index for index, one in enumerate(entries) if one.kind == ERASED_RECORD]
        logged = [index for index in indices if opened(path, entries[index]) == content]
        return f"{told}; entry {logged[0]} of the log says so too" if logged else f"{told}: {ERASED_FILE} says so only"

    @property
    def plan(self) -> Plan:
        """The plan, once it was read."""
        return self._given.inputs.call.plan.plan

    @cached_property
    def sealed(self) -> SealedLog | None:
        """The log in the copy, where it has one."""
        if not (self._folder / LOG_FOLDER).exists():
            return None
        call = self._given.inputs.call
        subjects = {"plan": call.plan.digest, "recommendation": self._subject}
        all_given = {"lottery-commitments/all", "lottery-reveals/all"} <= self._given.whole
        return SealedLog(
            self.plan, self._folder, subjects, lottery_rows(call) if all_given else None, call.lottery_root
        )

    def steps(self) -> Iterator[Named]:
        """A check for each step: recomputed where all that it reads is given, else by whom it is attested."""
        yield from _Copied(self._given, self.copy.matrix or b"", self._attested_by).steps()

    @property
    def _subject(self) -> str:
        return digest(self.copy.page.content)

    def _attested_by(self) -> str:
        """Who signed that this record is the recommendation: they answer for what is hidden here."""
        if self.sealed is None:
            return "by nobody (no log is here)"
        found = self.sealed.vouched.of("recommendation", self._subject)
        if found is None:
            return "by nobody (no Side has signed this record)"
        sides = dict.fromkeys(one.act.statement.side for one in found.signed)
        told = [f"by {', '.join(signed)}"] if (signed := [side for side in sides if side not in found.attested]) else []
        told += [f"by the host for {', '.join(found.attested)}"] if found.attested else []
        return " and ".join(told)


class _Copied(Recomputation):
    """The steps of a copy, as far as it gives what they read."""

    def __init__(self, given: Given, matrix: bytes, attested_by: Callable[[], str]) -> None:
        super().__init__(given.inputs, given.steps, matrix)
        self._given = given
        self._attested_by = attested_by
        self._by: str | None = None
        self._of = ""

    def steps(self) -> Iterator[Named]:
        """As of a whole record, but for the steps that are attested."""
        for name, check in super().steps():
            missing = [kind for kind in reads(name, self._inputs) if kind not in self._given.whole]
            yield name, partial(self._attested, missing) if missing else self._told(check)

    def _attested(self, missing: list[str]) -> str:
        if self._by is None:
            self._by = self._attested_by()
        more = f" and {len(missing) - MOST_NAMED} kinds more" if len(missing) > MOST_NAMED else ""
        return f"attested {self._by}, not recomputed: not all is given of {', '.join(missing[:MOST_NAMED])}{more}"

    def _told(self, check: Callable[[], str]) -> Callable[[], str]:
        def told() -> str:
            self._of = ""
            said = check()
            return f"{said}{self._of}"

        return told

    def _same(self, step: Step[Any]) -> None:
        """Each leaf of a step that is given is what its inputs give, and of a whole kind none is missing."""
        computed = {leaf.address: leaf.value for leaf in step_leaves(step)}
        given = self._given.of_step(step.name)
        for address, value in given.items():
            if address not in computed:
                raise Failed(f"{address} is {short(value)}, and its inputs give no such leaf")
            if computed[address] != value:
                raise Failed(f"{address} is {short(value)}, {short(computed[address])} is computed")
        result = [address for address in computed if not kind_of(address).endswith(f"/{DIGESTS}")]
        for address in result:
            if address not in given and kind_of(address) in self._given.whole:
                raise Failed(f"{address} is not there, {short(computed[address])} is computed")
        seen = sum(address in given for address in result)
        self._of = f" ({'all' if seen == len(result) else f'{seen} of'} {len(result)} leaves of the step are here)"

    def _assignment(self) -> str:
        step = assignment_step(
            self._inputs,
            self._step("eligibility", EligibilityResult),
            self._step("conflicts", ConflictsResult),
            self._step("affinity", AffinityResult),
        )
        self._same(step)
        if step.result.infeasible:
            return "recomputed: no assignment meets the plan, for the recorded reasons"
        return f"recomputed: {len(step.result.pairs)} pairs, optimum {step.result.total}"

    def _list(self) -> str:
        ranked = self._step("ranking", RankingResult)
        draw = list_step(self._inputs, ranked).result.lottery
        if self._seeded() or draw.status not in UNDRAWN or not draw.decided:
            return super()._list()
        if not {"steps/list/places", "steps/list/ties"} <= self._given.whole:
            return self._attested(["steps/list/places (the lottery is not drawn)"])
        order = [place.proposal for place in self._step("list", ListResult).result.places]
        self._same(list_step(self._inputs, ranked, provisional=order))
        return f"recomputed: {len(order)} places; the lottery is not drawn, the order in it until then is attested"

    def _selection(self) -> str:
        rule = self._inputs.call.plan.plan.selection
        listed = self._step("list", ListResult)
        if listed.result.lottery.status in UNDRAWN and "steps/list/lottery" not in self._given.whole:
            return self._attested(["steps/list/lottery"])
        if self._seeded() or (rule.rule not in OPTIMUM_RULES and not rule.top_up):
            return super()._selection()
        return self._one_of_the_best(listed)

    def _one_of_the_best(self, listed: Step[ListResult]) -> str:
        """Where the seed that chooses among sets of equal value is not given: that the recorded one is such a set."""
        if not {"steps/selection/funded", "steps/selection/value"} <= self._given.whole:
            return self._attested([f"{kind} (a seed is drawn from them)" for kind in self._hidden_of_proposals()])
        ranked = self._step("ranking", RankingResult)
        recorded = self._step("selection", SelectionResult).result
        best = selection_step(self._inputs, ranked, listed).result
        taken = selection_step(self._inputs, ranked, listed, force=[one.proposal for one in recorded.funded])
        if (taken.result.value, taken.result.bound) != (best.value, best.bound):
            raise Failed(f"the set that is funded has the value {taken.result.value}, {best.value} can be had")
        self._same(taken)
        return f"recomputed: {len(recorded.funded)} funded within every budget, no set has more than {best.value}"

    def _seeded(self) -> bool:
        """Whether the proposals are given whole, from which seeds are drawn."""
        return self._given.whole.issuperset(PROPOSALS)

    def _hidden_of_proposals(self) -> list[str]:
        return [kind for kind in PROPOSALS if kind not in self._given.whole]
