"""Each thing that a plan must agree with itself about, planted and found."""

import pytest

from accord.errors import UnusableFolder
from accord.plan.load import parse_plan
from calls import PLAN

EXCHANGE = '\n[exchange]\nreference = "EUR"\nas_of = 2026-01-05\nsource = "x"\nrates = { JPY = "160" }\n'


def told(text: str) -> list[str]:
    try:
        problems = parse_plan(text.encode()).warnings
    except UnusableFolder as error:
        problems = error.problems
    return [f"{problem.severity} {problem.field}: {problem.found}; {problem.expected}" for problem in problems]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            'award_form = "grant"',
            'award_form = "grant"\nmax_share = "0.5"',
            "error : there is no [exchange]; a limit to one Side's share needs dated rates",
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\nmax_share = "0.5"\n' + EXCHANGE.replace('JPY = "160"', ""),
            'error exchange.rates: no rate for JPY; add rates = { JPY = "…" }',
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\n' + EXCHANGE.replace('JPY = "160"', ""),
            'warning exchange.rates: no rate for JPY; add rates = { JPY = "…" }',
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\n' + EXCHANGE.replace('"160"', '"0"'),
            "error exchange.rates.JPY: found 0; a rate is greater than zero",
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\n\n[results]\nredress = { US = { days = 3, scope = "x" } }\n',
            "error results.redress.US: found 'US'; write a Side of this plan: JP, EU",
        ),
        (
            "reserve = 2\n",
            'reserve = 2\ntop_up = [{ side = "US", max = "1" }]\n',
            "error selection.top_up[0].side: found 'US'; write a Side of this plan: JP, EU",
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\ntopic_budgets = [{ topic = "sound", amount = "1.00" }]\n',
            "error side[1].topic_budgets[0].topic: found 'sound'; write a topic of this plan: light, matter",
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\nyear_budgets = [{ begins = 2027-01-01, amount = "1.001" }]\n',
            "error side[1].year_budgets[0].amount: found '1.001'; 1.001 has too many decimals: EUR has at most 2 decimals",
        ),
        (
            'award_form = "grant"\n',
            'award_form = "grant"\n\n[lottery]\ncommit_by = 2026-06-01T00:00:00Z\nreveal_by = 2026-05-01T00:00:00Z\n',
            "error lottery.reveal_by: it is not after commit_by; every Side commits before any reveals",
        ),
        (
            "partners = { min = 2, max = 4 }",
            "partners = { min = 5, max = 4 }",
            "error eligibility.partners: min is greater than max; no proposal could be eligible",
        ),
        (
            "duration_months = { min = 12, max = 48 }",
            "duration_months = { min = 49, max = 48 }",
            "error eligibility.duration_months: min is greater than max; no proposal could be eligible",
        ),
        (
            "partners = { min = 1, min_countries = 1 }",
            "partners = { min = 3, max = 2 }",
            "error side[1].partners: min is greater than max; no proposal could be eligible",
        ),
        (
            'request = { max_per_proposal = "500000.00", basis = "total" }',
            'request = { max_per_proposal = "5.00", min_per_proposal = "5.01", basis = "total" }',
            "error side[1].request: min_per_proposal is greater than max_per_proposal; swap them",
        ),
        (
            "reserve = 2\n",
            'reserve = 2\ntop_up = [{ side = "JP", max = "1.5" }]\n',
            "error selection.top_up[0].max: found '1.5'; 1.5 has too many decimals: JPY has no decimals",
        ),
        (
            'prevailing_language = "en"',
            'prevailing_language = "fr"',
            "warning call.prevailing_language: 'fr' prevails, and the call has no title in it; "
            "write one of en, ja, or add it",
        ),
        (
            "max_load = 4",
            "max_load = 4\nmin_load = 5",
            "error review.min_load: it is greater than max_load; no expert could be given as many",
        ),
        (
            'id = "impact"\nscale = { min = 0, max = 5, step = 0.5 }',
            'id = "impact"\nscale = { min = 0, max = 5, step = 0.3 }',
            "error review.criterion[1].scale: from 0 to 5 in steps of 0.3; steps lead from min to max",
        ),
        (
            "threshold = 2\n",
            "threshold = 6\n",
            "error review.criterion[0].threshold: found 6; a threshold lies on the scale, 0 to 5",
        ),
        (
            "threshold = 2\n",
            'threshold = 2\nsides = ["JP"]\n',
            "warning review.criterion[0].sides: a criterion of one Side only is recorded, not executed; "
            "its scores count like everybody's",
        ),
        (
            "threshold = 2\n",
            'threshold = 2\nsides = ["US"]\n',
            "error review.criterion[0].sides[0]: found 'US'; write a Side of this plan: JP, EU",
        ),
        (
            'ties = ["score:excellence", "lottery"]',
            'ties = ["lottery", "score:excellence", "refuse"]',
            "error selection.ties[0]: 'lottery' leaves no tie for what follows it; put it last",
        ),
        (
            'ties = ["score:excellence", "lottery"]',
            'ties = ["score:excellence"]',
            "warning selection.ties: 'score:excellence' is last and may leave a tie; "
            "end with lottery or refuse; refuse is assumed",
        ),
        (
            'holidays = "BE"',
            'holidays = "Belgium"',
            "error side[1].holidays: found 'Belgium'; write a country such as \"JP\"",
        ),
    ],
)
def test_a_finding(old: str, new: str, finding: str) -> None:
    before, found, after = PLAN.partition(old)
    assert found
    assert finding in told(before + new + after)


def test_rules_of_all_sides_together_that_no_proposal_could_meet() -> None:
    few = PLAN.replace("partners = { min = 1 }", "partners = { min = 1, max = 1 }")
    few = few.replace("partners = { min = 1, min_countries = 1 }", "partners = { min = 1, max = 1 }")
    few = few.replace("partners = { min = 2, max = 4 }", "partners = { min = 3, max = 4 }")
    (found,) = [line for line in told(few) if "eligibility.partners" in line]
    assert found.startswith("error eligibility.partners: the Sides allow 2 partners together, at least 3 are needed")
    shares = PLAN.replace('award_form = "grant"\n', 'award_form = "grant"\nmax_share = "0.4"\n' + EXCHANGE)
    shares = shares.replace('"commissioned-research"\n', '"commissioned-research"\nmax_share = "0.5"\n')
    (found,) = [line for line in told(shares) if "max_share" in line]
    assert found.startswith("error side[0].max_share: the Sides' greatest shares add up to 0.9; no proposal could be")
