"""What reads bytes that others made, each as a function of bytes alone; and a coverage-guided fuzzer over it.

The tests feed these with hypothesis. By hand, with the package atheris beside Accord:

    PYTHONPATH=tests python -m attacks.fuzz notes -max_total_time=600 -rss_limit_mb=512
"""

from __future__ import annotations

import base64
import importlib
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accord.acts.erasures import erasure
from accord.acts.statement import Act, Statement, signed_act
from accord.errors import AccordError
from accord.record.log.checkpoint import Checkpoint, signed_checkpoint
from accord.record.log.entry import Entry, new_entry
from accord.record.log.keys import read_key, write_key
from accord.record.log.notes import SignedNote, SignerKey, VerifierKey
from accord.record.log.proof import LogProof
from accord.record.log.reader import audit
from accord.record.log.tiles import bundle, unbundled
from accord.record.merkle import leaf_hash, node_hash

KEY = SignerKey("host.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOON = datetime(2026, 4, 16, 12, tzinfo=UTC)
ENTRIES = [
    new_entry(kind, "JP", kind.encode(), time=NOON, chance=kind.encode() * 12)[0] for kind in ("acts", "line", "erad")
]
STATEMENT = Statement(
    kind="key-rotation",
    call="small",
    side="JP",
    subject="1" * 64,
    signatory="Director, 日本",
    at=NOON,
    key=KEY.verifier.text,
    since=NOON,
    delegation="7",
)
LEAVES = [leaf_hash(one.content) for one in ENTRIES]
ROOT = node_hash(node_hash(LEAVES[0], LEAVES[1]), LEAVES[2])
HEAD = signed_checkpoint(KEY, "host.example/small", 3, ROOT)
ENDLESS = signed_checkpoint(KEY, "host.example/small", 2**48, ROOT)


def refused(read: Callable[[], object]) -> None:
    """Read, or be refused as the command line knows it; anything else is a crash."""
    try:
        read()
    except (AccordError, FileNotFoundError):
        return


def _notes(content: bytes) -> None:
    def read() -> None:
        note = SignedNote.of(content)
        assert note.content == content
        note.verified([KEY.verifier, KEY.verifier.as_witness])

    refused(read)


def _heads(content: bytes) -> None:
    def read() -> None:
        found = Checkpoint.of(content)
        assert found.content == content
        found.trusted(KEY.verifier).cosigned([KEY.verifier])
        assert found.note.text in {HEAD.note.text, ENDLESS.note.text}

    refused(read)


def _proofs(content: bytes) -> None:
    def read() -> None:
        found = LogProof.of(content)
        assert LogProof.of(found.content) == found
        assert found.verified(ENTRIES[found.index % 3].content, KEY.verifier) == ()
        assert found.index < 3

    refused(read)


def _entries(content: bytes) -> None:
    def read() -> None:
        found = Entry.of(content)
        assert found.content == content
        assert found.side is None or found.side.encode()

    refused(read)


def _acts(content: bytes) -> None:
    def read() -> None:
        found = Act.of(content)
        assert found.content == content
        assert Statement.of(found.statement.text) == found.statement
        if found.by(KEY.verifier):
            assert found.statement == STATEMENT

    refused(read)


def _erasures(content: bytes) -> None:
    refused(lambda: erasure(content, 2, ENTRIES, NOON))


def _keys(content: bytes) -> None:
    def read() -> None:
        text = content.decode(errors="surrogateescape")
        assert VerifierKey.of(text).text == text.strip()

    refused(read)


def _bundles(content: bytes) -> None:
    for width in (1, 3, 256):
        refused(lambda width=width: bundle(unbundled(content, width, "tile")) == content)


def _logs(content: bytes) -> None:
    """Any bytes as each file of a log; the true entries are found, or none at all."""
    true = {"tile/0/000.p/3": b"".join(LEAVES), "tile/entries/000.p/3": bundle(one.content for one in ENTRIES)}
    for forged in (*true, "any"):

        def given(name: str, most: int, forged: str = forged) -> bytes:
            found = content if forged in {name, "any"} else true.get(name)
            if found is None or len(found) > most:
                raise FileNotFoundError(name)
            return found

        def read(given: Callable[[str, int], bytes] = given) -> None:
            assert [one for _, one in audit(given, HEAD)] == [one.content for one in ENTRIES]

        refused(read)
        refused(lambda given=given: [None for _ in audit(given, ENDLESS)])


def _key_files(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        refused(lambda: read_key(Path(file.name)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "notes": _notes,
    "heads": _heads,
    "proofs": _proofs,
    "entries": _entries,
    "acts": _acts,
    "erasures": _erasures,
    "keys": _keys,
    "bundles": _bundles,
    "logs": _logs,
    "key files": _key_files,
}


def seeds() -> dict[str, list[bytes]]:
    """Real ones of each, to begin from."""
    with tempfile.TemporaryDirectory() as folder:
        write_key(Path(folder) / "key", KEY)
        key_file = (Path(folder) / "key").read_bytes()
    cosigned = HEAD.note.signed(KEY.cosign(HEAD.note.text, 1_776_000_000))
    proofs = [
        LogProof(0, (LEAVES[1], LEAVES[2]), HEAD),
        LogProof(2, (node_hash(LEAVES[0], LEAVES[1]),), HEAD, b"extra"),
    ]
    erased = f'{{"erased":"{ENTRIES[0].id}","index":0,"rule":"plan:retention"}}'
    return {
        "notes": [HEAD.content, cosigned.content],
        "heads": [HEAD.content, cosigned.content, ENDLESS.content],
        "proofs": [one.content for one in proofs],
        "entries": [one.content for one in ENTRIES],
        "acts": [signed_act(STATEMENT, KEY).content],
        "erasures": [erased.encode()],
        "keys": [KEY.verifier.text.encode(), base64.b64encode(bytes(33))],
        "bundles": [bundle(one.content for one in ENTRIES), bundle([b""] * 3)],
        "logs": [b"".join(LEAVES), bundle(one.content for one in ENTRIES)],
        "key files": [key_file],
    }


def main(arguments: list[str]) -> None:
    """Fuzz one target, from its seeds; the rest are options of libFuzzer."""
    atheris: Any = importlib.import_module("atheris")
    for name in [name for name in sys.modules if name.partition(".")[0] == "accord"]:
        del sys.modules[name]
    with atheris.instrument_imports(include=["accord.record", "accord.acts"]):
        again = importlib.import_module("attacks.fuzz")  # what it reads with is watched from here on
    target = arguments[1]
    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(again.seeds()[target]):
            (Path(corpus) / f"{number}").write_bytes(content)
        atheris.Setup([arguments[0], corpus, *arguments[2:]], again.TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
