"""What no code may do, whoever writes it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import accord
from accord.cli import commands
from conftest import ROOT

SOURCES = sorted((ROOT / "src" / "accord").rglob("*.py"))  # tests/server/contracts holds the site's
BELOW_THE_COMMAND_LINE = [path for path in SOURCES if "cli" not in path.relative_to(ROOT / "src" / "accord").parts]
LONGEST = 400


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def attributes(path: Path) -> set[str]:
    """The names of functions that are called through a module or an object, however long the way to them."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {func.attr for func in calls if isinstance(func, ast.Attribute)}


@pytest.mark.parametrize("path", BELOW_THE_COMMAND_LINE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_clock_no_network_no_unseeded_chance_below_the_command_line(path: Path) -> None:
    forbidden = {
        "time",
        "asyncio",
        "subprocess",
        "multiprocessing",
        "ssl",
        "ftplib",
        "random",
        "secrets",
        "socket",
        "http.client",
        "urllib.request",
        "requests",
        "uuid",
    }
    assert imports(path) & forbidden == set()
    last_words = {"now", "utcnow", "today", "urandom", "default_rng", "perf_counter", "getrandbits"}
    assert attributes(path) & last_words == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_says_what_it_is_for_and_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "the first line says what a file is for"
    assert text.count("\n") <= LONGEST
    assert path.stem not in {"utils", "helpers", "common", "manager", "misc", "data"}


def test_arrows_run_one_way() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    finished = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout


def test_every_licence_is_permissive() -> None:
    finished = subprocess.run(
        [sys.executable, ROOT / "tools" / "licences.py"], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


def test_every_public_name_is_on_a_page_of_the_docs() -> None:
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert [name for name in accord.__all__ if f"`accord.{name}(" not in text and f"`{name}`" not in text] == []


def test_every_command_is_in_the_readme_or_the_docs() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert [name for name in commands.commands if f"accord {name}" not in text] == []


def test_every_key_that_is_recorded_only_is_in_the_docs() -> None:
    from accord.plan import model  # noqa: PLC0415

    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    marked = {
        name
        for block in vars(model).values()
        if isinstance(block, type) and issubclass(block, model.Block)
        for name, field in block.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("executed") is False
    }
    assert len(marked) > 15
    assert [
        name
        for name in sorted(marked)
        if not re.search(rf"`[a-z_.]*\\b{name}`|^\\| `[^|]*\\b{name}\\b[^|]*\\|", text, re.MULTILINE)
    ] == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    ours = ("src", "tests", "docs", "tools", "benchmarks", ".ci")
    files = [path for folder in ours for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    files += [path for path in ROOT.glob("*") if path.is_file() and not path.name.startswith(".coverage")]
    places = ("/" + "work/", "/" + "root/", "/" + "opt/", "index" + "-url", "pypi" + ".org", "files.python" + "hosted")
    told = []
    for path in files:
        if path.is_file() and path.suffix != ".png":
            text = path.read_text(encoding="utf-8", errors="replace")
            told += [f"{path.relative_to(ROOT)}: {place}" for place in places if place in text]
    assert len(files) > 100
    assert told == []
