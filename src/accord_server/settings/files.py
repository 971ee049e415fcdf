"""Where documents are kept: the site's own folder, or a store that speaks S3; and Django's names for it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket of a store that speaks S3. Its keys are in the variables that such stores' own tools read."""

    name: str
    prefix: str
    endpoint: str | None
    region: str | None


def bucket(told: str) -> Bucket:
    """A bucket's address; raises ValueError with what to write, or to install."""
    parts = urlsplit(told)
    asked = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme != "s3" or not parts.hostname or set(asked) - {"endpoint", "region"} or parts.fragment:
        raise ValueError(f"write s3://bucket/prefix?endpoint=https://host&region=name; found {parts.scheme!r}")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ValueError("a store that speaks S3 needs the extra: pip install 'accord[s3]'")
    return Bucket(
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=asked.get("endpoint", [None])[0],
        region=asked.get("region", [None])[0],
    )


def django_storage(store: Bucket | None, folder: Path) -> dict[str, Any]:
    """The storage of documents, as Django's STORAGES has it."""
    if store is None:
        return {
            "BACKEND": "accord_server.proposals.storage.DurableFiles",
            "OPTIONS": {"location": str(folder)},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": store.name,
            "location": store.prefix,
            "endpoint_url": store.endpoint,
            "region_name": store.region,
            "addressing_style": "path" if store.endpoint else None,
            "signature_version": "s3v4",
            "file_overwrite": True,  # named by its digest: the same bytes
            "querystring_auth": True,
            "default_acl": None,
        },
    }
