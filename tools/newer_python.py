"""Print the path of the newest Python on this machine that is newer than the one that runs this, if any."""

import os
import re
import subprocess
import sys
from pathlib import Path


def candidates() -> list[Path]:
    """Every `python3.N` on the search path and among pyenv's versions."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")) / "versions"  # noqa: PTH111  no home is no error
    folders += sorted(pyenv.glob("*/bin"))
    return [path for folder in folders for path in sorted(folder.glob("python3.*")) if path.name.count("-") == 0]


def version_of(path: Path) -> tuple[int, int] | None:
    """The version that an executable reports, if it can make a virtual environment."""
    if not re.fullmatch(r"python3\.\d+", path.name):
        return None
    code = "import ensurepip, venv, sys; assert sys.version_info.releaselevel == 'final'; print(*sys.version_info[:2])"
    found = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    if found.returncode:
        return None
    major, minor = found.stdout.split()
    return int(major), int(minor)


def main() -> None:
    """Print the newest one, or nothing."""
    found = [(version, path) for path in candidates() if (version := version_of(path)) is not None]
    newer = [(version, path) for version, path in found if version > sys.version_info[:2]]
    if newer:
        print(max(newer)[1])


if __name__ == "__main__":
    main()
