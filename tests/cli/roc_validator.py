"""Run by a Python that has roc-validator: prints what it finds wrong with the RO-Crate in a folder, without a network.

The context of RO-Crate 1.1 is taken from the package `rocrate`, versions 0.13 to 0.15, which has it whole.
"""

import json
import sys
from pathlib import Path
from typing import ClassVar

import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils import document_loader, http

CONTEXT = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes())
PINNED = {"https://w3id.org/ro/crate/1.1/context": CONTEXT}


class Answer:
    """What a request for a pinned context is answered with."""

    status_code = 200
    headers: ClassVar = {"Content-Type": "application/ld+json"}

    def __init__(self, value: object) -> None:
        self.value = value

    def json(self) -> object:
        return self.value


def main(folder: str, severity: str) -> None:
    document_loader._fetch_json_ld = PINNED.__getitem__
    http.HttpRequester.get = lambda _self, url, **_named: Answer(PINNED[url])
    settings = services.ValidationSettings(
        rocrate_uri=models.URI(folder),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity[severity],
        offline=True,
        cache_path=Path(folder).parent / "cache",
    )
    issues = services.validate(settings).get_issues()
    print(json.dumps([f"{issue.severity.name}: {issue.message} {issue.violatingEntity}" for issue in issues]))


if __name__ == "__main__":
    main(*sys.argv[1:])
