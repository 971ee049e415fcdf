"""Whole runs of the command: time and peak memory of each, and the size of an installation.

python benchmarks/walks.py
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUANTUM = ROOT.parent / "shared" / "data" / "quantum-call"
ACCORD = str(Path(sys.executable).parent / "accord")
REPEATS = 5
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Figure:
    """What was measured: medians over repeats, after one run that is not counted."""

    name: str
    seconds: float
    cpu_seconds: float
    mebibytes: float
    asked: str

    def row(self) -> str:
        measured = f"{self.seconds:.1f} s | {self.cpu_seconds:.1f} s | {self.mebibytes:.0f} MiB"
        return f"| {self.name} | {measured} | {self.asked} |"


def once(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak mebibytes of one run, from the system's own accounting."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(name: str, command: list[str], asked: str, repeats: int = REPEATS) -> Figure:
    once(command)
    runs = [once(command) for _ in range(repeats)]
    seconds, cpu, memory = (statistics.median(run[place] for run in runs) for place in range(3))
    return Figure(name, seconds, cpu, memory, asked)


def installed_size() -> tuple[float, list[tuple[str, float]]]:
    """Mebibytes of Accord and all that it needs, without extras; and the largest parts."""
    sys.path.insert(0, str(ROOT / "tools"))
    from licences import needed  # noqa: PLC0415

    seen: dict[str, object] = {}
    needed("accord", seen)  # type: ignore[arg-type]
    sizes = []
    for name in seen:
        files = distribution(name).files or []
        paths = [Path(str(file.locate())) for file in files]
        sizes.append((name, sum(path.stat().st_size for path in paths if path.is_file()) / MEBIBYTE))
    package = sum(
        path.stat().st_size for path in (ROOT / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    sizes.append(("accord itself", package / MEBIBYTE))
    return sum(size for _, size in sizes), sorted(sizes, key=lambda one: -one[1])


def table() -> str:
    lines = [
        "| what | time | processor | peak memory | asked |",
        "|---|---:|---:|---:|---|",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if QUANTUM.is_dir():
            run = [ACCORD, "run", str(QUANTUM), "--out", str(folder / "record"), "--overwrite", "-q"]
            lines.append(measured("`accord run`, 117 proposals (quantum-call)", run, "10 s, 1 GiB").row())
            verify = [ACCORD, "record", "verify", str(folder / "record"), "-q"]
            lines.append(measured("`accord record verify` of that record", verify, "").row())
        else:
            lines.append("| quantum-call is not beside this checkout | | | | |")
        large = folder / "large"
        new = [ACCORD, "new", str(large), "--sides", "5", "--proposals", "30000", "--experts", "30000"]
        seconds, cpu, memory = once(new)
        lines.append(Figure("`accord new`, 30,000 proposals and experts (one run)", seconds, cpu, memory, "").row())
        lines.append(measured("`accord check`, the same", [ACCORD, "check", str(large)], "20 s, 1.5 GiB", 3).row())
        shutil.rmtree(large)
    total, parts = installed_size()
    lines.append("")
    lines.append(f"An installation without extras takes {total:.0f} MiB, of them:")
    lines.append(", ".join(f"{name} {size:.0f}" for name, size in parts[:6]) + ".")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
