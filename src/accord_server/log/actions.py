"""Actions: the only way anything is written. Their registry is the list of everything that can happen.

An action is a plain function of `Doing` and plain values. The runner opens the transaction, takes the log's lock,
checks who may, runs it and appends to the log what it says that happened; all of it is committed, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Concatenate, Final, Generic, ParamSpec

from accord.errors import InvalidInput
from accord_server.access.needs import Needs
from accord_server.database.sessions import writing
from accord_server.log.appending import append
from accord_server.log.happenings import LONGEST_KEY, Doing, Done, Outcome, request_digest
from accord_server.log.models import DoneOnce
from accord_server.log.queries import done_once

Asked = ParamSpec("Asked")
Service = Callable[Concatenate[Doing, Asked], Outcome]
Beforehand = Callable[[Doing, Mapping[str, Any]], None]
"""What is done outside the transaction, with the arguments by their names."""

_registry: Final[dict[str, Action[...]]] = {}


class Where(Enum):
    """Where an action happens."""

    IN_CALL = "in a call"
    MAKES_CALL = "in a call that it makes"
    ON_HOST = "on the host, in no call: it logs nothing, for a log is a call's"


class KeyTaken(InvalidInput):
    """An idempotency key that this account used for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Generic[Asked]):
    """One thing that can happen: its name, who may do it, where, whether it logs, and the function that does it."""

    name: str
    needs: Needs
    where: Where
    logs: bool
    service: Service[Asked]
    beforehand: Beforehand | None

    @property
    def words(self) -> str:
        """What it does, in one sentence: the first line of its function's docstring."""
        return (self.service.__doc__ or "").partition("\n")[0]

    def __call__(self, doing: Doing, *args: Asked.args, **kwargs: Asked.kwargs) -> Done:
        """Do it: raises NotAllowed, KeyTaken, and what the function raises; then nothing was written."""
        self._asked_well(doing, args)
        if self.beforehand is not None:
            self.beforehand(doing, kwargs)
        with writing(self.name, doing.by.id, doing.call, alone_in=self._alone_in(doing)):
            self.needs.check(doing.by, doing.call, doing.at)
            request = request_digest(self.name, doing.call, kwargs)
            before = done_once(doing.by, doing.key) if doing.key is not None else None
            if before is not None:
                return _again(before, request)
            outcome = self.service(doing, *args, **kwargs)
            return self._kept(doing, outcome, request)

    def _asked_well(self, doing: Doing, args: tuple[object, ...]) -> None:
        if args:
            raise TypeError(f"{self.name} takes its arguments by name")  # by which a request is known again
        if doing.at.utcoffset() is None:
            raise InvalidInput("at: found an instant without its offset")
        if (self.where is Where.IN_CALL) != (doing.call is not None):
            needed = {Where.IN_CALL: "needs one", Where.MAKES_CALL: "makes one; give none"}
            raise InvalidInput(f"call: {self.name} {needed.get(self.where, 'is done in none; give none')}")
        if doing.key is not None and not 0 < len(doing.key) <= LONGEST_KEY:
            raise InvalidInput(f"key: found {len(doing.key)} signs; an idempotency key has 1 to {LONGEST_KEY}")

    def _alone_in(self, doing: Doing) -> bytes | None:
        """What logs nothing does not wait for the log: an account does such things one after the other."""
        return None if self.logs else b"accord/account/" + doing.by.id.bytes

    def _kept(self, doing: Doing, outcome: Outcome, request: str) -> Done:
        if bool(outcome.happened) != self.logs or (doing.call is not None and outcome.call != doing.call):
            told = "logs something" if self.logs else "logs nothing"
            raise RuntimeError(f"{self.name} {told}, and is done in the call in which it acts")
        if self.logs and outcome.call is not None:
            first, entries = append(outcome.call, doing.by, doing.at, outcome.happened)
            done = Done(call=outcome.call, first=first, entries=entries, result=outcome.result)
        else:
            done = Done(call=outcome.call, first=None, entries=(), result=outcome.result)
        if doing.key is not None:
            DoneOnce(account=doing.by, key=doing.key, request=request, done=done.text).save(force_insert=True)
        return done


def action(
    name: str,
    *,
    needs: Needs,
    where: Where = Where.IN_CALL,
    logs: bool = True,
    beforehand: Beforehand | None = None,
) -> Callable[[Service[Asked]], Action[Asked]]:
    """Make a function of a `services.py` an action.

    One that makes a call says so, and opens its log. One that `logs` nothing (an autosave) writes rows of drafts or of
    the host alone. `beforehand` is done first, outside the transaction, and changes no row: it puts on disk, under
    its digest, what the transaction then speaks of, so that no lock waits for a large file.
    """
    if where is Where.ON_HOST and logs:
        raise ValueError(f"{name}: a log is a call's; what is done on the host says logs=False")

    def registered(service: Service[Asked]) -> Action[Asked]:
        if name in _registry:
            raise ValueError(f"there is an action {name} already")
        made = Action(name=name, needs=needs, where=where, logs=logs, service=service, beforehand=beforehand)
        _registry[name] = made
        return made

    return registered


def registry() -> Mapping[str, Action[...]]:
    """Everything that can happen, by name."""
    return MappingProxyType(_registry)


def _again(before: DoneOnce, request: str) -> Done:
    if before.request != request:
        raise KeyTaken("key: this idempotency key was used for another request; take a fresh one")
    return Done.again(before.done)
