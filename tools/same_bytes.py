"""Run one call with two installations of Accord and compare the records byte for byte."""

import subprocess
import sys
import tempfile
from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path inside."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main() -> None:
    """Exit 1, naming the files, where the records differ."""
    one, other = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        calls = {accord: folder / f"call-{number}" for number, accord in enumerate((one, other))}
        records = {accord: folder / f"record-{number}" for number, accord in enumerate((one, other))}
        for accord in (one, other):
            new = [accord, "new", str(calls[accord]), "--sides", "5", "--proposals", "60", "--experts", "120"]
            subprocess.run(new, check=True, capture_output=True)
            run = [accord, "run", str(calls[accord]), "--out", str(records[accord]), "-q"]
            subprocess.run(run, check=True)
        left, right = contents(records[one]), contents(records[other])
        differing = sorted(name for name in {*left, *right} if left.get(name) != right.get(name))
    if differing:
        sys.exit(f"{one} and {other} give different bytes: {', '.join(differing)}")
    print(f"{one} and {other} give the same {len(left)} files, byte for byte")


if __name__ == "__main__":
    main()
