"""Which keys of a plan changed, from what to what: by their paths, whether a document shows them or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from accord.plan.model import Plan
from accord.report.plan_document.voice import unique

NAMED_BY: Final = ("id", "topic", "begins", "organisation", "side", "name")  # what tells the entries of a list apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a plan has under a key: `text` as the plan writes it, or None with what then holds, if anything does."""

    text: str | None
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedKey:
    """A key by its path, `side[JP].budget`, with its value before and after; `order` where entries changed places."""

    path: str
    before: Stated
    after: Stated
    order: bool = False


def changed_keys(old: Plan, new: Plan) -> tuple[ChangedKey, ...]:
    """Every key whose value is not the same in both plans, in the order of the format.

    A key that one plan leaves out is compared as left out, even where its default is the other's value: what the
    Sides sign differs.
    """
    before, after = (dict(_leaves(plan, "", every=False)) for plan in (old, new))
    whole_before, whole_after = (dict(_leaves(plan, "", every=True)) for plan in (old, new))
    found = [
        ChangedKey(
            path=path,
            before=Stated(text=before.get(path), default=whole_before.get(path)),
            after=Stated(text=after.get(path), default=whole_after.get(path)),
        )
        for path in dict.fromkeys((*before, *after))
        if before.get(path) != after.get(path)
    ]
    found += _moved(dict(_entries(old, "")), dict(_entries(new, "")))
    blocks = tuple(Plan.model_fields)
    return tuple(sorted(found, key=lambda one: blocks.index(one.path.partition(".")[0].partition("[")[0])))


def _leaves(value: Any, path: str, *, every: bool) -> Iterator[tuple[str, str]]:
    """Each leaf's path and text: of the keys that the plan states, or of `every` key with its default."""
    below = [
        (place, entry)
        for place, entry in _below(value, path)
        if entry is not None and (every or not isinstance(value, BaseModel) or _is_stated(value, path, place))
    ]
    if _is_inner(value) and below:
        for place, entry in below:
            yield from _leaves(entry, place, every=every)
    elif value is not None:
        yield path, _text(value)


def _is_stated(block: BaseModel, path: str, place: str) -> bool:
    return place[len(path) :].removeprefix(".") in block.model_fields_set


def _entries(value: Any, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of the entries of each table and list, in the plan's order."""
    below = tuple(_below(value, path))
    if isinstance(value, Mapping) or (isinstance(value, tuple) and _is_inner(value)):
        yield path, tuple(place[len(path) :].strip("[].") for place, _ in below)
    for place, entry in below:
        yield from _entries(entry, place)


def _moved(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[ChangedKey]:
    for path in old.keys() & new.keys():
        stayed = [name for name in old[path] if name in new[path]]
        if stayed != [name for name in new[path] if name in old[path]]:
            before, after = (Stated(text=", ".join(names)) for names in (old[path], new[path]))
            yield ChangedKey(path=path, before=before, after=after, order=True)


def _below(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield f"{path}.{name}" if path else name, getattr(value, name)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield f"{path}.{name}", entry
    elif isinstance(value, tuple) and _is_inner(value):
        names = unique(_name_of(entry, number) for number, entry in enumerate(value))
        for name, entry in zip(names, value, strict=True):
            yield f"{path}[{name}]", entry


def _is_inner(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(isinstance(entry, BaseModel | Mapping) for entry in value)
    return isinstance(value, BaseModel | Mapping)


def _name_of(entry: Any, number: int) -> str:
    names = (getattr(entry, name) for name in NAMED_BY if hasattr(entry, name))
    return _text(next(names, number))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return f"[{', '.join(_text(entry) for entry in value)}]"
    return "{}" if isinstance(value, BaseModel | Mapping) else str(value)
