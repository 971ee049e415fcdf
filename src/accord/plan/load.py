"""Loading a plan: its exact bytes, the value in them, and every problem at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from accord.errors import Problem, UnusableFolder
from accord.plan.model import Plan
from accord.plan.positions import parsed_toml
from accord.plan.reading import decoded, explained, findings_of, problem_at, read_bytes
from accord.plan.rules import findings
from accord.record.canonical import digest

PLAN_FILE: Final = "plan.toml"
VERSIONS: Final = (1,)  # of the format, that this software reads


@dataclass(frozen=True, slots=True)
class SignedPlan:
    """A plan and the exact bytes that the Sides sign; `warnings` do not stop a run."""

    plan: Plan
    content: bytes
    warnings: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the exact bytes, which every Side signs."""
        return digest(self.content)


def load_plan(path: Path) -> SignedPlan:
    """The plan in a TOML file; raises UnusableFolder with every problem that the file has."""
    return parse_plan(read_bytes(path), path)


def parse_plan(content: bytes, path: Path = Path(PLAN_FILE)) -> SignedPlan:
    """The plan in the bytes of a TOML file; `path` is what problems call it."""
    text = decoded(content, path)
    raw, positions = parsed_toml(text, path.name)
    version = raw.get("accord")
    if version not in VERSIONS or isinstance(version, bool):
        found = "the format's version is missing" if version is None else f"found {version!r}"
        line = positions.line_of(("accord",))
        problem = Problem(file=path.name, line=line, field="accord", found=found, expected="write accord = 1")
        raise UnusableFolder([problem])
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        explanations = [explained(finding, Plan, raw) for finding in findings_of(error)]
        raise UnusableFolder(
            problem_at(path.name, positions.line_of(where), where, found, expected)
            for where, found, expected in sorted(explanations, key=lambda one: positions.line_of(one[0]))
        ) from error
    problems = sorted(
        (
            Problem(
                file=path.name,
                line=positions.line_of(finding.where),
                field=problem_at(path.name, None, finding.where, "", "").field,
                found=finding.found,
                expected=finding.expected,
                severity=finding.severity,
            )
            for finding in findings(plan)
        ),
        key=lambda problem: problem.line or 0,
    )
    if any(problem.severity == "error" for problem in problems):
        raise UnusableFolder(problems)
    return SignedPlan(plan, content, tuple(problems))
