"""What a plan's calendar says, in words: its instants by name, and each thing that is unusual about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from accord.plan.calendar import CalendarChecks, DayFinding, DayOff, Moment, holiday_name
from accord.plan.model import Plan
from accord.report.language import Language, Words, words

MESSAGES: Final[Mapping[str, Mapping[Language, str]]] = {
    "timeline.opens": {"en": "Opens", "ja": "受付開始"},
    "timeline.closes": {"en": "Closes", "ja": "受付締切"},
    "timeline.eligibility_by": {"en": "Eligibility by", "ja": "適格性確認の期限"},
    "timeline.reviews_by": {"en": "Reviews by", "ja": "査読の期限"},
    "timeline.panel_on": {"en": "Panel", "ja": "審査会"},
    "timeline.recommendation_by": {"en": "Recommendation by", "ja": "共同採択案の期限"},
    "timeline.projects_start": {"en": "Projects start", "ja": "研究開始"},
    "stage.opens": {"en": "{title} opens", "ja": "{title}：受付開始"},
    "stage.closes": {"en": "{title} closes", "ja": "{title}：締切"},
    "review.interview.on": {"en": "Interviews", "ja": "面接審査"},
    "review.rebuttal.opens": {"en": "Rebuttal opens", "ja": "反論の受付開始"},
    "review.rebuttal.closes": {"en": "Rebuttal closes", "ja": "反論の締切"},
    "lottery.commit_by": {"en": "Lottery: commit by", "ja": "抽選：秘密値の登録期限"},
    "lottery.reveal_by": {"en": "Lottery: reveal by", "ja": "抽選：秘密値の公開期限"},
    "pre-check": {"en": "{side}: {title}", "ja": "{side}：{title}"},
    "holiday": {"en": "holiday", "ja": "祝日"},
    "weekend": {"en": "weekend", "ja": "週末"},
    "office-hours": {"en": "outside office hours", "ja": "執務時間外"},
    "dates": {"en": "different dates", "ja": "日付が異なる"},
    "order": {"en": "out of order", "ja": "順序が逆"},
    "after": {"en": "comes after “{other}”", "ja": "「{other}」より後になっている"},
    "named": {"en": "{local} ({holiday})", "ja": "{local}（{holiday}）"},
    "still": {"en": "still {day}", "ja": "まだ{day}"},
    "already": {"en": "already {day}", "ja": "すでに{day}"},
    "between": {"en": "in between {day}", "ja": "その間の{day}"},
    "window": {"en": "From “{begins}” to “{ends}”: {weeks} weeks", "ja": "「{begins}」から「{ends}」まで：{weeks}週間"},
    "weekdays": {"en": "{n} weekdays", "ja": "平日{n}日"},
    "weekdays.off": {"en": "{n} weekdays, holidays on {off}", "ja": "平日{n}日、うち祝日{off}日"},
    "weekdays.unknown": {
        "en": "{n} weekdays; the plan names no calendar of holidays",
        "ja": "平日{n}日（計画に祝日暦の指定なし）",
    },
    "day-off": {"en": "{day} {name}", "ja": "{day}{name}"},
    "fiscal.same": {
        "en": "projects start on the day on which the fiscal year begins, {begins}",
        "ja": "研究開始日は会計年度の初日（{begins}）と同じ",
    },
    "fiscal.after": {
        "en": "projects start {n} day after the fiscal year begins ({begins})",
        "ja": "研究開始日は会計年度の初日（{begins}）の{n}日後",
    },
    "fiscal.after.more": {"en": "projects start {n} days after the fiscal year begins ({begins})"},
    "fiscal.before": {
        "en": "projects start {n} day before the first fiscal year that has a budget begins ({begins})",
        "ja": "研究開始日は予算のある最初の会計年度の初日（{begins}）の{n}日前",
    },
    "fiscal.before.more": {
        "en": "projects start {n} days before the first fiscal year that has a budget begins ({begins})"
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is said of some Sides."""

    sides: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that is unusual about an instant: its name, the finding's kind in words, and what it is where."""

    key: str
    label: str
    kind: str
    what: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowWords:
    """The experts' time in words: its length, and what each Side's days in it are."""

    text: str
    sides: tuple[tuple[str, str, str], ...]  # the Side, its days, its holidays by name


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWords:
    """A plan's calendar in one language."""

    labels: Mapping[str, str]
    notes: tuple[Note, ...]
    windows: tuple[WindowWords, ...]
    fiscal_years: tuple[Entry, ...]


def calendar_words(plan: Plan, checks: CalendarChecks, language: str) -> CalendarWords:
    """What the checks of a plan's calendar say in a language, by instant."""
    say = words(language, MESSAGES)
    labels = {moment.key: label(moment, plan.call.prevailing_language, say) for moment in checks.moments}
    found = [*_days(plan, checks, labels, say), *_dates(checks, labels, say), *_order(checks, labels, say)]
    place = {moment.key: number for number, moment in enumerate(checks.moments)}
    return CalendarWords(
        labels=labels,
        notes=tuple(sorted(found, key=lambda note: place[note.key])),
        windows=tuple(_windows(plan, checks, labels, say)),
        fiscal_years=tuple(_fiscal_years(checks, say)),
    )


def label(moment: Moment, prevailing: str, say: Words) -> str:
    """What an instant is called."""
    title = None if moment.title is None else say.text(moment.title, prevailing).text
    if moment.kind == "stage":
        name, _, what = moment.key.removeprefix("stage.").rpartition(".")
        return say(f"stage.{what}", title=title or name)
    if moment.kind == "gate":
        return title or moment.key
    if moment.kind == "pre-check":
        return say("pre-check", side=moment.sides[0], title=title)
    return say(moment.key)


def _days(plan: Plan, checks: CalendarChecks, labels: Mapping[str, str], say: Words) -> Iterator[Note]:
    grouped: dict[tuple[str, str], list[DayFinding]] = defaultdict(list)
    for finding in checks.days:
        grouped[finding.moment, finding.kind].append(finding)
    for (key, kind), findings in grouped.items():
        told: dict[str, list[str]] = defaultdict(list)
        for one in findings:
            side = plan.side_of(one.side)
            local = say.instant(one.local, side.timezone)
            if one.holiday is not None and side.holidays is not None:
                name = holiday_name(side.holidays, one.local.date(), say.language) or one.holiday
                local = say("named", local=local, holiday=name)
            told[local].append(one.side)
        entries = tuple(Entry(sides=tuple(sides), text=text) for text, sides in told.items())
        yield Note(key=key, label=labels[key], kind=kind, what=say(kind), entries=entries)


def _dates(checks: CalendarChecks, labels: Mapping[str, str], say: Words) -> Iterator[Note]:
    for one in checks.dates_apart:
        first, last = one.dates[0][0], one.dates[-1][0]
        entries = tuple(
            Entry(
                sides=sides,
                text=say("still" if day == first else "already" if day == last else "between", day=say.day(day)),
            )
            for day, sides in one.dates
        )
        yield Note(key=one.moment, label=labels[one.moment], kind="dates", what=say("dates"), entries=entries)


def _order(checks: CalendarChecks, labels: Mapping[str, str], say: Words) -> Iterator[Note]:
    for one in checks.out_of_order:
        entry = Entry(sides=(), text=say("after", other=labels[one.later]))
        yield Note(key=one.earlier, label=labels[one.earlier], kind="order", what=say("order"), entries=(entry,))


def _windows(plan: Plan, checks: CalendarChecks, labels: Mapping[str, str], say: Words) -> Iterator[WindowWords]:
    for window in checks.windows:
        rows = []
        for one in window.sides:
            country = plan.side_of(one.side).holidays
            if one.holidays is None or country is None:
                rows.append((one.side, say("weekdays.unknown", n=one.weekdays), ""))
                continue
            key = "weekdays.off" if one.holidays else "weekdays"
            names = [_day_off(day, country, say) for day in one.holidays]
            rows.append((one.side, say(key, n=one.weekdays, off=len(one.holidays)), say.joined(names)))
        text = say("window", begins=labels[window.begins], ends=labels[window.ends], weeks=window.weeks)
        yield WindowWords(text=text, sides=tuple(rows))


def _day_off(one: DayOff, country: str, say: Words) -> str:
    name = holiday_name(country, one.day, say.language) or one.name
    return say("day-off", day=say.day(one.day, year=False), name=name)


def _fiscal_years(checks: CalendarChecks, say: Words) -> Iterator[Entry]:
    for one in checks.fiscal_years:
        key = "fiscal.same" if one.days == 0 else "fiscal.after" if one.days > 0 else "fiscal.before"
        yield Entry(sides=(one.side,), text=say(key, n=abs(one.days), begins=say.day(one.begins)))
