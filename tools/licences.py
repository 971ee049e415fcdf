"""The licence gate: every package that an installed Accord needs, its extras included, carries a permissive licence."""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Zlib|Unlicense|CC0|Public Domain|HPND|OFL-1\.1)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(AGPL|GPL|GNU General Public|GNU Affero)\b", re.IGNORECASE)
EXTRAS = frozenset({"pdf", "fast", "cluster", "sign", "site", "s3"})  # `semantic` is not on every machine that lints
# Looked at by hand: what the metadata says in a way that the pattern above does not read.
KNOWN = {
    "certifi": "MPL-2.0: certificates as data, of the extra `sign` only; unchanged, and nothing of ours is in it",
    "numpy": "BSD-3-Clause and others, all permissive but for bundled run-time libraries under the GCC exception",
    "scipy": "BSD-3-Clause; its bundled run-time libraries are under the GCC exception",
}


def needed(name: str, seen: dict[str, Distribution], extras: frozenset[str] = frozenset()) -> None:
    """Collect a distribution and all that it requires on this machine."""
    key = canonicalize_name(name)
    if key in seen:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return  # required on another platform only
    seen[key] = found
    for text in found.requires or ():
        requirement = Requirement(text)
        markers = [{"extra": extra} for extra in extras | {""}]
        if requirement.marker is None or any(requirement.marker.evaluate(marker) for marker in markers):
            needed(requirement.name, seen, frozenset(requirement.extras))


def licence(found: Distribution) -> str:
    """What a distribution says of its licence: the expression, else the classifiers, else the field's first line."""
    told = {name: found.metadata.get_all(name) or [""] for name in ("License-Expression", "License", "Classifier")}
    expression = told["License-Expression"][0]
    classifiers = [line for line in told["Classifier"] if line.startswith("License ::")]
    lines = told["License"][0].strip().splitlines()
    return expression or "; ".join(classifiers) or (lines[0] if lines else "nothing")


def main() -> None:
    """Exit 1, naming each package whose licence is not known to be permissive."""
    seen: dict[str, Distribution] = {}
    needed("accord", seen, EXTRAS)
    told = {name: licence(found) for name, found in seen.items() if name != "accord"}
    refused = {
        name: text
        for name, text in told.items()
        if name not in KNOWN and (COPYLEFT.search(text) or not PERMISSIVE.search(text))
    }
    if refused:
        sys.exit("\n".join(f"licence gate: {name} says {text!r}" for name, text in sorted(refused.items())))
    print(f"licences: {len(told)} packages at run time, all permissive")


if __name__ == "__main__":
    main()
