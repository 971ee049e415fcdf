from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import UnusableFolder
from accord.plan.load import load_plan, parse_plan
from calls import PLAN


def problems(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    try:
        return [str(problem) for problem in parse_plan(content).warnings]
    except UnusableFolder as error:
        return [str(problem) for problem in error.problems]


def changed(old: str, new: str) -> list[str]:
    assert PLAN.count(old) == 1, old
    return problems(PLAN.replace(old, new))


def test_the_small_plan_has_no_problem_and_its_digest_is_of_its_bytes() -> None:
    signed = parse_plan(PLAN.encode())
    assert signed.warnings == ()
    assert signed.plan.sides == ("JP", "EU")
    assert signed.digest != parse_plan(PLAN.replace("\n[review]", "\n\n[review]").encode()).digest


def test_the_reference_plan_loads_and_names_what_is_not_executed(quantum_call: Path) -> None:
    signed = load_plan(quantum_call / "plan.toml")
    assert signed.warnings == ()
    assert signed.plan.recorded_only == ("selection.adjustments", "results.redress", "retention")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'budget = "100000000"',
            'bugdet = "100000000"',
            [
                "plan.toml:18: side[0].budget: it is missing; write it",
                "plan.toml:{line}: side[0].bugdet: unknown key 'bugdet'; did you mean 'budget'? known here: award_form, "
                "budget, contact, countries, holidays, id, language, lead_required, managed_by, max_share, partners, "
                "prechecks, programme, request, rules, signatories, signatory, timezone, topic_budgets, unit, "
                "year_budgets",
            ],
        ),
        (
            'budget = "100000000"',
            "budget = 100000000",
            ['plan.toml:{line}: side[0].budget: found 100000000; write it as text: "100000000"'],
        ),
        (
            'budget = "100000000"',
            'budget = "100000000.5"',
            [
                "plan.toml:{line}: side[0].budget: found '100000000.5'; 100000000.5 has too many decimals: "
                "JPY has no decimals"
            ],
        ),
        (
            'budget = "900000.00"',
            'budget = "900000.001"',
            [
                "plan.toml:{line}: side[1].budget: found '900000.001'; 900000.001 has too many decimals: "
                "EUR has at most 2 decimals"
            ],
        ),
        (
            'unit = "EUR"',
            'unit = "EUX"',
            [
                "plan.toml:{line}: side[1].unit: found 'EUX'; EUX is no currency of ISO 4217; "
                "another unit is written in small letters"
            ],
        ),
        (
            "closes = 2026-04-15T10:00:00+02:00",
            "closes = 2026-04-15T10:00:00",
            [
                "plan.toml:{line}: timeline.closes: found 2026-04-15 10:00:00; "
                "an instant needs its offset: 2026-04-15T10:00:00+02:00"
            ],
        ),
        (
            "closes = 2026-04-15T10:00:00+02:00",
            "closes = 2026-01-14T10:00:00+01:00",
            [
                "plan.toml:{line}: timeline.closes: closes (2026-01-14T10:00:00+01:00) is not after opens "
                "(2026-01-15T10:00:00+09:00); put the instants in their order"
            ],
        ),
        (
            "closes = 2026-04-15T10:00:00+02:00",
            "closes = 2026-04-29T10:00:00+02:00",
            [
                "plan.toml:{line}: timeline.closes: 2026-04-29 17:00 in Asia/Tokyo is a holiday of JP (Showa Day); "
                "choose another day"
            ],
        ),
        (
            "closes = 2026-04-15T10:00:00+02:00",
            "closes = 2026-04-11T20:00:00+02:00",
            [
                "plan.toml:{line}: timeline.closes: 2026-04-12 03:00 in Asia/Tokyo is a weekend for JP; choose another day",
                "plan.toml:{line}: timeline.closes: 2026-04-12 03:00 in Asia/Tokyo is outside office hours for JP; "
                "nobody there can help in the last hour",
                "plan.toml:{line}: timeline.closes: 2026-04-11 20:00 in Europe/Brussels is a weekend for EU; "
                "choose another day",
                "plan.toml:{line}: timeline.closes: 2026-04-11 20:00 in Europe/Brussels is outside office hours for EU; "
                "nobody there can help in the last hour",
            ],
        ),
        (
            "total_threshold = 5",
            "total_threshold = 11",
            ["plan.toml:{line}: review.total_threshold: found 11; the best total is 10; no proposal could pass"],
        ),
        (
            "min_experts_per_side = 1",
            "min_experts_per_side = 2",
            [
                "plan.toml:{line}: review.min_experts_per_side: 2 of each of 2 Sides are 4 experts a proposal; "
                "experts_per_proposal is 2"
            ],
        ),
        (
            "partners = { min = 2, max = 4 }",
            "partners = { min = 0, max = 1 }",
            [
                "plan.toml:{line}: eligibility.partners: the Sides ask for 2 partners together, at most 1 are allowed; "
                "allow at least 2, or ask for fewer"
            ],
        ),
        (
            "partners = { min = 1, min_countries = 1 }",
            "partners = { min = 1, min_countries = 4 }",
            ["plan.toml:{line}: side[1].partners: min_countries is 4, the Side has 3; no proposal could be eligible"],
        ),
        (
            'coordinator_sides = ["JP", "EU"]',
            'coordinator_sides = ["JP", "UK"]',
            ["plan.toml:{line}: eligibility.coordinator_sides[1]: found 'UK'; write a Side of this plan: JP, EU"],
        ),
        (
            'ties = ["score:excellence", "lottery"]',
            'ties = ["score:excelence", "lottery"]',
            [
                "plan.toml:{line}: selection.ties[0]: found 'score:excelence'; "
                "write score: and a criterion of this plan: excellence, impact"
            ],
        ),
        (
            'ties_are = "equal"',
            'ties_are = "not-separable"',
            [
                "plan.toml:{line}: ranking.ties_are: 'not-separable' with order_by = 'mean'; "
                'only calibrated ranks carry an interval: write ties_are = "equal"'
            ],
        ),
        (
            'rule = "list-with-skips"',
            'rule = "best"',
            [
                'plan.toml:{line}: selection.rule: found "best"; '
                "write 'list-order', 'list-with-skips', 'ties-by-funds' or 'max-merit'"
            ],
        ),
        (
            'timezone = "Asia/Tokyo"',
            'timezone = "Tokyo"',
            [
                'plan.toml:{line}: side[0].timezone: found "Tokyo"; '
                'a time zone is a name such as "Asia/Tokyo" or "Europe/Brussels"'
            ],
        ),
        (
            "[timeline]",
            "[timeline",
            ["plan.toml:{line}: Expected ']' at the end of a table declaration; mend the TOML there"],
        ),
        ("accord = 1\n", "accord = 2\n", ["plan.toml:{line}: accord: found 2; write accord = 1"]),
        ("accord = 1\n", "", ["plan.toml:{line}: accord: the format's version is missing; write accord = 1"]),
    ],
)
def test_a_problem_names_line_field_what_was_found_and_what_to_write(old: str, new: str, told: list[str]) -> None:
    line = PLAN[: PLAN.index(old)].count("\n") + 1
    assert changed(old, new) == [text.replace("{line}", str(line)) for text in told]


def test_all_problems_come_at_once() -> None:
    text = PLAN.replace('id = "small"', "id = 1").replace("weight = 1\nthreshold", "weight = 0\nthreshold")
    text = text.replace('language = "ja"', 'language = "Japanese"')
    assert [line.split(":")[1] for line in problems(text)] == ["4", "27", "65"]


def test_a_repeated_identifier_is_refused() -> None:
    assert changed('id = "impact"', 'id = "excellence"') == [
        "plan.toml:69: review.criterion[1].id: 'excellence' stands twice; give each its own identifier"
    ]


def test_another_encoding_is_named() -> None:
    told = problems(PLAN.encode("shift_jis"))
    assert told == ["plan.toml:7: byte 0x8f is no UTF-8 (it looks like Shift_JIS); save the file as UTF-8"]


def test_a_missing_plan_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(UnusableFolder, match=r"plan\.toml: the file is missing; put it there"):
        load_plan(tmp_path / "plan.toml")


@given(st.data())
def test_no_damage_to_a_plan_escapes_as_another_error(data: st.DataObject) -> None:
    lines = PLAN.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = data.draw(st.sampled_from(["", "x", "[", "[[side]]", "a = 1", lines[place] + "]", lines[place] * 2]))
    for line in problems("\n".join(lines)):
        assert line.startswith("plan.toml:")
