"""How proposals are judged: criteria and thresholds, experts, conflicts, interviews, rebuttal."""

from __future__ import annotations

from collections.abc import Iterator

from accord.report.plan_document.applying import criteria_table
from accord.report.plan_document.blocks import Block, Line
from accord.report.plan_document.voice import Voice


def evaluation(voice: Voice) -> Iterator[Block]:
    """The evaluation, in the order in which it happens."""
    review = voice.plan.review
    yield voice.heading("evaluation", voice.say("evaluation.heading"))
    yield voice.heading("evaluation/criteria", voice.say("evaluation.criteria"), 3)
    yield criteria_table(voice, "evaluation/criteria/table", voice.say("evaluation.caption"), review.criterion)
    if any(one.sides is not None for one in review.criterion):
        yield voice.paragraph("evaluation/criteria/sides", voice.say("evaluation.recorded_sides"))
    total = (
        voice.say("evaluation.no_total")
        if review.total_threshold is None
        else voice.say("evaluation.total", threshold=voice.number(review.total_threshold))
    )
    yield voice.paragraph("evaluation/total", total)
    yield voice.paragraph("evaluation/thresholds", voice.say(f"evaluation.thresholds_{review.thresholds_on}"))
    yield voice.heading("evaluation/experts", voice.say("evaluation.experts"), 3)
    yield voice.bullets("evaluation/experts/list", _experts(voice))
    yield voice.heading("evaluation/conflicts", voice.say("evaluation.conflicts"), 3)
    yield voice.bullets("evaluation/conflicts/list", _conflicts(voice))
    interview, rebuttal = review.interview, review.rebuttal
    if interview is not None:
        yield voice.heading("evaluation/interview", voice.say("evaluation.interview"), 3)
        held = {"held": voice.say("evaluation.interview_held")}
        if interview.invited is not None:
            proposals = voice.count("proposals", interview.invited)
            held["invited"] = voice.say("evaluation.invited", proposals=proposals)
        if interview.minutes is not None:
            held["minutes"] = voice.say("evaluation.minutes", minutes=voice.count("minutes", interview.minutes))
        yield voice.bullets("evaluation/interview/list", held)
    if rebuttal is not None:
        yield voice.heading("evaluation/rebuttal", voice.say("evaluation.rebuttal"), 3)
        answer = {"held": voice.say("evaluation.rebuttal_held")}
        if rebuttal.max_words is not None:
            answer["words"] = voice.say("evaluation.rebuttal_words", words=voice.count("words", rebuttal.max_words))
        yield voice.bullets("evaluation/rebuttal/list", answer)


def _experts(voice: Voice) -> dict[str, Line]:
    review = voice.plan.review
    return {
        "each": voice.say("evaluation.experts_each", experts=voice.count("experts", review.experts_per_proposal)),
        "side": (
            voice.say("evaluation.experts_per_side", n=review.min_experts_per_side)
            if review.min_experts_per_side
            else voice.say("evaluation.experts_any_side")
        ),
        "most": voice.say("evaluation.max_load", proposals=voice.count("proposals", review.max_load)),
        "least": (
            voice.say("evaluation.min_load", proposals=voice.count("proposals", review.min_load))
            if review.min_load
            else voice.say("evaluation.no_min_load")
        ),
        "fairness": voice.say(f"evaluation.fairness_{review.fairness}"),
        "affinity": voice.say(f"evaluation.model_{voice.plan.affinity.model}"),
        **_weights(voice),
    }


def _weights(voice: Voice) -> dict[str, Line]:
    """The sentence model by name, and the digest by which it is known where no other will do."""
    rule = voice.plan.affinity
    if rule.weights is None:
        return {}
    weights = voice.code(rule.weights)
    if rule.weights_sha256 is None:
        return {"weights": voice.say("evaluation.weights", weights=weights)}
    digest = voice.code(rule.weights_sha256)
    return {"weights": voice.say("evaluation.weights_known", weights=weights, digest=digest)}


def _conflicts(voice: Voice) -> dict[str, Line]:
    rules = voice.plan.conflicts
    papers = rules.coauthor
    if papers is None:
        coauthor = voice.say("evaluation.no_coauthor")
    elif papers.max_authors is None:
        coauthor = voice.say("evaluation.coauthor", years=voice.count("years", papers.years))
    else:
        coauthor = voice.say(
            "evaluation.coauthor_authors",
            years=voice.count("years", papers.years),
            authors=voice.count("authors", papers.max_authors),
        )
    organisation = {True: "yes", False: "no", "department": "department"}[rules.same_organisation]
    joint = rules.joint_projects
    return {
        "own": voice.say("evaluation.conflict_own"),
        "declared": voice.say("evaluation.declared_yes" if rules.declared else "evaluation.declared_no"),
        "organisation": voice.say(f"evaluation.organisation_{organisation}"),
        "coauthor": coauthor,
        "joint": (
            voice.say("evaluation.no_joint_projects")
            if joint is None
            else voice.say("evaluation.joint_projects", years=voice.count("years", joint.years))
        ),
    }
