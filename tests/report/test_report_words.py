"""The report's words: the same messages in both languages, each used, and none of them English on a Japanese page."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from page_reader import Element
from report_checks import check_page

import accord.report
from accord.call.folder import load_call
from accord.errors import InvalidInput
from accord.methods import eligibility, lottery
from accord.methods.conflicts import Kind
from accord.methods.eligibility import FailedRule
from accord.methods.selection import Rule
from accord.pipeline.walk import Walk, run
from accord.report import report_html
from accord.report.language import report_words
from accord.report.reasons import why_not_eligible
from accord.report.retold import evidence, kind_and_evidence, retold
from calls import PLAN, expert, publication, tables, write_call

ROOM = Path(accord.report.__file__).parent
NAMES = {"Accord", "SHA", "record", "verify", "accord", "report", "language", "html", "en"}
TIME = {"JST", "CET", "CEST", "UTC", "Asia", "Tokyo", "Europe", "Brussels"}


def written(language: str) -> dict[str, str | list[str]]:
    content = tomllib.loads((ROOM / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, table in content.items() for key, text in table.items()}


def places(text: str | list[str]) -> set[str]:
    return {
        name for one in ([text] if isinstance(text, str) else text) for _, name, _, _ in Formatter().parse(one) if name
    }


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    english, japanese = written("en"), written("ja")
    assert list(english) == list(japanese)
    differing = [key for key in english if places(english[key]) != places(japanese[key])]
    # A unit stands within a Japanese amount, and a number that is already told needs no second telling.
    assert differing == ["found.request.max_per_proposal", "found.request.min_per_proposal"]
    assert all(len(text) == 2 for text in english.values() if isinstance(text, list))


def test_no_message_is_unused() -> None:
    sources = [*ROOM.rglob("*.py"), *(ROOM / "templates").glob("*.jinja")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    prefixes = set(re.findall(r'"([a-z-]+\.[a-z-]*)(?:"\s*~|\{)', text))
    prefixes |= {f"{family}." for family in re.findall(r'retold\(f?"([a-z-]+)[."]', text)}
    unused = [
        key
        for key in written("en")
        if f'"{key}"' not in text and not any(key.startswith(prefix) for prefix in prefixes)
    ]
    assert unused == []
    every = {f"rule.{rule}" for rule in get_args(Rule)} | {f"conflict.{kind}" for kind in get_args(Kind)}
    assert every <= set(written("en"))


def test_a_language_that_the_software_does_not_speak_is_refused(small_call: Path) -> None:
    with pytest.raises(InvalidInput, match="language"):
        report_html(run(load_call(small_call)), "fr")


def sentences(source: Path, call: str, key: str, text: str) -> Iterator[tuple[str, str]]:
    """What a module writes as `call(key="…", text=…)`, with 7 in every place of the text."""
    last: dict[str, ast.expr] = {}
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        body = (
            [one for one in ast.walk(node) if isinstance(one, ast.Assign | ast.Call)]
            if isinstance(node, ast.FunctionDef)
            else []
        )
        for one in sorted(body, key=lambda one: (one.lineno, one.col_offset)):
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                last[one.targets[0].id] = one.value
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == call:
                given = {word.arg: word.value for word in one.keywords}
                value = given[text]
                written = last[value.id] if isinstance(value, ast.Name) else value
                name = given[key]
                assert isinstance(name, ast.Constant)
                yield str(name.value), filled(written)


def filled(written: ast.expr) -> str:
    if isinstance(written, ast.Constant):
        return str(written.value)
    assert isinstance(written, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in written.values)


def test_every_sentence_of_eligibility_is_told_in_japanese() -> None:
    say = report_words("ja")
    found = list(sentences(Path(eligibility.__file__), "FailedRule", "rule", "found"))
    assert len(found) > 15
    for rule, sentence in [*found, ("partners.min_countries", "partners in no country, 2 are needed")]:
        reason = why_not_eligible(FailedRule(rule=rule, found=sentence), {}, say)
        assert reason.tag is None, sentence
        assert latin(reason.text) <= set(re.findall("[A-Za-z]{2,}", rule)), sentence
    english = why_not_eligible(FailedRule(rule="partners.min", found="anything at all"), {}, report_words("en"))
    assert (english.text, english.tag) == ("partners.min: anything at all", None)


def test_amounts_and_lists_within_a_sentence_are_written_as_people_there_write_them() -> None:
    say = report_words("ja")
    assert retold("found.request.max_per_proposal", "70000000 JPY requested, at most 60000000 may be", say).text == (
        "申請額70,000,000円、上限60,000,000円"
    )
    assert retold("found.coordinator_sides", "coordinated on UK, the plan allows JP, EU", say).text == (
        "代表機関はUK（計画はJP、EU）"
    )
    english = report_words("en")
    assert retold(
        "found.request.min_per_proposal", "1234.50 EUR requested, at least 20000.00 has to be", english
    ).text == ("EUR 1,234.50 requested, at least EUR 20,000.00 has to be")
    assert retold("found.partners.min", "1 partners count, at least 2 are needed", english).text == (
        "1 partners count, at least 2 are needed"
    )
    unknown = retold("found.partners.min", "a sentence of another version", say)
    assert (unknown.tag, unknown.text) == ("en", "a sentence of another version")


@pytest.mark.parametrize(
    ("kind", "sentence", "told"),
    [
        ("own-proposal", "takes part in it as investigator I1", "研究者I1として参加"),
        ("excluded-by-applicants", "named by the applicants", "応募者による指名"),
        ("same-organisation", "both at Kyoto (Japan)", "同じ機関：Kyoto (Japan)"),
        (
            "same-organisation",
            "both at Kyoto; the expert names no department",
            "同じ機関：Kyoto、審査員に部署の記載なし",
        ),
        ("same-organisation", "both at A (the expert writes B)", "同じ機関：A（審査員の表記：B）"),
        (
            "same-organisation",
            "both at A (the expert writes B); the partner names no department",
            "同じ機関：A（審査員の表記：B）、参画機関に部署の記載なし",
        ),
        ("coauthor", "wrote W1 (2024) with investigator I1", "研究者I1との共著論文W1（2024年）"),
        ("coauthor", "wrote with investigator I1, last in 2024", "研究者I1との共著（最新2024年）"),
        ("declared", "we teach together (declared by JP)", "we teach together（申告者：JP）"),
        ("declared", "同じ研究室", "同じ研究室"),
        ("joint-project", "a grant, until 2027 (declared by JP)", "a grant、2027年まで（申告者：JP）"),
        ("joint-project", "a grant, until 2027", "a grant、2027年まで"),
    ],
)
def test_evidence_is_told_in_japanese(kind: str, sentence: str, told: str) -> None:
    assert evidence(kind, sentence, report_words("ja")).text == told
    assert evidence(kind, sentence, report_words("en")).text == sentence


def test_a_recorded_kind_with_its_evidence_is_told() -> None:
    say = report_words("ja")
    assert kind_and_evidence("coauthor: wrote W1 (2024) with investigator I1", say).text == (
        "共著：研究者I1との共著論文W1（2024年）"
    )
    assert kind_and_evidence("the proposal is not eligible", say).text == "応募資格のない提案書"


def test_every_fault_of_a_lottery_is_told_in_japanese() -> None:
    stopped = lottery.LotteryStopped(uncommitted=("JP",), copied=("EU",), withheld=("UK",), mismatched=("CH",))
    faults = str(stopped).removeprefix("the lottery is not drawn: ").split("; ")
    assert [retold("fault", fault, report_words("ja")).text for fault in faults] == [
        "秘密値を登録していない側：JP",
        "同じ登録値の側：EU",
        "秘密値を公開していない側：UK",
        "登録値と異なる秘密値を公開した側：CH",
    ]


def latin(text: str) -> set[str]:
    return set(re.findall("[A-Za-z]{2,}", text))


def told(element: Element) -> Iterator[str]:
    """The texts of a page, drawn ones and text alternatives included, without styles and the other language."""
    if element.tag == "style" or element.attributes.get("lang") == "en":
        return
    if element.attributes.get("role") != "table":
        yield from (element.attributes[name] for name in ("aria-label", "data-label") if name in element.attributes)
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from told(child)


def words_of_the_call(walk: Walk) -> set[str]:
    """Every Latin word that people or the plan brought in, and the names that have no other writing."""
    call = walk.inputs.call
    plain: list[Any] = [call.plan.plan.model_dump(mode="json")]
    plain += [row.model_dump(mode="json") for _, rows in call.tables() for row in rows]
    plain += [*get_args(Rule), call.plan.digest]
    steps = {name for step in walk.steps() for name in (step.method, step.version, step.digest)}
    return latin(str(plain)) | latin(" ".join(steps)) | NAMES | TIME


def simulated(folder: Path) -> Walk:
    return run(load_call(write_call(folder, reviews=None)), simulate_reviews=3)


def without_reviews(folder: Path) -> Walk:
    return run(load_call(write_call(folder, reviews=None)))


def infeasible(folder: Path) -> Walk:
    rows = tables()
    rows["experts"], rows["publications"] = [expert(1, "JP"), expert(2, "EU")], [publication(1), publication(2)]
    return run(load_call(write_call(folder, rows=rows, reviews=None)))


def without_a_sides_experts(folder: Path) -> Walk:
    rows = tables()
    rows["experts"], rows["publications"] = [expert(1, "JP")], [publication(1)]
    return run(load_call(write_call(folder, rows=rows, reviews=None)))


def conflicted(folder: Path) -> Walk:
    rows = tables()
    rows["proposals"][1]["duration_months"] = 60
    rows["proposals"][4]["partners"][0]["requested"] = "70000000"
    declared = "proposal,expert,reason\nP1,E1,they teach together\nP3,E4,kin\n"
    return run(load_call(write_call(folder, rows=rows, conflicts=declared)))


def by_consensus(folder: Path) -> Walk:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "consensus"\nadvice = ["mean", "calibrated"]')
    plan = plan.replace('thresholds_on = "mean"', 'thresholds_on = "consensus"')
    plan = plan.replace('rule = "list-with-skips"', 'rule = "max-merit"')
    scores = [f"P{number},{name},{4 - number / 2}" for number in range(1, 6) for name in ("excellence", "impact")]
    consensus = "\n".join(["proposal,criterion,score", *scores, ""])
    return run(load_call(write_call(folder, plan=plan, consensus=consensus)))


def calibrated(folder: Path) -> Walk:
    plan = PLAN.replace('order_by = "mean"', 'order_by = "calibrated"').replace('"equal"', '"not-separable"')
    plan = plan.replace('rule = "list-with-skips"', 'rule = "list-order"')
    return run(load_call(write_call(folder, plan=plan)))


@pytest.mark.parametrize(
    "made", [simulated, without_reviews, infeasible, without_a_sides_experts, conflicted, by_consensus, calibrated]
)
def test_a_japanese_page_has_no_english_of_the_software(made: Callable[[Path], Walk], tmp_path: Path) -> None:
    walk = made(tmp_path / "call")
    content = report_html(walk, "ja")
    page = check_page(content, "ja")
    found = {word for text in told(page.all("html")[0]) for word in latin(text)}
    assert found - words_of_the_call(walk) == set()
    # The same page in English has the words: what is looked for can be found.
    english = {word for text in told(check_page(report_html(walk)).all("body")[0]) for word in latin(text)}
    assert {"Timeline", "Conflicts", "interest"} <= english - words_of_the_call(walk)
    assert report_html(walk, "ja") == content


def test_each_page_says_how_to_get_the_other(small_call: Path) -> None:
    walk = run(load_call(small_call))
    for language, other, sentence in (
        ("en", "ja", "この報告書は日本語でも作成できる："),
        ("ja", "en", "This report is also made in English:"),
    ):
        record = check_page(report_html(walk, language), language).by_id("record")
        assert [one.text for one in record.all("span") if one.attributes.get("lang") == other] == [sentence]
        assert f"--language {other}" in record.text


def test_japanese_amounts_dates_and_terms(small_call: Path) -> None:
    page = check_page(report_html(run(load_call(small_call)), "ja"), "ja")
    assert page.all("h1")[0].text == "小さな公募"
    assert "公募の各時点" in page.by_id("timeline").text
    assert "2026年4月15日（水）17:00 JST" in page.by_id("timeline").text
    assert "JP 90,000,000円 予算 100,000,000円 残額 10,000,000円" in page.by_id("budgets").text
    assert "EU EUR 100,000.00不足" in page.by_id("p-P2").text
    assert "基準点未満：合計点 3.25（基準5、1.75不足）" in page.by_id("p-P4").text
