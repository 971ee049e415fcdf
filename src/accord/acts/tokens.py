"""RFC 3161 requests and answers, by asn1crypto and pyHanko: loaded by `accord.acts.timestamps.token_tool`.

The authority counts because the plan names the SHA-256 of its certificate; no chain is followed, no network used.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, tsp  # type: ignore[import-untyped]  # it has no types
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from accord.acts.pdf import DAMAGE
from accord.record.canonical import digest
from accord.record.log.timestamps import BadTimeStamp

GRANTED: Final = {"granted", "granted_with_mods"}
DIGESTS: Final = {"sha256", "sha384", "sha512"}


def request(text: bytes, nonce: int) -> bytes:
    """A request for a time-stamp of a text's SHA-256, the authority's certificate in the answer; DER."""
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": _sha256(text)}
    asked = tsp.TimeStampReq(
        {"version": "v1", "message_imprint": tsp.MessageImprint(imprint), "nonce": nonce, "cert_req": True}
    )
    return bytes(asked.dump())


def stamped_at(request: bytes, response: bytes, text: bytes, certificate: str) -> datetime:
    """When the authority, known by its certificate's SHA-256, says that a text existed.

    Raises BadTimeStamp where the answer is none, refuses, is over another text, answers another request, or is
    signed by another certificate, or by one that was not valid then or is not for time-stamps.
    """
    try:
        return _stamped_at(request, response, text, certificate)
    except DAMAGE as error:
        raise BadTimeStamp(f"it cannot be read: {str(error).splitlines()[0] if str(error) else error!r}") from error


def _stamped_at(request: bytes, response: bytes, text: bytes, certificate: str) -> datetime:
    asked = tsp.TimeStampReq.load(request, strict=True)
    answer = tsp.TimeStampResp.load(response, strict=True)
    status = answer["status"]["status"].native
    if status not in GRANTED:
        raise BadTimeStamp(f"the authority answered {status}: {answer['status']['status_string'].native}")
    signed = answer["time_stamp_token"]["content"]
    content = signed["encap_content_info"]["content"]
    info = content.parsed
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != _sha256(text):
        raise BadTimeStamp("it is over another head")
    if asked["message_imprint"].dump() != imprint.dump() or asked["nonce"].native != info["nonce"].native:
        raise BadTimeStamp("it answers another request than the one beside it")
    signer = extract_certificate_info(signed).signer_cert
    if digest(signer.dump()) != certificate:
        raise BadTimeStamp(f"it is signed by another authority: sha256:{digest(signer.dump())}")
    _holds(signed, signer, bytes(content))
    at = info["gen_time"].native
    if not isinstance(at, datetime):
        raise BadTimeStamp("it names no instant")
    if not signer.not_valid_before <= at <= signer.not_valid_after:
        raise BadTimeStamp(f"the authority's certificate was not valid at {at.isoformat()}")
    return at


def _holds(signed: Any, signer: Any, content: bytes) -> None:
    """Raise BadTimeStamp where the authority's signature does not hold, or is not one for time-stamps alone."""
    purposes = signer.extended_key_usage_value
    if purposes is None or purposes.native != ["time_stamping"]:
        raise BadTimeStamp("the authority's certificate is not one for time-stamps")
    one = extract_signer_info(signed)
    algorithm = one["digest_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS or not len(one["signed_attrs"]):
        raise BadTimeStamp(f"the authority signs with {algorithm}: no longer safe")
    intact, valid = validate_sig_integrity(one, signer, "tst_info", hashlib.new(algorithm, content).digest())
    if not (intact and valid):
        raise BadTimeStamp("the authority's signature does not hold")


def _sha256(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
