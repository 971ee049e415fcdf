"""What a plan must agree with itself about: references that exist, amounts that are whole, rules that can be met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

from accord.errors import InvalidInput
from accord.plan.calendar import day_findings, has_holidays
from accord.plan.model import Plan, Side
from accord.plan.money import exponent
from accord.plan.practice import Log
from accord.record.log.notes import UnreadableNote, VerifierKey

CERTIFICATE: Final = re.compile("sha256:[0-9a-f]{64}")
A_CERTIFICATE: Final = "write sha256: and 64 digits, the SHA-256 of the certificate (DER)"
ANOTHER_DAY: Final = "choose another day"
READERS: Final = ("sides", "applicants", "public")  # what documents are for, besides one Side
FOLLOWS: Final = {"totals": {"scores"}, "assignment": {"scores"}}
"""What a Side can work out of other matters that it is let see."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a plan that does not fit: where, what, and what to write instead."""

    where: tuple[str | int, ...]
    found: str
    expected: str
    severity: Literal["error", "warning"] = "error"


def findings(plan: Plan) -> Iterator[Finding]:
    """Everything in a plan that does not fit; errors first by rule, then warnings of the calendar."""
    yield from _repeated(plan)
    yield from _languages(plan)
    yield from _units(plan)
    yield from _references(plan)
    yield from _order_of_instants(plan)
    yield from _can_be_met(plan)
    yield from _selection_can_be_met(plan)
    yield from _criteria(plan)
    yield from _ranking(plan)
    yield from _readers(plan)
    yield from _keys(plan)
    yield from _calendar(plan)


def _keys(plan: Plan) -> Iterator[Finding]:
    told: list[tuple[tuple[str | int, ...], str]] = []
    for number, side in enumerate(plan.side):
        for place, one in enumerate(side.signatories):
            where: tuple[str | int, ...] = ("side", number, "signatories", place)
            if one.way == "key" and one.public_key is not None:
                told.append(((*where, "public_key"), one.public_key))
            if one.way == "pdf" and one.public_key is not None and not CERTIFICATE.fullmatch(one.public_key):
                yield Finding((*where, "public_key"), f"found {one.public_key[:40]!r}", A_CERTIFICATE)
            if one.valid_from and one.valid_until and one.valid_until <= one.valid_from:
                yield Finding((*where, "valid_until"), "it is not after valid_from", "the delegation would never stand")
    if plan.log is not None:
        told += [(("log", "host"), plan.log.host)]
        told += [(("log", "witness", side), key) for side, key in plan.log.witness.items()]
        yield from _log(plan, plan.log)
    owners: dict[bytes, str] = {}
    for where, text in told:
        try:
            public = VerifierKey.of(text).public
        except UnreadableNote as error:
            yield Finding(where, str(error), "write the line that `accord key show` prints")
            continue
        if where == ("log", "host"):
            continue  # a Side may host the log, and witnesses it all the same
        owner = plan.side[where[1]].id if isinstance(where[1], int) else str(where[-1])
        if owners.setdefault(public, owner) != owner:
            found = f"it is the key of {owners[public]} too"
            yield Finding(where, found, "every Side has keys of its own, or one could act for another")


def _log(plan: Plan, log: Log) -> Iterator[Finding]:
    for name in sorted({*plan.sides} ^ {*log.witness}):
        expected = "name one witness key for each Side of this plan, and for no other"
        yield Finding(("log", "witness"), f"{name} has none, or is no Side", expected)
    for name, certificate in log.tsa.items():
        if name not in plan.sides:
            yield Finding(("log", "tsa", name), f"{name} is no Side of this plan", f"write {', '.join(plan.sides)}")
        if not CERTIFICATE.fullmatch(certificate):
            yield Finding(("log", "tsa", name), f"found {certificate[:40]!r}", A_CERTIFICATE)
    if "\n" in log.origin:
        yield Finding(("log", "origin"), "it has several lines", "write one, such as example.org/quantum-2026")


def _languages(plan: Plan) -> Iterator[Finding]:
    preferred = plan.call.prevailing_language
    if preferred not in plan.call.title:
        found = f"{preferred!r} prevails, and the call has no title in it"
        expected = f"write one of {', '.join(plan.call.title)}, or add it"
        yield Finding(("call", "prevailing_language"), found, expected, "warning")


def _repeated(plan: Plan) -> Iterator[Finding]:
    tables: tuple[tuple[tuple[str | int, ...], list[str]], ...] = (
        (("side",), [side.id for side in plan.side]),
        (("topic",), [topic.id for topic in plan.topic]),
        (("review", "criterion"), [criterion.id for criterion in plan.review.criterion]),
        (("stage",), [stage.id for stage in plan.stage]),
        (("gate",), [gate.id for gate in plan.gate]),
        *(
            (("side", place, "prechecks"), [check.id for check in side.prechecks])
            for place, side in enumerate(plan.side)
        ),
    )
    for place, names in tables:
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Finding((*place, number, "id"), f"{name!r} stands twice", "give each its own identifier")


def _units(plan: Plan) -> Iterator[Finding]:
    for number, side in enumerate(plan.side):
        try:
            exponent(side.unit)
        except InvalidInput as error:
            yield Finding(("side", number, "unit"), f"found {side.unit!r}", str(error))
            continue
        amounts = (
            (("budget",), side.budget),
            (("request", "max_per_proposal"), side.request.max_per_proposal),
            (("request", "min_per_proposal"), side.request.min_per_proposal),
            *((("topic_budgets", row, "amount"), part.amount) for row, part in enumerate(side.topic_budgets)),
            *((("year_budgets", row, "amount"), part.amount) for row, part in enumerate(side.year_budgets)),
        )
        for place, amount in amounts:
            try:
                if amount is not None:
                    side.minor(amount)
            except InvalidInput as error:
                yield Finding(("side", number, *place), f"found {amount!r}", str(error))
    for number, top_up in enumerate(plan.selection.top_up):
        try:
            if top_up.side in plan.sides:
                plan.side_of(top_up.side).minor(top_up.max)
        except InvalidInput as error:
            yield Finding(("selection", "top_up", number, "max"), f"found {top_up.max!r}", str(error))
    needs_rates = any(side.max_share is not None for side in plan.side)
    yield from _rates(plan, needed=needs_rates)


def _rates(plan: Plan, *, needed: bool) -> Iterator[Finding]:
    if plan.exchange is None:
        if needed:
            yield Finding((), "there is no [exchange]", "a limit to one Side's share needs dated rates")
        return
    known = {plan.exchange.reference, *plan.exchange.rates}
    for side in plan.side:
        if side.unit not in known:
            found = f"no rate for {side.unit}"
            expected = f'add rates = {{ {side.unit} = "…" }}'
            yield Finding(("exchange", "rates"), found, expected, "error" if needed else "warning")
        elif side.unit in plan.exchange.rates and float(plan.exchange.rates[side.unit]) == 0:
            yield Finding(("exchange", "rates", side.unit), "found 0", "a rate is greater than zero")


def _references(plan: Plan) -> Iterator[Finding]:
    sides, topics = plan.sides, [topic.id for topic in plan.topic]
    named: list[tuple[tuple[str | int, ...], str]] = [
        *(
            (("eligibility", "coordinator_sides", place), name)
            for place, name in enumerate(plan.eligibility.coordinator_sides)
        ),
        *((("results", "redress", name), name) for name in (plan.results.redress if plan.results else ())),
        *((("selection", "top_up", place, "side"), one.side) for place, one in enumerate(plan.selection.top_up)),
    ]
    for number, criterion in enumerate(plan.review.criterion):
        around = ("review", "criterion", number, "sides")
        named += [((*around, place), name) for place, name in enumerate(criterion.sides or ())]
    for number, gate in enumerate(plan.gate):
        named += [(("gate", number, "sides", place), name) for place, name in enumerate(gate.sides or ())]
    for where, name in named:
        if name not in sides:
            yield Finding(where, f"found {name!r}", f"write a Side of this plan: {', '.join(sides)}")
    for number, side in enumerate(plan.side):
        for place, part in enumerate(side.topic_budgets):
            if part.topic not in topics:
                expected = f"write a topic of this plan: {', '.join(topics)}"
                yield Finding(("side", number, "topic_budgets", place, "topic"), f"found {part.topic!r}", expected)
    criteria = [criterion.id for criterion in plan.review.criterion]
    for number, tie in enumerate(plan.selection.ties):
        if tie.startswith("score:") and tie.removeprefix("score:") not in criteria:
            expected = f"write score: and a criterion of this plan: {', '.join(criteria)}"
            yield Finding(("selection", "ties", number), f"found {tie!r}", expected)


def _order_of_instants(plan: Plan) -> Iterator[Finding]:
    instants = [
        (name, instant)
        for name in type(plan.timeline).model_fields
        if isinstance(instant := getattr(plan.timeline, name), datetime)
    ]
    for (before, first), (after, second) in pairwise(instants):
        if second <= first:
            found = f"{after} ({second.isoformat()}) is not after {before} ({first.isoformat()})"
            yield Finding(("timeline", after), found, "put the instants in their order")
    if plan.lottery is not None and plan.lottery.reveal_by <= plan.lottery.commit_by:
        yield Finding(("lottery", "reveal_by"), "it is not after commit_by", "every Side commits before any reveals")


def _can_be_met(plan: Plan) -> Iterator[Finding]:
    rules = plan.eligibility
    if rules.partners.min > rules.partners.max:
        yield Finding(("eligibility", "partners"), "min is greater than max", "no proposal could be eligible")
    wanted = sum(side.partners.min for side in plan.side)
    if wanted > rules.partners.max:
        found = f"the Sides ask for {wanted} partners together, at most {rules.partners.max} are allowed"
        yield Finding(("eligibility", "partners"), found, f"allow at least {wanted}, or ask for fewer")
    if all(side.partners.max is not None for side in plan.side):
        most = sum(side.partners.max or 0 for side in plan.side)
        if most < rules.partners.min:
            found = f"the Sides allow {most} partners together, at least {rules.partners.min} are needed"
            yield Finding(("eligibility", "partners"), found, "no proposal could be eligible")
    if all(side.max_share is not None for side in plan.side):
        shares = sum(side.max_share or 0 for side in plan.side)
        if shares < 1:
            found = f"the Sides' greatest shares add up to {shares}"
            yield Finding(("side", 0, "max_share"), found, "no proposal could be eligible: at least 1 together")
    months = rules.duration_months
    if months is not None and months.min > months.max:
        yield Finding(("eligibility", "duration_months"), "min is greater than max", "no proposal could be eligible")
    for number, side in enumerate(plan.side):
        yield from _side_can_be_met(number, side)
    review = plan.review
    experts = review.min_experts_per_side * len(plan.side)
    if experts > review.experts_per_proposal:
        found = f"{review.min_experts_per_side} of each of {len(plan.side)} Sides are {experts} experts a proposal"
        yield Finding(
            ("review", "min_experts_per_side"),
            found,
            f"experts_per_proposal is {review.experts_per_proposal}",
        )
    if review.min_load > review.max_load:
        yield Finding(("review", "min_load"), "it is greater than max_load", "no expert could be given as many")


def _selection_can_be_met(plan: Plan) -> Iterator[Finding]:
    """The limits of the selection agree with themselves: least and greatest numbers, parts of budgets."""
    for number, topic in enumerate(plan.topic):
        if topic.min_funded is not None and topic.max_funded is not None and topic.min_funded > topic.max_funded:
            found = f"min_funded is {topic.min_funded}, max_funded {topic.max_funded}"
            yield Finding(("topic", number, "min_funded"), found, "no selection could meet both: swap them")
    for number, side in enumerate(plan.side):
        topics = [part.topic for part in side.topic_budgets]
        for row, topic_id in enumerate(topics):
            if topic_id in topics[:row]:
                found = f"{topic_id!r} stands twice"
                yield Finding(("side", number, "topic_budgets", row, "topic"), found, "give a topic one part")
        try:
            parts = sum(side.minor(part.amount) for part in side.topic_budgets)
            if parts > side.minor(side.budget):
                found = f"the parts add up to more than the budget of {side.budget}"
                yield Finding(("side", number, "topic_budgets"), found, "they are parts of the budget: write less")
        except InvalidInput:
            continue  # told already, as an amount that is not whole


def _side_can_be_met(number: int, side: Side) -> Iterator[Finding]:
    partners = side.partners
    if partners.max is not None and partners.min > partners.max:
        yield Finding(("side", number, "partners"), "min is greater than max", "no proposal could be eligible")
    if partners.min_countries > len(side.countries):
        found = f"min_countries is {partners.min_countries}, the Side has {len(side.countries)}"
        yield Finding(("side", number, "partners"), found, "no proposal could be eligible")
    request = side.request
    if request.max_per_proposal is not None and request.min_per_proposal is not None:
        try:
            if side.minor(request.min_per_proposal) > side.minor(request.max_per_proposal):
                yield Finding(
                    ("side", number, "request"),
                    "min_per_proposal is greater than max_per_proposal",
                    "swap them",
                )
        except InvalidInput:
            return  # told already, as an amount that is not whole


def _criteria(plan: Plan) -> Iterator[Finding]:
    review = plan.review
    for number, criterion in enumerate(review.criterion):
        scale = criterion.scale
        place: tuple[str | int, ...] = ("review", "criterion", number)
        if scale.step <= 0 or scale.max <= scale.min or (scale.max - scale.min) % scale.step:
            found = f"from {scale.min} to {scale.max} in steps of {scale.step}"
            yield Finding((*place, "scale"), found, "steps lead from min to max")
        if criterion.threshold is not None and not scale.min <= criterion.threshold <= scale.max:
            expected = f"a threshold lies on the scale, {scale.min} to {scale.max}"
            yield Finding((*place, "threshold"), f"found {criterion.threshold}", expected)
        if criterion.sides is not None:
            found = "a criterion of one Side only is recorded, not executed"
            yield Finding((*place, "sides"), found, "its scores count like everybody's", "warning")
    best = sum(criterion.weight * criterion.scale.max for criterion in review.criterion)
    if review.total_threshold is not None and review.total_threshold > best:
        found = f"found {review.total_threshold}"
        yield Finding(("review", "total_threshold"), found, f"the best total is {best}; no proposal could pass")


def _ranking(plan: Plan) -> Iterator[Finding]:
    if plan.ranking.ties_are == "not-separable" and plan.ranking.order_by != "calibrated":
        found = f"'not-separable' with order_by = {plan.ranking.order_by!r}"
        expected = 'only calibrated ranks carry an interval: write ties_are = "equal"'
        yield Finding(("ranking", "ties_are"), found, expected)
    for number, tie in enumerate(plan.selection.ties[:-1]):
        if tie in {"lottery", "refuse"}:
            found = f"{tie!r} leaves no tie for what follows it"
            yield Finding(("selection", "ties", number), found, "put it last")
    if plan.selection.ties[-1] not in {"lottery", "refuse"}:
        found = f"{plan.selection.ties[-1]!r} is last and may leave a tie"
        yield Finding(("selection", "ties"), found, "end with lottery or refuse; refuse is assumed", "warning")


def _readers(plan: Plan) -> Iterator[Finding]:
    """Who reads is told apart, no matter stands twice, and nothing is held back that follows from what is let out."""
    for number, side in enumerate(plan.side):
        if side.id in READERS or side.id.startswith(f"{READERS[1]}:"):
            found = f"found {side.id!r}, which is what documents call other readers than a Side"
            yield Finding(("side", number, "id"), found, "give the Side another identifier")
    told: dict[tuple[str, str], tuple[str, ...]] = {
        ("disclosure", "side"): plan.disclosure.side,
        ("disclosure", "applicants"): plan.disclosure.applicants,
        ("results", "publish"): () if plan.results is None else plan.results.publish,
    }
    for place, matters in told.items():
        for number, matter in enumerate(matters):
            if matter in matters[:number]:
                yield Finding((*place, number), f"{matter!r} stands twice", "write it once")
    let_out = set(plan.disclosure.side)
    for follows, sources in FOLLOWS.items():
        if follows not in let_out and sources <= let_out:
            found = f"{follows!r} is held back, and follows from {' and '.join(sorted(sources))}"
            yield Finding(("disclosure", "side"), found, f"let out {follows!r}, or hold one of these back", "warning")


def _calendar(plan: Plan) -> Iterator[Finding]:
    place = ("timeline", "closes")
    for number, side in enumerate(plan.side):
        if side.holidays is not None and not has_holidays(side.holidays):
            yield Finding(("side", number, "holidays"), f"found {side.holidays!r}", 'write a country such as "JP"')
        for one in day_findings(side, "timeline.closes", plan.timeline.closes):
            when = f"{one.local:%Y-%m-%d %H:%M} in {side.timezone}"
            if one.kind == "holiday":
                yield Finding(place, f"{when} is a holiday of {side.id} ({one.holiday})", ANOTHER_DAY, "warning")
            elif one.kind == "weekend":
                yield Finding(place, f"{when} is a weekend for {side.id}", ANOTHER_DAY, "warning")
            else:
                found = f"{when} is outside office hours for {side.id}"
                yield Finding(place, found, "nobody there can help in the last hour", "warning")
