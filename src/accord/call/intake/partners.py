"""The partners in a row of an export: a Side's own as values, another Side's as the text that names them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.call.intake import cells as in_cell
from accord.call.intake.cells import Unreadable
from accord.call.intake.load import ROLES, Mapping
from accord.call.intake.mapping import PartnerColumns
from accord.call.intake.sheet import Cell
from accord.call.intake.view import View, shown
from accord.call.intake.words import folded
from accord.call.values import Partner
from accord.plan.model import Plan, Side
from accord.plan.money import amount_text
from accord.plan.reading import explained
from accord.plan.types import Country

_COUNTRY: Final[TypeAdapter[str]] = TypeAdapter(Country)
_INVESTIGATOR: Final = {"id": "investigator_id", "name": "investigator", "orcid": "orcid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPartner:
    """An organisation that a half names as another Side's; `side` is None where several have its country."""

    organisation: str
    side: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAmount:
    """What a half says that another Side's partners ask for; `step` is what it is rounded to. In minor units."""

    side: str
    minor: int
    step: int


@dataclass(frozen=True, slots=True)
class Found:
    """A partner that a row holds, with the other names it goes by; or another Side's, named only."""

    partner: Partner | None = None
    also_named: str = ""
    named: NamedPartner | None = None


@dataclass(frozen=True, slots=True)
class PartnerReader:
    """Reads partners of one Side by its mapping."""

    plan: Plan
    side: Side
    mapping: Mapping

    def read(self, view: View, columns: PartnerColumns, *, role: str | None) -> Found | None:
        """The partner under some columns; None, and problems, where it cannot be read.

        One that is in a country of another Side only, asks for nothing and does not coordinate is that Side's.
        """
        before = len(view.problems)
        tables, constants = self.mapping.tables, self.mapping.value.constants
        organisation = view.needed(columns.organisation, tables["organisation"])
        country = constants.country
        if columns.country is not None:
            country = view.parsed(columns.country, _country, tables["country"])
        requested = self._requested(view, columns)
        overhead = None if constants.overhead is None else str(constants.overhead)
        if columns.overhead is not None and view.text(columns.overhead):
            overhead = view.parsed(columns.overhead, partial(in_cell.part, form=self.mapping.value.number))
        if country is None or requested is None or role is None or len(view.problems) > before:
            return None
        if role == "partner" and not Decimal(requested):
            others = [side.id for side in self.plan.side if country in side.countries and side != self.side]
            if others and country not in self.side.countries:
                side = others[0] if len(others) == 1 else None
                return Found(named=NamedPartner(organisation=organisation, side=side))
        raw = {
            "organisation": organisation,
            "country": country,
            "city": view.text(columns.city) or None,
            "ror": view.text(columns.ror) or None,
            "department": view.text(columns.department) or None,
            "side": self.side.id,
            "role": role,
            "investigators": self._investigators(view, columns, organisation, lead=role == "coordinator"),
            "requested": requested,
            "unit": self.side.unit,
            "overhead": overhead,
        }
        partner = _validated(view, columns, raw)
        return None if partner is None else Found(partner, view.text(columns.also_named))

    def read_row(self, view: View, more: Sequence[PartnerColumns]) -> list[Found]:
        """The partners of a row that holds a whole proposal, its coordinator first."""
        columns = self.mapping.value.columns
        total = columns.requested_total
        lead = self.read(
            view, columns if total is None else columns.model_copy(update={"requested": total}), role="coordinator"
        )
        read = [self.read(view, one, role="partner") for one in more if not self.is_absent(view, one)]
        others = [one for one in read if one is not None]
        if lead is None or lead.partner is None or len(others) < len(read):
            return []
        if total is not None:
            parts = sum(self.side.minor(one.partner.requested) for one in others if one.partner is not None)
            rest = self.side.minor(lead.partner.requested) - parts
            if rest < 0:
                whole, asked = lead.partner.requested, amount_text(parts, self.side.unit)
                view.note(total, f"found {whole} in all", f"the further partners ask for {asked} of it, which is more")
                return []
            partner = lead.partner.model_copy(update={"requested": amount_text(rest, self.side.unit)})
            lead = Found(partner, lead.also_named)
        return [lead, *others]

    def role(self, view: View) -> str | None:
        """The role of a row's partner, where rows are partners."""
        column = self.mapping.value.columns.role
        before = len(view.problems)
        said = view.needed(column, self.mapping.tables["role"])
        if folded(said) in ROLES:
            return folded(said)
        if len(view.problems) == before:
            view.note(column, f"found {shown(said)}", f"in [values.role], read it as {' or '.join(ROLES)}")
        return None

    def is_absent(self, view: View, columns: PartnerColumns) -> bool:
        """Whether the columns of a further partner are left empty, a request of zero aside."""
        if view.text(columns.organisation):
            return False
        filled = [
            column for name, column in columns if column is not None and name != "requested" and view.text(column)
        ]
        return not filled and not self._asks(view.text(columns.requested, self.mapping.tables["requested"]))

    def _asks(self, said: str) -> bool:
        try:
            return said != "" and in_cell.number(said, self.mapping.value.number) != 0
        except Unreadable:
            return True

    def stated(self, view: View) -> tuple[tuple[NamedPartner, ...], tuple[StatedAmount, ...]]:
        """What a row says of the other Sides: their partners by name, and what they ask for."""
        named: list[NamedPartner] = []
        amounts: list[StatedAmount] = []
        table = self.mapping.tables["other_partners"]
        for identifier, other in self.mapping.value.other.items():
            side = self.plan.side_of(identifier)
            names = view.text(other.partners).replace(other.separator, "\n").splitlines()
            meant = (table.get(folded(name), name.strip()) for name in names if name.strip())
            named.extend(NamedPartner(organisation=name, side=identifier) for name in meant)
            if other.requested is not None and view.text(other.requested):
                read = partial(
                    in_cell.amount,
                    form=self.mapping.value.number,
                    multiplier=other.multiplier,
                    unit=side.unit,
                )
                amount = view.parsed(other.requested, read)
                if amount is not None:
                    step = other.multiplier * 10**side.exponent if other.multiplier > 1 else 1
                    amounts.append(StatedAmount(side=identifier, minor=side.minor(amount), step=step))
        return tuple(named), tuple(amounts)

    def _requested(self, view: View, columns: PartnerColumns) -> str | None:
        form = self.mapping.value.number
        read = partial(in_cell.amount, form=form, multiplier=form.multiplier, unit=self.side.unit)
        column: Sequence[str] | None = columns.requested
        return None if column is None else view.parsed(tuple(column), read, self.mapping.tables["requested"])

    def _investigators(
        self, view: View, columns: PartnerColumns, organisation: str, *, lead: bool
    ) -> list[dict[str, Any]]:
        name = view.text(columns.investigator)
        orcid = view.text(columns.orcid)
        known = view.text(columns.investigator_id) or orcid.removeprefix("https://orcid.org/")
        if not (name or known):
            return []
        if not known:  # a name is one person within one organisation
            person = "\n".join((self.side.id, folded(name).replace(" ", ""), folded(organisation)))
            known = f"person-{hashlib.sha256(person.encode()).hexdigest()[:16]}"
        return [{"id": known, "name": name or None, "orcid": orcid or None, "lead": lead}]


def _country(cell: Cell) -> str:
    try:
        return _COUNTRY.validate_python(in_cell.text(cell).upper())
    except ValidationError as error:
        _, _, expected = explained(error.errors(include_url=False)[0], Partner, None)
        raise Unreadable(f"{expected}; [values.country] in mapping.toml reads names as codes") from error


def _validated(view: View, columns: PartnerColumns, raw: dict[str, Any]) -> Partner | None:
    try:
        return Partner.model_validate(raw)
    except ValidationError as error:
        for finding in error.errors(include_url=False):
            where, found, expected = explained(finding, Partner, None)
            name = str(where[0]) if len(where) == 1 else _INVESTIGATOR[str(where[-1])]
            column: tuple[str, ...] | None = getattr(columns, name)
            if name == "investigator_id" and column is None:
                continue  # an identifier taken from an ORCID, which is told itself
            view.note(column, found, expected)
        return None
