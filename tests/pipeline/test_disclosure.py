"""What one reader may see of a walk: exactly what the plan's rules let out, and not a token more."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_tokens import FUNDED, LETTERS, SALT, everything, may_see, planted, rules, tokens

from accord.call.folder import load_call
from accord.call.values import (
    ConsensusScore,
    DeclaredConflict,
    Expert,
    Investigator,
    Partner,
    Proposal,
    Score,
)
from accord.errors import InvalidInput, Refused, UnusableFolder
from accord.methods.conflicts import Conflict
from accord.methods.eligibility import FailedRule
from accord.methods.listing import Place
from accord.methods.scores import Assessment
from accord.pipeline import steps
from accord.pipeline.disclosure import disclosed, outcomes, view_of_side
from accord.pipeline.disclosure_status import disclosed_status
from accord.pipeline.disclosure_view import PUBLIC, Reader, pseudonyms
from accord.pipeline.walk import Walk, run
from accord.plan.load import parse_plan
from accord.plan.practice import ApplicantMatter, Disclosure, SideMatter
from accord.plan.types import Block
from calls import PLAN, write_call

SIDE_MATTERS = get_args(SideMatter)
INELIGIBLE = "P6"
SUBSETS = st.sets(st.sampled_from(SIDE_MATTERS))


@cache
def walk_of(plan: str) -> Walk:
    with TemporaryDirectory() as folder:
        return planted(Path(folder) / "call", plan)


def under(walk: Walk, plan: str) -> Walk:
    """The same walk under other rules of disclosure, which change no step."""
    call = replace(walk.inputs.call, plan=parse_plan(plan.encode()))
    return replace(walk, inputs=replace(walk.inputs, call=call))


def reader_of(name: str, walk: Walk) -> Reader:
    return Reader.named(f"applicants:{name}" if name.startswith("P") else name, walk.inputs.call.plan.plan)


def seen_by(name: str, walk: Walk) -> set[str]:
    """The tokens that a reader's copy of a walk holds."""
    text = everything(disclosed(walk, reader_of(name, walk)))
    return {token.text for token in tokens(walk) if token.text in text}


def allowed(name: str, walk: Walk, matters: set[str]) -> set[str]:
    """The tokens that the rules let a reader see, of those that the whole walk holds."""
    whole = everything(disclosed(walk, Reader("sides")))
    found = {token.text for token in tokens(walk) if may_see(token, name, matters)}
    return {text for text in found if text in whole}


def test_the_tokens_are_told_apart_and_all_there() -> None:
    walk = walk_of(rules())
    texts = [token.text for token in tokens(walk)]
    whole = everything(disclosed(walk, Reader("sides")))
    assert [text for text in texts if text not in whole] == []
    assert len(set(texts)) == len(texts) > 200
    assert walk.selection is not None
    assert tuple(one.proposal for one in walk.selection.result.funded) == FUNDED
    assert set(outcomes(walk).values()) == set(LETTERS)
    assert disclosed(walk, Reader("sides")).walk is walk


@pytest.mark.parametrize("side", ["JP", "EU"])
def test_by_default_a_side_sees_what_the_decision_rests_on(side: str) -> None:
    walk = walk_of(rules())
    assert seen_by(side, walk) == allowed(side, walk, set(Disclosure().side))
    hidden = {token.text for token in tokens(walk)} - seen_by(side, walk)
    other = "EU" if side == "JP" else "JP"
    assert {f"zinv{other}1", f"zper{other}1", "zreason6", "znam6"} <= hidden


@settings(max_examples=150, deadline=None)
@given(side=st.sampled_from(["JP", "EU"]), matters=SUBSETS)
def test_a_side_sees_exactly_what_the_rules_let_out(side: str, matters: set[str]) -> None:
    walk = under(walk_of(rules()), rules(side=sorted(matters)))
    assert seen_by(side, walk) == allowed(side, walk, matters)


@settings(max_examples=40, deadline=None)
@given(side=st.sampled_from(["JP", "EU"]), matters=SUBSETS, off=st.sampled_from(SIDE_MATTERS))
def test_holding_a_matter_back_never_adds_a_token(side: str, matters: set[str], off: str) -> None:
    base = walk_of(rules())
    more = seen_by(side, under(base, rules(side=sorted(matters | {off}))))
    less = seen_by(side, under(base, rules(side=sorted(matters - {off}))))
    assert less <= more


@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(1, 7),
    matters=st.sets(st.sampled_from(get_args(ApplicantMatter))),
)
def test_applicants_see_their_own_proposal_and_what_the_letter_holds(number: int, matters: set[str]) -> None:
    walk = under(walk_of(rules()), rules(applicants=sorted(matters)))
    name = f"P{number}"
    letter = set(LETTERS[outcomes(walk)[name]])
    let_out = matters | letter | ({"totals"} if "scores" in letter else set())
    if name == INELIGIBLE:
        let_out = set()  # no score of it counts
    assert seen_by(name, walk) == allowed(name, walk, let_out)


@settings(max_examples=30, deadline=None)
@given(publish=st.sets(st.sampled_from(PUBLIC), min_size=1))
def test_the_public_sees_what_is_published_of_funded_proposals(publish: set[str]) -> None:
    walk = under(walk_of(rules()), rules(publish=sorted(publish)))
    assert seen_by("public", walk) == allowed("public", walk, publish)
    general = everything(disclosed(walk, Reader("applicants")))
    assert {one.text for one in tokens(walk) if one.text in general} == allowed("public", walk, publish)
    public = everything(disclosed(walk, Reader("public")))
    assert all(f'"{name}"' not in public for name in ("P1", "P2", "P3", "P4", "P5", "P6", "P7"))


def test_a_copy_holds_neither_key_nor_digests_nor_certificate() -> None:
    walk = walk_of(rules(side=SIDE_MATTERS))
    for name in ("JP", "EU", "P1", "public"):
        copy = disclosed(walk, reader_of(name, walk)).walk
        assert copy.inputs.call.salt_key is None
        assert copy.inputs.call.sources == {}
        assert [step.inputs for step in copy.steps()] == [{} for _ in copy.steps()]
        assert copy.assignment.result.certificate is None


FIELDS = {
    Proposal: "id title abstract topic duration_months partners joint_reference excluded_experts",
    Partner: "organisation country city ror department side role investigators requested unit overhead",
    Investigator: "id name orcid lead",
    Expert: "id name orcid side organisation country ror department max_load min_load publications coauthors",
    Score: "proposal expert criterion score comment",
    ConsensusScore: "proposal criterion score comment",
    DeclaredConflict: "proposal expert reason declared_by kind year",
    Conflict: "proposal expert kind evidence",
    FailedRule: "rule side found",
    steps.AffinityResult: "proposals experts matrix weights",
    steps.AssignmentResult: "proposals experts pairs total worst unique certificate infeasible stood",
    steps.AssignedPair: "proposal expert affinity next_choice next_affinity why cost",
    steps.RankingResult: "order_by assessments calibrated leniency unranked left_out",
    steps.CalibratedRank: "proposal expected_rank percentile interval posterior_mean tie_group",
    steps.LeftOut: "proposal expert kind reason",
    Assessment: "proposal reviews mean_total consensus_total criteria judged missed",
    steps.ListResult: "places line lottery advice",
    Place: "place proposal tie_group fundable decided_by",
    steps.LotteryDraw: "status reason seed decided",
    steps.SelectionResult: "rule funded reserve not_funded budgets remaining value bound optimal canonical solver"
    " provisional topic_remaining unmet top_up",
    steps.Funded: "proposal place requested remaining reduced",
    steps.NotFunded: "proposal place reason short stopped_at reserve_place",
    steps.Shortage: "side amount",
}
"""Every field that was looked at: who may read it is decided in `accord.pipeline.disclosure_call` and `_steps`."""


@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_of_every_field_it_is_decided_who_may_read_it(model: type[Block]) -> None:
    assert sorted(model.model_fields) == sorted(FIELDS[model].split()), (
        "a new field is held back from every single reader until disclosure_call.py or disclosure_steps.py lets it out;"
        " decide that, write it into docs/disclosure.md if it is let out, and name it here"
    )


def test_with_every_matter_the_proposals_are_the_ones_there_were() -> None:
    walk = walk_of(rules(side=SIDE_MATTERS))
    copy = disclosed(walk, reader_of("EU", walk)).walk
    assert [one.model_dump() for one in copy.inputs.call.proposals] == [
        one.model_dump() for one in walk.inputs.call.proposals
    ]
    assert copy.selection is not None
    assert walk.selection is not None
    assert copy.selection.result == walk.selection.result


def test_why_no_assignment_meets_the_plan_is_not_told_where_experts_are_hidden() -> None:
    walk = walk_of(rules())
    unmet = walk.assignment.result.model_copy(update={"pairs": (), "infeasible": ("P1 lacks zexp2",)})
    walk = replace(walk, assignment=replace(walk.assignment, result=unmet))
    told = {
        name: disclosed(walk, reader_of(name, walk)).walk.assignment.result.infeasible
        for name in ("JP", "P1", "public")
    }
    assert told == {"JP": ("no assignment meets the plan; why is not shown to this reader",), "P1": (), "public": ()}
    every = under(walk, rules(side=SIDE_MATTERS))
    assert disclosed(every, reader_of("JP", every)).walk.assignment.result.infeasible == ("P1 lacks zexp2",)


def test_with_every_matter_a_side_sees_all_tokens() -> None:
    walk = walk_of(rules(side=SIDE_MATTERS))
    assert seen_by("JP", walk) == {token.text for token in tokens(walk)}


def test_pseudonyms_follow_no_order_and_differ_by_reader() -> None:
    walk = walk_of(rules())
    names = [f"E{number:03}" for number in range(200)]
    many = tuple(Expert(id=name, organisation="A", side="EU") for name in names)
    call = replace(walk.inputs.call, experts=many)
    view = view_of_side(call, Reader("side", side="JP"), {})
    shown = [view.experts[name] for name in names]
    assert sorted(shown) == [f"expert-{n:03}" for n in range(1, 201)]
    rising = sum(before < after for before, after in pairwise(shown))
    assert 80 < rising < 120  # about half, as in any order
    other = view_of_side(replace(call, salt_key=b"another key of thirty-two bytes!"), Reader("side", side="JP"), {})
    assert sum(view.experts[name] == other.experts[name] for name in view.experts) < 10


def test_an_own_expert_that_is_called_like_a_pseudonym_stays_told_apart() -> None:
    call = walk_of(rules()).inputs.call
    assert pseudonyms(call, Reader("side", side="JP"), "expert", ["E9"], {"expert-1"}) == {"E9": "expert--1"}


def test_without_a_secret_key_nothing_is_cut() -> None:
    whole = walk_of(rules())
    walk = replace(whole, inputs=replace(whole.inputs, call=replace(whole.inputs.call, salt_key=None)))
    for reader in (Reader("side", side="JP"), Reader("public"), Reader("applicants", proposal="P1")):
        with pytest.raises(InvalidInput, match=r"the call has no salt\.key"):
            disclosed(walk, reader)
    with pytest.raises(InvalidInput, match=r"the call has no salt\.key"):
        disclosed_status(walk.inputs.call, Reader("side", side="JP"))


def test_nothing_provisional_leaves_the_sides(tmp_path: Path) -> None:
    (write_call(tmp_path / "call", plan=rules()) / "salt.key").write_text(SALT, encoding="ascii")
    walk = run(load_call(tmp_path / "call"))
    for reader in (Reader("public"), Reader("applicants"), Reader("applicants", proposal="P1")):
        with pytest.raises(Refused, match="the lottery is not drawn"):
            disclosed(walk, reader)
    shown = disclosed(under(walk, rules(side=["title"])), Reader("side", side="JP")).walk
    assert shown.selection is not None
    assert shown.selection.result.provisional == "the lottery is not drawn"


def test_readers_are_named_as_people_name_them() -> None:
    plan = parse_plan(PLAN.encode()).plan
    assert Reader.named("JP", plan) == Reader("side", side="JP")
    assert Reader.named("sides", plan) == Reader("sides")
    assert Reader.named("public", plan) == Reader("public")
    assert Reader.named("applicants", plan) == Reader("applicants")
    assert Reader.named("applicants:P1", plan) == Reader("applicants", proposal="P1")
    assert Reader.named("applicants:P1", plan).name == "applicants:P1"
    for wrong in ("", "jp", "applicants:", "everybody"):
        with pytest.raises(InvalidInput, match="write one of sides, JP, EU, applicants:PROPOSAL, applicants, public"):
            Reader.named(wrong, plan)


def test_the_public_reads_nothing_where_the_plan_publishes_nothing() -> None:
    walk = under(walk_of(rules()), rules(publish=()))
    with pytest.raises(InvalidInput, match=r"results\.publish of the plan names nothing"):
        disclosed(walk, Reader("public"))
    with pytest.raises(InvalidInput, match="no proposal 'P99'"):
        disclosed(walk, Reader("applicants", proposal="P99"))


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (PLAN.replace('id = "JP"', 'id = "public"').replace('["JP", "EU"]', '["public", "EU"]'), "side[0].id"),
        (
            PLAN.replace('id = "JP"', 'id = "applicants:x"').replace('["JP", "EU"]', '["applicants:x", "EU"]'),
            "side[0].id",
        ),
        (PLAN + '\n[disclosure]\nside = ["title", "title"]\n', "disclosure.side[1]"),
        (PLAN + '\n[results]\npublish = ["title", "title"]\n', "results.publish[1]"),
        (PLAN + '\n[disclosure]\nside = ["titles"]\n', "disclosure.side[0]"),
        (PLAN + '\n[disclosure]\npublic = ["title"]\n', "disclosure.public"),
    ],
)
def test_rules_that_do_not_fit_are_refused(plan: str, found: str) -> None:
    with pytest.raises(UnusableFolder) as caught:
        parse_plan(plan.encode())
    assert [problem.field for problem in caught.value.problems if problem.severity == "error"] == [found]


def test_what_follows_from_what_is_let_out_is_warned_of() -> None:
    signed = parse_plan((PLAN + '\n[disclosure]\nside = ["scores"]\n').encode())
    assert sorted(problem.found for problem in signed.warnings) == [
        "'assignment' is held back, and follows from scores",
        "'totals' is held back, and follows from scores",
    ]
    assert signed.plan.recorded_only == ()
