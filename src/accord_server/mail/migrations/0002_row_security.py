"""Row-level security for letters: every action posts them, the machine alone reads them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import READER, guarded
from accord_server.mail.machine import MACHINE


class Migration(migrations.Migration):
    """Whoever acts posts; no account reads whom the site writes to."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("mail", "0001_initial"), ("access", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [
        guarded("mail_letter", read=f"{READER} = '{MACHINE}'", write=f"{READER} IS NOT NULL"),
    ]
