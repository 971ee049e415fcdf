"""Every benchmark, one after the other, on this machine: what a user would pick instead stands beside it.

python benchmarks/run.py            prints the tables; `--write` puts them into docs/benchmarks.md. An hour or more.
python benchmarks/run.py walks assignment          only these
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "walks": ("Whole runs", "Medians of five runs (three of the large check) after one that is not counted."),
    "assignment": (
        "Assignment",
        (
            "Block-structured affinities, 1% conflicts, 3 experts a proposal, loads 6 to 8; kernels loaded from their cache. "
            "Medians of three; peers at 10,000 once."
        ),
    ),
    "ranking": ("Ranking", "Medians of three, a new process a run, beside plain Markov chains of the same model."),
    "selection": ("Selection", "Each proposal asks of a few of 30 Sides; budgets for a part of the money."),
    "affinity": (
        "Affinity and conflicts",
        "10,000 proposals, 10,000 experts, 100,000 publications of resampled words.",
    ),
}
ARGUMENTS = {"assignment": ["--large"]}


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def table(part: str) -> str:
    script = Path(__file__).with_name(f"{part}.py")
    command = [sys.executable, str(script), *ARGUMENTS.get(part, [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr}")
    return done.stdout.strip()


def main() -> None:
    parts = [part for part in sys.argv[1:] if not part.startswith("-")] or list(PARTS)
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sections = []
    for part in parts:
        title, how = PARTS[part]
        sections.append(f"## {title}\n\n{how}\n\n{table(part)}")
        print(sections[-1], flush=True)
    if "--write" in sys.argv:
        head = (
            "# Benchmarks\n\n`make bench` runs these again. Processor seconds where nothing else is said; the machines that "
            f"we measure on are\nshared and noisy.\n\nLast: {machine()}."
        )
        (ROOT / "docs" / "benchmarks.md").write_text("\n\n".join([head, *sections]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
