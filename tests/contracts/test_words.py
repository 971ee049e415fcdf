"""Whatever a plan, a step or a reader can be called has words in every language, in every room that tells it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

import accord.report
from accord.methods import eligibility
from accord.methods.conflicts import Kind as ConflictKind
from accord.methods.scores import Assessment
from accord.methods.selection.values import Reason as SelectionReason
from accord.methods.selection.values import Rule
from accord.pipeline.adjusted_call import BY_THE_MEETING
from accord.pipeline.adjustments import Kind as AdjustmentKind
from accord.pipeline.disclosure_view import Outcome
from accord.pipeline.steps import LeftOut, LotteryDraw, NotFunded, RankingResult, Reduction, StoodFinding
from accord.plan.calendar import DayFinding
from accord.plan.model import AffinityRule, CallHead, RankingRule, Request, Review, SelectionRule, Timeline
from accord.plan.practice import (
    ApplicantMatter,
    Letter,
    LotteryDates,
    Question,
    Results,
    Sealing,
    SideMatter,
    Twins,
)
from accord.report import status_words
from accord.report.calendar_words import MESSAGES as CALENDAR
from accord.report.charts.words import MESSAGES as CHARTS
from accord.report.language import LANGUAGES, report_words, words
from accord.report.reasons import why_not_funded

ROOM = Path(accord.report.__file__).parent
RULES = sorted(set(re.findall(r'rule="([a-z_.]+)"', Path(eligibility.__file__).read_text(encoding="utf-8"))))
REASONS = (*get_args(SelectionReason), BY_THE_MEETING)
TIE_BREAKS = ("topic-coverage", "geography", "funds", "lottery")


def choices(model: type[BaseModel], field: str) -> tuple[str, ...]:
    """What a field may be, as its type says."""
    return tuple(one for one in _literals(model.model_fields[field].annotation) if isinstance(one, str))


def _literals(annotation: Any) -> Iterator[Any]:
    for one in get_args(annotation):
        if get_args(one):
            yield from _literals(one)
        else:
            yield one


def written(folder: str, language: str) -> dict[str, Any]:
    """The messages of one of the rooms that keeps them in a file a language."""
    content = tomllib.loads((ROOM / folder / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, table in content.items() for key, text in table.items()}


def table_of(room: str, language: str) -> Mapping[str, Any]:
    tables = {"status": status_words.MESSAGES, "calendar": CALENDAR, "charts": CHARTS}
    if room in tables:
        return {key: texts[language] for key, texts in tables[room].items() if language in texts}
    return written(room, language)


REPORT, LETTERS, PLAN_DOCUMENT = "words", "letters/words", "plan_document/words"
NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    (REPORT, "conflict."): get_args(ConflictKind),
    (REPORT, "rule."): get_args(Rule),
    (REPORT, "matter."): get_args(SideMatter),
    (REPORT, "adjusted."): get_args(AdjustmentKind),
    (REPORT, "reason."): choices(Reduction, "kind"),
    (REPORT, "decided."): (*TIE_BREAKS, "score", "last"),
    (REPORT, "list.lead-"): choices(RankingResult, "order_by"),
    (REPORT, "lottery."): choices(LotteryDraw, "status"),
    (REPORT, "finding."): choices(StoodFinding, "kind"),
    (REPORT, "assignment.left-out-"): choices(LeftOut, "kind"),
    (REPORT, "applicants."): tuple(get_args(Outcome)),
    (REPORT, "tie.advice-"): choices(RankingRule, "advice"),
    ("status", "rule."): tuple(RULES),
    ("status", "conflict."): get_args(ConflictKind),
    ("calendar", "stage."): ("opens", "closes"),
    ("calendar", "timeline."): tuple(Timeline.model_fields),
    ("calendar", "lottery."): tuple(one for one in LotteryDates.model_fields if one != "fallback"),
    ("calendar", ""): get_args(get_type_hints(DayFinding)["kind"]),
    ("charts", "state."): ("funded", "reserve"),
    (LETTERS, "letter."): (
        *choices(Letter, "to"),
        *(one for one in REASONS if one not in {"budget", "below-threshold", "list-stopped"}),
    ),
    (LETTERS, "text."): choices(Letter, "to"),
    (PLAN_DOCUMENT, "call.mode_"): choices(CallHead, "mode"),
    (PLAN_DOCUMENT, "annex.basis_"): choices(Request, "basis"),
    (PLAN_DOCUMENT, "applying."): choices(Sealing, "opens_to"),
    (PLAN_DOCUMENT, "applying.after_"): choices(Sealing, "after"),
    (PLAN_DOCUMENT, "evaluation.fairness_"): choices(Review, "fairness"),
    (PLAN_DOCUMENT, "evaluation.thresholds_"): choices(Review, "thresholds_on"),
    (PLAN_DOCUMENT, "evaluation.model_"): choices(AffinityRule, "model"),
    (PLAN_DOCUMENT, "evaluation.organisation_"): ("yes", "no", "department"),
    (PLAN_DOCUMENT, "ranking.order_"): choices(RankingRule, "order_by"),
    (PLAN_DOCUMENT, "ranking.ties_"): choices(RankingRule, "ties_are"),
    (PLAN_DOCUMENT, "ranking.rule_"): choices(SelectionRule, "rule"),
    (PLAN_DOCUMENT, "ranking.tie_"): (*TIE_BREAKS, "score", "refuse"),
    (PLAN_DOCUMENT, "ranking."): (*choices(SelectionRule, "adjustments"), *choices(RankingRule, "advice")),
    (PLAN_DOCUMENT, "ranking.fallback_"): choices(LotteryDates, "fallback"),
    (PLAN_DOCUMENT, "results."): choices(Letter, "to"),
    (PLAN_DOCUMENT, "field."): (*choices(Twins, "key"), *choices(Twins, "compare"), *choices(Results, "publish")),
    (PLAN_DOCUMENT, "form."): choices(Question, "kind"),
    (PLAN_DOCUMENT, "disclosure."): tuple({*get_args(SideMatter), *get_args(ApplicantMatter)}),
}


def lacking(needed: Mapping[tuple[str, str], tuple[str, ...]]) -> list[str]:
    """Everything that has no words in one of the languages, or empty ones."""
    return [
        f"{room} {language}: {begin}{name}"
        for (room, begin), names in needed.items()
        for language in LANGUAGES
        for name in names
        if not table_of(room, language).get(f"{begin}{name}")
    ]


def test_nothing_lacks_its_words() -> None:
    assert all(names for names in NEEDED.values())
    assert len(RULES) > 10
    assert len(get_args(ConflictKind)) > 5
    assert lacking(NEEDED) == []


def test_what_has_no_words_is_found() -> None:
    assert lacking({(REPORT, "conflict."): ("joint-project", "unheard-of")}) == [
        "words en: conflict.unheard-of",
        "words ja: conflict.unheard-of",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_told(reason: str, language: str) -> None:
    one = NotFunded(proposal="P1", place=2, reason=reason)
    judged = Assessment(proposal="P1", reviews=2, mean_total=1, criteria={})
    told = why_not_funded(one, judged, {}, {}, say=report_words(language))
    assert len(told) == 1
    assert told[0].text
    assert (re.search("[A-Za-z]{2,}", told[0].text) is None) is (language == "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(ConflictKind))
def test_every_kind_of_conflict_has_evidence_in_words(kind: str, language: str) -> None:
    assert any(key == f"evidence.{kind}" or key.startswith(f"evidence.{kind}.") for key in written(REPORT, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_that_a_proposal_can_fail_is_told(language: str) -> None:
    said = written(REPORT, language)
    assert [rule for rule in RULES if not any(key.startswith(f"found.{rule}") for key in said)] == []


def test_every_table_speaks_every_language() -> None:
    for table in (status_words.MESSAGES, CALENDAR, CHARTS):
        for language in LANGUAGES:
            said = words(language, table).messages
            assert [key for key in table if not key.endswith(".more") and not said.get(key)] == []
