"""The words of a simulation's page, in each language, and its figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accord.methods.scores import MILLION
from accord.methods.simulation import Chance, Distribution
from accord.report.figures import decimal
from accord.report.language import Language

MESSAGES: Final[Mapping[str, Mapping[Language, str]]] = {
    "page": {"en": "Simulation of a plan", "ja": "計画のシミュレーション"},
    "contents": {"en": "Contents", "ja": "目次"},
    "plan": {"en": "Plan, SHA-256", "ja": "計画のSHA-256"},
    "nothing-real": {
        "en": "Nothing here is real: every proposal, request and score is drawn by chance. No expert gave a score.",
        "ja": "ここにある提案書・申請額・評点はすべて乱数による架空のもので、審査員の評点ではない。",
    },
    "how": {
        "en": "{runs} synthetic calls of {proposals} proposals each, seed {seed}.",
        "ja": "提案書{proposals}件の模擬公募を{runs}回、乱数の種は{seed}。",
    },
    "sum.funded": {"en": "funded in the middle run", "ja": "採択候補（中央値）"},
    "sum.range": {"en": "in nine runs of ten", "ja": "10回中9回の範囲"},
    "sum.fundable": {"en": "reach every threshold", "ja": "すべての基準点に到達"},
    "sum.experts": {"en": "experts are enough in 95% of runs", "ja": "95％の回で足りる審査員数"},
    "side": {"en": "Side", "ja": "参加機関側"},
    "every-side": {
        "en": "{n} Sides, with their programmes and units",
        "ja": "{n}参加機関側の一覧（事業と単位）",
    },
    "sides": {"en": "Each Side's budget", "ja": "各参加機関側の予算"},
    "sides.lead": {
        "en": "How much of its own budget each Side would use, and how often it is the first that cannot pay a "
        "place of the list. Each Side pays its own, in its own unit; nothing is added up over Sides.",
        "ja": "各参加機関側が自らの予算をどれだけ使うか、順位表のある順位に最初に支払えなくなる頻度はどれほどか。"
        "各側は自らの通貨で自らの分を支払い、参加機関側をまたぐ合算はしない。",
    },
    "sides.caption": {
        "en": "Each Side's chance to run out, with its standard error, and what it uses of its budget",
        "ja": "予算が尽きる確率（標準誤差つき）と予算の使用率",
    },
    "first": {"en": "Runs out first", "ja": "最初に尽きる"},
    "out": {"en": "Runs out at all", "ja": "尽きることがある"},
    "used": {"en": "Mean used", "ja": "平均使用額"},
    "part": {"en": "Of its budget: 5%, 50%, 95%", "ja": "使用率の5・50・95パーセント点"},
    "coordinated": {"en": "Coordinates, of the funded", "ja": "採択候補のうち代表件数"},
    "nobody": {"en": "no Side runs out", "ja": "どの側も尽きない"},
    "first.note": {
        "en": "Two Sides that fail at the same place of the list are both first.",
        "ja": "同じ順位で支払えなくなった参加機関側は、いずれも最初と数える。",
    },
    "figures": {"en": "Proposals and experts", "ja": "提案書と審査員"},
    "figures.lead": {
        "en": "Each number over all runs: its mean with the Monte Carlo error of one standard deviation, and the "
        "values that 5, 25, 50, 75 and 95 percent of the runs do not exceed.",
        "ja": "全回を通した値：平均とモンテカルロ誤差（標準偏差1）、5・25・50・75・95パーセント点。",
    },
    "figures.caption": {"en": "Numbers over all runs", "ja": "全回の集計"},
    "what": {"en": "What", "ja": "項目"},
    "mean": {"en": "Mean ± error", "ja": "平均±誤差"},
    "eligible": {"en": "eligible", "ja": "適格"},
    "fundable": {"en": "reach every threshold", "ja": "全基準点に到達"},
    "tied": {"en": "tied with another", "ja": "同順位"},
    "by-lot": {"en": "placed by lot", "ja": "抽選で順位決定"},
    "funded": {"en": "funded", "ja": "採択候補"},
    "reviews": {"en": "reviews needed", "ja": "必要な査読件数"},
    "experts": {"en": "experts needed at least", "ja": "最低必要な審査員数"},
    "side-experts": {"en": "of each Side at least", "ja": "各参加機関側から最低"},
    "experts.note": {
        "en": "Experts needed: reviews divided by the most that the plan lets one expert take. Conflicts and who "
        "knows what are not in it, so more are needed.",
        "ja": "必要な審査員数は、査読件数を計画の一人あたり上限で割ったもの。"
        "利益相反や専門は考慮していないため、実際にはより多く必要となる。",
    },
    "funded-runs": {"en": "How many are funded", "ja": "採択候補の件数"},
    "funded-runs.caption": {"en": "Runs by the number of proposals funded", "ja": "採択候補の件数別の回数"},
    "runs": {"en": "Runs", "ja": "回数"},
    "number": {"en": "Funded", "ja": "採択候補"},
    "show": {"en": "The same as a table", "ja": "表で示す"},
    "topics": {"en": "Topics", "ja": "課題領域"},
    "topics.caption": {
        "en": "Proposals by topic, and experts needed if none takes another topic's",
        "ja": "課題領域別の提案書数と、他の領域を兼ねない場合に必要な審査員数",
    },
    "topic": {"en": "Topic", "ja": "課題領域"},
    "topic.eligible": {"en": "Eligible", "ja": "適格"},
    "topic.funded": {"en": "Funded", "ja": "採択候補"},
    "topic.experts": {"en": "Experts, in half of the runs", "ja": "審査員数（中央値）"},
    "topic.experts.95": {"en": "In 95%", "ja": "95パーセント点"},
    "refused": {
        "en": "Runs with a tie that the plan refuses to break; they went on by lot",
        "ja": "計画が同順位の解消を認めない回（抽選で続行）",
    },
    "unmet": {
        "en": "Runs in which no set meets the plan's limits; they went on without them",
        "ja": "計画の制約を満たす組がない回（制約なしで続行）",
    },
    "simplified": {"en": "What is simpler here than in the plan", "ja": "計画より簡略にした点"},
    "simplified.lead": {
        "en": "The list and the selection are the plan's own, by the functions that run a call. These are not:",
        "ja": "順位表と採択候補の選定は、公募の実行と同じ関数による。次の点のみ異なる。",
    },
    "simplified.none": {
        "en": "Nothing: the list and the selection are the plan's own, by the functions that run a call.",
        "ja": "なし。順位表と採択候補の選定は、公募の実行と同じ関数による。",
    },
    "simplified.calibrated": {
        "en": "The list is ordered by mean totals; calibrating every run would take too long.",
        "ja": "順位は平均合計点による（校正は時間がかかるため行わない）。",
    },
    "simplified.not-separable": {
        "en": "Only equal totals are ties; which proposals are not separable is not computed.",
        "ja": "合計点が等しい場合のみ同順位とし、区別できない提案書の判定は行わない。",
    },
    "simplified.consensus": {
        "en": "The panel agrees on the mean of its experts' scores, rounded to the scale's step.",
        "ja": "審査会の合意評点は、審査員の評点の平均を尺度の刻みに丸めたものとする。",
    },
    "simplified.max-merit": {
        "en": "The best set is stood in for by a greedy one: most merit for its parts of the budgets first.",
        "ja": "最良の組の代わりに、予算に占める割合あたりの評価値が高い順に選ぶ。",
    },
    "simplified.reduced": {
        "en": "No proposal is reduced: each is funded whole or not at all.",
        "ja": "提案書の縮小は行わず、全体で採択するかしないかのみとする。",
    },
    "simplified.top-up": {"en": "No Side adds to its budget.", "ja": "予算の追加は考えない。"},
    "simplified.max-share": {
        "en": "A Side's greatest share of a proposal is not looked at.",
        "ja": "提案書に占める一つの参加機関側の割合の上限は考慮しない。",
    },
    "model": {"en": "How the calls are drawn", "ja": "模擬公募の作り方"},
    "model.eligible": {
        "en": "A proposal is eligible with a chance of {share}.",
        "ja": "提案書が適格となる確率は{share}。",
    },
    "model.sides": {
        "en": "It has partners on every Side that the plan asks for, on its coordinator's, and on others drawn "
        "evenly, most often three Sides; its coordinator and its topic are drawn evenly.",
        "ja": "計画が求める参加機関側と代表機関の側には必ず参画機関があり、ほかは均等に選ぶ（三者の場合が最多）。"
        "代表機関の側と課題領域も均等に選ぶ。",
    },
    "model.requests": {
        "en": "A request is drawn evenly between {least} and {most} of the Side's greatest request; "
        "without one, of a tenth of its budget.",
        "ja": "申請額は、各側の申請上限額の{least}～{most}の間で均等に選ぶ（上限がなければ予算の一割を基準とする）。",
    },
    "model.scores": {
        "en": "A mark is {level} of its scale, plus merit (standard deviation {merit} of the scale), the expert's "
        "leniency ({leniency}) and noise ({noise}), rounded to the scale's step.",
        "ja": "評点は尺度の{level}に、提案書の質（標準偏差は尺度の{merit}）、審査員の甘さ（{leniency}）、"
        "誤差（{noise}）を加え、尺度の刻みに丸める。",
    },
    "chart.funded.title": {"en": "How many proposals are funded", "ja": "採択候補の件数"},
    "chart.funded.axis": {"en": "funded", "ja": "採択候補の件数"},
    "chart.funded.share": {"en": "part of the runs", "ja": "回数の割合"},
    "chart.funded.middle": {"en": "middle run {n}", "ja": "中央値 {n}"},
    "chart.funded.text": {
        "en": "{low} to {high} proposals are funded in nine runs of ten, {middle} in the middle run.",
        "ja": "10回中9回で採択候補は{low}～{high}件、中央値は{middle}件。",
    },
    "chart.used.title": {"en": "What each Side uses of its budget", "ja": "各参加機関側の予算使用率"},
    "chart.used.axis": {"en": "part of the budget", "ja": "予算に対する割合"},
    "chart.used.first": {"en": "out first", "ja": "最初に尽きる"},
    "chart.used.text": {
        "en": "The part of its budget that each Side uses, in nine runs of ten (thin), half of them (thick) and the "
        "middle one (mark): {sides}.",
        "ja": "予算使用率の90％の範囲（細線）、50％の範囲（太線）、中央値（印）：{sides}。",
    },
    "chart.used.side": {
        "en": "{side} {low} to {high}%, first to run out in {first}",
        "ja": "{side} {low}～{high}％、最初に尽きる確率{first}",
    },
}


def mean_text(one: Distribution) -> str:
    """A mean with its Monte Carlo error: `"7.71 ± 0.04"`; without the error where every run is the same."""
    places = 2
    while 0 < one.error < 10 ** (6 - places) // 2 and places < 4:
        places += 1
    mean = decimal(one.mean, places)
    return f"{mean} ± {decimal(one.error, places)}" if one.error else mean


def chance_text(one: Chance) -> str:
    """A chance in percent with its standard error: `"32.0 ± 3.3%"`."""
    share = f"{100 * one.share / MILLION:.1f}"
    return f"{share} ± {100 * one.error / MILLION:.1f}%" if one.error else f"{share}%"
