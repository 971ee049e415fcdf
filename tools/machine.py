"""Install what the tests ask of the machine besides Python packages, where we may; else say what they will skip.

A browser for the pages, Java for the HTML checker, LibreOffice for workbooks and documents, Poppler for PDFs, and
PostgreSQL: only what Debian has. As root on Debian, and with CI=true or `--install`, they are installed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "chromium": ("chromium", "pages in a real browser"),
    "java": ("default-jre-headless", "the HTML checker"),
    "soffice": ("libreoffice-calc libreoffice-writer", "workbooks and documents in an office program"),
    "openssl": ("openssl", "time-stamps by a local authority"),
    "pdftotext": ("poppler-utils", "PDFs read back"),
    "pg_ctlcluster": ("postgresql", "the site on PostgreSQL"),
}


def main() -> None:
    """Install, or print a line for each program that is absent."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if not absent:
        return
    may = os.environ.get("CI") == "true" or "--install" in sys.argv[1:]
    if may and os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        packages = [package for name in absent for package in NEEDED[name][0].split()]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print("installing", *packages, "…", flush=True)
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-qq", *command], env=quiet, check=False, stdout=subprocess.DEVNULL)
    for name in absent:
        if shutil.which(name) is None:
            package, use = NEEDED[name]
            print(f"{name} is not installed: tests of {use} are skipped (Debian: apt-get install {package})")


if __name__ == "__main__":
    main()
