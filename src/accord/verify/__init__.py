"""A record, checked and recomputed: whoever may read it trusts nobody.

Every check says in a line what it did. Nothing is written, no link is followed, and what cannot be read is a
failed check and no traceback.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from accord.pipeline.copies import is_copy
from accord.verify.checks import Check, Verification, carried_out
from accord.verify.copies import copy_checks
from accord.verify.whole import whole_checks

__all__ = ["Check", "Verification", "verify"]


def verify(folder: str | os.PathLike[str], *, progress: Callable[[str], None] | None = None) -> Verification:
    """Check a record, whole or a copy that gives some of its leaves: files, plan, commitments, each step recomputed.

    In a copy a step of which not enough is given is attested by the Sides that signed the record; the check says so.
    """
    path = Path(folder)
    return carried_out(copy_checks(path) if is_copy(path) else whole_checks(path), progress)
