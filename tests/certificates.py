"""Certificates that sign for themselves, as a Side's own would, and the archives that hold them with their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

PASSPHRASE = "correct horse"  # noqa: S105  of keys that are made for one test


@dataclass(frozen=True)
class Certified:
    """A key, its certificate and what others know it by."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def sha256(self) -> str:
        return sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    @property
    def archive(self) -> bytes:
        """PKCS #12, as smart cards' software exports it."""
        return serialize_key_and_certificates(
            b"signing", self.key, self.certificate, None, BestAvailableEncryption(PASSPHRASE.encode())
        )


def certified(name: str, since: datetime, until: datetime) -> Certified:
    """A fresh key with a certificate that is valid from one instant to another."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    dated = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    return Certified(key, dated.add_extension(usage, critical=True).sign(key, SHA256()))
