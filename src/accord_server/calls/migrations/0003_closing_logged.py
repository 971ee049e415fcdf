"""When the closing of a call was entered in its log; and a plan is public once its call is."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import READER, read_as


class Migration(migrations.Migration):
    """A column; whoever reads, the policy lets out a plan from the opening instant on."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("access", "0004_row_security_of_subjects"),
        ("calls", "0002_row_security"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="call",
            name="closing_logged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closing_logged_at__isnull", True), ("closing_logged_at__gte", models.F("closes")), _connector="OR"
                ),
                name="call_closing_logged_after_it",
            ),
        ),
        read_as("calls_planversion", f"{READER} IS NOT NULL"),
    ]
