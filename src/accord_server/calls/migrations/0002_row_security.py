"""Row-level security for the plans of calls, and what keeps a signed one from being changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import guarded, only_added_to


class Migration(migrations.Migration):
    """A plan is for the members of its call, and stays as it was signed."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("calls", "0001_initial"),
        ("log", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        guarded("calls_planversion", read="call_id IN (SELECT accord_reader_calls())"),
        only_added_to("calls_planversion"),
    ]
