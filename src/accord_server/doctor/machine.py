"""The machine under a site: folders, secrets, disk, mail, fonts, static files."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import get_connection

import accord_server
from accord_server.doctor.findings import Finding, Look, check
from accord_server.settings.environment import KEPT_SECRET, LOCAL

LEAST_FREE: Final = 2 * 1024**3
LEAST_SHARE: Final = 0.05
FONTS: Final = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
STATIC: Final = re.compile(r"""\{%\s*static\s+["']([^"']+)["']\s*%\}""")
OTHERS: Final = 0o077


@check("folder")
def writable(look: Look) -> Iterator[Finding]:
    """The site's folders can be written."""
    for place in (look.environment.folder, look.environment.files, look.environment.logs):
        if not place.exists() and place != look.environment.folder:
            continue  # made when it is first needed
        try:
            with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-"):
                pass
        except OSError as error:
            yield Finding(
                fault="folder",
                found=f"{place} cannot be written ({error.strerror})",
                mend="give it to the user by whom the site runs, or mend the disk",
            )


@check("secret")
def secret_kept(look: Look) -> Iterator[Finding]:
    """Nobody else on the machine reads the secret and the host's key."""
    for place in (look.environment.folder / KEPT_SECRET, look.environment.host_key):
        if place.exists() and place.stat().st_mode & OTHERS:
            mode = f"{place.stat().st_mode & 0o777:o}"
            yield Finding(
                fault="secret", found=f"{place} can be read by others (mode {mode})", mend=f"chmod 600 {place}"
            )


@check("https")
def behind_https(look: Look) -> Iterator[Finding]:
    """A site that others reach is reached by HTTPS."""
    public = [host for host in look.environment.hosts if host not in LOCAL]
    if public and not look.environment.https:
        yield Finding(
            fault="https",
            found=f"ACCORD_HTTPS=no, and the site is reached as {', '.join(public)}",
            mend="set ACCORD_HTTPS=yes, and put a server that speaks TLS before it",
        )


@check("disk")
def room_on_disk(look: Look) -> Iterator[Finding]:
    """There is room on the disk."""
    usage = shutil.disk_usage(look.environment.folder)
    if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
        yield Finding(
            fault="disk",
            found=f"{usage.free / 1024**3:.1f} GiB are left of {usage.total / 1024**3:.0f}",
            mend="make room before proposals come in: a submission that finds none is refused",
        )


@check("mail")
def mail_goes_out(look: Look) -> Iterator[Finding]:
    """The mail server can be reached."""
    public = [host for host in look.environment.hosts if host not in LOCAL]
    if look.environment.smtp is None:
        if public:
            yield Finding(
                fault="mail",
                found="no mail server is named, so that letters are written to the worker's output",
                mend="set ACCORD_SMTP and ACCORD_MAIL_FROM",
            )
        return
    connection: Any = get_connection(timeout=5)
    try:
        connection.open()
        connection.close()
    except (OSError, ValueError) as error:
        yield Finding(
            fault="mail",
            found=f"the mail server {look.environment.smtp.host} does not answer ({type(error).__name__})",
            mend="mend ACCORD_SMTP, or the server; letters wait until then",
        )


@check("static")
def static_files(_look: Look) -> Iterator[Finding]:
    """Every style and script that a page names is there."""
    templates = Path(accord_server.__file__).parent.rglob("templates/**/*.html")
    named = sorted({name for file in templates for name in STATIC.findall(file.read_text(encoding="utf-8"))})
    missing = [name for name in named if finders.find(name) is None]
    if missing or not named:
        yield Finding(
            fault="static",
            found=f"the pages' files are missing: {', '.join(missing) or 'all templates'}",
            mend=f"install the package again (Django {settings.STATIC_URL} finds its files in it)",
        )


@check("fonts")
def japanese_fonts(_look: Look) -> Iterator[Finding]:
    """The Japanese fonts are installed, so that every reader and every paper has the same signs."""
    missing = [name for name in FONTS if find_spec(name) is None]
    if missing:
        yield Finding(
            fault="fonts",
            found=f"the Japanese font is not installed ({', '.join(missing)})",
            mend="pip install 'accord[pdf]'",
        )
