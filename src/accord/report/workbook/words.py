"""The words of the meeting's workbook, in English and in Japanese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from accord.errors import InvalidInput

Language: TypeAlias = Literal["en", "ja"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every message of the workbook in one language. `{…}` is filled in; the rest is written as it stands."""

    font: str
    list: str
    budgets: str
    changes: str
    reasons: str
    about: str
    computed: str

    place: str
    proposal: str
    title: str
    fund: str
    state: str
    total: str
    expected_rank: str
    interval_from: str
    interval_to: str
    tie: str
    change: str
    why_changed: str
    over: str
    topic: str
    request: str
    left: str

    funded: str
    reduced: str
    reserve: str
    not_funded: str
    below: str
    unranked: str
    not_eligible: str

    switched_on: str
    switched_off: str
    request_now: str
    over_by: str
    number_on: str
    all_hold: str
    some_over: str
    left_now: str

    side: str
    signatory: str
    unit: str
    plan_budget: str
    budget: str
    spent: str
    remaining: str
    share: str
    number_funded: str
    stops_at: str
    stops_proposal: str
    runs_out: str
    first: str
    raised: str
    budgets_note: str

    what: str
    status: str
    reason_missing: str
    number_changes: str
    number_missing: str
    changes_note: str

    reason: str
    between: str  # reasons
    funded_reason: str

    note_fund: str
    note_request: str
    note_budget: str
    about_rows: tuple[tuple[str, str], ...]
    simulated: str
    allows_none: str

    reader: str
    withheld: str
    withheld_none: str
    give_back: str  # the row that a copy for one reader has another one for
    copy_row: tuple[str, str]
    results: str
    results_note: str
    project: str
    abstract: str
    months: str
    partners: str
    amount: str


ENGLISH: Final = Words(
    font="Calibri",
    list="List",
    budgets="Budgets",
    changes="Changes",
    reasons="Reasons",
    about="About",
    computed="Computed",
    place="Place",
    proposal="Proposal",
    title="Title",
    fund="Fund",
    state="Computed",
    total="Total",
    expected_rank="Expected rank",
    interval_from="Rank from",
    interval_to="Rank to",
    tie="Tie group",
    change="Change",
    why_changed="Reason for the change",
    over="Over budget",
    topic="Topic",
    request="{side} request ({unit})",
    left="{side} left ({unit})",
    funded="funded",
    reduced="funded, reduced",
    reserve="reserve {place}",
    not_funded="not funded",
    below="below threshold",
    unranked="not ranked",
    not_eligible="not eligible",
    switched_on="switched on; ",
    switched_off="switched off; ",
    request_now=" request cut to ",
    over_by="over budget: ",
    number_on=" switched on · ",
    all_hold="every budget holds",
    some_over="OVER BUDGET: ",
    left_now=" left ",
    side="Side",
    signatory="Signatory",
    unit="Unit",
    plan_budget="Budget in the plan",
    budget="Budget",
    spent="Spent",
    remaining="Left",
    share="Spent, part",
    number_funded="Proposals it pays",
    stops_at="Cannot pay from place",
    stops_proposal="Proposal there",
    runs_out="Runs out",
    first="first",
    raised="budget now ",
    budgets_note="Each Side pays its own, in its own unit. Nothing is added up over Sides, nothing is pooled.",
    what="What",
    status="To do",
    reason_missing="a reason is missing",
    number_changes=" changes · ",
    number_missing=" without a reason",
    changes_note="Filled in by itself from the other sheets. Reasons are written there, beside each change."
    " The first {most} changes are shown.",
    reason="Reason",
    between="; ",
    funded_reason="every Side that it asks can pay it",
    note_fund="1: funded. 0: not.",
    note_request="A request may be cut, 0 drops the Side's partners. It cannot be raised.",
    note_budget="A budget may be raised.",
    about_rows=(
        ("Call", "{call}"),
        ("", "{title}"),
        ("Plan, SHA-256", "{plan}"),
        ("Record, root", "{root}"),
        ("Selection", "{rule}"),
        ("The plan allows", "{allows}"),
        (
            "In the meeting",
            (
                "Write 1 or 0 under Fund, and every budget moves. Cut a request on the list, raise a budget on Budgets."
                " Write the reason beside each change. Cells to write in are yellow; the others are protected,"
                " without a password, against slips."
            ),
        ),
        (
            "To give it back",
            (
                "Save it as XLSX and run:  accord adjust RECORD --from meeting.xlsx --out DIR"
                "  (RECORD is the record with the root above). It tells every change, whether the plan allows it,"
                " and what is missing."
            ),
        ),
        (
            "What it is",
            (
                "A computed selection and a working paper. Amounts are indicative and subject to appropriations."
                " It becomes a joint funding recommendation when the Sides sign it;"
                " each Side then takes its own award decision."
            ),
        ),
        ("Format", "{format}"),
    ),
    simulated="SIMULATED SCORES: no person gave them (seed {seed}).",
    allows_none="no change (selection.adjustments is empty): switch to see, nothing can be taken over",
    reader="For",
    withheld="not shown to this reader",
    withheld_none="nothing",
    give_back="To give it back",
    copy_row=(
        "For one reader",
        (
            "A copy to read, and to try things on, for {reader}. Held back by the plan: {withheld}."
            " It is not given back: accord adjust takes the workbook that all Sides share."
        ),
    ),
    results="Results",
    results_note="What the plan publishes of each proposal that the Sides recommend for funding; in no order of merit."
    " Amounts are indicative, subject to appropriations and to each Side's own award decision.",
    project="Project",
    abstract="Abstract",
    months="Months",
    partners="Partners",
    amount="{side} ({unit})",
)

JAPANESE: Final = Words(
    font="Yu Gothic",
    list="順位表",
    budgets="予算",
    changes="変更",
    reasons="理由",
    about="説明",
    computed="計算結果",
    place="順位",
    proposal="提案書",
    title="課題名",
    fund="採択",
    state="計算結果",
    total="合計点",
    expected_rank="期待順位",
    interval_from="順位の下限",
    interval_to="順位の上限",
    tie="同順位の組",
    change="変更",
    why_changed="変更の理由",
    over="予算超過",
    topic="課題領域",
    request="{side} 申請額（{unit}）",
    left="{side} 残額（{unit}）",
    funded="採択候補",
    reduced="採択候補（縮小）",
    reserve="補欠 {place}",
    not_funded="不採択",
    below="基準点未満",
    unranked="順位なし",
    not_eligible="応募資格なし",
    switched_on="採択に変更; ",
    switched_off="不採択に変更; ",
    request_now=" 申請額の減額後 ",
    over_by="予算超過：",
    number_on=" 件を採択・",
    all_hold="すべての予算の範囲内",
    some_over="予算超過：",
    left_now=" 残額 ",
    side="参加機関側",
    signatory="署名機関",
    unit="単位",
    plan_budget="共同実施計画の予算",
    budget="予算",
    spent="使用額",
    remaining="残額",
    share="使用割合",
    number_funded="支払う提案書の件数",
    stops_at="支払えなくなる順位",
    stops_proposal="その提案書",
    runs_out="予算の尽きる順",
    first="最初",
    raised="変更後の予算 ",
    budgets_note="各側は自らの分を自らの単位で支払います。側をまたいだ合算や共通の財源はありません。",
    what="対象",
    status="要対応",
    reason_missing="理由が未記入",
    number_changes=" 件の変更・理由の未記入 ",
    number_missing=" 件",
    changes_note="他のシートから自動で表示されます。理由は各変更の横に記入してください。最初の {most} 件を表示します。",
    reason="理由",
    between="；",
    funded_reason="申請先のすべての側が支払える",
    note_fund="1：採択　0：不採択",
    note_request="減額のみ可。0 はその側の参画機関を外すことを表します。",
    note_budget="増額のみ可。",
    about_rows=(
        ("共同公募", "{call}"),
        ("", "{title}"),
        ("共同実施計画 SHA-256", "{plan}"),
        ("記録のルート", "{root}"),
        ("採択候補の決め方", "{rule}"),
        ("計画が認める変更", "{allows}"),
        (
            "会議での使い方",
            (
                "「採択」の列に 1 または 0 を入れると、各側の残額が変わります。申請額の減額は順位表、予算の増額は"
                "「予算」のシートで行います。変更の横に理由を記入してください。黄色のセルに記入できます。その他のセルは誤操作を防ぐため"
                "保護されています（パスワードはありません）。"
            ),
        ),
        (
            "提出の方法",
            (
                "XLSX として保存し、次を実行します：  accord adjust RECORD --from meeting.xlsx --out DIR"
                "  （RECORD は上のルートの記録）。すべての変更、計画が認めるか、足りないものが示されます。"
            ),
        ),
        (
            "この文書の性質",
            (
                "計算された採択候補であり、会議の作業資料です。金額は目安であり、予算の成立を条件とします。各側が署名した時に"
                "共同採択案となり、その後、各側がそれぞれ採択を決定します。"
            ),
        ),
        ("様式", "{format}"),
    ),
    simulated="模擬の評点：実際の審査員による評点ではありません（シード {seed}）。",
    allows_none="なし（selection.adjustments が空）：試算のみで、変更は反映されません",
    reader="閲覧者",
    withheld="この閲覧者には示されません",
    withheld_none="なし",
    give_back="提出の方法",
    copy_row=(
        "閲覧用の写し",
        (
            "{reader} のための閲覧及び試算用の写しです。計画により示されない項目：{withheld}。"
            "提出には用いません。accord adjust は全側共通の会議資料のみを受け付けます。"
        ),
    ),
    results="結果",
    results_note="各側が採択候補とする提案書について、計画が公表する項目です。並びは評価の順ではありません。"
    "金額は目安であり、予算の成立及び各側の採択決定を条件とします。",
    project="課題",
    abstract="概要",
    months="月数",
    partners="参画機関",
    amount="{side}（{unit}）",
)

WORDS: Final[dict[Language, Words]] = {"en": ENGLISH, "ja": JAPANESE}


def words(language: str) -> Words:
    """The workbook's words in a language; raises InvalidInput where there are none."""
    for known in get_args(Language):
        if language == known:
            return WORDS[known]
    raise InvalidInput(f"language: {language!r} is not known; give one of {', '.join(WORDS)}")
