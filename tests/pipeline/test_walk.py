from itertools import combinations, product
from pathlib import Path

import pytest

from accord.call.folder import load_call
from accord.errors import InvalidInput, Refused
from accord.pipeline.steps import LeftOut, StoodFinding
from accord.pipeline.walk import Walk, run
from accord.verify import verify
from accord.writing import write
from calls import PLAN, REVIEWS, expert, partner, proposal, tables, write_call


def walk(folder: Path) -> Walk:
    return run(load_call(folder))


def funded(walked: Walk) -> list[str]:
    assert walked.selection is not None
    return [one.proposal for one in walked.selection.result.funded]


def test_the_small_call_from_files_to_a_selection(small_call: Path) -> None:
    walked = walk(small_call)
    assert [step.name for step in walked.steps()] == [
        "eligibility",
        "conflicts",
        "affinity",
        "assignment",
        "ranking",
        "list",
        "selection",
    ]
    assert walked.ranking is not None
    assert walked.list is not None
    assert walked.selection is not None
    # Means by hand: P3 9.75; P1 and P5 8.5; P2 6.75; P6 6; P4 3.25 and excellence 1.5 below their thresholds.
    # P1 and P5 are equal on excellence too (4.25), so the lottery decides between them, provisionally.
    places = [(place.proposal, place.fundable) for place in walked.list.result.places]
    assert places[0] == ("P3", True)
    assert {name for name, _ in places[1:3]} == {"P1", "P5"}
    assert places[3:] == [("P2", True), ("P6", True), ("P4", False)]
    assert walked.list.result.lottery.status == "provisional"
    # JP has 100 million and each asks for 30: three are funded; EU has 900,000 and each asks for 250,000.
    result = walked.selection.result
    assert set(funded(walked)) == {"P3", "P1", "P5"}
    assert result.remaining == {"JP": 10_000_000, "EU": 15_000_000}
    assert result.reserve == ("P2", "P6")
    assert [(one.proposal, one.reason, [(s.side, s.amount) for s in one.short]) for one in result.not_funded] == [
        ("P2", "budget", [("JP", 20_000_000), ("EU", 10_000_000)]),
        ("P6", "budget", [("JP", 20_000_000), ("EU", 10_000_000)]),
        ("P4", "below-threshold", []),
    ]
    assert result.provisional is not None
    assert "lottery" in result.provisional


def test_the_assignment_is_the_best_of_all(small_call: Path) -> None:
    walked = walk(small_call)
    matrix = walked.affinity.arrays["affinity"].tolist()
    experts = list(walked.affinity.result.experts)
    sides = {one.id: one.side for one in walked.inputs.call.experts}
    choices = [
        pair
        for pair in combinations(range(len(experts)), 2)
        if {"JP", "EU"} <= {sides[experts[column]] for column in pair}
    ]
    best = max(
        sum(matrix[row][column] for row, pair in enumerate(assignment) for column in pair)
        for assignment in product(choices, repeat=len(matrix))
        if all(sum(column in pair for pair in assignment) <= 4 for column in range(len(experts)))
    )
    assert walked.assignment.result.total == best
    stood = walked.assignment.result.stood
    assert stood is not None
    assert (stood.pairs, stood.findings, stood.gain) == (12, (), best - stood.total)


def test_the_assignment_that_stood_is_checked(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["partners"][0]["investigators"] = [{"id": "E1"}]
    rows["experts"][3]["max_load"] = 2
    reviews = REVIEWS.replace("P6,E5,excellence,3\nP6,E5,impact,3\n", "")
    stood = walk(write_call(tmp_path / "call", rows=rows, reviews=reviews)).assignment.result.stood
    assert stood is not None
    assert stood.findings == (
        StoodFinding(
            kind="conflict", proposal="P1", expert="E1", found="own-proposal: takes part in it as investigator E1"
        ),
        StoodFinding(kind="load", expert="E4", found="3 reviews, at most 2"),
        StoodFinding(kind="number-of-experts", proposal="P6", found="1 experts, the plan asks for 2"),
        StoodFinding(kind="side-quota", proposal="P6", found="0 experts of JP, the plan asks for 1"),
    )


def test_reviews_in_conflict_and_of_ineligible_proposals_are_named_and_do_not_count(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["partners"][0]["investigators"] = [{"id": "E1"}]
    rows["proposals"][2]["duration_months"] = 99
    walked = walk(write_call(tmp_path / "call", rows=rows))
    assert walked.ranking is not None
    assert walked.ranking.result.left_out == (
        LeftOut(
            proposal="P1",
            expert="E1",
            kind="conflict",
            reason="own-proposal: takes part in it as investigator E1",
        ),
        LeftOut(proposal="P3", expert="E1", kind="not-eligible", reason="the proposal is not eligible"),
        LeftOut(proposal="P3", expert="E4", kind="not-eligible", reason="the proposal is not eligible"),
    )
    first = walked.ranking.result.assessments[0]
    assert (first.proposal, first.reviews, first.mean_total) == ("P1", 1, 8_500_000)
    assert "P3" not in {one.proposal for one in walked.ranking.result.assessments}


def test_without_scores_the_walk_ends_with_the_assignment(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", reviews=None)
    walked = walk(folder)
    assert [step.name for step in walked.steps()] == ["eligibility", "conflicts", "affinity", "assignment"]
    simulated = run(load_call(folder), simulate_reviews=3)
    assert simulated.selection is not None
    assert simulated.inputs.simulated == 3
    assert simulated.assignment == walked.assignment
    reviewed = {(score.proposal, score.expert) for score in simulated.inputs.call.reviews or ()}
    assert reviewed == {(pair.proposal, pair.expert) for pair in walked.assignment.result.pairs}


def test_scores_are_not_simulated_over_real_ones(small_call: Path) -> None:
    with pytest.raises(InvalidInput, match="the call has reviews"):
        run(load_call(small_call), simulate_reviews=1)


def test_an_impossible_assignment_is_explained_and_the_walk_goes_on(tmp_path: Path) -> None:
    rows = tables()
    rows["experts"] = [
        expert(number, side, max_load=1) for number, side in ((1, "JP"), (2, "EU"), (3, "JP"), (4, "EU"))
    ]
    reviews = "".join(line for line in REVIEWS.splitlines(keepends=True) if ",E5," not in line)
    walked = walk(write_call(tmp_path / "call", rows=rows, reviews=reviews))
    lines = walked.assignment.result.infeasible
    assert lines[-2:] == (
        "12 reviews are wanted, the experts can take 4",
        "every maximum load greater by 2 would do",
    )
    assert any(" lacks " in line for line in lines)
    assert walked.selection is not None


def test_the_panels_consensus_orders_the_list(tmp_path: Path) -> None:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "consensus"\nadvice = ["mean"]')
    plan = plan.replace('thresholds_on = "mean"', 'thresholds_on = "consensus"')
    agreed = {"P1": "3", "P2": "5", "P3": "4", "P4": "4.5", "P5": "1", "P6": "3.5"}
    rows = [f"{name},{criterion},{score}" for name, score in agreed.items() for criterion in ("excellence", "impact")]
    consensus = "\n".join(["proposal,criterion,score", *rows, ""])
    walked = walk(write_call(tmp_path / "call", plan=plan, consensus=consensus))
    assert walked.list is not None
    assert [place.proposal for place in walked.list.result.places] == ["P2", "P4", "P3", "P6", "P1", "P5"]
    assert walked.list.result.advice["mean"] == ("P3", "P1", "P5", "P2", "P6", "P4")
    assert funded(walked) == ["P2", "P4", "P3"]


@pytest.mark.parametrize("rule", ["list-order", "list-with-skips", "ties-by-funds", "max-merit"])
def test_every_rule_keeps_every_budget(tmp_path: Path, rule: str) -> None:
    plan = PLAN.replace('rule = "list-with-skips"', f'rule = "{rule}"')
    rows = tables()
    rows["proposals"][2]["partners"][0]["requested"] = "60000000"
    walked = walk(write_call(tmp_path / "call", plan=plan, rows=rows))
    expected = {
        # P3 takes 60 of 100 million, so one of P1 and P5 (30 each) can follow, and then nothing of 30.
        "list-order": 2,
        "list-with-skips": 2,
        "ties-by-funds": 2,
        # P3's merit is 4.75 and that of P1, P5 3.5 each: three of 30 million reach 3.5 + 3.5 + 1.75.
        "max-merit": 3,
    }
    assert len(funded(walked)) == expected[rule]
    assert walked.selection is not None
    assert all(left >= 0 for left in walked.selection.result.remaining.values())
    if rule == "max-merit":
        assert set(funded(walked)) == {"P1", "P5", "P2"}
        assert walked.selection.result.value == 3_500_000 + 3_500_000 + 1_750_000
        assert walked.selection.result.optimal


def test_a_refused_tie_stops_the_run_and_names_the_proposals(tmp_path: Path) -> None:
    plan = PLAN.replace('ties = ["score:excellence", "lottery"]', 'ties = ["score:excellence", "refuse"]')
    with pytest.raises(Refused, match="no tie between P1, P5"):
        walk(write_call(tmp_path / "call", plan=plan))


def test_the_lottery_is_drawn_from_every_sides_reveal(tmp_path: Path) -> None:
    from accord.methods.lottery import commitment  # noqa: PLC0415

    secrets = {"JP": b"j" * 32, "EU": b"e" * 32}
    commitments = "side,commitment\n" + "".join(
        f"{side},{commitment('small', side, secret)}\n" for side, secret in secrets.items()
    )
    reveals = "side,secret\n" + "".join(f"{side},{secret.hex()}\n" for side, secret in secrets.items())
    drawn = walk(write_call(tmp_path / "a", lottery_commitments=commitments, lottery_reveals=reveals))
    assert drawn.list is not None
    assert drawn.selection is not None
    assert drawn.list.result.lottery.status == "drawn"
    assert len(drawn.list.result.lottery.decided) == 1
    assert drawn.selection.result.provisional is None
    withheld = "".join(reveals.splitlines(keepends=True)[:2])
    stopped = walk(write_call(tmp_path / "b", lottery_commitments=commitments, lottery_reveals=withheld))
    assert stopped.list is not None
    assert stopped.selection is not None
    assert stopped.list.result.lottery.status == "stopped"
    assert "EU" in stopped.list.result.lottery.reason
    assert "EU" in (stopped.selection.result.provisional or "")


def test_experts_without_a_side_are_assigned(tmp_path: Path) -> None:
    plan = PLAN.replace("min_experts_per_side = 1", "min_experts_per_side = 0")
    rows = tables()
    rows["experts"] = [expert(number, None) for number in range(1, 5)]
    walked = walk(write_call(tmp_path / "call", plan=plan, rows=rows, reviews=None))
    assert len(walked.assignment.result.pairs) == 12


def test_a_unit_that_is_no_currency_is_counted_whole(tmp_path: Path) -> None:
    plan = PLAN.replace('unit = "EUR"\nbudget = "900000.00"', 'unit = "node-hours"\nbudget = "5000"')
    plan = plan.replace('max_per_proposal = "500000.00"', 'max_per_proposal = "3000"')
    rows = {**tables(), "proposals": [proposal(1), proposal(3)]}
    for row in rows["proposals"]:
        row["partners"][1] = partner("EU", "Jena", "2000") | {"unit": "node-hours"}
    reviews = "".join(line for line in REVIEWS.splitlines(keepends=True) if line[:3] in {"pro", "P1,", "P3,"})
    walked = walk(write_call(tmp_path / "call", plan=plan, rows=rows, reviews=reviews))
    assert funded(walked) == ["P3", "P1"]
    assert walked.selection is not None
    assert walked.selection.result.remaining["EU"] == 1000


def test_nothing_but_the_inputs_decides(tmp_path: Path, small_call: Path) -> None:
    rows = {name: table[::-1] for name, table in tables().items()}
    other = walk(write_call(tmp_path / "other", rows=rows))
    assert [step.content for step in other.steps()] == [step.content for step in walk(small_call).steps()]


def test_the_reference_call(quantum_call: Path) -> None:
    walked = walk(quantum_call)
    assert walked.selection is not None
    assert walked.ranking is not None
    assert walked.assignment.result.stood is not None
    assert walked.assignment.result.stood.findings == ()
    assert len(walked.eligibility.result.eligible) == 98
    requests = {
        one.id: [one.requested(side) for side in walked.inputs.call.plan.plan.side]
        for one in walked.inputs.call.proposals
    }
    spent = [sum(requests[name][side] for name in funded(walked)) for side in range(2)]
    assert spent[0] <= 700_000_000
    assert spent[1] <= 1_400_000_000
    left = walked.selection.result.remaining
    assert spent == [700_000_000 - left["JP"], 1_400_000_000 - left["EU"]]
    assert [one.affinity for one in walked.assignment.result.pairs] == [
        int(
            walked.affinity.arrays["affinity"][walked.affinity.result.proposals.index(one.proposal)][
                walked.affinity.result.experts.index(one.expert)
            ]
        )
        for one in walked.assignment.result.pairs
    ]


def test_no_proposal_eligible_is_a_walk_that_verifies(tmp_path: Path) -> None:
    plan = PLAN.replace('countries = ["JP"]', 'countries = ["KR"]')
    walked = walk(write_call(tmp_path / "call", plan=plan))
    assert walked.eligibility.result.eligible == ()
    write(walked, tmp_path / "record")
    assert verify(tmp_path / "record").holds


def test_without_what_the_thresholds_look_at_nothing_is_fundable(tmp_path: Path) -> None:
    plan = PLAN.replace('thresholds_on = "mean"', 'thresholds_on = "consensus"')
    consensus = "proposal,criterion,score\nP1,excellence,4\nP1,impact,4\n"
    walked = walk(write_call(tmp_path / "call", plan=plan, consensus=consensus))
    assert funded(walked) == ["P1"]
    assert walked.list is not None
    assert [place.proposal for place in walked.list.result.places if place.fundable] == ["P1"]


def test_nothing_that_is_written_after_the_first_reveal_moves_the_lottery(tmp_path: Path) -> None:
    from accord.methods.lottery import commitment  # noqa: PLC0415

    secrets = {"JP": b"j" * 32, "EU": b"e" * 32}
    committed = "".join(f"{side},{commitment('small', side, secret)}\n" for side, secret in secrets.items())
    revealed = "".join(f"{side},{secret.hex()}\n" for side, secret in secrets.items())
    seeds = set()
    for number, reviews in enumerate((REVIEWS, REVIEWS.replace("P6,E2,impact,3.5", "P6,E2,impact,4"))):
        folder = write_call(
            tmp_path / str(number),
            reviews=reviews,
            lottery_commitments=f"side,commitment\n{committed}",
            lottery_reveals=f"side,secret\n{revealed}",
        )
        walked = walk(folder)
        assert walked.list is not None
        seeds.add(walked.list.result.lottery.seed)
    assert len(seeds) == 1
