"""Row-level security for what people take part in, and the functions by which sealed rows ask for their reader."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import CALL, READER, guarded, lookups_of_subjects

OWNER = "(SELECT tableowner FROM pg_tables WHERE tablename = 'access_participation')"
FELLOWS = f"CASE WHEN current_user = {OWNER} THEN true ELSE subject_id IN (SELECT accord_reader_subjects()) END"
"""Who takes part in the same; the function asks this table itself, as its owner, who is not asked again."""


class Migration(migrations.Migration):
    """Each sees what it takes part in, and who else does; an action, who takes part in anything of its call."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("access", "0003_subjects")]
    operations: ClassVar[list[Operation]] = [
        lookups_of_subjects(),
        guarded(
            "access_participation",
            read=f"account_id = {READER} OR call_id = {CALL} OR {FELLOWS}",
            owner_looks_up=True,
        ),
    ]
