"""Every example in the documentation runs, as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from accord.example import example_call
from accord.record.folder import write_folder
from conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_EXAMPLES = [page for page in PAGES if "```python" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_run_in_order(page: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "demo" / "call", example_call(sides=2, proposals=20, experts=40, seed=1))
    code = "\n".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert finished.returncode == 0, finished.stderr


def test_the_readme_has_one() -> None:
    assert ROOT / "README.md" in WITH_EXAMPLES
