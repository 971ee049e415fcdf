"""A small call written by hand, that tests change in one place and load again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLAN = """\
accord = 1

[call]
id = "small"
instrument = "letter"
mode = "single"
title = { en = "A small call", ja = "小さな公募" }
prevailing_language = "en"

[[topic]]
id = "light"
title = { en = "Light" }

[[topic]]
id = "matter"
title = { en = "Matter" }

[[side]]
id = "JP"
signatory = { en = "One Side", ja = "一方" }
programme = "One"
countries = ["JP"]
unit = "JPY"
budget = "100000000"
request = { max_per_proposal = "60000000", basis = "total" }
partners = { min = 1 }
language = "ja"
timezone = "Asia/Tokyo"
holidays = "JP"
award_form = "commissioned-research"

[[side]]
id = "EU"
signatory = { en = "The other Side" }
programme = "Two"
countries = ["DE", "FR", "DK"]
unit = "EUR"
budget = "900000.00"
request = { max_per_proposal = "500000.00", basis = "total" }
partners = { min = 1, min_countries = 1 }
language = "en"
timezone = "Europe/Brussels"
holidays = "BE"
award_form = "grant"

[timeline]
opens = 2026-01-15T10:00:00+09:00
closes = 2026-04-15T10:00:00+02:00

[eligibility]
partners = { min = 2, max = 4 }
duration_months = { min = 12, max = 48 }
coordinator_sides = ["JP", "EU"]

[review]
experts_per_proposal = 2
min_experts_per_side = 1
max_load = 4
thresholds_on = "mean"
total_threshold = 5

[[review.criterion]]
id = "excellence"
scale = { min = 0, max = 5, step = 0.5 }
weight = 1
threshold = 2

[[review.criterion]]
id = "impact"
scale = { min = 0, max = 5, step = 0.5 }
weight = 1

[conflicts]
declared = true
same_organisation = true
coauthor = { years = 3, max_authors = 20 }

[affinity]
model = "tfidf"

[ranking]
order_by = "mean"
ties_are = "equal"

[selection]
rule = "list-with-skips"
ties = ["score:excellence", "lottery"]
reserve = 2
"""

WORDS = {
    "light": "photon laser cavity interferometer squeezed entangled source detector",
    "matter": "lattice superconductor qubit crystal phonon magnet spin transport",
}


def partner(side: str, organisation: str, requested: str, **more: Any) -> dict[str, Any]:
    """A partner of a Side, coordinator where `role` says so."""
    country = {"JP": "JP", "EU": "DE"}.get(side, "DE")
    unit = {"JP": "JPY", "EU": "EUR"}.get(side, "EUR")
    row = {"organisation": organisation, "country": country, "side": side, "role": "partner"}
    return {**row, "requested": requested, "unit": unit, **more}


def proposal(number: int, topic: str = "light", **more: Any) -> dict[str, Any]:
    """An eligible proposal of two partners."""
    return {
        "id": f"P{number}",
        "title": f"Proposal {number} on {topic}",
        "abstract": f"{WORDS[topic]} number{number}",
        "topic": topic,
        "duration_months": 36,
        "partners": [
            partner(
                "JP", f"Institute {number} Kyoto", "30000000", role="coordinator", investigators=[{"id": f"I{number}"}]
            ),
            partner("EU", f"Institut {number} Jena", "250000.00"),
        ],
        **more,
    }


def expert(number: int, side: str | None, topic: str = "light", **more: Any) -> dict[str, Any]:
    """An expert of a Side with one publication."""
    row = {"id": f"E{number}", "organisation": f"Academy {number}", "publications": [f"W{number}"], **more}
    return row if side is None else {"side": side, **row}


def publication(number: int, topic: str = "light") -> dict[str, Any]:
    """A publication with its topic's words."""
    return {"id": f"W{number}", "title": f"On {topic}", "abstract": f"{WORDS[topic]} result{number}", "year": 2025}


def topic_of(number: int) -> str:
    """Odd numbers are light, even ones matter."""
    return "light" if number % 2 else "matter"


def tables() -> dict[str, list[dict[str, Any]]]:
    """Six proposals, six experts (the last without a Side) and their publications."""
    sides = ["JP", "EU", "JP", "EU", "JP", None]
    return {
        "proposals": [proposal(number, topic_of(number)) for number in range(1, 7)],
        "experts": [expert(number, side, topic_of(number)) for number, side in enumerate(sides, start=1)],
        "publications": [publication(number, topic_of(number)) for number in range(1, 7)],
    }


REVIEWS = """\
proposal,expert,criterion,score
P1,E1,excellence,4.5
P1,E1,impact,4
P1,E2,excellence,4
P1,E2,impact,4.5
P2,E3,excellence,3
P2,E3,impact,3.5
P2,E4,excellence,4
P2,E4,impact,3
P3,E1,excellence,5
P3,E1,impact,5
P3,E4,excellence,4.5
P3,E4,impact,5
P4,E3,excellence,2
P4,E3,impact,1.5
P4,E2,excellence,1
P4,E2,impact,2
P5,E5,excellence,4.5
P5,E5,impact,4
P5,E4,excellence,4
P5,E4,impact,4.5
P6,E5,excellence,3
P6,E5,impact,3
P6,E2,excellence,2.5
P6,E2,impact,3.5
"""


def write_call(
    folder: Path,
    *,
    plan: str = PLAN,
    rows: dict[str, list[dict[str, Any]]] | None = None,
    reviews: str | None = REVIEWS,
    **files: str,
) -> Path:
    """Write the small call to a folder; `files` are further tables by name, `conflicts="…"` is conflicts.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    for name, table in (rows or tables()).items():
        lines = [json.dumps(row, ensure_ascii=False) for row in table]
        (folder / f"{name}.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    if reviews is not None:
        (folder / "reviews.csv").write_text(reviews, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.csv").write_text(text, encoding="utf-8")
    return folder
