"""Row-level security for jobs: each sees what it asked for, the machine all of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import READER, guarded
from accord_server.mail.machine import MACHINE

MINE = f"account_id = {READER} OR {READER} = '{MACHINE}'"


class Migration(migrations.Migration):
    """A job is for whoever asked for it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("tasks", "0001_initial"), ("access", "0002_row_security")]
    operations: ClassVar[list[Operation]] = [guarded("tasks_job", read=MINE, write=MINE)]
