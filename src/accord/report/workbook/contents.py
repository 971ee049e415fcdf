"""What the sheets are filled from: the recorded selection with its rows, Sides and words at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from accord.call.values import Proposal
from accord.errors import InvalidInput
from accord.methods.listing import Place
from accord.pipeline.disclosure import Disclosed
from accord.pipeline.disclosure_view import View
from accord.pipeline.steps import CalibratedRank, Funded, ListResult, RankingResult, SelectionResult
from accord.pipeline.walk import Walk
from accord.plan.model import Plan, Side
from accord.report.language import Words as ReportWords
from accord.report.language import report_words
from accord.report.sides import SideView, side_views
from accord.report.ties import order_totals
from accord.report.workbook.layout import Layout
from accord.report.workbook.words import Words

MOST_DIGITS = 15  # that a spreadsheet keeps of a number


@dataclass(frozen=True)
class Contents:
    """A record's root, what the workbook's reader may see of its selection, and the language that it speaks."""

    root: str
    shown: Disclosed
    words: Words
    language: str

    @property
    def view(self) -> View:
        """What the reader may see."""
        return self.shown.view

    @property
    def walk(self) -> Walk:
        """The recorded walk, as the reader may see it."""
        return self.shown.walk

    @property
    def footer(self) -> str:
        """What stands at the foot of each printed page."""
        reader = "" if self.view.whole else f" · {self.say('page.labelled', name=self.words.reader, text=self.reader)}"
        return f"{self.plan.call.id} · {self.root[:16]}{reader}"

    @property
    def reader(self) -> str:
        """Whom it is for, in words."""
        reader = self.view.reader
        return self.say(f"page.reader-{reader.kind}", name=reader.side or "")

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.walk.inputs.call.plan.plan

    @cached_property
    def results(self) -> tuple[RankingResult, ListResult, SelectionResult]:
        """Ranking, list and selection; raises InvalidInput where the record has none."""
        walk = self.walk
        if walk.ranking is None or walk.list is None or walk.selection is None:
            raise InvalidInput("the record has no selection yet: a meeting's workbook needs one")
        return walk.ranking.result, walk.list.result, walk.selection.result

    @property
    def places(self) -> tuple[Place, ...]:
        """The ranking list."""
        return self.results[1].places

    @property
    def selection(self) -> SelectionResult:
        """The computed selection."""
        return self.results[2]

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        return Layout(proposals=len(self.places), sides=len(self.paying))

    @cached_property
    def paying(self) -> tuple[Side, ...]:
        """The Sides whose money the reader may see."""
        return tuple(side for side in self.plan.side if self.view.money(side.id))

    @cached_property
    def say(self) -> ReportWords:
        """What the report says, in the workbook's language."""
        return report_words(self.language)

    @cached_property
    def every_side(self) -> tuple[SideView, ...]:
        """Every Side with the report's colours."""
        return side_views(replace(self.walk, ranking=None, list=None, selection=None), self.say)

    @cached_property
    def sides(self) -> tuple[SideView, ...]:
        """The Sides whose money the reader may see."""
        return tuple(view for view in self.every_side if view.side in self.paying)

    @cached_property
    def topics(self) -> dict[str, str]:
        """Each topic's title by its identifier; none where a topic is held back."""
        return {"": "", **{topic.id: self.worded(topic.title) for topic in self.plan.topic}}

    @cached_property
    def proposals(self) -> dict[str, Proposal]:
        """The proposals by identifier."""
        return {one.id: one for one in self.walk.inputs.call.proposals}

    @cached_property
    def ranks(self) -> dict[str, CalibratedRank]:
        """The calibrated ranks by proposal, where the plan asks for them."""
        return {one.proposal: one for one in self.results[0].calibrated}

    @cached_property
    def totals(self) -> dict[str, int]:
        """The total that the list shows, in millionths."""
        return order_totals(self.results[0])

    @cached_property
    def funded(self) -> frozenset[str]:
        """The proposals of the computed selection."""
        return frozenset(one.proposal for one in self.selection.funded)

    @cached_property
    def reduced(self) -> dict[str, Funded]:
        """The proposals of the computed selection that are funded in a reduced version."""
        sides = self.plan.side
        return {
            one.proposal: one
            for one in self.selection.funded
            if any(
                one.requested.get(side.id, asked) < asked
                for side in sides
                if (asked := self.requested(one.proposal, side))
            )
        }

    def requested(self, proposal: str, side: Side) -> int:
        """What a proposal asks of a Side, in minor units."""
        return self.proposals[proposal].requested(side)

    def counted(self, proposal: str, side: Side) -> int:
        """What a proposal is counted with: its request, or what the reduced version takes that is funded."""
        one = self.reduced.get(proposal)
        return self.requested(proposal, side) if one is None else one.requested[side.id]

    @cached_property
    def states(self) -> dict[str, str]:
        """Each listed proposal's computed state in words."""
        told = {name: self.words.reduced if name in self.reduced else self.words.funded for name in self.funded}
        for one in self.selection.not_funded:
            if one.reserve_place is not None:
                told[one.proposal] = self.words.reserve.format(place=one.reserve_place)
            else:
                told[one.proposal] = self.words.below if one.reason == "below-threshold" else self.words.not_funded
        return told

    @property
    def allows_requests(self) -> bool:
        """Whether the plan lets the meeting change requests."""
        return not {"cut-request", "drop-partner"}.isdisjoint(self.plan.selection.adjustments)

    @property
    def allows_budgets(self) -> bool:
        """Whether the plan lets the meeting raise budgets."""
        return "budget-raise" in self.plan.selection.adjustments

    def worded(self, texts: dict[str, str]) -> str:
        """A text of the plan in the workbook's language, else in the prevailing one."""
        prevailing = self.plan.call.prevailing_language
        return texts.get(self.language) or texts.get(prevailing) or next(iter(texts.values()))


def amount(minor: int, side: Side) -> Decimal:
    """An amount in its Side's unit, exact; refused where a spreadsheet would round it."""
    if len(str(abs(minor))) > MOST_DIGITS:
        raise InvalidInput(f"{side.id}: an amount of {minor} minor units has more digits than a workbook keeps exactly")
    return Decimal(minor).scaleb(-side.exponent)
