"""Actions on one's own account. They belong to no call, so no call's log tells of them; else they are as others.

An action is a plain function of the instant and plain values; its runner opens the one transaction in which rows of
people may be written. Their registry stands beside that of the calls' actions, for tests and docs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Concatenate, Final, Generic, ParamSpec, TypeVar, cast
from uuid import UUID

from accord.errors import InvalidInput
from accord_server.database.sessions import writing

Asked = ParamSpec("Asked")
Given = TypeVar("Given")

_registry: Final[dict[str, PersonalAction[..., object]]] = {}


@dataclass(frozen=True, slots=True)
class PersonalAction(Generic[Asked, Given]):
    """One thing that a person can do about the own account: its name, and the function that does it."""

    name: str
    service: Callable[Concatenate[UUID, datetime, Asked], Given]

    @property
    def words(self) -> str:
        """What it does, in one sentence: the first line of its function's docstring."""
        return (self.service.__doc__ or "").partition("\n")[0]

    def __call__(self, by: UUID, at: datetime, *args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        """Do it for an account at an instant; what the function raises leaves nothing written."""
        if at.utcoffset() is None:
            raise InvalidInput("at: found an instant without its offset")
        with writing(self.name, by, None):
            return self.service(by, at, *args, **kwargs)


def action(
    name: str,
) -> Callable[[Callable[Concatenate[UUID, datetime, Asked], Given]], PersonalAction[Asked, Given]]:
    """Make a function of a `services.py` an action on one's own account."""

    def registered(
        service: Callable[Concatenate[UUID, datetime, Asked], Given],
    ) -> PersonalAction[Asked, Given]:
        if name in _registry:
            raise ValueError(f"there is an action {name} already")
        made = PersonalAction(name, service)
        _registry[name] = cast("PersonalAction[..., object]", made)
        return made

    return registered


def registry() -> Mapping[str, PersonalAction[..., object]]:
    """Everything that a person can do about the own account, by name."""
    return MappingProxyType(_registry)
