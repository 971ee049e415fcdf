"""A draft as it stands, and its next version: computed here, written by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accord_server.log.happenings import Doing
from accord_server.people.models import Account
from accord_server.proposals.fields import below, cleaned, kept, read, written
from accord_server.proposals.merging import merged
from accord_server.proposals.models import LONGEST_NAME, DraftVersion, Proposal
from accord_server.proposals.queries import draft_versions

KEPT_VERSIONS = 200
"""So many saved versions of a draft stay; who began from an older one is told every field that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft at one version: its fields, and the other texts of fields that two people changed at once."""

    version: int
    fields: dict[str, str]
    conflicts: dict[str, tuple[str, ...]]


def draft(account: Account, row: Proposal, at: datetime, version: int | None = None) -> Draft:
    """The draft of a proposal at its newest version, or at another one; an unknown one is empty."""
    number = row.version if version is None else version
    if number == 0:
        return Draft(version=0, fields={}, conflicts={})
    found = draft_versions(account, row.subject_id, at).filter(number=number).values_list("content", flat=True).first()
    fields, conflicts = read(found) if found is not None else ({}, {})
    return Draft(version=number, fields=fields, conflicts=conflicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What a save leads to: the draft, the row of its version (None where nothing changed), fields in conflict."""

    draft: Draft
    row: DraftVersion | None
    new_conflicts: tuple[str, ...]


def next_version(
    doing: Doing,
    row: Proposal,
    *,
    base: int,
    fields: tuple[tuple[str, str], ...],
    removed: tuple[str, ...] = (),
    settled: tuple[str, ...] = (),
) -> Next:
    """The draft after a save by somebody who began from version `base`; the proposal's row is changed, not written.

    `removed` are partners or investigators, such as `partners/p001-1a2b3c4d`. Raises as `fields.cleaned` and `kept`.
    """
    now = draft(doing.by, row, doing.at)
    before = now if base == row.version else draft(doing.by, row, doing.at, base)
    told = dict.fromkeys(below(before.fields, removed), "") | cleaned(fields)
    found = merged(before.fields, now.fields, told, now.conflicts, frozenset(settled))
    after = Draft(version=row.version + 1, fields=kept(found.fields), conflicts=found.conflicts)
    if (after.fields, after.conflicts) == (now.fields, now.conflicts):
        return Next(draft=now, row=None, new_conflicts=found.new)
    row.version, row.changed_at = after.version, doing.at
    row.title = after.fields.get("title", "")[:LONGEST_NAME]
    made = DraftVersion(
        subject_id=row.subject_id,
        call_id=row.call_id,
        number=after.version,
        content=written(after.fields, after.conflicts),
        saved_by=doing.by,
        saved_at=doing.at,
    )
    return Next(draft=after, row=made, new_conflicts=found.new)
