"""The text of an example call's Partnership Plan: what newcomers read first, and change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from accord.example.barriers import COAUTHOR_MOST, COAUTHOR_YEARS
from accord.example.consortia import terms_of
from accord.example.scores import BEST, CRITERIA, REVIEWS
from accord.example.tables import ExampleSide, ExampleTopic, first_sides

CLOSES: Final = "2026-04-16T10:00:00+02:00"  # a working day in all forty Sides
LONGEST: Final = 48  # months

_HEAD: Final = """\
# The Partnership Plan of an example call. Everything in it is fictional, the signatories above all.
# It says how the Sides run their call together; what it says is what Accord does. Change it and run again.
# A key that the format does not know is refused, so a typing error cannot pass unseen.
accord = 1                                    # version of the format

[call]
id = "example-quantum-2026"
instrument = "example-letter-of-intent"       # the signed letter or memorandum under which the call is held
mode = "single"                               # single: one intake | coordinated: each Side's own, twins linked
title = {{ en = "Example joint call on quantum science 2026", ja = "量子科学共同公募2026（例示・架空）" }}
prevailing_language = "en"                    # which text counts where two languages differ
indicative = true                             # budgets depend on each Side's appropriations
"""

_TOPIC: Final = """\
[[topic]]
id = "{id}"
title = {{ en = "{en}", ja = "{ja}" }}
"""

_SIDE: Final = """\
[[side]]
id = "{id}"
signatory = {{ en = "{en}", ja = "{ja}" }}
programme = "{programme}"
countries = [{countries}]{countries_note}
unit = "{unit}"
budget = "{budget}"
request = {{ max_per_proposal = "{most}", basis = "total"{overhead} }}
partners = {{ {partners} }}
language = "{language}"
timezone = "{timezone}"
holidays = "{holidays}"
award_form = "{award_form}"
"""

_TIMELINE: Final = """\
[timeline]                                    # every instant carries its offset
opens = 2026-01-15T10:00:00+09:00
closes = {closes}            # {closes_note}
eligibility_by = 2026-05-18T17:00:00+02:00
reviews_by = 2026-07-10T17:00:00+02:00        # until then no Side sees another's evaluation
panel_on = 2026-09-08T09:00:00+02:00
recommendation_by = 2026-10-15T17:00:00+02:00
projects_start = 2027-04-01T00:00:00+09:00
"""

_RULES: Final = """\
[eligibility]                                 # for every proposal; each Side's own rules stand with the Side
partners = {{ min = {least}, max = {most} }}
duration_months = {{ min = 24, max = {longest} }}
coordinator_sides = [{coordinators}]{coordinators_note}
unfunded_partners = {{ allowed = true, count_to_minimum = false }}

[review]
experts_per_proposal = {reviews}
min_experts_per_side = {per_side}                      # {per_side_note}
max_load = 6                                  # proposals of one expert, where the expert states no other number
thresholds_on = "mean"                        # mean | median | consensus
total_threshold = 10                          # of {best_total}

{criteria}
[conflicts]                                   # who must not judge what; one's own proposal is always a conflict
declared = true                               # those of conflicts.csv
same_organisation = true                      # a partner's, however it is spelled
coauthor = {{ years = {years}, max_authors = {authors} }}    # a common paper, but for large groups

[affinity]
model = "tfidf"                               # how near an expert's publications are to a proposal

[ranking]
order_by = "calibrated"                       # consensus | mean | calibrated (for lenient and strict experts)
advice = ["mean"]                             # shown beside the list, deciding nothing
credible_interval = 0.5
ties_are = "not-separable"                    # equal | not-separable

[selection]
rule = "list-with-skips"                      # list-order | list-with-skips | ties-by-funds | max-merit
ties = ["score:excellence", "score:impact", "lottery"]   # what breaks a tie, in this order
reserve = 10                                  # proposals that move up if a funded one withdraws
adjustments = ["budget-raise", "cut-request", "drop-partner"]   # allowed in the meeting, each signed with its reason

[results]                                     # (optional)
redress = {{ JP = {{ days = 14, scope = "inquiry" }}, EU = {{ days = 30, scope = "procedure" }} }}
publish = ["title", "partners", "abstract"]

[retention]                                   # (optional) how long proposals are kept
funded = "P10Y"
not_funded = "P5Y"

[exchange]                                    # to compare amounts only: nothing is ever pooled
reference = "EUR"
as_of = 2026-01-05
source = "illustrative"
rates = {{ {rates} }}
"""

_CRITERION: Final = """\
[[review.criterion]]
id = "{id}"
scale = {{ min = 0, max = {best}, step = 0.5 }}
weight = 1
threshold = 3
"""

# What is said beside the first Side only, so that people read it once.
_NOTES: Final = {
    "unit": "a currency of ISO 4217",
    "budget": "each Side pays its own partners, in its own unit",
    "partners": "how many of this Side every proposal needs",
    "holidays": "(optional) whose holidays the timeline is checked against",
}
_COLUMN: Final = 46  # where the notes stand


def plan_text(sides: Sequence[ExampleSide], topics: Sequence[ExampleTopic], budgets: Sequence[str]) -> str:
    """The plan as TOML, with its comments; `budgets` and amounts are in whole units with their decimals."""
    parts = [_HEAD.format()]
    parts.append("# The topics, adopted by all Sides together.")
    parts += [_TOPIC.format(id=topic.id, **topic.title) for topic in topics]
    parts.append(f"# The Sides: {len(sides)} signatories, each with its own money, language and rules.")
    parts += [_side(sides, number, budget) for number, budget in enumerate(budgets)]
    parts.append(_TIMELINE.format(closes=CLOSES, closes_note=_closing_note(sides)))
    parts.append(_rules(sides))
    return "\n".join(parts)


def with_keys(text: str, origin: str, host: str, sides: Mapping[str, str]) -> str:
    """The plan's text with a log: its origin, the host's key, and each Side's, to sign and to witness with."""
    for side, key in sides.items():
        office = f'signatories = [{{ name = "Director, {side}", public_key = "{key}" }}]'
        text = _signing(text, side, office)
    witness = ", ".join(f'{side} = "{key}"' for side, key in sides.items())
    return (
        f"{text}\n[log]                                         # what is signed is entered here\n"
        f'origin = "{origin}"\nhost = "{host}"\nwitness = {{ {witness} }}\n'
    )


def _signing(text: str, side: str, office: str) -> str:
    """The office's line below the award form of one Side."""
    begin = text.index(f'[[side]]\nid = "{side}"\n')
    end = text.index("\n", text.index("award_form = ", begin))
    return f"{text[:end]}\n{office}{text[end:]}"


def _side(sides: Sequence[ExampleSide], number: int, budget: str) -> str:
    side = sides[number]
    decimals = budget.partition(".")[2]
    several = len(side.countries) > 1
    left_out = several and side.countries != first_sides(2)[number].countries
    partners = "min = 1" if terms_of(sides).every_side else "min = 0"
    if several and terms_of(sides).every_side:
        partners = "min = 2, min_countries = 2"
    text = _SIDE.format(
        id=side.id,
        programme=side.programme,
        countries=", ".join(f'"{country}"' for country in side.countries),
        countries_note="   # without those that are Sides themselves" if left_out else "",
        unit=side.unit,
        budget=budget,
        most=f"{side.most}.{decimals}" if decimals else str(side.most),
        overhead=', overhead_max = "0.30"' if side.award_form == "commissioned-research" else "",
        partners=partners,
        language=side.language,
        timezone=side.timezone,
        holidays=side.holidays,
        award_form=side.award_form,
        **side.signatory,
    )
    return text if number else "\n".join(_with_note(line) for line in text.split("\n"))


def _with_note(line: str) -> str:
    note = _NOTES.get(line.partition(" = ")[0])
    return line if note is None else f"{line:<{_COLUMN}}# {note}"


def _closing_note(sides: Sequence[ExampleSide]) -> str:
    closes = datetime.fromisoformat(CLOSES)
    local = [closes.astimezone(ZoneInfo(side.timezone)).time() for side in sides]
    if all(time(9) <= one <= time(18) for one in local):
        return "one instant for all Sides, in office hours of each"
    return "one instant for all Sides; no instant lies in office hours of all"


def _rules(sides: Sequence[ExampleSide]) -> str:
    terms = terms_of(sides)
    may = ", ".join(f'"{side.id}"' for number, side in enumerate(sides) if number in terms.coordinating)
    others = [side.id for number, side in enumerate(sides) if number not in terms.coordinating]
    return _RULES.format(
        least=terms.least_partners,
        most=terms.most_partners,
        longest=LONGEST,
        coordinators=may,
        coordinators_note=f"   # {others[0]}'s programme pays partners, no coordinators" if others else "",
        reviews=REVIEWS,
        per_side=1 if terms.every_side else 0,
        per_side_note=(
            "each Side's experts see every proposal"
            if terms.every_side
            else f"{REVIEWS} experts cannot be of {len(sides)} Sides"
        ),
        best_total=BEST * len(CRITERIA),
        criteria="\n".join(_CRITERION.format(id=criterion, best=BEST) for criterion in CRITERIA),
        years=COAUTHOR_YEARS,
        authors=COAUTHOR_MOST,
        rates=", ".join(f'{side.unit} = "{side.rate}"' for side in sides if side.unit != "EUR"),
    )
