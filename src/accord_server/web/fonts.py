"""The Japanese font of a Python package, so that a machine without one shows the same page."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

PACKAGE: Final = "noto_cjk_sans_jp_regular"
FILE: Final = "NotoSansCJKjp-Regular.otf"
FOLDER: Final = "fonts"


def font_folder() -> Path | None:
    """Where the package keeps its file; None where it is not installed (`accord[pdf]` brings it)."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return folder if (folder / FILE).is_file() else None


class JapaneseFont(BaseFinder):
    """Finds one static file, `fonts/NotoSansCJKjp-Regular.otf`, in the package."""

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002  Django's own
        """The file's place."""
        folder = font_folder()
        if folder is None or path != f"{FOLDER}/{FILE}":
            return []
        place = str(folder / FILE)
        return [place] if find_all else place

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:  # noqa: ARG002  Django's own
        """The one file, and the storage that gives it under its prefix."""
        folder = font_folder()
        if folder is not None:
            storage = FileSystemStorage(location=folder)
            storage.prefix = FOLDER  # type: ignore[attr-defined]  # as Django's own finders do
            yield FILE, storage
