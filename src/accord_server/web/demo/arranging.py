"""What a demonstration begins with: two calls opened from plans that fresh keys signed, and people with roles."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.conf import settings

from accord.acts.statement import Statement, signed_act
from accord.call.values import Proposal
from accord.example import example_call
from accord.example.plan import with_keys
from accord.record.canonical import digest
from accord.record.log.keys import new_key, read_key
from accord.record.log.notes import SignerKey
from accord_server.access.queries import open_invitations
from accord_server.access.states import Role
from accord_server.calls.services.closing import close_call
from accord_server.calls.services.inviting import invite, join
from accord_server.calls.services.opening import open_call
from accord_server.log.happenings import Doing
from accord_server.people.models import Account
from accord_server.people.queries import account_of
from accord_server.people.services import confirm_address, make_administrator, register
from accord_server.proposals.answering import GENERAL
from accord_server.proposals.assembling import fields_of
from accord_server.proposals.services.drafting import begin
from accord_server.proposals.services.submitting import submit

SIDES: Final = ("JP", "EU")
OPEN: Final = "demo-open"
CLOSED: Final = "demo-closed"
SUBMITTED: Final = 5
PDF: Final = b"%PDF-1.4\n%%EOF\n"
INSTANT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
WEEK: Final = timedelta(weeks=1)
BEFORE: Final = timedelta(days=10)
"""So long before its opening a call is arranged."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration, by the part before the at sign."""

    key: str
    name: str
    reading: str

    @property
    def email(self) -> str:
        """The address, which leads nowhere."""
        return f"{self.key}@demo.example"


PEOPLE: Final = (
    Person("coordinator", "佐藤 花子", "Sato Hanako"),
    Person("partner", "Clara Lindqvist", ""),
    Person("officer-jp", "高橋 健", "Takahashi Ken"),
    Person("officer-eu", "Marta Rossi", ""),
    Person("secretariat", "Ingrid Dahl", ""),
    Person("administrator", "山本 真", "Yamamoto Makoto"),
)


def arrange() -> None:
    """Arrange the demonstration in an empty site; where it is there already, nothing happens."""
    if account_of(PEOPLE[0].email) is not None:
        return
    at = datetime.now(UTC)
    by = {one.key: _account(one, at - timedelta(days=400)) for one in PEOPLE}
    make_administrator(by["administrator"].id, at, account=by["administrator"])
    for name, year, weeks in ((OPEN, "2026", _weeks(at, opened=True)), (CLOSED, "2025", _weeks(at))):
        _call(by, name, year, weeks * WEEK)


def _account(person: Person, at: datetime) -> Account:
    made = register(uuid4(), at, email=person.email, name=person.name, name_reading=person.reading, password=None)
    confirm_address(made.id, at, account=made, also=lambda: _confirmed(made))
    return made


def _confirmed(account: Account) -> bool:
    EmailAddress(user=account, email=account.email, verified=True, primary=True).save(force_insert=True)
    return True


def _instants(text: str) -> Iterator[datetime]:
    return (datetime.fromisoformat(one) for one in INSTANT.findall(text))


def _weeks(at: datetime, *, opened: bool = False) -> int:
    """By how many weeks the example's instants move: opened a week or two ago, or closed by then."""
    opens, closes = list(_instants(_example()))[:2]
    return (at - (opens if opened else closes)) // WEEK - 1


def _example() -> str:
    return example_call(sides=2, proposals=2, experts=20, seed=1, reviews=False)["plan.toml"].decode()


def _call(by: dict[str, Account], name: str, year: str, moved: timedelta) -> UUID:
    host = read_key(settings.ENVIRONMENT.host_key)
    keys = {side: new_key(f"{side.lower()}.example/officer") for side in SIDES}
    text = with_keys(
        _example(), f"localhost/{name}", host.verifier.text, {side: key.verifier.text for side, key in keys.items()}
    )
    text = INSTANT.sub(lambda found: (datetime.fromisoformat(found[0]) + moved).isoformat(), text)
    text = text.replace("example-quantum-2026", name).replace("science 2026", f"science {year}")
    text = text.replace("公募2026", f"公募{year}")
    for side in SIDES:
        contact = f'contact = {{ name = "Desk, {side}", email = "officer-{side.lower()}@demo.example" }}'
        text = text.replace(f'[[side]]\nid = "{side}"\n', f'[[side]]\nid = "{side}"\n{contact}\n', 1)
    plan, at = text.encode(), next(_instants(text)) - BEFORE
    acts = tuple(_act(plan, name, side, key, at) for side, key in keys.items())
    call = open_call(Doing(by=by["administrator"], at=at), plan=plan, acts=acts, host=host.verifier.text).call
    if call is None:
        raise RuntimeError("a call that was opened has an identifier")
    for side in SIDES:
        officer = by[f"officer-{side.lower()}"]
        for asked in open_invitations(call, officer.email, Role.SIDE_OFFICER):
            join(Doing(by=officer, at=at, call=call), invitation_id=asked.id)
    asked_in = invite(
        Doing(by=by["officer-jp"], at=at, call=call),
        email=by["secretariat"].email,
        role=Role.SECRETARIAT,
        side=None,
        expires_at=at + WEEK,
    ).result["invitation"]
    join(Doing(by=by["secretariat"], at=at, call=call), invitation_id=UUID(str(asked_in)))
    if name == CLOSED:
        _filled(by["coordinator"], by["officer-jp"], call, *itertools.islice(_instants(text), 2))
    return call


def _filled(coordinator: Account, officer: Account, call: UUID, opens: datetime, closes: datetime) -> None:
    """Submit a few fictional proposals to a call, and enter its closing in the log."""
    example = example_call(sides=2, proposals=SUBMITTED, experts=20, seed=1, reviews=False)["proposals.jsonl"]
    for number, line in enumerate(example.splitlines(), start=1):
        at = opens + timedelta(days=number)
        doing = Doing(by=coordinator, at=at, call=call)
        made = UUID(str(begin(doing).result["proposal"]))
        fields = tuple(sorted(fields_of(Proposal.model_validate_json(line)).items()))
        submit(doing, proposal_id=made, base=0, fields=fields, given=((GENERAL, "proposal.pdf", PDF),))
    close_call(Doing(by=officer, at=closes + timedelta(minutes=1), call=call))


def _act(plan: bytes, name: str, side: str, key: SignerKey, at: datetime) -> bytes:
    statement = Statement(
        kind="plan", number=1, call=name, side=side, subject=digest(plan), signatory=f"Director, {side}", at=at
    )
    return signed_act(statement, key).content
