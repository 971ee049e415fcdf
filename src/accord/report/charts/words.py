"""The words of the charts, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from accord.report.language import Language, Words

MESSAGES: Final[Mapping[str, Mapping[Language, str]]] = {
    "line": {"en": "funding line {at}", "ja": "採択線 {at}"},
    "line.bare": {"en": "funding line", "ja": "採択線"},
    "state.funded": {"en": "{n} funded", "ja": "採択候補 {n}件"},
    "state.reserve": {"en": "{n} in reserve", "ja": "補欠 {n}件"},
    "state.not-funded": {"en": "{n} not funded", "ja": "不採択 {n}件"},
    "state.below": {"en": "{n} below a threshold", "ja": "基準点未満 {n}件"},
    "ranks.title.rank": {"en": "The ranking list and its uncertainty", "ja": "順位表とその不確かさ"},
    "ranks.title.total": {"en": "The ranking list", "ja": "順位表"},
    "ranks.axis.rank": {"en": "expected rank, {credible}% interval", "ja": "期待順位と{credible}％信用区間"},
    "ranks.axis.total": {"en": "total", "ja": "合計点"},
    "ranks.rest": {"en": "places {first} to {last}: {funded} funded", "ja": "{first}位～{last}位：採択候補 {funded}件"},
    "ranks.text": {
        "en": "One proposal in the order of the ranking list: {states}.",
        "ja": "順位表の順に並べた{n}件の提案書：{states}。",
    },
    "ranks.text.more": {"en": "{n} proposals in the order of the ranking list: {states}."},
    "ranks.text.line.rank": {
        "en": "The funding line stands at the expected rank {at}.",
        "ja": "採択線は期待順位{at}にある。",
    },
    "ranks.text.line.total": {
        "en": "The funding line stands at the total {at}.",
        "ja": "採択線は合計点{at}にある。",
    },
    "ranks.text.held": {
        "en": "The {credible}% interval of {n} proposal holds the line: "
        "the scores do not say on which side it belongs.",
        "ja": "{n}件の{credible}％信用区間が採択線を含み、どちら側であるかは評点からは言えない。",
    },
    "ranks.text.held.more": {
        "en": "The {credible}% intervals of {n} proposals hold the line: "
        "the scores do not say on which side they belong.",
    },
    "ranks.text.shown": {
        "en": "Drawn are the places {first} to {last}, around the line.",
        "ja": "図は採択線の前後、{first}位～{last}位を示す。",
    },
    "budgets.title": {"en": "Each Side's budget along the list", "ja": "順位表に沿った各参加機関側の予算"},
    "budgets.axis": {"en": "place on the list", "ja": "順位"},
    "budgets.share": {"en": "part of the budget", "ja": "予算に対する割合"},
    "budgets.end": {"en": "{side} {share}%", "ja": "{side} {share}％"},
    "budgets.stops": {"en": "cannot pay place {place}", "ja": "{place}位で不足"},
    "budgets.stops.short": {"en": "short at {place}", "ja": "{place}位で不足"},
    "budgets.others": {"en": "grey: {n} other Side", "ja": "灰色：他の{n}参加機関側"},
    "budgets.others.more": {"en": "grey: {n} other Sides"},
    "budgets.text": {
        "en": "The part of each Side's budget that the funded proposals take, place by place. At the end: {ends}.",
        "ja": "採択候補が各参加機関側の予算に占める割合を、順位に沿って示す。最後の割合：{ends}。",
    },
    "budgets.text.stop": {"en": "{side} {place}", "ja": "{side}は{place}位"},
    "budgets.text.stops": {
        "en": "The first place that each cannot pay: {stops}.",
        "ja": "初めて予算が足りない順位：{stops}。",
    },
    "budgets.text.none": {"en": "No Side's budget runs out.", "ja": "予算の尽きる参加機関側はない。"},
    "calibration.title": {"en": "Before and after calibration", "ja": "校正の前後"},
    "calibration.before": {"en": "by mean total", "ja": "平均合計点による順位"},
    "calibration.after": {"en": "calibrated", "ja": "校正後"},
    "calibration.text": {
        "en": "{n} proposal by the mean of its experts' totals and after calibration.",
        "ja": "審査員の合計点の平均による順位と、校正後の順位（{n}件）。",
    },
    "calibration.text.more": {"en": "{n} proposals by the mean of their experts' totals and after calibration."},
    "calibration.text.up": {
        "en": "Above the funding line after calibration only: {n} proposal ({names}).",
        "ja": "校正後のみ採択線より上：{n}件（{names}）。",
    },
    "calibration.text.up.more": {"en": "Above the funding line after calibration only: {n} proposals ({names})."},
    "calibration.text.down": {
        "en": "Above the funding line before calibration only: {n} proposal ({names}).",
        "ja": "校正前のみ採択線より上：{n}件（{names}）。",
    },
    "calibration.text.down.more": {"en": "Above the funding line before calibration only: {n} proposals ({names})."},
    "calibration.text.same": {
        "en": "The same proposals stand above the funding line before and after.",
        "ja": "採択線より上の提案書は、校正の前後で同じである。",
    },
    "calibration.text.shown": {
        "en": "Drawn are the places {first} to {last}.",
        "ja": "図は{first}位～{last}位を示す。",
    },
    "loads.title": {"en": "How many reviews each expert has", "ja": "審査員ごとの担当件数"},
    "loads.axis": {"en": "reviews an expert", "ja": "審査員一人の担当件数"},
    "loads.experts": {"en": "{n} expert", "ja": "審査員{n}人"},
    "loads.experts.more": {"en": "{n} experts"},
    "loads.none": {"en": "no Side", "ja": "所属なし"},
    "loads.most": {"en": "at most {n}", "ja": "上限{n}"},
    "loads.least": {"en": "at least {n}", "ja": "下限{n}"},
    "loads.text": {
        "en": "{n} expert with {least} to {most} reviews, {mean} on average.",
        "ja": "審査員{n}人の担当件数は{least}～{most}件、平均{mean}件。",
    },
    "loads.text.more": {"en": "{n} experts with {least} to {most} reviews, {mean} on average."},
    "loads.text.sides": {"en": "By Side: {sides}.", "ja": "参加機関側別：{sides}。"},
    "loads.text.side": {
        "en": "{side} {n} expert with {least} to {most}, {mean} on average",
        "ja": "{side} {n}人（{least}～{most}件、平均{mean}件）",
    },
    "loads.text.side.more": {"en": "{side} {n} experts with {least} to {most}, {mean} on average"},
    "loads.text.range": {
        "en": "The plan's limits for an expert who states none: {least} to {most}.",
        "ja": "件数を示さない審査員についての計画の定めは{least}～{most}件。",
    },
    "loads.text.most": {
        "en": "The plan's limit for an expert who states none: {most}.",
        "ja": "件数を示さない審査員についての計画の上限は{most}件。",
    },
    "rules.title": {"en": "What each rule would fund", "ja": "規則ごとの採択候補"},
    "rule.list-order": {"en": "list\norder", "ja": "順位順\n（停止）"},
    "rule.list-with-skips": {"en": "list\nwith skips", "ja": "順位順\n（飛ばす）"},
    "rule.ties-by-funds": {"en": "ties\nby funds", "ja": "同順位を\n予算で"},
    "rule.max-merit": {"en": "greatest\nmerit", "ja": "評価値\n最大"},
    "rules.plan": {"en": "the plan's", "ja": "計画の規則"},
    "rules.unproven": {"en": "not proven", "ja": "未証明"},
    "rules.alike": {"en": "{n} by every rule", "ja": "全規則で{n}件"},
    "rules.further": {"en": "and {n} further that differs", "ja": "ほかに異なるもの{n}件"},
    "rules.further.more": {"en": "and {n} further that differ"},
    "rules.text": {
        "en": "Funded under each rule: {rules}. {n} proposal is funded under every rule.",
        "ja": "規則ごとの採択候補の件数：{rules}。すべての規則で採択候補となるもの{n}件。",
    },
    "rules.text.more": {"en": "Funded under each rule: {rules}. {n} proposals are funded under every rule."},
    "rules.text.rule": {"en": "{rule} {n}", "ja": "{rule}{n}件"},
    "rules.text.plan": {"en": "{rule} {n} (the plan's rule)", "ja": "{rule}{n}件（計画の規則）"},
    "rules.text.same": {"en": "All rules fund the same.", "ja": "どの規則でも同じである。"},
    "rules.text.differ": {
        "en": "{n} proposal is funded under some rules only.",
        "ja": "規則によって結果の異なるもの{n}件。",
    },
    "rules.text.differ.more": {"en": "{n} proposals are funded under some rules only."},
    "rules.text.unproven": {
        "en": "Not proven to be the best: {rules}; the search stopped at its limit.",
        "ja": "最良と証明されていないもの：{rules}（探索は上限で停止）。",
    },
    "strip.title": {"en": "Expected rank of {proposal}", "ja": "{proposal}の期待順位"},
    "strip.text": {
        "en": "Expected rank {rank} of {n}, {credible}% interval {low} to {high}.",
        "ja": "期待順位は{n}件中{rank}、{credible}％信用区間は{low}～{high}。",
    },
    "strip.held": {"en": "The interval holds the funding line {at}.", "ja": "区間は採択線{at}を含む。"},
    "strip.line": {"en": "The funding line stands at {at}.", "ja": "採択線は{at}。"},
}


def sentences(told: Sequence[str], say: Words) -> str:
    """Sentences one after another."""
    return ("" if say.language == "ja" else " ").join(told)
