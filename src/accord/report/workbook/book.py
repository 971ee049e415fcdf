"""A record as the workbook of its selection meeting: the same record gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.xml.functions import tostring

from accord.errors import InvalidInput
from accord.pipeline.disclosure import disclosed
from accord.pipeline.disclosure_view import ALL_SIDES, Reader
from accord.pipeline.reading import Record
from accord.report.workbook.budgets import fill_budgets
from accord.report.workbook.changes import fill_changes, fill_computed
from accord.report.workbook.contents import Contents
from accord.report.workbook.look import add_styles
from accord.report.workbook.ranking import fill_list
from accord.report.workbook.results import fill_results
from accord.report.workbook.telling import fill_about, fill_reasons
from accord.report.workbook.words import words

PROPERTIES: Final = "docProps/core.xml"
NO_INSTANT: Final = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest that a ZIP archive can say


def workbook_of(record: Record, *, language: str = "en", reader: Reader = ALL_SIDES) -> bytes:
    """The workbook of a record's selection meeting, as the bytes of an XLSX file.

    For one Side it is a copy to read, of what the plan lets that Side see; for the public, and for applicants in
    general, it is the sheet of what the plan publishes. Formulas carry no values until a spreadsheet computes them,
    as every spreadsheet does when it opens one. Raises InvalidInput where the record has no selection, for an
    unknown language, for amounts or a number of Sides that a spreadsheet cannot hold exactly, and where the reader
    has no such document.
    """
    told = words(language)
    if reader.proposal is not None:
        raise InvalidInput(f"for: {reader.name} have no workbook; the applicants of one proposal have their letter")
    contents = Contents(root=record.root, shown=disclosed(record.walk, reader), words=told, language=language)
    book = Workbook()
    add_styles(book, told.font, {side.exponent for side in contents.plan.side})
    first = book.active
    if reader.kind in {"sides", "side"}:
        contents.view.need("the meeting's workbook", "list")
        first.title = told.list
        fill_list(first, contents)
        fill_budgets(book.create_sheet(told.budgets), contents)
        fill_changes(book.create_sheet(told.changes), contents)
        fill_reasons(book.create_sheet(told.reasons), contents)
        fill_about(book.create_sheet(told.about), contents)
        fill_computed(book.create_sheet(told.computed), contents)
    else:
        first.title = told.results
        fill_results(first, contents)
    book.security = WorkbookProtection(lockStructure=True)
    book.calculation.fullCalcOnLoad = True
    properties = DocumentProperties(
        creator="Accord", title=contents.plan.call.id, language=language, created=NO_INSTANT, modified=NO_INSTANT
    )
    return _timeless(book, properties)


def _timeless(book: Workbook, properties: DocumentProperties) -> bytes:
    """The file without the instant of its making, in its properties and in the archive."""
    out, again = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as made, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in made.namelist():
            content = tostring(properties.to_tree()) if name == PROPERTIES else made.read(name)
            part = zipfile.ZipInfo(name, NO_INSTANT.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, content)
    return again.getvalue()
