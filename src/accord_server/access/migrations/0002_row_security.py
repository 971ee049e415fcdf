"""Row-level security for memberships, and the functions by which every other table asks where a reader belongs."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import CALL, READER, guarded, lookups


class Migration(migrations.Migration):
    """Each sees its own memberships; an action, those of its call."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("access", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        lookups(),
        guarded("access_membership", read=f"account_id = {READER} OR call_id = {CALL}", owner_looks_up=True),
    ]
