"""A Side's own intake: its portal's export, read by its mapping file, as that Side's halves of the proposals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from accord.call.intake import cells as in_cell
from accord.call.intake.load import Mapping, load_mapping
from accord.call.intake.mapping import Column
from accord.call.intake.partners import Found, NamedPartner, PartnerReader, StatedAmount
from accord.call.intake.sheet import Cell, read_export
from accord.call.intake.view import Export, View, find_columns, row_view, shown, together
from accord.call.intake.words import folded, plain
from accord.call.values import Partner
from accord.errors import Problem, UnusableFolder
from accord.plan.model import Plan, Side
from accord.plan.practice import Twins
from accord.record.canonical import digest

Row = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """What one Side's portal holds of a project: its own partners fully, the other Sides' as it names them.

    `number` is the portal's own, `reference` what the twins share (empty where the applicants left it out).
    Titles and abstracts are (language, text). `names` are all that its partners go by. `row` is the first of
    the export's rows that it was read from.
    """

    side: str
    number: str
    reference: str
    titles: tuple[tuple[str, str], ...]
    abstracts: tuple[tuple[str, str], ...]
    topic: str
    duration_months: int
    partners: tuple[Partner, ...]
    names: tuple[str, ...]
    named: tuple[NamedPartner, ...] = ()
    stated: tuple[StatedAmount, ...] = ()
    language: str
    file: str = field(compare=False)
    row: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One Side's halves, ordered by number, the numbers left out, and the SHA-256 of each file that was read."""

    side: str
    halves: tuple[Half, ...]
    left_out: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]


def read_intake(folder: Path, plan: Plan, side: Side) -> Intake:
    """One Side's halves, from `intake/<SIDE>/` of a call's folder: `export.csv` or `export.xlsx`, and `mapping.toml`.

    Raises UnusableFolder with every problem: of the mapping at its line, of the export at its row and column.
    """
    place = folder / "intake" / side.id
    mapping = load_mapping(place, plan, side)
    sheet = read_export(place, mapping)
    export = find_columns(sheet, mapping)
    problems: list[Problem] = []
    groups, left_out = _groups(export, mapping, problems)
    reader = PartnerReader(plan, side, mapping)
    read = [_half(export, rows, number, reader, problems) for number, rows in sorted(groups.items())]
    if problems:
        raise UnusableFolder(sorted(problems, key=lambda one: (one.file, one.line or 0)))
    return Intake(
        side=side.id,
        halves=tuple(half for half in read if half is not None),
        left_out=left_out,
        sources=((sheet.file, digest(sheet.content)), (mapping.file, digest(mapping.content))),
    )


def _groups(export: Export, mapping: Mapping, problems: list[Problem]) -> tuple[dict[str, list[Row]], tuple[str, ...]]:
    """The rows of each proposal, by its number, without those that the mapping leaves out."""
    value = mapping.value
    column = value.columns.number
    groups: dict[str, list[Row]] = {}
    for row in export.sheet.rows:
        view = row_view(export, row, problems)
        if all(folded(view.text((name,))) in {folded(one) for one in values} for name, values in value.only.items()):
            number = plain(view.needed(column))
            if not number:
                continue
            rows = groups.setdefault(number, [])
            if rows and value.layout == "row-per-proposal":
                found = f"{number} stands twice, first on row {rows[0][0]}"
                view.note(column, found, "a row a proposal has one row of each number")
            elif any(cells == row[1] for _, cells in rows):
                view.note(column, f"a row of {number} stands twice", "take one of the two out of the export")
            else:
                rows.append(row)
    for name, numbers in (("leave_out", value.leave_out), ("references", value.references)):
        for place, number in enumerate(numbers):
            if plain(number) not in groups:
                where = (name, place if name == "leave_out" else number)
                found = f"{number!r} is no number of {export.sheet.file}"
                problems.append(mapping.problem(where, found, "write a number that the export has"))
    left_out = tuple(sorted({plain(number) for number in value.leave_out} & set(groups)))
    if not groups and not problems:
        expected = "look at header_row and [only] in mapping.toml" if value.only else "export the proposals"
        problems.append(Problem(file=export.sheet.file, found="no row is left to read", expected=expected))
    return {number: rows for number, rows in groups.items() if number not in left_out}, left_out


def _half(
    export: Export, rows: Sequence[Row], number: str, reader: PartnerReader, problems: list[Problem]
) -> Half | None:
    mapping, before = reader.mapping.value, len(problems)
    columns = mapping.columns
    view = together(export, rows, _own_columns(reader.mapping), problems)
    language = mapping.language or reader.side.language
    titles = _texts(view, columns.title, language, needed=True)
    topic = mapping.constants.topic or view.needed(columns.topic, reader.mapping.tables["topic"])
    topics = [one.id for one in reader.plan.topic]
    if topic and topic not in topics:
        expected = f"in [values.topic], read it as a topic of the plan: {', '.join(topics)}"
        view.note(columns.topic, f"found {shown(topic)}", expected)
    months = _months(view, reader.mapping)
    found = _partners(export, rows, reader, problems)
    named, stated = reader.stated(view)
    if months is None or len(problems) > before:
        return None
    key = (reader.plan.twins or Twins()).key
    partners = tuple(one.partner for one in found if one.partner is not None)
    return Half(
        side=reader.side.id,
        number=number,
        reference=reader.mapping.tables["references"].get(number) or view.text(getattr(columns, key)),
        titles=titles,
        abstracts=_texts(view, columns.abstract or {}, language, needed=False),
        topic=topic,
        duration_months=months,
        partners=partners,
        names=tuple(
            name for one in found for name in (one.partner and one.partner.organisation, one.also_named) if name
        ),
        named=(*(one.named for one in found if one.named is not None), *named),
        stated=stated,
        language=language,
        file=export.sheet.file,
        row=rows[0][0],
    )


def _own_columns(mapping: Mapping) -> Iterator[str]:
    """The columns that tell of the proposal as a whole, not of one partner."""
    for where, name in mapping.value.columns_used():
        own = {"joint_reference", "acronym", "title", "abstract", "topic", "starts", "ends"}
        if where[0] == "other" or (where[0] == "columns" and where[1] in own | {"duration_months", "duration_years"}):
            yield name


def _texts(view: View, columns: dict[str, Column], language: str, *, needed: bool) -> tuple[tuple[str, str], ...]:
    """Titles or abstracts by language, the Side's own first."""
    found = {tag or language: view.text(column) for tag, column in columns.items()}
    if needed and not any(found.values()):
        view.note(next(iter(columns.values())), "the cell is empty", f"write it{view.hint()}")
    ordered = sorted(found, key=lambda tag: (tag != language, tag))
    return tuple((tag, " ".join(found[tag].split()) if needed else found[tag]) for tag in ordered if found[tag])


def _months(view: View, mapping: Mapping) -> int | None:
    columns, value = mapping.value.columns, mapping.value
    if value.constants.duration_months is not None:
        return value.constants.duration_months
    for column, of_years in ((columns.duration_months, False), (columns.duration_years, True)):
        if column is not None:
            return view.parsed(column, partial(in_cell.months, form=value.number, of_years=of_years))
    if columns.starts is None or columns.ends is None:
        return None
    starts = view.parsed(columns.starts, partial(in_cell.day, order=value.dates, last=False))
    ends = view.parsed(columns.ends, partial(in_cell.day, order=value.dates, last=True))
    if starts is None or ends is None:
        return None
    try:
        return in_cell.months_between(starts, ends)
    except in_cell.Unreadable as error:
        view.note(columns.ends, f"found {ends}, it starts {starts}", str(error))
        return None


def _partners(export: Export, rows: Sequence[Row], reader: PartnerReader, problems: list[Problem]) -> list[Found]:
    """The partners of one proposal, its coordinator first; the order of rows changes nothing."""
    columns = reader.mapping.value.columns
    if reader.mapping.value.layout == "row-per-proposal":
        return reader.read_row(row_view(export, rows[0], problems), export.more_partners)
    before = len(problems)
    views = [row_view(export, row, problems) for row in rows]
    found = [one for view in views if (one := reader.read(view, columns, role=reader.role(view))) is not None]
    leads = sum(one.partner is not None and one.partner.role == "coordinator" for one in found)
    if len(problems) == before and leads != 1:
        views[0].note(columns.role, f"the proposal has {leads} coordinators", "exactly one row coordinates")
    return sorted(found, key=_place)


def _place(found: Found) -> tuple[bool, str, str]:
    partner = found.partner
    if partner is None:
        return True, found.named.organisation if found.named else "", ""
    return partner.role != "coordinator", partner.organisation, partner.model_dump_json()
