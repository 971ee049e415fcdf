"""A plan that uses every block and key of the format, none with its default value, and ways to change it in one place."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from accord.plan.load import SignedPlan
from accord.plan.model import Plan
from accord.plan.rules import findings

WHOLE = """\
accord = 1

[call]
id = "whole"
instrument = "letter-2025"
mode = "coordinated"
title = { en = "Whole call", ja = "全体の公募", fr = "Appel entier" }
prevailing_language = "en"
indicative = false
text = { en = "First paragraph of the call.\\n\\nSecond paragraph of the call.", ja = "公募の第一段落。" }

[twins]
key = "acronym"
compare = ["title", "partners"]

[[topic]]
id = "light"
title = { en = "Light matters", ja = "光の研究" }
min_funded = 2
max_funded = 5

[[topic]]
id = "matter"
title = { en = "Matter lit" }

[[side]]
id = "NIPPON"
signatory = { en = "Office of Quanta", ja = "量子局" }
programme = "Programme One"
managed_by = { en = "Quanta Agency", ja = "量子機構" }
countries = ["JP"]
unit = "JPY"
budget = "700000000"
lead_required = true
max_share = "0.55"
language = "ja"
timezone = "Asia/Tokyo"
holidays = "JP"
award_form = "commissioned-research"
contact = { name = "Desk One", email = "desk@one.example", url = "https://one.example/call" }
rules = { en = "Rules of the office.", ja = "局の規則。" }
topic_budgets = [{ topic = "light", amount = "210000000" }]
year_budgets = [{ begins = 2027-04-01, amount = "310000000" }, { begins = 2028-04-01, amount = "390000000" }]
prechecks = [
  { id = "export", title = { en = "Export control", ja = "輸出管理" }, by = 2026-05-01T17:00:00+09:00 },
  { id = "ethics", title = { en = "Ethics", ja = "倫理" } },
]

[side.request]
max_per_proposal = "110000000"
min_per_proposal = "7000000"
basis = "total"
overhead_max = "0.30"
rates = [{ organisation = "university", rate = "0.95" }, { organisation = "company", rate = "0.5" }]

[side.partners]
min = 1
max = 4
min_countries = 1

[[side.signatories]]
name = "Hanako Yamada"
office = { en = "Director of Quanta", ja = "量子局長" }
way = "pdf"
public_key = "sha256:6f1c0a9d7e35b2840c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f40516273"
valid_from = 2026-01-01T00:00:00+09:00
valid_until = 2029-01-01T00:00:00+09:00
delegation = "Decision 7 of 2025"

[[side]]
id = "EUROPA"
signatory = { en = "Union Office" }
programme = "Programme Two"
countries = ["DE", "FR", "DK"]
unit = "EUR"
budget = "14000000.00"
request = { basis = "direct" }
partners = { min = 2, min_countries = 2 }
language = "en"
timezone = "Europe/Brussels"
award_form = "grant"

[[side]]
id = "LAB"
signatory = { en = "Computing Centre" }
programme = "Machine Time"
countries = ["CH"]
unit = "node-hours"
budget = "1200000"
request = { max_per_proposal = "90000", basis = "total" }
language = "de"
timezone = "Europe/Zurich"
award_form = "machine-time"

[timeline]
opens = 2026-01-15T10:00:00+09:00
closes = 2026-04-15T10:00:00+02:00
eligibility_by = 2026-05-15T17:00:00+02:00
reviews_by = 2026-07-10T17:00:00+02:00
panel_on = 2026-09-08T09:00:00+02:00
recommendation_by = 2026-10-15T17:00:00+02:00
projects_start = 2027-04-01T00:00:00+09:00

[eligibility]
partners = { min = 3, max = 9 }
duration_months = { min = 24, max = 48 }
coordinator_sides = ["NIPPON", "EUROPA"]
unfunded_partners = { allowed = true, count_to_minimum = true }
investigators = { proposals = 3, as_coordinator = 1 }

[review]
experts_per_proposal = 5
min_experts_per_side = 1
max_load = 7
min_load = 2
fairness = "worst-pair"
thresholds_on = "median"
total_threshold = 10

[[review.criterion]]
id = "excellence"
title = { en = "Scientific excellence", ja = "科学的卓越性" }
scale = { min = 0, max = 5, step = 0.5 }
weight = 1.5
threshold = 3.5

[[review.criterion]]
id = "impact"
scale = { min = 1, max = 6, step = 1 }
weight = 2
threshold = 4
sides = ["NIPPON"]

[review.interview]
on = 2026-08-20T09:30:00+02:00
invited = 40
minutes = 25

[review.rebuttal]
opens = 2026-07-13T09:00:00+02:00
closes = 2026-07-20T17:00:00+02:00
max_words = 850

[conflicts]
declared = true
same_organisation = true
joint_projects = { years = 6 }
coauthor = { years = 4, max_authors = 21 }
excluded_by_applicants = { max = 6 }

[affinity]
model = "semantic"
weights = "all-MiniLM-L6-v2"
weights_sha256 = "53f3a6d0b1e8c9747a2d5e6f80b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d"

[ranking]
order_by = "calibrated"
advice = ["mean"]
credible_interval = 0.8
ties_are = "not-separable"
leniency = true

[selection]
rule = "max-merit"
ties = ["score:excellence", "geography", "lottery"]
reserve = 11
adjustments = ["budget-raise", "cut-request"]
top_up = [{ side = "EUROPA", max = "1500000.00" }]
reduced = { drop_partner = true, max_cut = "0.15", penalty = 0.25 }
max_coordinator_imbalance = 3

[lottery]
commit_by = 2026-09-01T12:00:00+02:00
reveal_by = 2026-09-09T12:00:00+02:00
fallback = "restart"

[exchange]
reference = "EUR"
as_of = 2026-01-05
source = "central bank"
rates = { JPY = "160.25", node-hours = "3" }

[results]
redress = { NIPPON = { days = 14, scope = "inquiry" }, EUROPA = { days = 30, scope = "procedure" } }
publish = ["title", "amounts"]

[disclosure]
side = ["title", "amounts", "scores", "totals", "assignment"]
applicants = ["totals", "list"]

[retention]
funded = "P10Y6M"
not_funded = "P5Y"
personal = "P90D"

[log]
origin = "host.example/whole"
host = "host.example+fc5822bb+AZdALXFzNghG3t8qfQ0q/P8B6MBH5LGKbLJMWleN0AIQ"
tsa = { NIPPON = "sha256:abababababababababababababababababababababababababababababababab" }
witness = { NIPPON = "nippon.example+a87650ef+ASmIRs8FtYi5FwzMX6eaHRduEu46cTrTK9NLFJDEZWxk", EUROPA = "europa.example+4cfae7ef+AfmjqBupDx8ngCENrnuJt7BA0FJNKJtS+SsUoPqjEVg8", LAB = "lab.example+f0d3e136+AcSVQ/cEUH9wz1aPHlWtmgb9EyT/utr8MwU46Rt4n/0F" }

[sealing]
opens_to = ["secretariat", "experts"]
after = "eligibility"

[data_protection]
controller = { NIPPON = "Controller One", EUROPA = "Controller Two" }
law = { NIPPON = "Act 57 of 2003", EUROPA = "Regulation 2016/679" }
contact = "privacy@call.example"

[[stage]]
id = "pre"
title = { en = "Pre-proposal", ja = "予備提案" }
opens = 2026-01-20T10:00:00+09:00
closes = 2026-02-20T10:00:00+01:00
advance = 60
advance_factor = 2.5

[[stage.criterion]]
id = "fit"
title = { en = "Fit to the topic", ja = "領域との適合" }
scale = { min = 0, max = 10, step = 2 }
weight = 3
threshold = 6
sides = ["EUROPA"]

[[form]]
id = "science"
title = { en = "The science", ja = "研究内容" }
max_pages = 12

[[form.question]]
id = "aims"
title = { en = "What are the aims?", ja = "目的は何か" }
kind = "choice"
required = false
max_words = 450
choices = [{ en = "Theory", ja = "理論" }, { en = "Experiment", ja = "実験" }]
sides = ["LAB"]

[[gate]]
id = "halfway"
title = { en = "Half of the reviews", ja = "査読の半数" }
at = 2026-06-12T12:00:00+02:00
sides = ["NIPPON", "LAB"]

[[letter]]
id = "welcome"
to = "funded"
text = { en = "We are glad to tell you.", ja = "採択をお知らせします。" }
scores = true
comments = true
"""

DIGEST_OF = b"the same bytes, so that only what the plan says can differ"
IDENTIFIERS = {
    ("side", "id"),
    ("topic", "id"),
    ("review", "criterion", "id"),
    ("side", "unit"),
    ("exchange", "reference"),
}
"""The keys that others refer to: their value is changed everywhere."""
UNITS = {"JPY": "KRW", "EUR": "CHF", "node-hours": "core-hours"}
OTHERS = (
    *("single", "direct", "total", "worst-pair", "total", "mean", "consensus", "equal", "list-order", "refuse"),
    *("reserve", "text", "closing", "officers", "own-act", "order-change", "drop-partner", "topic", "joint_reference"),
    *("abstract", "calibrated", "ja", "P7Y", "America/Lima", "BR", "BE", "funds", "EUROPA", "NIPPON", "matter"),
    *("ranks", "reasons"),
)
ANOTHER_KEY = "other.example+1d140d90+AdkpihDRsHNYN9xL2F2sZBsPPO8npH5dU6VPLz9bL8/6"

Path = tuple[str | int, ...]


def raw() -> dict[str, Any]:
    """The plan as TOML has it, numbers exact."""
    return tomllib.loads(WHOLE, parse_float=Decimal)


def signed(values: dict[str, Any]) -> SignedPlan:
    """A plan of those values; its digest is always the same."""
    return SignedPlan(Plan.model_validate(values), DIGEST_OF, ())


def usable(values: dict[str, Any]) -> bool:
    """Whether a plan of those values loads without an error."""
    try:
        plan = Plan.model_validate(values)
    except ValidationError:
        return False
    return not any(finding.severity == "error" for finding in findings(plan))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar with its path."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in entries:
        yield from leaves(entry, (*path, name))
    if not isinstance(value, dict | list):
        yield path, value


def keys(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and every entry of a list, scalars and blocks."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in entries:
        yield (*path, name)
        yield from keys(entry, (*path, name))


def changed(path: Path, old: Any) -> dict[str, Any] | None:
    """The plan with another value at a path; None where the format has no other."""
    if tuple(part for part in path if isinstance(part, str)) in IDENTIFIERS:
        return _renamed(raw(), old, UNITS.get(old, f"{old}-too"))
    for value in _others(old):
        values = raw()
        _set(values, path, value)
        if value != old and usable(values):
            return values
    return None


def without(path: Path) -> dict[str, Any] | None:
    """The plan without what is at a path; None where it is needed."""
    values = raw()
    around = values
    for part in path[:-1]:
        around = around[part]
    del around[path[-1]]
    return values if usable(values) else None


def _others(old: Any) -> Iterator[Any]:
    if isinstance(old, bool):
        yield not old
    elif isinstance(old, int | Decimal):
        yield from (old + 1, old - 1, old * 2, old / 2, old - Decimal("0.1"))
    elif isinstance(old, datetime | date):
        yield from (old + timedelta(days=1), old + timedelta(hours=1))
    elif digits := re.fullmatch(r"(sha256:)?([0-9a-f]{64})", old):
        yield f"{digits[1] or ''}{digits[2][::-1]}"
    elif re.fullmatch(r"\d+(\.\d+)?", old):
        yield from (f"{Decimal(old) - Decimal(10) ** -2 * (1 if '.' in old else 100)}", f"{Decimal(old) / 2}")
    elif re.fullmatch(r"[a-z]+[-_]?[a-z]+(:[a-z]+)?|[A-Z]{2,}|P\w+|\w+/\w+|[a-z]{2}", old):
        yield from (*OTHERS, f"{old}-too")  # perhaps one of the words that the format knows
    elif re.fullmatch(r"[a-z.]+\+[0-9a-f]{8}\+\S+", old):
        yield ANOTHER_KEY
    else:
        yield f"{old} too"
    if isinstance(old, str):
        yield f"{old}-too"


def _set(values: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        values = values[part]
    values[path[-1]] = value


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if name == old else name: _renamed(entry, old, new) for name, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry, old, new) for entry in value]
    return {old: new, f"score:{old}": f"score:{new}"}.get(value, value) if isinstance(value, str) else copy.copy(value)
