"""The one policy: who may see which rows at an instant. Nothing else gives content away.

An app says by `readable` how its rows are read; a model about which nothing was said is refused. Walls stand above
every rule, and an administrator has no rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import Manager, Model, Q, QuerySet

from accord.errors import AccordError
from accord_server.access.queries import walls
from accord_server.database.sessions import reader
from accord_server.people.models import Account

Row = TypeVar("Row", bound=Model)
Rule = Callable[[Account, datetime], Q]


class NoPolicy(AccordError):
    """Rows were asked for of which no rule says who may see them, or for nobody."""


@dataclass(frozen=True, slots=True)
class Readable:
    """How rows of a model are read: the rule, and the fields that name what a wall can stand before."""

    rule: Rule
    about: tuple[str, ...]


_readable: Final[dict[type[Model], Readable]] = {}


def readable(model: type[Model], *, about: tuple[str, ...] = ()) -> Callable[[Rule], Rule]:
    """Say who may see rows of a model: the decorated function gives the condition for an account at an instant."""

    def told(rule: Rule) -> Rule:
        if model in _readable:
            raise ValueError(f"who may see {model.__name__} is said already")
        _readable[model] = Readable(rule, about)
        return rule

    return told


def content_models() -> frozenset[type[Model]]:
    """Every model whose rows only the policy gives away."""
    return frozenset(_readable)


def visible_to(account: Account, rows: QuerySet[Row] | Manager[Row], at: datetime) -> QuerySet[Row]:
    """Of some rows those that an account may see at an instant: no other way leads to content.

    It works inside `reading(account.id)` or an action by that account. Raises NoPolicy otherwise, and for a model
    of which no rule says who may see it.
    """
    if reader() != account.id:
        raise NoPolicy("content is read inside reading(account), or an action, for the same account")
    if rows.model not in _readable:
        raise NoPolicy(f"no rule says who may see {rows.model.__name__}")
    found = _readable[rows.model]
    visible = rows.filter(found.rule(account, at))
    for field in found.about:
        visible = visible.exclude(**{f"{field}__in": walls(account, at)})
    return visible
