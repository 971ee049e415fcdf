"""The checks of a whole record: every file, every commitment, every step, and the log where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from accord.acts.checks import LOG_FOLDER, SealedLog, not_sealed
from accord.pipeline.before_review import AFFINITY_FILE
from accord.pipeline.bundle import (
    COMMITMENTS_FILE,
    RECORD_FILE,
    FrontPage,
    commitments_csv,
    content_leaves,
    derived_salt_key,
    front_page,
)
from accord.pipeline.crate import check_crate
from accord.pipeline.reading import CRATE_FILE, read_files, read_inputs, read_steps
from accord.pipeline.step import Inputs, Step
from accord.plan.model import Plan
from accord.plan.types import Block
from accord.record.canonical import digest
from accord.record.commitments import commit
from accord.verify.checks import Failed, Named, difference
from accord.verify.reads import lottery_rows
from accord.verify.recomputing import Recomputation

REPORT_FILE: Final = "report.html"


def whole_checks(folder: Path) -> Iterator[Named]:
    """The checks of a whole record: files, plan, commitments, each step, the log."""
    record = _Record(folder)
    yield "files", record.files
    yield "plan and tables", record.inputs
    yield "commitments", record.commitments
    yield from record.steps()
    if os.path.lexists(folder / LOG_FOLDER):
        yield from record.log()
    elif record.plan.log is not None or (folder / CRATE_FILE).exists():
        yield "log", lambda: not_sealed(record.plan)


class _Record:
    """A record while it is checked: each check leaves what the next one needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._page: FrontPage
        self._content: dict[str, bytes] = {}
        self._inputs: Inputs
        self._steps: dict[str, Step[Block]] = {}

    def files(self) -> str:
        """Every file is the one that the front page names, and no other is there."""
        self._page, self._content = read_files(self._folder)
        return f"{len(self._content)} files are the recorded ones"

    def inputs(self) -> str:
        """The plan and the tables load, and the plan is the one that the page names."""
        self._inputs = read_inputs(self._folder, self._page, self._content)
        self._steps = read_steps(self._inputs, self._content)
        call = self._inputs.call
        return f"{len(call.proposals)} proposals, {len(call.experts)} experts; the plan's SHA-256 is {call.plan.digest}"

    def commitments(self) -> str:
        """Every leaf of content has the commitment that is recorded, and the root covers all of them."""
        call = self._inputs.call
        key = call.salt_key
        if key is None:
            key = derived_salt_key({path: digest(content) for path, content in self._content.items()})
        found = commit(key, content_leaves(self._inputs, self._steps.values()))
        if commitments_csv(found) != self._content[COMMITMENTS_FILE]:
            raise Failed(f"{COMMITMENTS_FILE} does not fit the content")
        page = front_page(self._inputs, self._page.files, found)
        if page != self._page:
            place = difference(page.model_dump(mode="json"), self._page.model_dump(mode="json"))
            raise Failed(f"{RECORD_FILE} does not fit the content: {place}")
        salts = "secret salts" if call.salt_key else "salts derived from the content: not for redacted copies"
        return f"{len(found)} leaves under root {page.commitments.root} ({salts})"

    def steps(self) -> Iterator[Named]:
        """A check for each step that the record has, and one for the report."""
        matrix = self._content[f"steps/{AFFINITY_FILE}.npy"]
        yield from Recomputation(self._inputs, self._steps, matrix).steps()
        if REPORT_FILE in self._content:
            yield "report", lambda: "named with its digest, not made again: it is as true as who gave you the record"

    @property
    def plan(self) -> Plan:
        """The plan, once it was read."""
        return self._inputs.call.plan.plan

    def log(self) -> Iterator[Named]:
        """The checks of a sealed record's log: its entries, who signed what, who cosigned."""
        call, page = self._inputs.call, self._page
        subjects = {"plan": call.plan.digest, "recommendation": digest(page.content)}
        log = SealedLog(self.plan, self._folder, subjects, lottery_rows(call), call.lottery_root)
        yield from log.checks()
        yield "description", lambda: check_crate(self._folder, self.plan, page, self._content, log.vouched)
