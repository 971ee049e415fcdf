"""Second factors: their secrets are encrypted before they are rows, with a key drawn from the site's secret."""

from __future__ import annotations

import base64
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@cache
def _cipher(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accord/second-factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


class FactorAdapter(DefaultMFAAdapter):
    """allauth's second factors, kept so that a copy of the database alone opens no account."""

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it is used."""
        return _cipher(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()
