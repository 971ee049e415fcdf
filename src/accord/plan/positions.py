"""TOML text as values, with the line of each key, so that an error can name it."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import tree_sitter
import tree_sitter_toml

from accord.errors import Problem, UnusableFolder

Path = tuple[str | int, ...]


class Positions:
    """The lines of a TOML text's keys: `line_of(("side", 1, "budget"))`.

    A path that is not in the text has the line of the nearest block around it.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
        tables: dict[Path, int] = defaultdict(int)
        for node in parser.parse(text.encode()).root_node.named_children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in {"table", "table_array_element"}:
                head, *entries = node.named_children
                path = _through_arrays(_keys(head), tables)
                if node.type == "table_array_element":
                    tables[path] += 1
                    path = (*path, tables[path] - 1)
                self._lines.setdefault(path, _line(node))
                for entry in entries:
                    if entry.type == "pair":
                        self._pair(entry, path)

    def line_of(self, path: Path) -> int:
        """The line, counted from 1, of a key or of the nearest block around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _pair(self, node: tree_sitter.Node, around: Path) -> None:
        key, value = (child for child in node.named_children if child.type != "comment")
        path = (*around, *_keys(key))
        for length in range(len(around) + 1, len(path) + 1):
            self._lines.setdefault(path[:length], _line(node))
        self._value(value, path)

    def _value(self, node: tree_sitter.Node, path: Path) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "inline_table":
            for child in children:
                self._pair(child, path)
        elif node.type == "array":
            for place, child in enumerate(children):
                self._lines[(*path, place)] = _line(child)
                self._value(child, (*path, place))


def parsed_toml(text: str, file: str) -> tuple[dict[str, Any], Positions]:
    """The values in TOML text, numbers exact, and the lines of its keys; raises UnusableFolder where it is none."""
    try:
        return tomllib.loads(text, parse_float=Decimal), Positions(text)
    except (RecursionError, OverflowError) as error:
        problem = Problem(file=file, found="brackets too deep, or a number too large", expected="write it simpler")
        raise UnusableFolder([problem]) from error
    except ValueError as error:  # TOMLDecodeError is one, and a number of thousands of digits another
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        found = str(error).split(" (at ")[0]
        raise UnusableFolder([Problem(file=file, line=line, found=found, expected="mend the TOML there")]) from error


def _line(node: tree_sitter.Node) -> int:
    return int(node.start_point[0]) + 1


def _keys(node: tree_sitter.Node) -> Path:
    """The names of a bare, quoted or dotted key, read by the TOML parser itself."""
    value: object = tomllib.loads(f"{(node.text or b'').decode()} = 0")
    names: list[str] = []
    while isinstance(value, Mapping):
        ((name, value),) = value.items()
        names.append(name)
    return tuple(names)


def _through_arrays(path: Path, tables: Mapping[Path, int]) -> Path:
    """`[side.request]` below the third `[[side]]` means `("side", 2, "request")`."""
    whole: Path = ()
    for name in path[:-1]:
        whole = (*whole, name)
        if tables.get(whole):
            whole = (*whole, tables[whole] - 1)
    return (*whole, *path[-1:])
