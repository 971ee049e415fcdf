"""The words of a balance's page, in each language: no verdict, and nothing that anyone would have to even out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accord.report.language import Language

MESSAGES: Final[Mapping[str, Mapping[Language, str]]] = {
    "page": {"en": "Reciprocity", "ja": "相互性"},
    "title": {"en": "Reciprocity over {n} call", "ja": "{n}件の公募における相互性"},
    "title.more": {"en": "Reciprocity over {n} calls"},
    "contents": {"en": "Contents", "ja": "目次"},
    "no-verdict": {
        "en": "Several measures stand side by side; none of them is the verdict. They describe what happened, and "
        "ask nothing of any Side. Amounts in different units are compared as shares, or at the plan's dated rates.",
        "ja": "複数の指標を並べたもので、いずれも結論ではない。起きたことを示すのみで、"
        "どの参加機関側にも何かを求めない。"
        "異なる通貨の金額は、割合または計画の基準日の換算率によってのみ比べる。",
    },
    "same-side": {
        "en": "A Side is known by its identifier, the same in every call.",
        "ja": "参加機関側は、すべての公募に共通の識別子によって特定する。",
    },
    "side": {"en": "Side", "ja": "参加機関側"},
    "call": {"en": "Call", "ja": "公募"},
    "opportunities": {"en": "Opportunities open, and taken", "ja": "開かれた機会とその活用"},
    "opportunities.lead": {
        "en": "In how many calls each Side takes part and its partners may coordinate, and how its eligible "
        "proposals fared.",
        "ja": "各参加機関側が参加した公募と代表機関となれる公募の数、および適格な提案書の結果。",
    },
    "opportunities.caption": {"en": "Opportunities by Side", "ja": "参加機関側別の機会"},
    "calls": {"en": "Calls", "ja": "公募数"},
    "may": {"en": "May coordinate in", "ja": "代表可能な公募"},
    "proposals": {"en": "Proposals with a partner", "ja": "参画する提案書"},
    "funded": {"en": "Funded of them", "ja": "うち採択候補"},
    "coordinated": {"en": "Coordinated", "ja": "代表する提案書"},
    "funded-coordinated": {"en": "Funded of those", "ja": "うち採択候補"},
    "flows": {"en": "Given and received", "ja": "提供と受入れ"},
    "flows.lead": {
        "en": "What each Side gave to the others, and what it received from them. The difference is what it gave "
        "less what it received, over both together; the tolerance is {tolerance}%.",
        "ja": "各参加機関側が他の側に提供したものと受け入れたもの。差は、提供から受入れを引き、両者の和で割った値。"
        "許容幅は{tolerance}％。",
    },
    "flow.partners": {"en": "Partners in funded proposals", "ja": "採択候補の参画機関"},
    "flow.partners.how": {
        "en": "Partners of a Side in funded proposals that another Side coordinates; each Side pays its own.",
        "ja": "他の側が代表する採択候補に参画する機関数。各側は自らの機関に支払う。",
    },
    "flow.reviews": {"en": "Reviews", "ja": "査読"},
    "flow.reviews.how": {
        "en": "Reviews by a Side's experts of eligible proposals that another Side coordinates.",
        "ja": "他の側が代表する適格な提案書に対する、その側の審査員の査読件数。",
    },
    "flow.stays": {"en": "People hosted", "ja": "受入研究者"},
    "flow.stays.how": {"en": "Stays of another Side's people with a Side.", "ja": "他の側の人材を受け入れた件数。"},
    "flow.access": {"en": "Hours of facilities", "ja": "施設利用時間"},
    "flow.access.how": {
        "en": "Hours of a Side's facilities that another Side's people used.",
        "ja": "他の側の人材が利用した、その側の施設の時間数。",
    },
    "flow.caption": {"en": "{what}: from the row's Side to the column's", "ja": "{what}：行の側から列の側へ"},
    "gave": {"en": "Gave", "ja": "提供"},
    "received": {"en": "Received", "ja": "受入れ"},
    "own": {"en": "Within the Side", "ja": "同じ側の中"},
    "difference": {"en": "Difference", "ja": "差"},
    "within": {"en": "Within the tolerance", "ja": "許容幅内"},
    "yes": {"en": "yes", "ja": "はい"},
    "more-given": {"en": "gave more", "ja": "提供が多い"},
    "more-received": {"en": "received more", "ja": "受入れが多い"},
    "neither": {"en": "–", "ja": "–"},
    "money": {"en": "Money", "ja": "資金"},
    "money.lead": {
        "en": "The part of its own budget that each Side uses, and its return coefficient: its share of the funded "
        "proposals coordinated over its share of the money.",
        "ja": "各側が自らの予算を使う割合と、リターン係数"
        "（採択候補のうち代表する件数の割合を、資金の割合で割った値）。",
    },
    "money.caption": {"en": "Use of budgets, and return coefficient", "ja": "予算使用率とリターン係数"},
    "utilisation": {"en": "Used of its budget", "ja": "予算使用率"},
    "spread": {
        "en": "Between the most and the least used budget: {spread} percentage points.",
        "ja": "使用率の最大と最小の差：{spread}パーセントポイント。",
    },
    "coefficient": {"en": "Return coefficient", "ja": "リターン係数"},
    "coefficient.none": {
        "en": "No return coefficient: the plans have no dated rates to one common reference for every unit.",
        "ja": "リターン係数なし：すべての通貨について、共通の基準通貨への換算率が計画にない。",
    },
    "per-call": {"en": "Call by call", "ja": "公募ごと"},
    "per-call.caption": {
        "en": "Used of its budget, and funded proposals coordinated, by call and Side",
        "ja": "公募・参加機関側別の予算使用率と代表する採択候補数",
    },
    "per-call.cell": {"en": "{used} · {led} led", "ja": "{used}・代表{led}件"},
    "measures": {"en": "What each measure is", "ja": "各指標の定義"},
    "measure.opportunities": {
        "en": "Opportunities: counts of calls and eligible proposals (letter of intent, II.2: substantially "
        "reciprocal opportunities to take part).",
        "ja": "機会：公募数と適格な提案書数（意向書II.2の「実質的に相互的な機会」）。",
    },
    "measure.flows": {
        "en": "Difference: (gave − received) / (gave + received), from −1 to 1; within the tolerance where its size "
        "is at most that. Ten percentage points are the definition of balanced mobility by Teichler, Ferencz and "
        "Wächter (2011).",
        "ja": "差：（提供−受入れ）÷（提供＋受入れ）、−1～1。大きさが許容幅以下なら許容幅内。"
        "10パーセントポイントはTeichler、Ferencz、Wächter（2011）による均衡移動の定義。",
    },
    "measure.utilisation": {
        "en": "Used of its budget: what the funded proposals ask of the Side over its budget; over several calls "
        "the mean of these shares.",
        "ja": "予算使用率：採択候補の申請額÷予算。複数の公募ではその割合の平均。",
    },
    "measure.coefficient": {
        "en": "Return coefficient: after Annex V of the Convention of the European Space Agency, where it is a "
        "state's share of the contracts over its share of the contributions. Here the return is funded proposals "
        "coordinated, and the contribution what the Side's funded partners ask of it, at the plan's dated rates.",
        "ja": "リターン係数：欧州宇宙機関条約附属書Vの「契約額の割合÷拠出額の割合」に倣う。"
        "ここでは採択候補のうち代表する件数と、計画の基準日の換算率による申請額とする。",
    },
    "chart.title": {"en": "What each Side gave and received", "ja": "各参加機関側の提供と受入れ"},
    "chart.text": {
        "en": "{what}: {sides}.",
        "ja": "{what}：{sides}。",
    },
    "chart.side": {"en": "{side} gave {gave}, received {received}", "ja": "{side}は提供{gave}、受入れ{received}"},
}
