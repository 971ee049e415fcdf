"""Why, in a letter: the rules that a proposal fails always, places and reasons only where the plan lets them out."""

from __future__ import annotations

from collections.abc import Iterator

from accord.methods.eligibility import FailedRule
from accord.methods.scores import MissedThreshold
from accord.plan.model import Plan
from accord.plan.money import amount_text
from accord.report.figures import plain, told_apart
from accord.report.language import report_words
from accord.report.letters.outcomes import Outcome
from accord.report.letters.voice import LetterVoice
from accord.report.plan_document.blocks import Block, Line, Run
from accord.report.plan_document.voice import unique
from accord.report.reasons import BY_CHOICE
from accord.report.retold import retold
from accord.report.texts import printable


def reasons(voice: LetterVoice, plan: Plan, outcome: Outcome) -> Iterator[Block]:
    """The reasons that the plan lets out of one outcome, and its places; no other proposal is named."""
    lines = [_failed(voice, one) for one in outcome.failed]
    lines += _reduced(voice, plan, outcome)
    let_out = plan.disclosure.applicants
    if "reasons" in let_out:
        lines += _why(voice, plan, outcome)
    if "list" in let_out:
        lines += [
            voice.say(f"letter.{name}", place=place)
            for name, place in (("place", outcome.place), ("reserve-place", outcome.reserve_place))
            if place is not None
        ]
    if lines:
        yield voice.heading("why", voice.say("letter.why"), 1, numbered=False)
        yield voice.bullets("why/list", dict(zip(unique("why" for _ in lines), lines, strict=True)))


def _failed(voice: LetterVoice, failed: FailedRule) -> Line:
    """A rule that is not met, by its name in the plan, with what was found."""
    told = retold(f"found.{failed.rule}", failed.found, report_words(voice.language))
    parts = {"rule": voice.code(failed.rule), "found": (Run(str(printable(told.text)), told.tag or voice.language),)}
    if failed.side is None:
        return voice.say("letter.rule", **parts)
    return voice.say("letter.rule-of", side=voice.side(failed.side), **parts)


def _reduced(voice: LetterVoice, plan: Plan, outcome: Outcome) -> Iterator[Line]:
    """In which reduced version it is recommended; the amounts stand in their table."""
    recommended, version, proposal = outcome.recommended, outcome.reduced, outcome.proposal
    if recommended is None or all(recommended[side.id] >= proposal.requested(side) for side in plan.side):
        return
    if version is not None and version.partner is not None:
        dropped = voice.name(proposal.partners[version.partner - 1].organisation)
        yield voice.say("letter.reduced-partner", organisation=dropped)
    else:
        yield voice.say("letter.reduced")


def _why(voice: LetterVoice, plan: Plan, outcome: Outcome) -> Iterator[Line]:
    """Why it is not funded: thresholds, the stopped list, a better set, and each Side whose budget is short."""
    assessment, stopped = outcome.assessment, outcome.not_funded
    if outcome.kind == "funded" or assessment is None:
        return
    for missed in assessment.missed:
        yield _below(voice, plan, missed)
    if not assessment.judged:
        yield voice.say("letter.not-judged")
    if stopped is None:
        return
    if stopped.stopped_at is not None or stopped.reason == "list-stopped":
        yield voice.say("letter.stopped")
    if stopped.reason in BY_CHOICE:
        yield voice.say(f"letter.{stopped.reason}")
    for lack in stopped.short:
        side = plan.side_of(lack.side)
        amount = voice.amount(amount_text(lack.amount, side.unit), side)
        yield voice.say("letter.short", side=voice.side(side.id), amount=amount)


def _below(voice: LetterVoice, plan: Plan, missed: MissedThreshold) -> Line:
    reached, _ = told_apart(missed.reached, missed.needed)
    title = next((one.title for one in plan.review.criterion if one.id == missed.criterion), None)
    name = voice.say("letter.total") if missed.criterion is None else voice.identified(title, missed.criterion)
    return voice.say("letter.below", criterion=name, reached=reached, needed=plain(missed.needed))
