"""A key of one's own as a file: PKCS #8 in PEM, which OpenSSL reads, under a line that says whose it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from accord.errors import AccordError, InvalidInput
from accord.record.log.notes import SignerKey, UnreadableNote, VerifierKey

LARGEST_KEY: Final = 16 * 1024


class NoKey(AccordError):
    """A file that is no key of ours, or whose passphrase is another."""


def new_key(name: str) -> SignerKey:
    """A fresh Ed25519 key under a name such as `example.org/officer`; its chance is the system's."""
    key = SignerKey(name, Ed25519PrivateKey.generate())
    if not key.verifier.name:
        raise InvalidInput("name: give a name such as example.org/officer")
    return key


def write_key(path: Path, key: SignerKey, passphrase: str | None = None) -> None:
    """Write a private key that only its owner can read; raises FileExistsError rather than replace one."""
    sealed = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)
    content = f"{key.verifier.text}\n".encode() + pem
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        path.unlink()  # half a key would stand in the way of a whole one
        raise


def read_key(path: Path, passphrase: str | None = None) -> SignerKey:
    """The private key in a file; raises NoKey, saying what the file lacks."""
    with path.open("rb") as stream:
        content = stream.read(LARGEST_KEY)
    first, _, pem = content.partition(b"\n")
    try:
        told = VerifierKey.of(first.decode())
        private = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError as error:  # a passphrase is missing, or is not needed
        need = "needs its passphrase" if passphrase is None else "has no passphrase"
        raise NoKey(f"{path} {need}") from error
    except UnreadableNote as error:
        raise NoKey(f"{path} is no key of Accord's: {error}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NoKey(f"{path} is no key that can be read: the file is damaged, or the passphrase is another") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise NoKey(f"{path} holds a key of another kind: Accord signs with Ed25519")
    key = SignerKey(told.name, private)
    if key.verifier != told:
        raise NoKey(f"{path} says that it is the key of {told.text}, and holds another")
    return key
