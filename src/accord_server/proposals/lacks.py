"""What a draft lacks to be submitted: which field, what was found there, what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from accord.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing to mend in a draft. `kind` is a word for it that does not change: pages translate by that."""

    path: str
    kind: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.found}; {self.expected}"


class NotComplete(InvalidInput):
    """A draft that cannot be submitted as it is: `lacks` names everything."""

    def __init__(self, lacks: tuple[Lack, ...]) -> None:
        self.lacks = lacks
        super().__init__("\n".join(str(one) for one in lacks))
