"""`accord assign --explain`: what further places on each Side would bring."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.cli.assign_explained import assign
from accord.errors import Infeasible


def asked(*arguments: str | Path) -> str:
    found = CliRunner().invoke(assign, [str(one) for one in arguments], catch_exceptions=True)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout or found.stderr


def test_each_side_is_told_for_people_and_machines(small_call: Path) -> None:
    told = json.loads(asked(small_call, "--explain", "-q", "--json"))
    nothing = {"one_place": {"total": 0, "worst": 0}, "one_place_each": {"total": 0, "worst": 0}}
    assert [one | nothing for one in told["sides"]] == told["sides"]
    assert [(one["side"], one["experts"], one["full"], one["sought"]) for one in told["sides"]] == [
        ("JP", 3, 0, None),
        ("EU", 2, 1, "E2"),
    ]
    assert asked(small_call, "--explain", "-q").splitlines() == [
        "  Side  experts  full  most sought  one place more there  one place more for each",
        "  JP    3        0     nobody       +0                    +0",
        "  EU    2        1     E2           +0                    +0",
        "gains are of the total affinity, in millionths; nothing is decided by this",
    ]


def test_a_load_that_is_reached_names_an_expert(small_call: Path) -> None:
    plan = small_call / "plan.toml"
    plan.write_text(plan.read_text().replace("max_load = 4", "max_load = 3"))
    told = json.loads(asked(small_call, "--explain", "-q", "--json"))["sides"]
    assert [(one["full"], one["sought"]) for one in told] == [(1, "E1"), (2, "E2")]


def test_without_the_question_it_assigns(small_call: Path) -> None:
    assert asked(small_call, "-q").splitlines()[0] == "proposal,expert,affinity,next_choice,next_affinity,why,cost"


def test_where_there_is_no_assignment_there_is_nothing_to_add_to(small_call: Path) -> None:
    plan = small_call / "plan.toml"
    plan.write_text(plan.read_text().replace("max_load = 4", "max_load = 1"))
    with pytest.raises(Infeasible, match="no assignment meets the plan, so nothing can be added to it"):
        asked(small_call, "--explain", "-q")


def test_an_explanation_is_not_written_to_a_file(small_call: Path) -> None:
    assert "--out is for the assignment itself" in asked(small_call, "--explain", "--out", "assigned.csv")
