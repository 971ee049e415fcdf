"""The call and the steps put together again from the leaves that a copy gives.

A value that lacks a field has no such attribute: a method that would read what is hidden stops, and guesses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, TypeAdapter

from accord.call.agreement import identity
from accord.call.folder import OPTIONAL, REQUIRED, Call
from accord.call.lottery_root import ROOT_FILE, root_in
from accord.pipeline.before_review import AFFINITY_FILE
from accord.pipeline.bundle import front_page
from accord.pipeline.copies import Copy
from accord.pipeline.leaf_kinds import COUNTED, COUNTS, KIND_NAMED, OTHER, count_address, kind_of
from accord.pipeline.reading import MODELS, UnreadableRecord
from accord.pipeline.step import Inputs, Step, from_npy
from accord.plan.load import PLAN_FILE, parse_plan
from accord.plan.types import Block
from accord.record.canonical import canonical
from accord.record.commitments import names_in

PLAN_ADDRESS: Final = f"inputs/{PLAN_FILE}"
IN_ORDER: Final[Mapping[str, Callable[[Any], Any]]] = {
    "places": lambda row: getattr(row, "place", 0),
    "calibrated": lambda row: (getattr(row, "expected_rank", 0), getattr(row, "proposal", "")),
}
"""Rows of a result that have an order of their own; an address does not tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a copy gives of a call and its steps, and of which kinds it gives every leaf."""

    leaves: Mapping[str, Any]
    kinds: Mapping[str, frozenset[str]]
    """The addresses that are given, by the kind of their leaves."""
    whole: frozenset[str]
    """The kinds of which no leaf is missing, by the record's own counts."""
    inputs: Inputs
    steps: Mapping[str, Step[Block]] = field(default_factory=dict)

    def of_step(self, name: str) -> dict[str, Any]:
        """The leaves of a step that are given, by their addresses."""
        return {address: value for address, value in self.leaves.items() if address.startswith(f"steps/{name}/")}


def given_in(copy: Copy) -> Given:
    """The call and the steps in a copy; raises UnreadableRecord where its leaves are none of a record.

    The plan is always there. Kinds of which all leaves are given are told by the counts that the record holds.
    """
    leaves = {one.leaf.address: one.leaf.value for one in copy.given}
    kinds: dict[str, set[str]] = {}
    for address in leaves:
        kinds.setdefault(kind_of(address), set()).add(address)
    for address in kinds.get(OTHER, ()):
        raise UnreadableRecord(f"{address} is no address of a record")
    tree = _tree(leaves)
    inputs = Inputs(_call(tree), simulated=copy.page.simulated_reviews)
    steps = {name: _step(name, raw, copy.matrix) for name, raw in tree.get("steps", {}).items()}
    _fits(copy, inputs)
    return Given(
        leaves=leaves,
        kinds={kind: frozenset(found) for kind, found in kinds.items()},
        whole=_whole(leaves, kinds),
        inputs=inputs,
        steps=steps,
    )


def _whole(leaves: Mapping[str, Any], kinds: Mapping[str, set[str]]) -> frozenset[str]:
    whole: set[str] = set()
    for address in kinds.get(COUNTS, ()):
        kind = address.removeprefix(f"{COUNTS}/")
        if kind not in COUNTED:
            raise UnreadableRecord(f"{address} counts no kind of leaf")
        given = len(kinds.get(kind, ()))
        if leaves[count_address(kind)] != given:
            raise UnreadableRecord(f"{address} is {leaves[address]}, and {given} of these leaves are given")
        whole.add(kind)
    for kind in COUNTED:
        if KIND_NAMED[kind].everybody and kind not in whole:
            raise UnreadableRecord(f"{count_address(kind)} is hidden: it is for every reader")
    return frozenset(whole)


def _fits(copy: Copy, inputs: Inputs) -> None:
    """The front page is the one that the plan gives, as far as a copy can tell."""
    derived = front_page(inputs, copy.page.files, ())
    for name, found in derived:
        if name != "commitments" and found != getattr(copy.page, name):
            raise UnreadableRecord(f"record.json does not fit the plan: {name} is {getattr(copy.page, name)!r}")


def _tree(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """The leaves by the names in their addresses; raises UnreadableRecord where one stands within another."""
    tree: dict[str, Any] = {}
    for address, value in leaves.items():
        *around, last = names_in(address)
        place = tree
        for name in around:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise UnreadableRecord(f"{address} stands within a leaf")
        if last in place:
            raise UnreadableRecord(f"{address} holds other leaves")
        place[last] = value
    return tree


def _call(tree: Mapping[str, Any]) -> Call:
    given = tree.get("inputs", {})
    text = given.get(PLAN_FILE)
    if not isinstance(text, str):
        raise UnreadableRecord(f"the leaf {PLAN_ADDRESS} is not given: without the plan nothing can be checked")
    tables = {name: _table(model, given[name]) for name, model in {**REQUIRED, **OPTIONAL}.items() if name in given}
    plan, root = parse_plan(text.encode()), given.get(ROOT_FILE)
    return Call(
        plan=plan,
        lottery_root=root_in(root.encode(), plan.plan) if isinstance(root, str) else None,
        proposals=tables.get("proposals", ()),
        experts=tables.get("experts", ()),
        publications=tables.get("publications", ()),
        declared=tables.get("conflicts", ()),
        reviews=tables.get("reviews"),
        consensus=tables.get("consensus"),
        commitments=tables.get("lottery-commitments", ()),
        reveals=tables.get("lottery-reveals", ()),
    )


def _table(model: type[Block], rows: Mapping[str, Any]) -> Any:
    """The rows of a table in their order; a row without all of what names it comes after the others."""
    named = "id" in model.model_fields
    found = [
        _block(model, {"id": key, **(row or {})} if named else row)
        for key, row in rows.items()
        if (key, row) != ("rows", [])
    ]
    of = identity(model)
    names = [name for name in ("id", "proposal", "expert", "criterion", "side") if name in model.model_fields]
    return tuple(sorted(found, key=lambda row: of(row) if all(hasattr(row, name) for name in names) else ("~",)))


def _step(name: str, raw: Mapping[str, Any], matrix: bytes | None) -> Step[Block]:
    if name not in MODELS or raw.get("step") != name:
        raise UnreadableRecord(f"steps/{name}/step is no step of a walk")
    array: NDArray[Any] = np.zeros((0, 0), dtype=np.int32) if matrix is None else from_npy(matrix)
    return Step(
        name=name,
        method=str(raw.get("method")),
        version=str(raw.get("version")),
        inputs=raw.get("inputs", {}),
        result=_block(MODELS[name], raw.get("result", {})),
        arrays={AFFINITY_FILE: array} if name == "affinity" else {},
    )


def _block(model: type[Block], raw: Mapping[str, Any]) -> Block:
    """A value from the fields that are given."""
    for name in raw:
        if name not in model.model_fields:
            raise UnreadableRecord(f"{name} is no field of {model.__name__}")
    return model.model_construct(**{name: _value(_annotation(model, name), value, name) for name, value in raw.items()})


@cache
def _annotation(model: type[Block], name: str) -> Any:
    """The type of a field with everything that its value has to meet."""
    told = model.model_fields[name]
    return Annotated[told.annotation, *told.metadata] if told.metadata else told.annotation


def _value(annotation: Any, raw: Any, name: str) -> Any:
    """The value of a field, its rows put together where they are values themselves."""
    inner = _inner(annotation)
    if isinstance(inner, type) and issubclass(inner, Block) and isinstance(raw, Mapping):
        return _block(inner, raw)
    if get_origin(inner) is tuple and isinstance(raw, Mapping):
        part = get_args(inner)[0]
        rows = [_value(part, raw[key], name) for key in sorted(raw, key=lambda key: (len(key), key))]
        return tuple(sorted(rows, key=IN_ORDER[name]) if name in IN_ORDER else rows)
    if get_origin(inner) is tuple and _is_rows(inner) and raw == []:
        return ()
    if get_origin(inner) is dict and isinstance(raw, Mapping):
        part = get_args(inner)[1]
        return {key: _value(part, value, name) for key, value in raw.items()}
    return _adapter(annotation).validate_json(canonical(raw))


def _is_rows(annotation: Any) -> bool:
    part = _inner(get_args(annotation)[0])
    return isinstance(part, type) and issubclass(part, Block)


def _inner(annotation: Any) -> Any:
    """A type without what stands around it: no `Annotated`, and of a type or None the type."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = next(one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    if isinstance(_inner(annotation), type) and issubclass(_inner(annotation), Block):
        return TypeAdapter(annotation)
    return TypeAdapter(annotation, config=ConfigDict(strict=True))
