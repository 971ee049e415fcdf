"""The machine, where nobody in particular acts: the identifier under which a worker reads and writes letters."""

from __future__ import annotations

from typing import Final
from uuid import UUID

MACHINE: Final = UUID(int=1)
"""No account has it: an account's identifier is random, and nobody's is 0."""
