"""A sealed record described as an RO-Crate (1.1), for archives and finders that know nothing of Accord.

`ro-crate-metadata.json` is a pure function of the record, its log and the version of Accord that it names: whoever
has the folder makes it again and finds any byte that was changed. It lists what is in this copy and no other file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, Final

from accord.acts.checks import LOG_FOLDER
from accord.acts.vouching import Vouching
from accord.errors import AccordError
from accord.pipeline.bundle import FILES_FILE, RECORD_FILE, FrontPage
from accord.pipeline.reading import CRATE_FILE
from accord.plan.load import PLAN_FILE
from accord.plan.model import Plan, Side
from accord.record.canonical import digest
from accord.record.folder import read_inside
from accord.record.log.reader import CHECKPOINT

SPECIFICATION: Final = "https://w3id.org/ro/crate/1.1"
CONTEXT: Final = (f"{SPECIFICATION}/context", {"sha256": "http://schema.org/sha256"})
SOFTWARE: Final = "#accord"
TERMS: Final = "#terms"
LARGEST: Final = 16 * 1024 * 1024
VERSION: Final = re.compile(r"[0-9][0-9A-Za-z.+-]{0,60}")
FORMATS: Final = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".toml": "application/toml",
    ".npy": "application/octet-stream",
    ".html": "text/html",
}
TOLD: Final = {
    RECORD_FILE: "The front page: what the record is, and the root of its commitments",
    FILES_FILE: "The SHA-256 of every file of the record",
    "commitments.csv": "A salted commitment to every leaf of content",
    "report.html": "The results, for people",
    "salt.key": "The key of the salts: whoever has it opens every commitment",
    f"inputs/{PLAN_FILE}": "The Partnership Plan, the exact bytes that the Sides sign",
}

Entity = dict[str, Any]


class ChangedCrate(AccordError):
    """The description of a sealed record is missing, or is not the one that record and log give."""


def crate(
    plan: Plan, page: FrontPage, files: Mapping[str, bytes], log: Vouching, *, checkpoint: bytes, software: str
) -> bytes:
    """The description: `files` are the record's by their paths, `software` is Accord's version, `checkpoint` the head.

    Its date is that of the log's last entry, or the call's closing where there is none: no clock is looked at.
    """
    at = log.entries[-1].time if log.entries else plan.timeline.closes
    sides = [{"@id": _side(side)} for side in plan.side]
    head = f"{LOG_FOLDER}/{CHECKPOINT}"
    listed = [_file(name, content) for name, content in sorted({**files, head: checkpoint}.items())]
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": _first(page.title, plan.call.prevailing_language),
        "description": (
            f"Record of the call {page.call} under the instrument {plan.call.instrument}: the plan, the call, every "
            "computed step, salted commitments, and the log with what the Sides signed. Checked by "
            "`accord record verify`."
        ),
        "identifier": f"sha256:{page.commitments.root}",
        "datePublished": at.isoformat(timespec="seconds"),
        "inLanguage": plan.call.prevailing_language,
        "license": {"@id": TERMS},
        "author": sides,
        "publisher": sides,
        "hasPart": [*({"@id": one["@id"]} for one in listed), {"@id": f"{LOG_FOLDER}/"}],
        "mentions": {"@id": SOFTWARE},
    }
    descriptor: Entity = {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": SPECIFICATION},
    }
    graph = [
        *(descriptor, root, *listed, _log(log), _terms(page), _software(software)),
        *(_organisation(side, plan) for side in plan.side),
    ]
    value = {"@context": list(CONTEXT), "@graph": graph}
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def crate_of(
    folder: Path,
    plan: Plan,
    page: FrontPage,
    content: Mapping[str, bytes],
    log: Vouching,
    *,
    software: str | None = None,
) -> bytes:
    """The description of the sealed record in a folder, whose other files were read already."""
    files = {**content, RECORD_FILE: page.content, FILES_FILE: read_inside(folder, FILES_FILE)}
    checkpoint = read_inside(folder, f"{LOG_FOLDER}/{CHECKPOINT}")
    told = version("accord") if software is None else software
    return crate(plan, page, files, log, checkpoint=checkpoint, software=told)


def check_crate(folder: Path, plan: Plan, page: FrontPage, content: Mapping[str, bytes], log: Vouching) -> str:
    """See that the description in a folder is the one that record and log give; raises ChangedCrate otherwise."""
    if not (folder / CRATE_FILE).is_file() or (folder / CRATE_FILE).stat().st_size > LARGEST:
        raise ChangedCrate(f"{CRATE_FILE} is missing or too large: seal the record again")
    found = read_inside(folder, CRATE_FILE)
    software = _named_version(found)
    expected = crate_of(folder, plan, page, content, log, software=software)
    if found != expected:
        place = next((at for at, (ours, theirs) in enumerate(zip(expected, found, strict=False)) if ours != theirs), -1)
        at = min(len(expected), len(found)) if place < 0 else place
        line = expected.count(b"\n", 0, at) + 1
        raise ChangedCrate(f"{CRATE_FILE} is not what record and log give: byte {at}, line {line}")
    return f"{CRATE_FILE} is what record and log give, as Accord {software} writes it (RO-Crate 1.1)"


def _named_version(content: bytes) -> str:
    """The version of Accord that a description says made it: the one thing that the record does not give."""
    try:
        graph = json.loads(content)["@graph"]
        told = next(one["softwareVersion"] for one in graph if one["@id"] == SOFTWARE)
    except (ValueError, LookupError, TypeError, StopIteration, RecursionError) as error:
        raise ChangedCrate(f"{CRATE_FILE} is no description that Accord wrote") from error
    if not isinstance(told, str) or not VERSION.fullmatch(told):
        raise ChangedCrate(f"{CRATE_FILE} names no version of Accord")
    return told


def _file(name: str, content: bytes) -> Entity:
    found: Entity = {
        "@id": name,
        "@type": "File",
        "name": name,
        "contentSize": str(len(content)),
        "encodingFormat": FORMATS.get(PurePosixPath(name).suffix, "text/plain"),
        "sha256": digest(content),
    }
    told = TOLD.get(name) or _step(name, content)
    return found | ({"description": told} if told else {})


def _step(name: str, content: bytes) -> str | None:
    if not name.startswith("steps/") or not name.endswith(".json"):
        return None
    step = json.loads(content)
    return f"The step {step['step']}, by the method {step['method']}, version {step['version']}"


def _log(log: Vouching) -> Entity:
    root = log.head.root.hex()
    return {
        "@id": f"{LOG_FOLDER}/",
        "@type": "Dataset",
        "name": f"The log of {log.head.origin}",
        "description": f"{len(log.entries)} entries in the formats of C2SP (c2sp.org), under the root {root}",
    }


def _terms(page: FrontPage) -> Entity:
    return {
        "@id": TERMS,
        "@type": "CreativeWork",
        "name": "The Partnership Plan's rules of disclosure and retention",
        "description": (
            f"This file grants no licence. Who may read and keep what stands in inputs/{PLAN_FILE} "
            f"(sha256:{page.plan}), in the words that the Sides signed."
        ),
        "isBasedOn": {"@id": f"inputs/{PLAN_FILE}"},
    }


def _software(told: str) -> Entity:
    return {"@id": SOFTWARE, "@type": "SoftwareApplication", "name": "Accord", "softwareVersion": told}


def _organisation(side: Side, plan: Plan) -> Entity:
    others = [one for one in side.signatory.values() if one != _first(side.signatory, plan.call.prevailing_language)]
    url = side.contact.url if side.contact else None
    return {
        "@id": _side(side),
        "@type": "Organization",
        "name": _first(side.signatory, plan.call.prevailing_language),
        "alternateName": others if len(others) > 1 else (*others, side.id)[0],  # 1.1 wants no list of one
        "description": f"The Side {side.id}, with its programme {side.programme}",
        **({"url": url} if url else {}),
    }


def _side(side: Side) -> str:
    return f"#side-{side.id}"


def _first(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or next(iter(text.values()))
