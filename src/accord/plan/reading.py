"""Reading a file at the door: bytes, encoding, and what a model finds wrong, as problems with a place."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from accord.errors import Problem, UnusableFolder, field_path
from accord.plan.types import IN_WORDS, normalised

LONGEST_FOUND: Final = 60

Location = tuple[str | int, ...]


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; raises UnusableFolder where it is missing or is no file."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise UnusableFolder([_whole(path, "this is no plain file", "a file is needed here")])
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnusableFolder([_whole(path, "the file is missing", "put it there")]) from error
    except IsADirectoryError as error:
        raise UnusableFolder([_whole(path, "this is a folder", "a file is needed here")]) from error
    except OSError as error:
        raise UnusableFolder([_whole(path, f"it cannot be read ({error.strerror})", "mend its permissions")]) from error


def decoded(content: bytes, path: Path, *, first_line: int = 1) -> str:
    """UTF-8 text in normal form C, a byte order mark left out; raises UnusableFolder where it is no UTF-8.

    `first_line` is where the content begins in its file.
    """
    try:
        return normalised(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + first_line
        found = f"byte 0x{content[error.start]:02x} is no UTF-8{_guess(content)}"
        problem = Problem(file=path.name, line=line, found=found, expected="save the file as UTF-8")
        raise UnusableFolder([problem]) from error


def _whole(path: Path, found: str, expected: str) -> Problem:
    return Problem(file=path.name, found=found, expected=expected)


def _guess(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return " (it looks like UTF-16)"
    for encoding, name in (("shift_jis", "Shift_JIS"), ("euc_jp", "EUC-JP")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any("\u3040" <= sign <= "\u30ff" for sign in text):
            return f" (it looks like {name})"
    return ""


def findings_of(error: ValidationError) -> list[ErrorDetails]:
    """What a model finds wrong, each thing once.

    A list is also called too short when one of its entries cannot be read; the entry's own error suffices.
    """
    told = error.errors(include_url=False)
    places = [one["loc"] for one in told]

    def follows_from_another(one: ErrorDetails) -> bool:
        length = len(one["loc"])
        return one["type"] == "too_short" and any(len(loc) > length and loc[:length] == one["loc"] for loc in places)

    return [one for one in told if not follows_from_another(one)]


def explained(error: ErrorDetails, model: type[BaseModel], raw: object) -> tuple[Location, str, str]:
    """One finding of a model as its location, what was found, and what to write instead."""
    location: Location = tuple(error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        known = sorted(_known_keys(model, location[:-1]))
        close = difflib.get_close_matches(str(location[-1]), known, n=1)
        meant = f"did you mean {close[0]!r}? " if close else ""
        return location, f"unknown key {location[-1]!r}", f"{meant}known here: {', '.join(known)}"
    if kind == "missing":
        return location, "it is missing", "write it"
    found = f"found {_shown(error['input'])}" if not isinstance(error["input"], Mapping) else "found a table"
    return location, found, _wanted(error, raw)


def _wanted(error: ErrorDetails, raw: object) -> str:
    kind, context = error["type"], error.get("ctx", {})
    message = str(error["msg"])
    if kind == "value_error":
        return str(context.get("error", message))
    if kind == "timezone_aware":
        return "an instant needs its offset: 2026-04-15T10:00:00+02:00"
    if kind in {"datetime_type", "datetime_parsing", "datetime_from_date_parsing"}:
        return "an instant is written 2026-04-15T10:00:00+02:00, without quotes in TOML"
    if kind == "literal_error":
        return f"write {context['expected']}"
    if kind in {"decimal_type", "is_instance_of"}:
        return "write a number: 4.5"
    if kind == "string_pattern_mismatch":
        return IN_WORDS.get(context["pattern"], f"it has to look like {context['pattern']}")
    if kind == "string_type" and isinstance(error["input"], int | float) and raw is not None:
        return f'write it as text: "{error["input"]}"'
    return message[0].lower() + message[1:]


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_FOUND else f"{text[:LONGEST_FOUND]}…"


def _known_keys(model: type[BaseModel], location: Location) -> set[str]:
    """The keys that a model allows at a location, found by walking its annotations."""
    here: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            continue
        fields = [candidate.model_fields[part].annotation for candidate in here if part in candidate.model_fields]
        here = [found for field in fields for found in _models_in(field)] or here
    return {name for candidate in here for name in candidate.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif origin in {Union, types.UnionType, tuple, dict, Annotated}:
        for argument in get_args(annotation):
            yield from _models_in(argument)


def problem_at(file: str, line: int | None, location: Location, found: str, expected: str) -> Problem:
    """A problem whose field is a location in a model."""
    return Problem(file=file, line=line, field=field_path(location), found=found, expected=expected)
