"""What a plan document opens with: the call, who takes part, topics, the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from accord.plan.model import Topic
from accord.report.plan_document.blocks import Block, Line
from accord.report.plan_document.voice import Voice, unique

Told: TypeAlias = tuple[str, Line, datetime, tuple[str, ...]]
"""An instant's key, what happens, when, and the Sides that it is for."""


def call(voice: Voice) -> Iterator[Block]:
    """The call: its instrument, its non-binding nature, its intakes, its text."""
    head = voice.plan.call
    yield voice.heading("call", voice.say("call.heading"))
    yield voice.paragraph(
        "call/what",
        voice.say(
            "call.what", title=voice.text(head.title), instrument=voice.name(head.instrument), id=voice.code(head.id)
        ),
    )
    yield voice.paragraph(
        "call/indicative", voice.say("call.indicative" if head.indicative else "call.not_indicative"), "note"
    )
    yield voice.paragraph("call/mode", voice.say(f"call.mode_{head.mode}"))
    twins = voice.plan.twins
    if twins is not None:
        fields = voice.joined(voice.say(f"field.{name}") for name in twins.compare) or voice.say("sign.none")
        yield voice.paragraph(
            "call/twins", voice.say("call.twins", field=voice.say(f"field.{twins.key}"), fields=fields)
        )
    if head.text is not None:
        yield voice.heading("call/text", voice.say("call.text"), 3)
        yield voice.paragraphs("call/text/free", head.text)


def sides(voice: Voice) -> Iterator[Block]:
    """Who takes part: signatories, managing bodies, programmes, each budget in its own unit."""
    yield voice.heading("sides", voice.say("sides.heading"))
    yield voice.table(
        "sides/table",
        voice.say("sides.caption"),
        [voice.say(f"sides.{name}") for name in ("side", "signatory", "managed_by", "programme", "budget")],
        (10, 26, 24, 18, 22),
        {
            side.id: (
                voice.side(side.id),
                voice.text(side.signatory),
                () if side.managed_by is None else voice.text(side.managed_by),
                voice.name(side.programme),
                voice.amount(side.budget, side),
            )
            for side in voice.plan.side
        },
    )
    yield voice.paragraph("sides/own", voice.say("sides.own"))


def topics(voice: Voice) -> Iterator[Block]:
    """The topics, with how many proposals of each are funded at least and at most."""
    yield voice.heading("topics", voice.say("topics.heading"))
    yield voice.paragraph("topics/adopted", voice.say("topics.adopted"))
    yield voice.bullets("topics/list", {topic.id: _topic(voice, topic) for topic in voice.plan.topic})


def _topic(voice: Voice, topic: Topic) -> Line:
    told = [voice.identified(topic.title, topic.id)]
    if topic.min_funded is not None:
        told.append(voice.say("topics.min_funded", proposals=voice.count("proposals", topic.min_funded)))
    if topic.max_funded is not None:
        told.append(voice.say("topics.max_funded", proposals=voice.count("proposals", topic.max_funded)))
    return voice.joined(told)


def timeline(voice: Voice) -> Iterator[Block]:
    """Every instant of the plan in its order, in each Side's own time."""
    plan = voice.plan
    known = {side.id: side for side in plan.side}
    told = sorted(instants(voice), key=lambda one: one[2])
    yield voice.heading("timeline", voice.say("timeline.heading"))
    yield voice.paragraph("timeline/shared", voice.say("timeline.shared"))
    yield voice.table(
        "timeline/table",
        voice.say("timeline.caption"),
        [voice.say("timeline.what"), voice.say("timeline.when")],
        (42, 58),
        {
            key: (what, voice.local(at, [known[name] for name in among if name in known] or plan.side))
            for key, what, at, among in told
        },
    )
    if plan.gate:
        yield voice.paragraph("timeline/gates", voice.say("timeline.gate_note"))


def instants(voice: Voice) -> Iterator[Told]:
    """Every instant of the call with its key, what happens, and the Sides that it is for."""
    plan = voice.plan
    everybody = plan.sides
    for name in type(plan.timeline).model_fields:
        at = getattr(plan.timeline, name)
        if at is not None:
            yield name, voice.say(f"timeline.{name}"), at, everybody
    yield from _stages(voice)
    review, lottery = plan.review, plan.lottery
    if review.interview is not None:
        yield "interview", voice.say("timeline.interview"), review.interview.on, everybody
    if review.rebuttal is not None:
        yield "rebuttal/opens", voice.say("timeline.rebuttal_opens"), review.rebuttal.opens, everybody
        yield "rebuttal/closes", voice.say("timeline.rebuttal_closes"), review.rebuttal.closes, everybody
    if lottery is not None:
        yield "lottery/commit_by", voice.say("timeline.commit_by"), lottery.commit_by, everybody
        yield "lottery/reveal_by", voice.say("timeline.reveal_by"), lottery.reveal_by, everybody
    for key, gate in zip(unique(f"gate/{one.id}" for one in plan.gate), plan.gate, strict=True):
        what = voice.say("timeline.gate", title=voice.identified(gate.title, gate.id))
        if gate.sides is not None:
            what = voice.say("timeline.for_sides", what=what, sides=voice.sides(gate.sides))
        yield key, what, gate.at, everybody if gate.sides is None else gate.sides
    for side in plan.side:
        for key, check in zip(
            unique(f"precheck/{side.id}/{one.id}" for one in side.prechecks), side.prechecks, strict=True
        ):
            if check.by is not None:
                title = voice.identified(check.title, check.id)
                yield key, voice.say("timeline.precheck", side=voice.side(side.id), title=title), check.by, (side.id,)


def _stages(voice: Voice) -> Iterator[Told]:
    plan = voice.plan
    for key, stage in zip(unique(f"stage/{one.id}" for one in plan.stage), plan.stage, strict=True):
        title = voice.identified(stage.title, stage.id)
        if stage.opens is not None:
            yield f"{key}/opens", voice.say("timeline.stage_opens", title=title), stage.opens, plan.sides
        yield f"{key}/closes", voice.say("timeline.stage_closes", title=title), stage.closes, plan.sides
