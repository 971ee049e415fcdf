import os
from pathlib import Path
from typing import Any

import pytest

from accord.call.folder import load_call
from accord.call.tables import read_table
from accord.call.values import Proposal
from accord.errors import UnusableFolder
from calls import PLAN, REVIEWS, partner, proposal, tables, write_call


def problems(folder: Path) -> list[str]:
    try:
        return [str(problem) for problem in load_call(folder).warnings]
    except UnusableFolder as error:
        return [str(problem) for problem in error.problems]


def with_partner(**more: Any) -> dict[str, list[dict[str, Any]]]:
    rows = tables()
    rows["proposals"][0]["partners"][1] |= more
    return rows


def test_the_small_call_loads_without_a_problem(small_call: Path) -> None:
    call = load_call(small_call)
    assert call.warnings == ()
    assert [row.id for row in call.proposals] == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert sorted(call.sources) == [
        "experts.jsonl",
        "plan.toml",
        "proposals.jsonl",
        "publications.jsonl",
        "reviews.csv",
    ]


def test_the_reference_call_loads_without_a_problem(quantum_call: Path) -> None:
    call = load_call(quantum_call)
    assert (len(call.proposals), len(call.experts), len(call.publications)) == (117, 195, 469)
    assert call.reviews is not None
    assert len(call.reviews) == 1053
    assert call.warnings == ()


def test_the_order_of_rows_changes_nothing(tmp_path: Path, small_call: Path) -> None:
    rows = {name: rows[::-1] for name, rows in tables().items()}
    header, *lines = REVIEWS.splitlines()
    other = write_call(tmp_path / "other", rows=rows, reviews="\n".join([header, *lines[::-1]]))
    assert load_call(other).files() == load_call(small_call).files()


def test_the_canonical_files_are_a_call_folder_themselves(tmp_path: Path, small_call: Path) -> None:
    call = load_call(small_call)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, content in call.files().items():
        (copy / name).write_bytes(content)
    again = load_call(copy)
    assert again.files() == call.files()
    assert (again.proposals, again.experts, again.reviews) == (call.proposals, call.experts, call.reviews)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            with_partner(side="XX"),
            ["proposals.jsonl:1: partners[1].side: found 'XX'; write one of JP, EU"],
        ),
        (
            with_partner(unit="JPY", requested="250000"),
            ["proposals.jsonl:1: partners[1].unit: found 'JPY'; EU pays in EUR"],
        ),
        (
            with_partner(requested="250000.001"),
            [
                "proposals.jsonl:1: partners[1].requested: found '250000.001'; 250000.001 has too many decimals: "
                "EUR has at most 2 decimals"
            ],
        ),
        (
            with_partner(requested="250 000"),
            [
                'proposals.jsonl:1: partners[1].requested: found "250 000"; an amount is digits with an optional '
                'decimal point, as text: "2500000.00"'
            ],
        ),
        (
            with_partner(organization="Institut"),
            [
                "proposals.jsonl:1: partners[1].organization: unknown key 'organization'; did you mean 'organisation'? "
                "known here: city, country, department, investigators, organisation, overhead, requested, role, ror, "
                "side, unit"
            ],
        ),
        (
            with_partner(role="coordinator"),
            ["proposals.jsonl:1: partners: 2 coordinators; exactly one partner coordinates"],
        ),
        (
            with_partner(investigators=[{"id": "I9", "orcid": "0000-0002-1825-0098"}]),
            [
                'proposals.jsonl:1: partners[1].investigators[0].orcid: found "0000-0002-1825-0098"; '
                "its last digit does not fit (ISO 7064, 11-2); look for a typing error"
            ],
        ),
        (
            {**tables(), "proposals": [proposal(1), proposal(1)]},
            ["proposals.jsonl:2: id: P1 stands twice, first on line 1; keep one of them"],
        ),
        ({**tables(), "proposals": []}, ["proposals.jsonl: it holds no row; a call needs at least one"]),
        (
            {**tables(), "proposals": [proposal(1, topic="light") | {"topic": "sound"}]},
            ["proposals.jsonl:1: topic: found 'sound'; write one of light, matter"],
        ),
        (
            {**tables(), "experts": [{"id": "E1", "side": "US", "organisation": "A", "publications": ["W77"]}]},
            [
                "experts.jsonl:1: side: found 'US'; write one of JP, EU, or leave it out",
                "experts.jsonl:1: publications[0]: 'W77' is not in publications.jsonl; it counts for nothing",
            ],
        ),
    ],
)
def test_a_table_problem_names_its_place(
    tmp_path: Path, rows: dict[str, list[dict[str, Any]]], told: list[str]
) -> None:
    assert problems(write_call(tmp_path / "call", rows=rows, reviews=None)) == told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "P1,E1,excellence,4.5",
            "P1,E1,excellence,4.3",
            ["reviews.csv:2: score: found 4.3; the scale goes from 0 to 5 in steps of 0.5"],
        ),
        (
            "P1,E1,excellence,4.5",
            "P1,E1,excellence,5.5",
            ["reviews.csv:2: score: found 5.5; the scale goes from 0 to 5 in steps of 0.5"],
        ),
        ("P1,E1,excellence,4.5", "P1,E1,excellence,good", ['reviews.csv:2: score: found "good"; write a number: 4.5']),
        (
            "P1,E1,excellence,4.5",
            "P9,E9,excellence,4.5",
            [
                "reviews.csv:2: expert: found 'E9'; no expert of experts.jsonl",
                "reviews.csv:2: proposal: found 'P9'; no proposal of proposals.jsonl",
                "reviews.csv:2: criterion: E9 gave P9 no score on impact; a review has a score on every criterion",
                "reviews.csv:3: criterion: E1 gave P1 no score on excellence; a review has a score on every criterion",
            ],
        ),
        (
            "P1,E1,impact,4\n",
            "P1,E1,excellence,4\n",
            [
                "reviews.csv:3: P1 E1 excellence stands twice, first on line 2; keep one of them",
                "reviews.csv:2: criterion: E1 gave P1 no score on impact; a review has a score on every criterion",
            ],
        ),
        (
            "P1,E1,excellence,4.5",
            "P1,E1,excellence",
            ["reviews.csv:2: 3 cells under 4 columns; quote a cell that holds a comma, and leave none out"],
        ),
        (
            "proposal,expert,criterion,score",
            "proposal,expert,criterion,mark",
            [
                "reviews.csv:1: mark: unknown column 'mark'; known: proposal, expert, criterion, score, comment",
                "reviews.csv:1: score: the column is missing; add it",
                "reviews.csv: it holds no row; a call needs at least one",
            ],
        ),
        (
            "P1,E1,excellence,4.5",
            '"P1,E1,excellence,4.5',
            ["reviews.csv:25: unexpected end of data; mend the CSV there"],
        ),
    ],
)
def test_a_review_problem_names_its_place(tmp_path: Path, old: str, new: str, told: list[str]) -> None:
    assert REVIEWS.count(old) == 1
    found = problems(write_call(tmp_path / "call", reviews=REVIEWS.replace(old, new)))
    assert [line for line in found if "no row" not in line] == [line for line in told if "no row" not in line]


def test_missing_files_and_a_broken_plan_are_told_together(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", plan=PLAN.replace("accord = 1", "accord = 3"))
    (folder / "experts.jsonl").unlink()
    (folder / "publications.jsonl").write_bytes('{"id": "W1", "title": "量子", "year": 2025}'.encode("euc_jp"))
    (folder / "proposals.jsonl").write_text('{"id": "P1"\n[]\n', encoding="utf-8")
    assert problems(folder) == [
        "plan.toml:1: accord: found 3; write accord = 1",
        "proposals.jsonl:1: EOF while parsing an object at line 1 column 11; one JSON object a line",
        "proposals.jsonl:2: found []; input should be an object",
        "experts.jsonl: the file is missing; put it there",
        "publications.jsonl:1: byte 0xce is no UTF-8; save the file as UTF-8",
    ]


def test_a_folder_that_is_none_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere") == [f"{tmp_path}/nowhere: there is no such folder; name the folder of a call"]


def test_an_unread_table_is_a_warning_and_two_of_one_name_an_error(small_call: Path) -> None:
    (small_call / "review.csv").write_text("a\n", encoding="utf-8")
    (small_call / "reviews.jsonl").write_text("", encoding="utf-8")
    assert [line.split("; ")[0] for line in problems(small_call)] == [
        "reviews.jsonl: reviews.csv and reviews.jsonl are both there",
        "review.csv: no table of that name is read",
    ]


def test_a_salt_key_that_is_too_short_is_refused(small_call: Path) -> None:
    (small_call / "salt.key").write_text("abcd", encoding="ascii")
    assert problems(small_call) == [
        "salt.key:1: no such key; 64 hexadecimal digits or more, that only those know who may read all of the record"
    ]


def test_a_consensus_that_the_plan_needs(tmp_path: Path) -> None:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "consensus"')
    assert problems(write_call(tmp_path / "none", plan=plan)) == [
        "consensus.csv: there is none, and the plan orders or judges by it; "
        "write what the panel agreed: proposal,criterion,score"
    ]
    half = "proposal,criterion,score\nP1,excellence,4\n"
    assert problems(write_call(tmp_path / "half", plan=plan, consensus=half)) == [
        "consensus.csv: the consensus on P1 has no score on impact; agree on every criterion, or on none"
    ]


def test_text_is_normalised_once_and_line_separators_within_it_stay(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["title"] = "Zu\u0308rich\u2028two"
    call = load_call(write_call(tmp_path / "call", rows=rows))
    assert call.proposals[0].title == "Z\u00fcrich\u2028two"


def test_the_codes_of_the_european_union_are_taken_for_two_countries(tmp_path: Path) -> None:
    rows = tables()
    rows["experts"][0]["country"] = "UK"
    rows["experts"][1]["country"] = "EL"
    call = load_call(write_call(tmp_path / "call", rows=rows))
    assert [expert.country for expert in call.experts[:2]] == ["GB", "GR"]


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "proposals.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"id": "P1"}\n')
    assert {problem.found for problem in read_table(path, Proposal).problems} == {"it is missing"}


def test_a_partner_has_a_request_in_words_only(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["partners"] = [partner("JP", "A", "1", role="coordinator") | {"requested": 1}]
    assert problems(write_call(tmp_path / "call", rows=rows, reviews=None)) == [
        "proposals.jsonl:1: partners[0].requested: found 1; input should be a valid string"
    ]


def test_a_key_that_stands_twice_in_a_row_is_refused(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call")
    path = folder / "experts.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"id": "E1"', '"id": "E1", "id": "E7"'), encoding="utf-8")
    assert problems(folder)[0] == "experts.jsonl:1: 'id' stands twice; keep one of them"


def test_an_escaped_sign_is_normalised_like_a_written_one(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call")
    path = folder / "proposals.jsonl"
    text = path.read_text(encoding="utf-8").replace("Proposal 1 on light", "Zu\\u0308rich")
    path.write_text(text, encoding="utf-8")
    assert load_call(folder).proposals[0].title == "Z\u00fcrich"


def test_a_link_that_leads_nowhere_and_a_pipe_are_problems(small_call: Path) -> None:
    (small_call / "conflicts.csv").symlink_to(small_call / "nowhere")
    (small_call / "consensus.csv").unlink(missing_ok=True)
    os.mkfifo(small_call / "consensus.csv")
    assert problems(small_call) == [
        "conflicts.csv: the file is missing; put it there",
        "consensus.csv: this is no plain file; a file is needed here",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_months", 10**30),
        ("duration_months", 0),
        ("partners", []),
    ],
)
def test_numbers_and_lists_have_bounds(tmp_path: Path, field: str, value: Any) -> None:
    rows = tables()
    rows["proposals"][0][field] = value
    (told,) = problems(write_call(tmp_path / "call", rows=rows, reviews=None))
    assert told.startswith(f"proposals.jsonl:1: {field}: found")


@pytest.mark.parametrize("amount", ["７０００", "٧", "9" * 19, "1." + "0" * 7, "1e3", "-1", "+1", ""])
def test_an_amount_is_plain_digits(tmp_path: Path, amount: str) -> None:
    (told,) = problems(write_call(tmp_path / "call", rows=with_partner(requested=amount), reviews=None))
    assert "an amount is digits with an optional decimal point" in told


def test_one_broken_row_does_not_make_an_error_of_every_row_that_speaks_of_it(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["duration_months"] = "long"
    told = problems(write_call(tmp_path / "call", rows=rows))
    assert [line.split(":")[0] for line in told] == ["proposals.jsonl"]


def test_what_stands_twice_or_names_nobody_is_told(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["partners"][0]["investigators"] = [{"id": "I1"}, {"id": "I1"}]
    rows["proposals"][1]["excluded_experts"] = ["E9", "E1", "E1"]
    rows["experts"][0]["coauthors"] = [{"id": "I1", "last_year": 2025}, {"id": "I1", "last_year": 2024}]
    rows["experts"][1]["max_load"] = 0
    plan = PLAN.replace("max_load = 4", "max_load = 4\nmin_load = 1")
    assert [line.split("; ")[0] for line in problems(write_call(tmp_path / "call", plan=plan, rows=rows))] == [
        "proposals.jsonl:1: partners[0].investigators[1]: 'I1' stands twice",
        "proposals.jsonl:2: excluded_experts[0]: found 'E9'",
        "proposals.jsonl:2: excluded_experts[2]: 'E1' stands twice",
        "experts.jsonl:1: coauthors[1]: 'I1' stands twice",
        "experts.jsonl:2: min_load: at least 1 reviews, by the plan or the row",
    ]


def test_an_order_by_means_needs_reviews(tmp_path: Path) -> None:
    rows = [f"P{number},{criterion},4" for number in range(1, 7) for criterion in ("excellence", "impact")]
    consensus = "\n".join(["proposal,criterion,score", *rows, ""])
    assert problems(write_call(tmp_path / "call", reviews=None, consensus=consensus)) == [
        "consensus.csv: the plan orders by mean, and there are no reviews; add reviews.csv, or order by consensus"
    ]
