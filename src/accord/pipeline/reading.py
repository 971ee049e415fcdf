"""A record read back as a walk: the files that its front page names, the call, and every recorded step.

What is read here is what the record says. That each step is what its inputs give, `accord.verify` recomputes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from numpy.typing import NDArray
from pydantic import ValidationError

from accord.call.folder import SALT_KEY_FILE, load_call
from accord.errors import AccordError
from accord.pipeline.before_review import AFFINITY_FILE
from accord.pipeline.bundle import COMMITMENTS_FILE, FILES_FILE, RECORD_FILE, VERSION, Files, FrontPage
from accord.pipeline.step import Inputs, Step, from_npy, npy
from accord.pipeline.steps import (
    AffinityResult,
    AssignmentResult,
    ConflictsResult,
    EligibilityResult,
    ListResult,
    RankingResult,
    SelectionResult,
)
from accord.pipeline.walk import Walk
from accord.plan.types import Block
from accord.record.canonical import canonical, digest
from accord.record.commitments import SALT_BYTES
from accord.record.folder import read_inside

MODELS: Final[dict[str, type[Block]]] = {
    "eligibility": EligibilityResult,
    "conflicts": ConflictsResult,
    "affinity": AffinityResult,
    "assignment": AssignmentResult,
    "ranking": RankingResult,
    "list": ListResult,
    "selection": SelectionResult,
}
BEFORE_REVIEW: Final = ("eligibility", "conflicts", "affinity", "assignment")
BESIDE: Final = frozenset({"report.html", SALT_KEY_FILE})  # what a record may hold besides
CRATE_FILE: Final = "ro-crate-metadata.json"  # the sealed record's description, made from record and log
LARGEST_PAGE: Final = 16 * 1024**2  # of record.json and files.json
LOG_PREFIX: Final = "log/"  # the sealed record's log: it came after the files, and has checks of its own
Value = TypeVar("Value", bound=Block)
Page = TypeVar("Page", FrontPage, Files)


class UnreadableRecord(AccordError):
    """A folder that is no record, or whose files are not those that its front page names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it was read: its front page, and the walk in it."""

    page: FrontPage
    walk: Walk

    @property
    def root(self) -> str:
        """What the record is known by: the Merkle root over all its content, the same for a redacted copy."""
        return self.page.commitments.root


def open_record(folder: str | os.PathLike[str]) -> Record:
    """The front page and the walk of a record; raises UnreadableRecord where it does not load.

    Digests of files and the digests by which steps name their inputs are checked; nothing is recomputed.
    """
    try:
        page, content = read_files(Path(folder))
        inputs = read_inputs(Path(folder), page, content)
        return Record(page=page, walk=_walk(inputs, read_steps(inputs, content)))
    except UnreadableRecord:
        raise
    except AccordError as error:
        raise UnreadableRecord(f"{folder} does not load: {error}") from error
    except (ValidationError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else ""
        raise UnreadableRecord(f"{folder} does not load: {type(error).__name__}: {first}") from error


def read_files(folder: Path) -> tuple[FrontPage, dict[str, bytes]]:
    """The front page and the bytes of every other file; none is missing, changed, added or a link."""
    if not folder.is_dir():
        raise UnreadableRecord(f"there is no folder {folder}")
    if not (folder / RECORD_FILE).is_file():
        raise UnreadableRecord(f"{RECORD_FILE} is missing: this folder is no record")
    present = {path for path in present_files(folder) if not path.startswith(LOG_PREFIX)} - {CRATE_FILE}
    page = front_page_in(read_inside(folder, RECORD_FILE, LARGEST_PAGE))
    if FILES_FILE not in present:
        copy = "; this is a copy of a record that holds some of its leaves" if "leaves.jsonl" in present else ""
        raise UnreadableRecord(f"{FILES_FILE} is missing{copy}")
    listed = read_inside(folder, FILES_FILE, LARGEST_PAGE)
    if digest(listed) != page.files:
        raise UnreadableRecord(f"{FILES_FILE} was changed: {RECORD_FILE} names another SHA-256")
    named = _page(listed, FILES_FILE, Files).files
    for path in sorted(set(named) - present):
        raise UnreadableRecord(f"{path} is missing")
    for path in sorted(present - {*named, RECORD_FILE, FILES_FILE}):
        raise UnreadableRecord(f"{path} is not named in {FILES_FILE}")
    files = {}
    for path, expected in named.items():
        files[path] = read_inside(folder, path)
        found = digest(files[path])
        if found != expected:
            raise UnreadableRecord(f"{path} was changed: its SHA-256 is {found}, {expected} is recorded")
    return page, files


def front_page_in(content: bytes) -> FrontPage:
    """The front page that the bytes of `record.json` hold; raises UnreadableRecord."""
    return _page(content, RECORD_FILE, FrontPage)


def _page(content: bytes, name: str, model: type[Page]) -> Page:
    try:
        page = model.model_validate_json(content)
    except ValidationError as error:
        raise UnreadableRecord(f"{name} is none of version {VERSION}: {error.errors()[0]['msg']}") from error
    if content != page.content:
        raise UnreadableRecord(f"{name} is not in canonical form")
    return page


def read_inputs(folder: Path, page: FrontPage, content: Mapping[str, bytes]) -> Inputs:
    """The call in a record, in canonical form, with the plan that the front page names."""
    call = load_call(folder / "inputs")
    if call.plan.digest != page.plan:
        raise UnreadableRecord("the plan is not the one that the front page names")
    if (SALT_KEY_FILE in content) != (page.commitments.salts == "secret"):
        raise UnreadableRecord(f"{RECORD_FILE} says {page.commitments.salts} salts, and {SALT_KEY_FILE} says otherwise")
    if SALT_KEY_FILE in content:
        key = bytes.fromhex(content[SALT_KEY_FILE].decode("ascii"))
        if len(key) < SALT_BYTES or content[SALT_KEY_FILE] != key.hex().encode() + b"\n":
            raise UnreadableRecord(f"{SALT_KEY_FILE} holds no key of {SALT_BYTES} bytes or more")
        call = replace(call, salt_key=key)
    canonical_files = {f"inputs/{name}": expected for name, expected in call.files().items()}
    for path, found in content.items():
        if path.startswith("inputs/") and found != canonical_files.get(path):
            raise UnreadableRecord(f"{path} is not in canonical form")
    inputs = Inputs(call, simulated=page.simulated_reviews)
    steps = {f"steps/{name}.json" for name in steps_of(inputs)}
    expected = {*canonical_files, *steps, f"steps/{AFFINITY_FILE}.npy", COMMITMENTS_FILE}
    for path in sorted(expected ^ (set(content) - BESIDE)):
        what = "is missing" if path in expected else "is no part of a record of this call"
        raise UnreadableRecord(f"{path} {what}")
    return inputs


def steps_of(inputs: Inputs) -> tuple[str, ...]:
    """The steps that a walk over a call takes: all of them where there are scores or a consensus."""
    reviewed = inputs.call.reviews is not None or inputs.call.consensus is not None
    return tuple(MODELS) if reviewed else BEFORE_REVIEW


def read_steps(inputs: Inputs, content: Mapping[str, bytes]) -> dict[str, Step[Block]]:
    """Every step of the walk, as it is recorded."""
    return {name: _recorded(name, content) for name in steps_of(inputs)}


def _recorded(name: str, files: Mapping[str, bytes]) -> Step[Block]:
    content = files[f"steps/{name}.json"]
    raw = json.loads(content)
    if content != canonical(raw):
        raise UnreadableRecord(f"steps/{name}.json is not in canonical form")
    result = MODELS[name].model_validate_json(canonical(raw["result"]))
    arrays = {AFFINITY_FILE: _array(files[f"steps/{AFFINITY_FILE}.npy"])} if name == "affinity" else {}
    step = Step(
        name=raw["step"],
        method=raw["method"],
        version=raw["version"],
        inputs=raw["inputs"],
        result=result,
        arrays=arrays,
    )
    if step.content != content:
        raise UnreadableRecord(f"steps/{name}.json holds what a step of this version does not")
    return step


def _array(content: bytes) -> NDArray[Any]:
    array = from_npy(content)
    if npy(array) != content:
        raise UnreadableRecord(f"steps/{AFFINITY_FILE}.npy is not in canonical form")
    return array


def typed(step: Step[Block], model: type[Value]) -> Step[Value]:
    """The same step, seen to hold a result of that model."""
    if not isinstance(step.result, model):
        raise UnreadableRecord(f"steps/{step.name}.json holds another step")
    return step  # type: ignore[return-value]  # its result was just seen to be of that model


def _walk(inputs: Inputs, steps: Mapping[str, Step[Block]]) -> Walk:
    _of_one_walk(inputs, steps)
    before = Walk(
        inputs=inputs,
        eligibility=typed(steps["eligibility"], EligibilityResult),
        conflicts=typed(steps["conflicts"], ConflictsResult),
        affinity=typed(steps["affinity"], AffinityResult),
        assignment=typed(steps["assignment"], AssignmentResult),
    )
    if tuple(steps) == BEFORE_REVIEW:
        return before
    return replace(
        before,
        ranking=typed(steps["ranking"], RankingResult),
        list=typed(steps["list"], ListResult),
        selection=typed(steps["selection"], SelectionResult),
    )


def _of_one_walk(inputs: Inputs, steps: Mapping[str, Step[Block]]) -> None:
    """Each step was computed from the tables and steps that the record has, by their digests."""
    known = {**inputs.digests, **{f"steps/{name}": step.digest for name, step in steps.items()}}
    for name, step in steps.items():
        if step.name != name:
            raise UnreadableRecord(f"steps/{name}.json holds another step")
        for source, expected in step.inputs.items():
            if known.get(source) != expected:
                raise UnreadableRecord(f"steps/{name}.json was computed from another {source} than the record holds")


def present_files(folder: Path) -> Iterator[str]:
    """Every file in a folder, by its path inside; a link, or what is no plain file, raises UnreadableRecord."""
    for around, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(around) / name
            if path.is_symlink():
                raise UnreadableRecord(f"{path.relative_to(folder)} is a link; a record holds files only")
            if name in files and not path.is_file():
                raise UnreadableRecord(f"{path.relative_to(folder)} is no plain file; a record holds files only")
            if name in files:
                yield path.relative_to(folder).as_posix()
