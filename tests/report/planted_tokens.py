"""A small call in which every field holds a token of its own, and who may see which by the plan's rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accord.call.folder import load_call
from accord.call.tables import jsonl
from accord.pipeline.disclosure import Disclosed
from accord.pipeline.walk import Walk, run
from calls import PLAN, WORDS, partner, topic_of, write_call

SALT = "5a" * 16 + "c3" * 16
NUMBERS = range(1, 8)
PANEL_OF = {"JP": (1, 3), "EU": (2, 4)}  # reviewers of each Side
SIDE_OF = {1: "JP", 2: "EU", 3: "JP", 4: "EU", 5: "JP", 6: None}
FUNDED = ("P1", "P2", "P3")
NOT_COUNTED = (4, "P5")  # a reviewer in conflict
LETTERS = {"funded": ("scores", "comments"), "reserve": ("comments",), "not-funded": (), "ineligible": ("scores",)}


@dataclass(frozen=True)
class Token:
    """A text that stands in one field: of which proposal, which Side or which expert, and the matters it is of.

    `published` where `results.publish` can name it; `own` where applicants see it of their own proposal.
    """

    text: str
    matters: frozenset[str]
    proposal: str | None = None
    side: str | None = None
    expert: int | None = None
    published: bool = False
    own: bool = False


def rules(side: Any = None, applicants: Any = (), publish: Any = ("title",)) -> str:
    """The plan of the tokens' call with rules of disclosure."""
    plan = PLAN.replace("step = 0.5", "step = 0.001").replace(
        "partners = { min = 1, min_countries = 1 }", "partners = { min = 0 }"
    )
    plan = plan.replace("partners = { min = 2, max = 4 }", "partners = { min = 1, max = 4 }")
    plan = plan.replace("max_authors = 20 }", "max_authors = 20 }\nexcluded_by_applicants = { max = 2 }")
    plan = plan.replace('order_by = "mean"', 'order_by = "mean"\nadvice = ["calibrated"]')
    plan += f"\n[results]\npublish = {_listed(publish)}\n\n[disclosure]\napplicants = {_listed(applicants)}\n"
    if side is not None:
        plan += f"side = {_listed(side)}\n"
    for outcome, held in LETTERS.items():
        plan += f'\n[[letter]]\nid = "{outcome}"\nto = "{outcome}"\ntext = {{ en = "Dear all" }}\n'
        plan += "".join(f"{matter} = true\n" for matter in held)
    return plan


def _listed(names: Any) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _partner(number: int, side: str, requested: str, **more: Any) -> dict[str, Any]:
    mark = f"{side}{number}"
    return partner(
        side,
        f"zorg{mark} Institute",
        requested,
        city=f"zcit{mark}",
        department=f"zdep{mark}",
        investigators=[{"id": f"zinv{mark}", "name": f"zper{mark}"}],
        **more,
    )


def _proposal(number: int) -> dict[str, Any]:
    japan = _partner(number, "JP", f"3000{number}717", role="coordinator")
    europe = _partner(number, "EU", f"2500{number}3.39")
    if number == 6:  # more than its Side pays, and in none of its countries
        europe |= {"requested": "600063.39", "country": "JP"}
    return {
        "id": f"P{number}",
        "title": f"ztitP{number} study",
        "abstract": f"{WORDS[topic_of(number)]} zabsP{number}",
        "topic": topic_of(number),
        "duration_months": 36,
        "joint_reference": f"zrefP{number}",
        "partners": [japan] if number == 7 else [japan, europe],
        "excluded_experts": ["zexp4"] if number == 2 else [],
    }


def _expert(number: int) -> dict[str, Any]:
    row = {
        "id": f"zexp{number}",
        "name": f"znam{number}",
        "organisation": f"zaca{number} Academy",
        "department": f"zsec{number}",
        "publications": [f"zpub{number}"],
        "coauthors": [{"id": f"zcoa{number}", "last_year": 2010}],
    }
    side = SIDE_OF[number]
    return row if side is None else {"side": side, **row}


def _reviews() -> list[tuple[str, int, str, str, str]]:
    rows = []
    for number in NUMBERS:
        for place, expert in enumerate((PANEL_OF["JP"][number % 2], PANEL_OF["EU"][number % 2])):
            for criterion in ("excellence", "impact"):
                thousandths = 4900 - 300 * number + 11 * place + 3 * number + 17 * (criterion == "impact")
                score = f"{(thousandths + (thousandths % 10 == 0)) / 1000:.3f}"  # a last 0 would not be written
                rows.append((f"P{number}", expert, criterion, score, f"zcom{criterion[0]}P{number}E{expert}"))
    return rows


def _agreed(number: int, criterion: str) -> str:
    """What the panel agreed on."""
    return f"{4 - 0.3 * number:.1f}{number}{7 if criterion == 'impact' else 8}"


def planted(folder: Path, plan: str) -> Walk:
    """The walk over the call with its tokens."""
    reviews = "\n".join(
        f"{name},zexp{expert},{rest}" for name, expert, *more in _reviews() for rest in [",".join(more)]
    )
    consensus = "\n".join(
        f"P{n},{one},{_agreed(n, one)},zpan{one[0]}P{n}" for n in NUMBERS for one in ("excellence", "impact")
    )
    papers = [
        {"id": f"zpub{n}", "title": f"zpap{n}", "abstract": f"{WORDS[topic_of(n)]} zres{n}", "year": 2025}
        for n in SIDE_OF
    ]
    write_call(
        folder,
        plan=plan,
        rows={
            "proposals": [_proposal(n) for n in NUMBERS],
            "experts": [_expert(n) for n in SIDE_OF],
            "publications": papers,
        },
        reviews=f"proposal,expert,criterion,score,comment\n{reviews}\n",
        consensus=f"proposal,criterion,score,comment\n{consensus}\n",
        conflicts="proposal,expert,reason,declared_by\nP3,zexp5,zreason5,zsayer5\nP4,zexp6,zreason6,zsayer6\n"
        "P5,zexp4,zreason4,zsayer4\n",
    )
    (folder / "salt.key").write_text(SALT, encoding="ascii")
    return run(load_call(folder))


def tokens(walk: Walk) -> list[Token]:
    """Every token of the call, and the figures of the steps that are distinct enough to be found."""
    return [*_of_proposals(), *_of_experts(), *_of_steps(walk)]


def _token(text: str, *matters: str, **more: Any) -> Token:
    return Token(text, frozenset(matters), **more)


def _of_proposals() -> Iterator[Token]:
    for n in NUMBERS:
        name = f"P{n}"
        yield _token(f"ztitP{n}", "title", proposal=name, published=True, own=True)
        yield _token(f"zabsP{n}", "abstract", proposal=name, published=True, own=True)
        yield _token(f"zrefP{n}", "title", proposal=name, own=True)
        for part in _proposal(n)["partners"]:
            of = {"proposal": name, "side": part["side"], "own": True}
            for kind in ("zorg", "zcit", "zdep"):
                yield _token(f"{kind}{part['side']}{n}", "partners", published=True, **of)
            for kind in ("zinv", "zper"):
                yield _token(f"{kind}{part['side']}{n}", "investigators", "partners", **of)
            yield _token(part["requested"], "amounts", published=True, **of)
        for criterion in ("excellence", "impact"):
            yield _token(f"zpan{criterion[0]}P{n}", "comments", proposal=name)
            yield _token(_agreed(n, criterion), "totals", proposal=name)


def _of_experts() -> Iterator[Token]:
    for n in SIDE_OF:
        for kind in ("zexp", "znam", "zaca", "zsec", "zpub", "zpap", "zres", "zcoa"):
            yield _token(f"{kind}{n}", "experts", expert=n)
    for name, expert, _, score, comment in _reviews():
        yield _token(score, "scores", proposal=name, expert=expert)
        yield _token(comment, "comments", proposal=name, expert=expert)
    for expert, name in ((5, "P3"), (6, "P4"), NOT_COUNTED):
        for kind in ("zreason", "zsayer"):
            matters = ("conflicts", "experts", "partners", "investigators")
            yield _token(f"{kind}{expert}", *matters, proposal=name, expert=expert)


def _of_steps(walk: Walk) -> Iterator[Token]:
    assert walk.ranking is not None
    assert walk.selection is not None
    for one in walk.ranking.result.assessments:
        yield _token(f'"mean_total":{one.mean_total}', "totals", proposal=one.proposal)
    for row in walk.ranking.result.calibrated:
        yield _token(f'"expected_rank":{row.expected_rank}', "ranks", proposal=row.proposal)
    for lacking in walk.selection.result.not_funded:
        for short in lacking.short:
            yield _token(f'"amount":{short.amount}', "reasons", "amounts", proposal=lacking.proposal, side=short.side)


def may_see(token: Token, reader: str, matters: set[str], funded: tuple[str, ...] = FUNDED) -> bool:
    """Whether the plan's rules let a reader see a token: said once more, another way than the software does."""
    if reader == "public":
        return token.published and token.proposal in funded and token.matters <= matters
    if reader.startswith("P"):
        if token.proposal != reader or "experts" in token.matters or (token.expert, reader) == NOT_COUNTED:
            return False
        return token.own or token.matters - {"amounts"} <= matters
    if reader == "EU" and token.proposal == "P7" and "not-funded" not in matters:
        return False  # it has no partner there
    own_expert = token.expert is not None and SIDE_OF[token.expert] == reader
    if token.expert is not None:
        if "conflicts" in token.matters:
            return token.matters - ({"conflicts", "experts"} if own_expert else set()) <= matters
        return own_expert or token.matters <= matters
    if token.side == reader:
        return token.matters - {"amounts", "partners", "investigators"} <= matters
    return token.matters <= matters


def everything(shown: Disclosed) -> str:
    """All that a disclosed walk holds, but for the plan."""
    call = shown.walk.inputs.call
    tables = [jsonl(rows).decode() for _, rows in call.tables()]
    steps = [step.content.decode() for step in shown.walk.steps()]
    arrays = [name for step in shown.walk.steps() for name in step.arrays]
    return "\n".join(
        [
            *tables,
            *steps,
            *arrays,
            repr(call.salt_key),
            repr(dict(call.sources)),
            repr(call.warnings),
            repr(shown.comments),
        ]
    )
