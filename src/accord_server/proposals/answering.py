"""The plan's form: what its questions ask, and which answers are missing or of another kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from accord.plan.model import Plan
from accord.plan.practice import Question
from accord_server.proposals.fields import Fields
from accord_server.proposals.lacks import Lack

NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
GENERAL: Final = "proposal"
"""The question that a document answers where the plan asks for none: the proposal's own text."""


def file_questions(plan: Plan) -> tuple[str, ...]:
    """The questions that a document answers, by `section/question`; one for the whole where the plan asks for none."""
    found = [f"{section}/{one.id}" for section, one in questions(plan) if one.kind == "file"]
    return tuple(found) or (GENERAL,)


def questions(plan: Plan) -> Iterator[tuple[str, Question]]:
    """Every question of the plan's form, with its section."""
    for section in plan.form:
        for one in section.question:
            yield section.id, one


def missing_answers(plan: Plan, fields: Fields, attached: frozenset[str]) -> Iterator[Lack]:
    """What the form asks and the draft does not answer, or answers otherwise than asked."""
    known = set()
    for section, one in questions(plan):
        name = f"{section}/{one.id}"
        known.add(name)
        answer = fields.get(f"answers/{name}", "")
        if one.kind == "file":
            if one.required and name not in attached:
                yield Lack(path=f"answers/{name}", kind="missing-file", found="no document", expected="attach a PDF")
        elif not answer:
            if one.required:
                yield Lack(path=f"answers/{name}", kind="missing", found="no answer", expected="answer it")
        else:
            yield from _otherwise(f"answers/{name}", one, answer)
    for path in fields:
        if path.startswith("answers/") and path.removeprefix("answers/") not in known:
            yield Lack(path=path, kind="unknown", found="an answer", expected="the plan asks no such question")


def _otherwise(path: str, question: Question, answer: str) -> Iterator[Lack]:
    words = len(answer.split())
    if question.max_words is not None and words > question.max_words:
        expected = f"at most {question.max_words} words"
        yield Lack(path=path, kind="too-long", found=f"{words} words", expected=expected)
    if question.kind == "number" and not NUMBER.fullmatch(answer):
        yield Lack(path=path, kind="number", found=f"found {answer[:60]!r}", expected="write a number: 4.5")
    if question.kind == "yes-no" and answer not in {"yes", "no"}:
        yield Lack(path=path, kind="yes-no", found=f"found {answer[:60]!r}", expected="answer yes or no")
    choices = [text for one in question.choices for text in one.values()]
    if question.kind == "choice" and answer not in choices:
        yield Lack(path=path, kind="choice", found=f"found {answer[:60]!r}", expected=f"choose {', '.join(choices)}")
