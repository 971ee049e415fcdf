"""A walk as the files of a record: the call, every step, commitments to every leaf, and a page that names them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from accord.call.folder import SALT_KEY_FILE
from accord.call.lottery_root import ROOT_FILE
from accord.call.tables import as_rows
from accord.pipeline.leaf_kinds import counts
from accord.pipeline.step import Inputs, Step, npy
from accord.pipeline.steps import Names
from accord.pipeline.walk import Walk
from accord.plan.load import PLAN_FILE
from accord.plan.types import Block, instant_text
from accord.record.canonical import canonical, digest
from accord.record.commitments import Commitments, Leaf, commit, leaves, root_of

RECORD_FILE: Final = "record.json"
FILES_FILE: Final = "files.json"
COMMITMENTS_FILE: Final = "commitments.csv"
VERSION: Final = 1  # of the record's format


class CommitmentsRoot(Block):
    """What covers every leaf of content, and where the salts come from."""

    root: str
    leaves: int
    salts: Literal["secret", "derived"]


class Files(Block):
    """`files.json`: the SHA-256 of every file of a complete record, and of the call folder's own files.

    A digest of few possible contents gives them away, so this file is only for those who may read everything.
    """

    files: dict[str, str]
    sources: dict[str, str]

    @property
    def content(self) -> bytes:
        """The file: canonical JSON and a line feed."""
        return canonical(self.model_dump(mode="json")) + b"\n"


class FrontPage(Block):
    """`record.json`: what the record is, and the root of its commitments. It is the same in every copy.

    `files` is the SHA-256 of `files.json`.
    """

    accord_record: Literal[1]
    call: str
    title: dict[str, str]
    closes: str
    plan: str
    simulated_reviews: int | None
    recorded_not_executed: Names
    files: str
    commitments: CommitmentsRoot

    @property
    def content(self) -> bytes:
        """The file: canonical JSON and a line feed."""
        return canonical(self.model_dump(mode="json")) + b"\n"


def record_files(walk: Walk, *, beside: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The record of a walk, as relative path to bytes. The same walk gives the same bytes anywhere.

    `inputs/` is itself a call folder. `steps/` holds a JSON file a step and an NPY file an array. `beside` are
    documents made from the walk, such as a report: named with their digests, and no content of their own.
    """
    files = {f"inputs/{name}": content for name, content in walk.inputs.call.files().items()}
    for step in walk.steps():
        files[f"steps/{step.name}.json"] = step.content
        for name, array in step.arrays.items():
            files[f"steps/{name}.npy"] = npy(array)
    secret = walk.inputs.call.salt_key
    key = derived_salt_key({path: digest(content) for path, content in files.items()}) if secret is None else secret
    commitments = commit(key, content_leaves(walk.inputs, walk.steps()))
    files[COMMITMENTS_FILE] = commitments_csv(commitments)
    if secret is not None:
        files[SALT_KEY_FILE] = secret.hex().encode() + b"\n"
    files |= beside or {}
    digests = {path: digest(content) for path, content in sorted(files.items())}
    files[FILES_FILE] = Files(files=digests, sources=dict(walk.inputs.call.sources)).content
    files[RECORD_FILE] = front_page(walk.inputs, digest(files[FILES_FILE]), commitments).content
    return files


def derived_salt_key(digests: Mapping[str, str]) -> bytes:
    """The salt key of a record whose call folder has none, from the digests of all its content.

    It binds as well as a secret key, and it hides nothing from someone who knows nearly all of the content:
    such a record is not for redacted copies.
    """
    content = {path: value for path, value in digests.items() if path.startswith(("inputs/", "steps/"))}
    return bytes.fromhex(digest(canonical({"salts": "derived", "content": content})))


def content_leaves(inputs: Inputs, steps: Iterable[Step[Block]]) -> Iterator[Leaf]:
    """Every leaf of a record: plan, lottery's root, each table's rows, each step, how many leaves are of which kind."""
    content = [Leaf(f"inputs/{PLAN_FILE}", inputs.call.plan.content.decode("utf-8"))]
    if inputs.call.lottery_root is not None:
        content.append(Leaf(f"inputs/{ROOT_FILE}", inputs.call.lottery_root.content.decode("utf-8")))
    for name, rows in inputs.call.tables():
        content.extend(leaves(f"inputs/{name}", keyed_rows(rows)))
    for step in steps:
        content.extend(step_leaves(step))
    yield from content
    yield from counts(content)


def step_leaves(step: Step[Block]) -> Iterator[Leaf]:
    """Every leaf of a step. A row of its result is addressed by what it speaks of, and not by its place."""
    result = {name: keyed_list(value) for name, value in step.plain["result"].items()}
    yield from leaves(f"steps/{step.name}", {**step.plain, "result": result})


def keyed_list(value: Any) -> Any:
    """A list of rows by the proposal, expert or Side that each speaks of; of several alike, each by its number too."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return value
    names = [name for name in ("proposal", "expert", "side", "topic") if name in value[0]]
    keyed: dict[str, Any] = {}
    alike: Counter[str] = Counter()
    for row in value:
        key = " ".join(str(row.get(name, "-")) for name in names)
        alike[key] += 1
        keyed[key if alike[key] == 1 else f"{key} {alike[key]}"] = row
    return keyed


def keyed_rows(rows: tuple[Block, ...]) -> dict[str, Any]:
    """A table's rows by what tells them apart, so that a leaf's address names the row and no row's place."""
    plain = as_rows(rows)
    if not plain:
        return {"rows": []}
    if "id" in plain[0]:
        return {row["id"]: {name: value for name, value in row.items() if name != "id"} or None for row in plain}
    names = [name for name in ("proposal", "expert", "criterion", "side") if name in plain[0]]
    return {" ".join(str(row[name]) for name in names): row for row in plain}


def commitments_csv(commitments: Commitments) -> bytes:
    """Commitment and address, a line each, in the commitments' order; an address is quoted as JSON."""
    lines = [f"{commitment},{json.dumps(address, ensure_ascii=False)}" for address, commitment in commitments]
    return "\n".join(["commitment,address", *lines, ""]).encode()


def front_page(inputs: Inputs, files: str, commitments: Commitments) -> FrontPage:
    """The front page of a record, all of it derived from the call, its commitments and the digest of `files.json`."""
    call, plan = inputs.call, inputs.call.plan.plan
    salts: Literal["secret", "derived"] = "derived" if call.salt_key is None else "secret"
    return FrontPage(
        accord_record=VERSION,
        call=plan.call.id,
        title=plan.call.title,
        closes=instant_text(plan.timeline.closes),
        plan=call.plan.digest,
        simulated_reviews=inputs.simulated,
        recorded_not_executed=plan.recorded_only,
        files=files,
        commitments=CommitmentsRoot(root=root_of(commitments), leaves=len(commitments), salts=salts),
    )
