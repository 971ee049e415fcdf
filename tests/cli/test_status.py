import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from accord.call.folder import load_call
from accord.cli.output import width
from accord.cli.status import plain, status
from accord.cli.timeline import timeline, timeline_text
from accord.errors import UnusableFolder
from accord.example import example_call
from accord.pipeline.status import status as status_of
from accord.plan.load import load_plan, parse_plan
from calls import PLAN, tables, write_call


def told(command: object, *arguments: str | Path) -> Result:
    result = CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_status_in_a_terminal(small_call: Path) -> None:
    lines = told(status, small_call).stdout.splitlines()
    assert lines[:14] == [
        "A small call",
        "  6 proposals, 6 eligible · 6 experts",
        "  Amounts are indicative: subject to appropriations.",
        "",
        "Money asked",
        "  JP  █████████████▍··········  1.8×   JPY 180,000,000  for JPY 100,000,000",
        "  EU  ██████████████▍·········  1.7×  EUR 1,500,000.00  for EUR 900,000.00",
        "",
        "Asked of each Side's budget, by topic",
        "      light  matter",
        "  JP   0.9×    0.9×",
        "  EU   0.8×    0.8×",
        "",
        "Proposals by topic and coordinator",
    ]
    assert "  Tables that are not there yet: 3" in lines
    assert "  every proposal is eligible" in lines
    assert "  reviews   ████████████████████████ 12 of 12" in lines
    assert "  without a Side        1         4" in lines


def test_status_lines_up_with_japanese(tmp_path: Path) -> None:
    rows = tables()
    for number, name in ((0, "東京大学"), (1, "東京大学"), (2, "Kyoto"), (3, "Kyoto")):
        rows["proposals"][number]["partners"][0] |= {
            "organisation": name,
            "investigators": [{"id": name if name == "Kyoto" else "T", "name": f"{name} 花子"}],
        }
    lines = told(status, write_call(tmp_path / "call", rows=rows)).stdout.splitlines()
    start = lines.index("Investigators in several proposals: 2") + 1
    assert [width(line.partition("coordinates")[0]) for line in lines[start : start + 2]] == [24, 24]


def test_status_for_machines_is_the_whole_value(small_call: Path) -> None:
    machine = json.loads(told(status, small_call, "--json").stdout)
    found = status_of(load_call(small_call))
    assert machine == json.loads(json.dumps(plain(found)))
    assert machine["demand"][0] == {
        "budget": 100000000,
        "own_budget": False,
        "proposals": 6,
        "ratio": "1.8",
        "requested": 180000000,
        "side": "JP",
        "topic": None,
        "unit": "JPY",
    }
    assert machine["calendar"]["moments"][1]["at"] == "2026-04-15T08:00:00+00:00"


def test_status_as_a_page(small_call: Path, tmp_path: Path) -> None:
    out = tmp_path / "status.html"
    assert told(status, small_call, "--html", out, "--language", "ja").stdout.endswith(f"written: {out}\n")
    assert b'<html lang="ja">' in out.read_bytes()


def test_status_before_the_experts_are_chosen(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "call", rows={"proposals": tables()["proposals"]}, reviews=None)
    out = told(status, folder).stdout
    assert "experts, publications, declared conflicts, reviews, lottery commitments, lottery reveals" in out
    assert "Experts\n  none yet\n" in out


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFolder, match="there is no such folder"):
        told(status, tmp_path / "nowhere")


def test_the_timeline_of_a_plan_or_a_folder(small_call: Path) -> None:
    assert told(timeline, small_call).stdout == told(timeline, small_call / "plan.toml").stdout
    assert timeline_text(load_plan(small_call / "plan.toml"), 80).splitlines() == [
        "\x1b[1mA small call\x1b[0m",
        "",
        "               Opens                Closes",
        "               ╻ 2026               ╻ 2026, 90 days on",
        "  JP Tokyo     ╋━━━━━━━━━━━━━━━━━━━━╋━━━━━━━━━━━━━━━━━━━━",
        "               ┃ 15 Jan 10:00 JST   ┃ 15 Apr 17:00 JST",
        "  EU Brussels  ╋━━━━━━━━━━━━━━━━━━━━╋━━━━━━━━━━━━━━━━━━━━",
        "               ╹ 15 Jan 02:00 CET ! ╹ 15 Apr 10:00 CEST",
        "",
        "\x1b[1mDays to look at (!)\x1b[0m",
        "  Opens",
        "    outside office hours  Thu 15 Jan 2026, 02:00 CET  EU",
    ]


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_tracks_fit_the_terminal_and_gates_stand_under_each_other(columns: int) -> None:
    plan = example_call(sides=12, proposals=5, experts=20, seed=1)["plan.toml"]
    text = re.sub("\x1b\\[[0-9]*m", "", timeline_text(parse_plan(plan), columns))
    tracks, _, notes = text.partition("Days to look at")
    assert max(width(line) for line in notes.splitlines()) <= max(columns, 80)
    bands = [band.splitlines() for band in tracks.strip("\n").split("\n\n")[1:]]
    for band in bands:
        assert len(band) == 2 + 2 * 12
        assert max(width(line) for line in band) <= columns
        places = {tuple(place for place, sign in enumerate(line) if sign in "╋┿") for line in band[2::2]}
        below = {tuple(place for place, sign in enumerate(line) if sign in "┃╹") for line in band[3::2]}
        assert places == below == {tuple(place for place, sign in enumerate(band[1]) if sign == "╻")}


def test_the_timeline_as_files(small_call: Path, tmp_path: Path) -> None:
    ics, html = tmp_path / "call.ics", tmp_path / "timeline.html"
    out = told(timeline, small_call, "--ics", ics, "--html", html, "-q").stdout
    assert out == ""
    assert len(Calendar.from_ical(ics.read_bytes()).walk("VEVENT")) == 2
    assert html.read_bytes().startswith(b"<!doctype html>")


def test_a_gate_of_one_side_leaves_the_others_track_open() -> None:
    gate = '\n[[gate]]\nid = "one"\ntitle = { en = "A council" }\nat = 2026-04-20T10:00:00+02:00\nsides = ["EU"]\n'
    lines = timeline_text(parse_plan((PLAN + gate).encode()), 100).splitlines()
    assert [line.count("┿") for line in lines if "━" in line] == [1, 0]
    assert not any("20 Apr 17:00 JST" in line for line in lines)
    assert any("20 Apr 10:00 CEST" in line for line in lines)
