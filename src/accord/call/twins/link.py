"""Linking: halves with one reference become a proposal; what has no twin or tells two stories is listed."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accord.call.intake.halves import Half, Intake, read_intake
from accord.call.intake.words import identifier, one_sign_apart, reference_key
from accord.call.twins.findings import Finding, ordered
from accord.call.twins.stories import stories
from accord.call.values import Partner, Proposal
from accord.errors import Problem, UnusableFolder
from accord.plan.load import PLAN_FILE, SignedPlan, load_plan
from accord.plan.model import Plan
from accord.plan.positions import Positions
from accord.plan.practice import Twins


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A coordinated call's proposals, and what a person has to look at.

    A half whose twin is missing is a proposal too, with what is there, so that eligibility tells each Side why
    it cannot be funded. `halves` and `left_out` count by Side; `sources` maps each file to its SHA-256.
    """

    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]
    halves: Mapping[str, int]
    left_out: Mapping[str, int]
    sources: Mapping[str, str]


def link(folder: Path) -> Linked:
    """The proposals of a coordinated call, from each Side's export in `folder/intake/<SIDE>/`.

    Halves are linked by the plan's key, whatever its case, width, dashes and spaces; a near miss is told, never
    linked. Raises UnusableFolder with every problem of the plan, the mapping files and the exports.
    """
    if not folder.is_dir():
        found = "it is no folder" if folder.exists() else "there is no such folder"
        raise UnusableFolder([Problem(file=str(folder), found=found, expected="name the folder of a call")])
    signed = load_plan(folder / PLAN_FILE)
    plan = signed.plan
    if plan.call.mode != "coordinated":
        line = Positions(signed.content.decode("utf-8-sig")).line_of(("call", "mode"))
        expected = 'only Sides that keep their own intake are linked: mode = "coordinated"'
        problem = Problem(file=PLAN_FILE, line=line, field="call.mode", found='found "single"', expected=expected)
        raise UnusableFolder([problem])
    problems = list(_strangers(folder / "intake", plan))
    intakes: list[Intake] = []
    for side in plan.side:
        try:
            intakes.append(read_intake(folder, plan, side))
        except UnusableFolder as error:
            problems.extend(error.problems)
    if problems:
        raise UnusableFolder(problems)
    return _linked(signed, intakes)


def _strangers(intake: Path, plan: Plan) -> Iterator[Problem]:
    """Folders of an intake that are no Side's."""
    for path in sorted(intake.iterdir()) if intake.is_dir() else ():
        if path.is_dir() and path.name not in plan.sides:
            close = difflib.get_close_matches(path.name.upper(), plan.sides, n=1)
            meant = f"did you mean {close[0]!r}? " if close else ""
            expected = f"{meant}the Sides of the plan are {', '.join(plan.sides)}"
            yield Problem(file=f"intake/{path.name}", found=f"{path.name!r} is no Side", expected=expected)


@dataclass(frozen=True, slots=True)
class _Group:
    """The halves that share a reference, by Side in the plan's order."""

    halves: Mapping[str, tuple[Half, ...]]
    lacking: tuple[str, ...]

    @property
    def first(self) -> Half:
        return next(iter(self.halves.values()))[0]

    @property
    def doubled(self) -> tuple[str, ...]:
        """The Sides that have two halves or more."""
        return tuple(side for side, halves in self.halves.items() if len(halves) > 1)

    @property
    def reference(self) -> str:
        """The reference as the first Side in the plan's order writes it, as an identifier where it can be one."""
        return identifier(self.first.reference) or self.first.reference


def _linked(signed: SignedPlan, intakes: Sequence[Intake]) -> Linked:
    plan = signed.plan
    key = (plan.twins or Twins()).key
    groups = _grouped(plan, intakes)
    clear = [group for group in groups.values() if not group.doubled]
    problems = list(_unusable_references(clear, key))
    if problems:
        raise UnusableFolder(problems)
    findings = [
        *_without_reference(intakes, key),
        *(finding for group in groups.values() for finding in _missing(group)),
        *_near_misses(plan, groups, key),
        *(one for group in clear for one in stories(plan, group.reference, _halves(group))),
    ]
    return Linked(
        proposals=tuple(sorted((_merged(plan, group) for group in clear), key=lambda one: one.id)),
        findings=ordered(findings),
        halves={intake.side: len(intake.halves) for intake in intakes},
        left_out={intake.side: len(intake.left_out) for intake in intakes},
        sources={PLAN_FILE: signed.digest, **{name: sha for intake in intakes for name, sha in intake.sources}},
    )


def _grouped(plan: Plan, intakes: Sequence[Intake]) -> dict[str, _Group]:
    shared: dict[str, dict[str, list[Half]]] = defaultdict(lambda: defaultdict(list))
    for intake in intakes:
        for half in intake.halves:
            if reference_key(half.reference):
                shared[reference_key(half.reference)][intake.side].append(half)
    return {
        key: _Group({side: tuple(halves) for side, halves in by_side.items()}, _lacking(plan, by_side))
        for key, by_side in sorted(shared.items())
    }


def _lacking(plan: Plan, by_side: Mapping[str, Sequence[Half]]) -> tuple[str, ...]:
    """The Sides that a half names, or that every proposal needs, and that have no half; one half alone lacks a twin."""
    halves = [half for told in by_side.values() for half in told]
    named = {one.side for half in halves for one in half.named}
    wanted = named | {side.id for side in plan.side if side.partners.min > 0}
    absent = [side for side in plan.sides if side not in by_side]
    return tuple(side for side in absent if side in wanted) or (tuple(absent) if len(by_side) == 1 else ())


def _halves(group: _Group) -> list[Half]:
    return [half for halves in group.halves.values() for half in halves]


def _without_reference(intakes: Sequence[Intake], key: str) -> Iterator[Finding]:
    for intake in intakes:
        for half in intake.halves:
            if not reference_key(half.reference):
                yield Finding(kind="no-reference", reference="", sides=(intake.side,), field=key, values=(half.number,))


def _missing(group: _Group) -> Iterator[Finding]:
    if group.lacking:
        there = tuple(f"{half.side} {half.number}" for half in _halves(group))
        yield Finding(kind="no-twin", reference=group.reference, sides=group.lacking, field="", values=there)
    for side in group.doubled:
        numbers = tuple(half.number for half in group.halves[side])
        yield Finding(kind="two-halves", reference=group.reference, sides=(side,), field="number", values=numbers)


def _near_misses(plan: Plan, groups: Mapping[str, _Group], key: str) -> Iterator[Finding]:
    """Pairs of references one sign apart, where a half of one could be what the other lacks."""
    near: dict[str, list[str]] = defaultdict(list)
    for reference, group in groups.items():
        if group.lacking or group.doubled:
            # Two texts one sign apart share themselves or a text with one sign taken out.
            for variant in {reference, *(reference[:at] + reference[at + 1 :] for at in range(len(reference)))}:
                near[variant].append(reference)
    pairs = {(one, other) for found in near.values() for one in found for other in found if one < other}
    for one, other in sorted(pair for pair in pairs if one_sign_apart(*pair)):
        told = _could_be(groups[one], groups[other]) or _could_be(groups[other], groups[one])
        if told is not None:
            halves = sorted(told, key=lambda half: plan.sides.index(half.side))
            yield Finding(
                kind="near-miss",
                reference=identifier(halves[0].reference) or halves[0].reference,
                sides=tuple(half.side for half in halves),
                field=key,
                values=tuple(half.reference for half in halves),
            )


def _could_be(group: _Group, other: _Group) -> tuple[Half, Half] | None:
    """A half of a group that is too much or alone there, and one of a group that lacks it."""
    spare = group.doubled or tuple(group.halves)
    side = next((side for side in spare if side in other.lacking), None)
    return None if side is None else (group.halves[side][-1], other.first)


def _unusable_references(groups: Sequence[_Group], key: str) -> Iterator[Problem]:
    first: dict[str, Half] = {}
    for group in groups:
        half = group.first
        name = identifier(half.reference)
        mended = "[references] in mapping.toml can give another, on every Side the same"
        if name is None:
            found, expected = f"found {half.reference!r}", f"it begins with a Latin letter or digit; {mended}"
            yield Problem(file=half.file, line=half.row, field=key, found=found, expected=expected)
        elif first.setdefault(name, half) is not half:
            found = f"{half.reference!r} and {first[name].reference!r} would be one identifier, {name}"
            yield Problem(file=half.file, line=half.row, field=key, found=found, expected=mended)


def _merged(plan: Plan, group: _Group) -> Proposal:
    halves = _halves(group)
    may = [half for side in plan.eligibility.coordinator_sides for half in halves if half.side == side]
    coordinating = next((half for half in halves if half in may), halves[0]).side
    partners = [_placed(partner, coordinating) for half in halves for partner in half.partners]
    preferred = plan.call.prevailing_language
    return Proposal(
        id=group.reference,
        title=_text([(half.language, half.titles) for half in halves], preferred),
        abstract=_text([(half.language, half.abstracts) for half in halves], preferred),
        topic=halves[0].topic,
        duration_months=halves[0].duration_months,
        partners=tuple(partners),
        joint_reference=halves[0].reference,
    )


def _placed(partner: Partner, coordinating: str) -> Partner:
    if partner.role == "coordinator" and partner.side != coordinating:
        return partner.model_copy(update={"role": "partner"})
    return partner


def _text(told: Sequence[tuple[str, Sequence[tuple[str, str]]]], preferred: str) -> str:
    """The text in the prevailing language, of the half that is written in it if there is one; else the first."""
    own_first = sorted(told, key=lambda one: one[0] != preferred)
    texts = [text for _, pairs in own_first for language, text in pairs if language == preferred]
    first = [text for _, pairs in told for _, text in pairs]
    return next(iter([*texts, *first]), "")
