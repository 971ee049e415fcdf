"""`accord select` with a question: other budgets, forced proposals."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.call.folder import load_call
from accord.cli.whatif import select
from accord.errors import Infeasible, InvalidInput
from accord.pipeline.walk import run
from accord.writing import write


def asked(*arguments: str | Path) -> str:
    found = CliRunner().invoke(select, [str(one) for one in arguments], catch_exceptions=True)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout or found.stderr


def test_more_money_says_who_joins(small_call: Path) -> None:
    said = asked(small_call, "--what-if", "JP=+20000000", "--what-if", "EU=1000000.00")
    assert said.splitlines() == [
        "if JP had JPY 120,000,000 (the plan: JPY 100,000,000)",
        "if EU had EUR 1,000,000.00 (the plan: EUR 900,000.00)",
        "  joins  P2  place 4  Proposal 2 on matter",
        "4 funded, merit +1.750 (proven); nothing is decided by this",
        "  left  JP  JPY 0",
        "  left  EU  EUR 0.00",
    ]


def test_a_record_answers_the_same_for_machines(small_call: Path, tmp_path: Path) -> None:
    write(run(load_call(small_call)), tmp_path / "record")
    said = [json.loads(asked(place, "--force", "P6", "--json")) for place in (small_call, tmp_path / "record")]
    assert said[0] == said[1]
    assert (said[0]["forced"], said[0]["joins"], said[0]["proven"]) == (["P6"], ["P6"], True)
    assert said[0]["leaves"] in (["P1"], ["P5"])
    assert said[0]["value"] == 1_000_000 - 3_500_000
    assert said[0]["remaining"] == {"JP": 10_000_000, "EU": 15_000_000}


def test_less_money_may_change_nothing(small_call: Path) -> None:
    assert "nobody joins, nobody leaves" in asked(small_call, "--what-if", "JP=-10000000")


def test_without_a_question_it_selects(small_call: Path) -> None:
    assert asked(small_call, "-q").splitlines()[0] == "place,proposal,state,reason,short,reserve"


@pytest.mark.parametrize("change", ["JP", "US=+5", "JP=+1.5", "JP=-200000000", "JP=*5"])
def test_a_question_that_cannot_be_meant_is_refused(small_call: Path, change: str) -> None:
    with pytest.raises(InvalidInput):
        asked(small_call, "--what-if", change)


def test_a_proposal_that_cannot_be_funded_is_told(small_call: Path) -> None:
    with pytest.raises(InvalidInput, match="P9 is not on the ranking list"):
        asked(small_call, "--force", "P9")
    with pytest.raises(Infeasible, match="Side 0 is short"):
        asked(small_call, "--force", "P3", "--what-if", "JP=1000")
    assert "--out is for the selection itself" in asked(small_call, "--force", "P3", "--out", "x.csv")


def test_a_proposal_says_what_it_displaces(small_call: Path) -> None:
    assert asked(small_call, "--explain", "P3").splitlines() == [
        "P3  place 1  funded  Proposal 3 on light",
        "  displaces P2; merit +3.000",
        "nothing is decided by this",
    ]
    said = asked(small_call, "--explain", "P2").splitlines()
    assert said[:3] == [
        "P2  place 4  not funded: budget  Proposal 2 on matter",
        "  short on JP by JPY 20,000,000",
        "  short on EU by EUR 100,000.00",
    ]
    assert said[3] in {f"  would displace {one}; merit -1.750" for one in ("P1", "P5")}  # the two are equal


def test_every_proposal_and_every_budget_is_explained(small_call: Path, tmp_path: Path) -> None:
    write(run(load_call(small_call)), tmp_path / "record")
    said = [json.loads(asked(place, "--json", "--explain")) for place in (small_call, tmp_path / "record")]
    assert said[0] == said[1]
    told = {one["proposal"]: one for one in said[0]["proposals"]}
    assert [(name, one["place"], one["funded"], one["reason"]) for name, one in told.items()] == [
        ("P3", 1, True, None),
        ("P5", 2, True, None),
        ("P1", 3, True, None),
        ("P2", 4, False, "budget"),
        ("P6", 5, False, "budget"),
        ("P4", 6, False, "below-threshold"),
    ]
    assert told["P6"]["short"] == {"JP": 20_000_000, "EU": 10_000_000}
    assert (told["P6"]["change"]["joins"], told["P6"]["change"]["value"]) == (["P6"], -2_500_000)
    assert told["P4"]["change"] is None
    nothing = {"joins": [], "leaves": [], "other_version": [], "value": 0, "proven": True, "binds": False}
    assert said[0]["budgets"] == [
        nothing | {"side": "JP", "more": 10_000_000},
        nothing | {"side": "EU", "more": 9_000_000},
    ]
    assert asked(small_call, "--explain").splitlines()[-4:] == [
        "if a Side had a tenth more",
        "  JP  +JPY 10,000,000  does not bind at this step",
        "  EU  +EUR 90,000.00   does not bind at this step",
        "nothing is decided by this",
    ]


def test_what_cannot_be_explained_is_refused(small_call: Path) -> None:
    with pytest.raises(InvalidInput, match="P99 is not on the ranking list"):
        asked(small_call, "--explain", "P99")
    assert "leave out --what-if and --force" in asked(small_call, "--force", "P6", "--explain")
