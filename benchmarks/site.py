"""The site under load and under kills, on SQLite and on PostgreSQL: what `docs/reliability.md` tells is measured here.

`python benchmarks/site.py kills`: a thousand proposals by eight clients that try again with the same key, ten SIGKILLs
of the whole server group on each database, and two immediate stops of PostgreSQL; every acknowledged proposal is then
looked for. `python benchmarks/site.py load`: submissions of a 2 MB file a second, two workers. Both need PostgreSQL's
programs (`apt-get install postgresql`), and a machine with nothing else to do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = {"kills": "test_kills.py", "load": "test_load.py"}


def main(wanted: list[str]) -> int:
    unknown = [one for one in wanted if one not in PARTS]
    if unknown:
        print(f"{unknown[0]}: there are {' and '.join(PARTS)}", file=sys.stderr)
        return 2
    files = [str(ROOT / "tests" / "server" / "kills" / PARTS[one]) for one in wanted or PARTS]
    command = [sys.executable, "-m", "pytest", "-n", "0", "-v", "--durations=0", "--durations-min=5", *files]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "SITE_BENCHMARK": "full"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
