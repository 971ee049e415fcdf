"""Two people in one draft: what each changed is kept; where both changed one field, both texts are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord_server.proposals.fields import Fields

Conflicts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A draft after a save: its fields, the other texts of fields that two people changed, and which are new."""

    fields: dict[str, str]
    conflicts: dict[str, tuple[str, ...]]
    new: tuple[str, ...]


def merged(base: Fields, saved: Fields, told: Fields, conflicts: Conflicts, settled: frozenset[str]) -> Merged:
    """The draft after somebody, who began from `base`, told some fields while others had `saved` theirs.

    A field that only one of them changed gets that text. One that both changed differently keeps the saved text, and
    the told one stands beside it under `conflicts`, until somebody has `settled` it.
    """
    fields = dict(saved)
    open_ones = {path: texts for path, texts in conflicts.items() if path not in settled}
    new = []
    for path, mine in told.items():
        theirs, before = saved.get(path, ""), base.get(path, "")
        if mine in (before, theirs) and path not in settled:
            continue
        if theirs == before or path in settled:
            fields[path] = mine
        elif mine not in open_ones.get(path, ()):
            open_ones[path] = (*open_ones.get(path, ()), mine)
            new.append(path)
    return Merged(fields=fields, conflicts=open_ones, new=tuple(new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that differs between two versions of a draft."""

    path: str
    old: str
    new: str


def differences(old: Fields, new: Fields) -> tuple[Difference, ...]:
    """Every field that differs between two versions, by its path."""
    paths = sorted(old.keys() | new.keys())
    pairs = ((path, old.get(path, ""), new.get(path, "")) for path in paths)
    return tuple(Difference(path=path, old=one, new=other) for path, one, other in pairs if one != other)
