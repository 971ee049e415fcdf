"""Scores and comments in a letter, of its proposal alone, where the plan lets them out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from accord.plan.model import Plan
from accord.plan.practice import Criterion
from accord.report.figures import decimal
from accord.report.letters.outcomes import Outcome
from accord.report.letters.voice import LetterVoice
from accord.report.plan_document.blocks import Block, Item, Line, Listing, Run
from accord.report.texts import printable, untagged


def scores(voice: LetterVoice, plan: Plan, outcome: Outcome, *, shown: bool) -> Iterator[Block]:
    """The scores by criterion with their total where they are `shown`, else the total where the plan lets it out.

    They are what orders the list: the panel's, or the means over the experts.
    """
    assessment = outcome.assessment
    if assessment is None or not assessment.criteria:
        return
    agreed = plan.ranking.order_by == "consensus"
    total = assessment.consensus_total if agreed else assessment.mean_total
    if not shown:
        if "totals" in plan.disclosure.applicants and total is not None:
            yield voice.paragraph("total", voice.say("letter.total-is", total=decimal(total)))
        return
    rows: dict[str, list[Line]] = {
        one.id: _row(voice, one, assessment.criteria[one.id])
        for one in plan.review.criterion
        if one.id in assessment.criteria
    }
    if total is not None:
        weights = sum(Fraction(one.weight) for one in plan.review.criterion)
        needed = plan.review.total_threshold
        rows["/total"] = [
            voice.say("letter.total"),
            voice.plain(decimal(total)),
            (),
            voice.plain(f"{float(weights):g}"),
            voice.say("letter.none") if needed is None else voice.number(needed),
        ]
    yield voice.heading("scores", voice.say("letter.scores"), 1, numbered=False)
    yield voice.table(
        "scores/table",
        voice.say("letter.scores-panel" if agreed else "letter.scores-mean"),
        [voice.say(f"letter.{name}") for name in ("criterion", "score", "scale", "weight", "threshold")],
        (40, 15, 15, 15, 15),
        rows,
    )


def _row(voice: LetterVoice, criterion: Criterion, score: int) -> list[Line]:
    least, most = voice.number(criterion.scale.min), voice.number(criterion.scale.max)
    return [
        voice.identified(criterion.title, criterion.id),
        voice.plain(decimal(score)),
        voice.say("letter.range", least=least, most=most),
        voice.number(criterion.weight),
        voice.say("letter.none") if criterion.threshold is None else voice.number(criterion.threshold),
    ]


def comments(voice: LetterVoice, plan: Plan, outcome: Outcome) -> Iterator[Block]:
    """What was written of the proposal, by criterion; nothing says by whom."""
    if not outcome.comments:
        return
    yield voice.heading("comments", voice.say("letter.comments"), 1, numbered=False)
    for criterion in plan.review.criterion:
        told = outcome.comments.get(criterion.id, ())
        if told:
            key = f"comments/{criterion.id}"
            yield voice.heading(key, voice.identified(criterion.title, criterion.id), 2, numbered=False)
            items = tuple(Item(key=str(number), line=_comment(voice, one)) for number, one in enumerate(told))
            yield Listing(key=voice.key(f"{key}/list"), language=voice.language, kind="bullets", items=items)


def _comment(voice: LetterVoice, comment: str) -> Line:
    return (Run(str(printable(comment)), untagged(comment).tag or voice.language),)
