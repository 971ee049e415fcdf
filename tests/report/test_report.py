"""The report: every proposal with its reason, nothing that runs or loads, and a page that all can read."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_reader import Element
from report_checks import check_lists, check_page

from accord.call.folder import load_call
from accord.example import example_call
from accord.methods.lottery import commitment
from accord.pipeline.walk import Walk, run
from accord.report import report_html
from calls import PLAN, expert, publication, tables, write_call
from conftest import ROOT

HOSTILE = '<script>alert("1")</script>\' onload="x" &amp; \u202eevil\u202c </table></style><!--'


def example(folder: Path, *, sides: int, proposals: int, rule: str = "list-with-skips", order: str = "") -> Walk:
    """An example call of those measures, walked under a rule."""
    folder.mkdir()
    for name, content in example_call(sides=sides, proposals=proposals, experts=proposals * 2, seed=5).items():
        (folder / name).write_bytes(content)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    plan, found = re.subn(r'(?m)^rule = ".*?"', f'rule = "{rule}"', plan)
    assert found == 1
    if order:
        plan = re.sub(r'(?m)^order_by = ".*?"', f'order_by = "{order}"', plan)
        plan = re.sub(r'(?m)^ties_are = ".*?"', 'ties_are = "equal"', plan)
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    return run(load_call(folder))


def test_the_small_call_row_by_row(small_call: Path) -> None:
    page = check_page(report_html(run(load_call(small_call))))
    sections = ("funded", "reserve", "not-funded", "not-eligible")
    rows = {name: [row.text for row in page.by_id(name).all("tr") if "id" in row.attributes] for name in sections}
    tied = {row.split()[2]: row for row in rows["funded"][1:]}
    asks = "JPY 30,000,000 EUR 250,000.00"
    assert rows["funded"][0] == (
        "1 Proposal 3 on light P3 · Light 9.75 JPY 30,000,000 left JPY 70,000,000 EUR 250,000.00 left EUR 650,000.00 Funded"
    )
    assert sorted(tied) == ["1", "5"]  # equal: the provisional draw says which is first
    assert [row.rsplit("; ", 1)[1] for row in rows["funded"][1:]] == ["placed by the lottery", "placed last"]
    assert rows["reserve"] == [
        f"1 Proposal 2 on matter P2 · Matter · place 4 of the list 6.75 {asks} "
        "JP JPY 20,000,000 short EU EUR 100,000.00 short",
        f"2 Proposal 6 on matter P6 · Matter · place 5 of the list 6.00 {asks} "
        "JP JPY 20,000,000 short EU EUR 100,000.00 short",
    ]
    assert rows["not-funded"] == [
        f"6 Proposal 4 on matter P4 · Matter 3.25 {asks} below threshold: excellence 1.50 of 2, 0.50 short "
        "below threshold: total 3.25 of 5, 1.75 short"
    ]
    assert rows["not-eligible"] == []
    assert [item.text for item in page.by_id("budgets").all("li")] == [
        "JP JPY 90,000,000 of JPY 100,000,000 left JPY 10,000,000 Eligible proposals request JPY 180,000,000.",
        "EU EUR 750,000.00 of EUR 900,000.00 left EUR 150,000.00 Eligible proposals request EUR 1,500,000.00.",
    ]
    bars = [bar.attributes["style"] for bar in page.by_id("budgets").all("i") if "style" in bar.attributes]
    assert bars == ["width:90.0%", "width:83.3%"]
    assert page.by_id("ties").all("li")[1].text.endswith("the only one left")
    assert "Provisional. The lottery is not drawn yet" in page.text
    assert "Amounts are indicative: subject to appropriations." in page.text


@pytest.mark.parametrize(
    ("sides", "rule", "order"),
    [(2, "list-order", ""), (3, "list-with-skips", ""), (5, "ties-by-funds", "mean"), (4, "max-merit", "mean")],
)
def test_every_proposal_of_an_example_call_stands_with_its_reason(
    tmp_path: Path, sides: int, rule: str, order: str
) -> None:
    walk = example(tmp_path / "call", sides=sides, proposals=40, rule=rule, order=order)
    page = check_page(report_html(walk))
    check_lists(walk, page)
    drawn = [one for one in page.all("svg") if one.attributes["class"] == "strip"]
    assert walk.selection is not None
    ranked = len(walk.selection.result.funded) + len(walk.selection.result.not_funded)
    assert len(drawn) == (0 if order else ranked)
    columns = page.by_id("funded").all("thead")[0].text
    assert all(name in columns for name in walk.inputs.call.plan.plan.sides) is (sides <= 3)


def test_forty_sides_each_keep_their_colour_pattern_and_label(tmp_path: Path) -> None:
    walk = example(tmp_path / "call", sides=40, proposals=60)
    page = check_page(report_html(walk))
    check_lists(walk, page)
    marks = [one.attributes["class"] for one in page.all("header")[0].all("span") if "side s" in f"{one.attributes}"]
    assert len(set(marks)) == len(marks) == 40
    labels = {(one.text, one.attributes["class"]) for one in page.all("span") if one.attributes.get("class") in marks}
    assert len(labels) == 40  # one mark a Side, everywhere
    assert {text for text, _ in labels} == set(walk.inputs.call.plan.plan.sides)
    assert walk.selection is not None
    paying = [
        name for name, left in walk.selection.result.remaining.items() if left < walk.selection.result.budgets[name]
    ]
    bars = page.by_id("budgets").all("li")
    assert [one.all("span")[0].text for one in bars] == [
        name for name in walk.inputs.call.plan.plan.sides if name in paying
    ]
    assert 0 < len(paying) < 39
    assert f"{40 - len(paying)} other Sides pay nothing of what is selected" in page.by_id("budgets").text
    assert len(page.by_id("budgets").all("table")[0].all("tr")) == 41


def test_the_reference_call(quantum_call: Path) -> None:
    walk = run(load_call(quantum_call))
    content = report_html(walk)
    assert len(content) < 5_000_000
    page = check_page(content)
    check_lists(walk, page)
    assert walk.assignment.result.stood is not None
    assert f"The reviews show {walk.assignment.result.stood.pairs:,} pairs" in page.by_id("assignment").text
    assert ", ".join(walk.inputs.call.plan.plan.recorded_only) in page.by_id("record").text
    steps = [
        [cell.text for cell in row.children if isinstance(cell, Element)] for row in page.by_id("record").all("tr")
    ]
    assert steps[1:] == [[step.name, step.method, step.version, step.digest] for step in walk.steps()]
    strips = [one for one in page.all("svg") if one.attributes["class"] == "strip"]
    for strip in strips:
        (expected,) = strip.all("circle")
        (span,) = (line for line in strip.all("line") if line.attributes["class"] == "range")
        lower, upper = float(span.attributes["x1"]), float(span.attributes["x2"])
        assert 5 <= lower <= upper <= 127
        assert 5 <= float(expected.attributes["cx"]) <= 127
        words = re.fullmatch(
            r"expected rank ([\d.]+) of 98, 50% credible interval (\d+) to (\d+)(; it holds the line of the budgets)?",
            strip.attributes["aria-label"],
        )
        assert words is not None
        assert lower == pytest.approx(5 + 122 * (int(words[2]) - 1) / 97, abs=0.06)
        assert upper == pytest.approx(5 + 122 * (int(words[3]) - 1) / 97, abs=0.06)


def test_peoples_text_stays_text(tmp_path: Path) -> None:
    rows = tables()
    rows["proposals"][0]["title"] = HOSTILE
    rows["proposals"][1]["title"] = "光格子時計のための量子測定"
    rows["proposals"][2]["title"] = "Rings \x07 and \x1b bells"
    rows["proposals"][3]["partners"][0]["organisation"] = HOSTILE
    rows["proposals"][3]["partners"][0]["country"] = "DE"
    rows["experts"][0]["organisation"] = HOSTILE
    rows["proposals"][0]["partners"][0]["organisation"] = HOSTILE
    literal = HOSTILE.replace('"', '\\"')
    plan = PLAN.replace('en = "A small call"', f'en = "{literal}"').replace(
        'en = "The other Side"', f'en = "{literal}"'
    )
    plan = plan.replace('programme = "One"', f'programme = "{literal}"').replace('en = "Light"', f'en = "{literal}"')
    declared = 'proposal,expert,reason\nP2,E6,"<b onclick=""x"">said so</b>"\n'
    folder = write_call(tmp_path / "call", plan=plan, rows=rows, reviews=None, conflicts=declared)
    content = report_html(run(load_call(folder), simulate_reviews=1))
    page = check_page(content)
    title = page.by_id("p-P1").all("bdi")[0]
    assert title.children == [HOSTILE]  # isolated, so that its marks turn nothing around beside it
    assert page.all("h1")[0].all("bdi")[0].children == [HOSTILE]
    japanese = page.by_id("p-P2").all("bdi")[0]
    assert japanese.attributes == {"lang": "ja"}
    assert page.by_id("p-P3").all("bdi")[0].children == ["Rings \ufffd and \ufffd bells"]
    assert '<b onclick="x">said so</b>' in page.by_id("conflicts").text
    assert f"both at {' '.join(HOSTILE.split())}" in page.by_id("conflicts").text
    assert f"{' '.join(HOSTILE.split())} is in DE" in page.by_id("p-P4").text
    assert b"<script" not in content
    named = content.replace(b'xmlns="http://www.w3.org/2000/svg"', b"")  # a name, not a place that is looked up
    assert b"https:" not in named
    assert b"http:" not in named


def test_the_same_walk_gives_the_same_bytes_whatever_the_hash_seed(small_call: Path) -> None:
    content = report_html(run(load_call(small_call)))
    assert report_html(run(load_call(small_call))) == content
    program = (
        "import hashlib, sys; from pathlib import Path; from accord.call.folder import load_call; "
        "from accord.pipeline.walk import run; from accord.report import report_html; "
        "print(hashlib.sha256(report_html(run(load_call(Path(sys.argv[1]))))).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "PYTHONPATH": str(ROOT / "src")}
    finished = subprocess.run(
        [sys.executable, "-c", program, small_call], env=environment, capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == hashlib.sha256(content).hexdigest()


def test_before_reviews_the_assignment_is_shown(tmp_path: Path) -> None:
    walk = run(load_call(write_call(tmp_path / "call", reviews=None)))
    page = check_page(report_html(walk))
    assert "There are no reviews yet: nothing is ranked and nothing is selected." in page.text
    assert [row.attributes["id"] for row in page.by_id("eligible").all("tr")[1:]] == [f"p-P{n}" for n in range(1, 7)]
    (pairs,) = page.by_id("assignment").all("details")
    assert "open" in pairs.attributes
    shown = [row.text.split()[:2] for row in pairs.all("tr")[1:]]
    assert shown == [[pair.proposal, pair.expert] for pair in walk.assignment.result.pairs]
    assert "Simulated scores" not in page.text
    loads = next(one for one in page.by_id("loads").all("table") if one.attributes["class"] == "loads")
    found = {int(row.all("th")[0].text): int(row.all("td")[0].text) for row in loads.all("tr")[1:]}
    of_expert = Counter(pair.expert for pair in walk.assignment.result.pairs)
    counted = Counter(of_expert[name] for name in walk.assignment.result.experts)
    assert found == {load: counted[load] for load in range(max(counted) + 1)}


def test_simulated_scores_and_a_call_without_reserve_say_so(tmp_path: Path) -> None:
    plan = PLAN.replace('ja = "小さな公募" }', 'ja = "小さな公募" }\nindicative = false').replace(
        "reserve = 2", "reserve = 0"
    )
    plan = plan.replace('prevailing_language = "en"', 'prevailing_language = "ja"')
    page = check_page(
        report_html(run(load_call(write_call(tmp_path / "call", plan=plan, reviews=None)), simulate_reviews=8))
    )
    assert "Simulated scores. They are made up from the seed 8" in page.text
    assert "appropriations" not in page.text
    assert "No proposal is on the reserve list." in page.text
    title = page.all("h1")[0].all("bdi")[0]
    assert (title.attributes, title.children) == ({}, ["A small call"])  # what the page speaks, then what prevails
    beside = next(one for one in page.all("p") if one.attributes.get("class") == "other").all("bdi")[0]
    assert (beside.attributes, beside.children) == ({"lang": "ja"}, ["小さな公募"])


def test_the_lottery_is_drawn_stopped_or_waited_for(small_call: Path) -> None:
    secrets = {"JP": bytes(range(32)), "EU": bytes(range(1, 33))}
    lines = [f"{side},{commitment('small', side, secret)}" for side, secret in secrets.items()]
    (small_call / "lottery-commitments.csv").write_text("\n".join(["side,commitment", *lines, ""]))
    waiting = check_page(report_html(run(load_call(small_call))))
    assert "Provisional. The lottery is not drawn yet: " in waiting.text
    reveals = [f"{side},{secret.hex()}" for side, secret in secrets.items()]
    (small_call / "lottery-reveals.csv").write_text("\n".join(["side,secret", reveals[0], ""]))
    stopped = check_page(report_html(run(load_call(small_call))))
    assert "Provisional. The lottery stopped: " in stopped.text
    (small_call / "lottery-reveals.csv").write_text("\n".join(["side,secret", *reveals, ""]))
    walk = run(load_call(small_call))
    drawn = check_page(report_html(walk))
    assert walk.list is not None
    assert "Provisional." not in drawn.text
    assert "drawn from the secrets that every Side revealed. It decides the place of" in drawn.by_id("ties").text
    assert f"The draw, SHA-256 {walk.list.result.lottery.seed}" in drawn.by_id("ties").text


def test_an_assignment_that_cannot_be_made_says_what_lacks(tmp_path: Path) -> None:
    rows = tables()
    rows["experts"] = [expert(1, "JP"), expert(2, "EU")]
    rows["publications"] = [publication(1), publication(2)]
    walk = run(load_call(write_call(tmp_path / "call", rows=rows, reviews=None)))
    assert walk.assignment.result.infeasible
    section = check_page(report_html(walk)).by_id("assignment")
    assert "No assignment meets the plan." in section.text
    assert tuple(item.text for item in section.all("li")) == walk.assignment.result.infeasible


def test_what_stood_is_compared_and_reviews_left_out_are_told(tmp_path: Path) -> None:
    declared = "proposal,expert,reason\nP1,E1,they teach together\n"
    walk = run(load_call(write_call(tmp_path / "call", conflicts=declared)))
    section = check_page(report_html(walk)).by_id("assignment")
    assert walk.assignment.result.stood is not None
    findings = [finding for finding in walk.assignment.result.stood.findings if finding.kind == "conflict"]
    assert [finding.proposal for finding in findings] == ["P1"]
    assert "in conflict P1 E1 declared: they teach together" in section.text
    assert "1 review kept in the record and not counted: 1 of an expert in conflict." in section.text


def test_consensus_orders_without_an_interval_and_names_what_has_no_place(tmp_path: Path) -> None:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "consensus"\nadvice = ["mean"]')
    plan = plan.replace('thresholds_on = "mean"', 'thresholds_on = "consensus"')
    scores = [f"P{number},{name},{4 - number / 2}" for number in range(1, 6) for name in ("excellence", "impact")]
    consensus = "\n".join(["proposal,criterion,score", *scores, ""])
    page = check_page(report_html(run(load_call(write_call(tmp_path / "call", plan=plan, consensus=consensus)))))
    assert [row.attributes.get("id") for row in page.by_id("not-ranked").all("tr")] == [None, "p-P6"]
    assert "the panel has agreed on no score for it yet" in page.by_id("p-P6").text
    assert "Panel's total of 10" in page.by_id("funded").text
    assert page.by_id("p-P1").all("svg") == []
    (advice,) = page.by_id("ties").all("details")
    assert [row.text for row in advice.all("tr")][:2] == ["Proposal List mean", "P1 1 2"]


def test_each_instant_stands_in_each_sides_time(small_call: Path) -> None:
    timeline = check_page(report_html(run(load_call(small_call)))).by_id("timeline")
    assert [row.text for row in timeline.all("tr")] == [
        "Instant Time in each zone",
        "Opens JP Thu 15 Jan 2026, 10:00 JST Asia/Tokyo EU Thu 15 Jan 2026, 02:00 CET Europe/Brussels",
        "Closes JP Wed 15 Apr 2026, 17:00 JST Asia/Tokyo EU Wed 15 Apr 2026, 10:00 CEST Europe/Brussels",
    ]
    assert [one.attributes["datetime"] for one in timeline.all("time")] == [
        "2026-01-15T01:00:00Z",
        "2026-04-15T08:00:00Z",
    ]
    drawn = list(_drawn(timeline.all("svg")[0]))
    assert drawn == [
        ("name", "JP"), ("zone", "Tokyo"), ("name", "EU"), ("zone", "Brussels"),
        ("gate-name", "Opens"), ("year", "2026"), ("when", "15 Jan, 10:00 JST"), ("when", "15 Jan, 02:00 CET"),
        ("gate-name", "Closes"), ("year", "2026"), ("since", "90 days"),
        ("when", "15 Apr, 17:00 JST"), ("when", "15 Apr, 10:00 CEST"),
    ]  # fmt: skip


def _drawn(drawing: Element) -> Iterator[tuple[str, str]]:
    for text in drawing.all("text"):
        yield text.attributes["class"], text.text
