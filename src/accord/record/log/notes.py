"""Signed notes (C2SP signed-note): text, and under it the signatures of whoever stands for it.

A signature's type says what was signed: 0x01 the text itself, 0x04 a cosignature of a checkpoint with its time
(C2SP tlog-cosignature). A signature of another type or by another key is carried along and counts for nothing, so
that a second algorithm can stand on the same note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accord.errors import AccordError

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
LARGEST_NOTE: Final = 64 * 1024
MOST_SIGNATURES: Final = 64
PUBLIC_BYTES: Final = 32
ID_BYTES: Final = 4
TIME_BYTES: Final = 8
COSIGNATURE_BYTES: Final = TIME_BYTES + 64
LATEST: Final = 2**63 - 1
NAME: Final = re.compile(r"[^\s+]+")
HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""A sign that shows nothing, breaks a line or turns its direction: a person would read another text than is there."""
CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LINE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class UnreadableNote(AccordError):
    """Bytes that are no note, checkpoint, proof or tile of the log; the text says which line."""


class BadSignature(AccordError):
    """A note that a trusted key did not sign, or signed otherwise."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: whose key, which key, and what it made."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """The line as it stands under the note, with its line feed."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.content).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name that it signs under, and the type of its signatures."""

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or HIDDEN.search(self.name):
            raise UnreadableNote(f"a key's name has no space and no plus sign, as in example.org/host: {self.name!r}")
        if self.algorithm not in {ED25519, COSIGNATURE} or len(self.public) != PUBLIC_BYTES:
            raise UnreadableNote(f"the key of {self.name} is no Ed25519 key of type 01 or 04")

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, line feed, type and key."""
        text = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(text).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line: `NAME+ID+BASE64`, as C2SP signed-note writes it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.algorithm]) + self.public).decode()}"

    @classmethod
    def of(cls, text: str) -> VerifierKey:
        """The key that a line holds; raises UnreadableNote where it holds none, or another's identifier."""
        parts = text.strip().split("+", 2)
        if len(parts) != len(("name", "id", "key")):
            raise UnreadableNote(f"no public key: found {text.strip()[:80]!r}, write NAME+ID+BASE64")
        material = decoded(parts[2], "a public key")
        found = cls(parts[0], material[0] if material else 0, material[1:])
        if found.key_id.hex() != parts[1]:
            raise UnreadableNote(f"the key of {found.name} has the identifier {found.key_id.hex()}, not {parts[1]!r}")
        return found

    @property
    def as_witness(self) -> VerifierKey:
        """The same public key as cosignatures name it."""
        return replace(self, algorithm=COSIGNATURE)

    def holds(self, text: str, signature: Signature) -> bool:
        """Whether this key made that signature of that text."""
        if self.algorithm == COSIGNATURE:
            if len(signature.content) < TIME_BYTES or cosigned_at(signature) > LATEST:
                return False
            message, made = cosigned_message(text, cosigned_at(signature)), signature.content[TIME_BYTES:]
        else:
            message, made = text.encode(), signature.content
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(made, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key with the name that it signs under. It is never written by anything but `keys.write_key`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return VerifierKey(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """A signature of the text itself."""
        if text.startswith("cosignature/"):
            raise BadSignature("a text that reads as a cosignature is not signed")  # one key may do both
        return Signature(self.name, self.verifier.key_id, self.private.sign(text.encode()))

    def cosign(self, text: str, at: int) -> Signature:
        """A cosignature of a checkpoint's text at an instant, in whole seconds since 1970 (POSIX)."""
        made = at.to_bytes(TIME_BYTES, "big") + self.private.sign(cosigned_message(text, at))
        return Signature(self.name, self.verifier.as_witness.key_id, made)


def cosigned_message(text: str, at: int) -> bytes:
    """What an Ed25519 cosignature signs (C2SP tlog-cosignature)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosigned_at(signature: Signature) -> int:
    """When a cosignature was made, in seconds since 1970, as it says itself."""
    return int.from_bytes(signature.content[:TIME_BYTES], "big")


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text that ends in a line feed, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or CONTROL.search(self.text):
            raise UnreadableNote("a note's text ends with a line feed and holds no other control character")

    @property
    def content(self) -> bytes:
        """The note as bytes."""
        return (self.text + "\n" + "".join(one.line for one in self.signatures)).encode()

    @classmethod
    def of(cls, content: bytes) -> SignedNote:
        """The note that bytes hold; raises UnreadableNote, whatever they hold otherwise."""
        if len(content) > LARGEST_NOTE:
            raise UnreadableNote(f"a note has at most {LARGEST_NOTE} bytes, found {len(content)}")
        try:
            whole = content.decode()
        except UnicodeDecodeError as error:
            raise UnreadableNote(f"no note: byte {error.start} is no UTF-8") from error
        text, blank, under = whole.rpartition("\n\n")
        if not blank or not under.endswith("\n"):
            raise UnreadableNote("no note: an empty line and signatures are missing")
        lines = under[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise UnreadableNote(f"a note has at most {MOST_SIGNATURES} signatures, found {len(lines)}")
        return cls(text + "\n", tuple(_signature(line) for line in lines))

    def signed(self, *more: Signature) -> SignedNote:
        """The same note with more signatures; one that stands already is not added again.

        Raises UnreadableNote where nobody could read it any more: too many signatures, or too many bytes.
        """
        found = replace(self, signatures=(*self.signatures, *(one for one in more if one not in self.signatures)))
        if len(found.signatures) > MOST_SIGNATURES or len(found.content) > LARGEST_NOTE:
            raise UnreadableNote(f"a note has at most {MOST_SIGNATURES} signatures and {LARGEST_NOTE} bytes")
        return found

    def by(self, key: VerifierKey) -> tuple[Signature, ...]:
        """The signatures of this note that name a key, each verified; raises BadSignature where one is forged."""
        named = tuple(one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id))
        for one in named:
            if not key.holds(self.text, one):
                raise BadSignature(f"the signature by {key.name} does not fit the text above it")
        return named

    def verified(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Which of the keys signed; raises BadSignature where one of their signatures is forged."""
        return tuple(key for key in keys if self.by(key))


def signed(text: str, *keys: SignerKey) -> SignedNote:
    """A text signed by each key."""
    return SignedNote(text, tuple(key.sign(text) for key in keys))


def decoded(text: str, what: str) -> bytes:
    """Base64, read strictly; raises UnreadableNote naming what it was to be."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableNote(f"{what} is no base64: found {text[:80]!r}") from error
    if base64.b64encode(content).decode() != text:
        raise UnreadableNote(f"{what} is no base64 as RFC 4648 pads it: found {text[:80]!r}")
    return content


def _signature(line: str) -> Signature:
    found = LINE.fullmatch(line)
    if found is None or HIDDEN.search(found[1]):
        raise UnreadableNote(f"no signature line: found {line[:80]!r}, expected — NAME BASE64")
    made = decoded(found[2], f"the signature of {found[1]}")
    if len(made) <= ID_BYTES:
        raise UnreadableNote(f"the signature of {found[1]} is empty")
    return Signature(found[1], made[:ID_BYTES], made[ID_BYTES:])
