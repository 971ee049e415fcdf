"""A walk written as a record, with the report beside its steps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from accord.pipeline.bundle import record_files
from accord.pipeline.walk import Walk
from accord.record.folder import write_folder
from accord.report import report_html

REPORT_FILE: Final = "report.html"


def write(walk: Walk, folder: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the record of a walk to a folder: whole, or not at all.

    Raises FolderExists where the folder is there, unless `overwrite` is True and it is a record.
    """
    write_folder(Path(folder), record_files(walk, beside={REPORT_FILE: report_html(walk)}), replace=overwrite)
