"""Where documents lie: files that are on disk, flushed, before anything speaks of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from accord.record.folder import write_file


class DurableFiles(FileSystemStorage):
    """Files in a folder, each written whole, flushed with the folder that names it, and renamed into place."""

    def _save(self, name: str, content: File[Any]) -> str:
        place = Path(self.path(name))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content.seek(0)
        write_file(place, content.read())
        for folder in (place.parent, place.parent.parent):
            _flush(folder)
        return name


def _flush(folder: Path) -> None:
    """Have the names in a folder on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
