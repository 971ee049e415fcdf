"""A content can be sealed: for who takes part in its subject, until the seals of the call are open."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import accord_server.log.models
from accord_server.database.row_security import READER, SEALED, only_added_to_again, read_as

FOR_READER = (
    "call_id IN (SELECT accord_reader_calls()) AND CASE audience WHEN 'members' THEN true "
    "WHEN 'side' THEN side_id IN (SELECT accord_reader_sides(call_id)) "
    f"WHEN 'author' THEN author_id = {READER} "
    f"WHEN 'sealed' THEN {SEALED.replace('subject_id', 'subject')} ELSE false END"
)


class Migration(migrations.Migration):
    """One audience more."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("access", "0004_row_security_of_subjects"),
        ("log", "0002_row_security"),
        ("people", "0001_initial"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RemoveConstraint(
            model_name="content",
            name="content_audience_known",
        ),
        migrations.AlterField(
            model_name="content",
            name="audience",
            field=models.CharField(
                choices=[("members", "members"), ("side", "side"), ("author", "author"), ("sealed", "sealed")],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["members", "side", "author", "sealed"])),
                name="content_audience_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", accord_server.log.models.Audience["SEALED"]), _negated=True),
                    ("subject__isnull", False),
                    _connector="OR",
                ),
                name="content_sealed_is_about_something",
            ),
        ),
        only_added_to_again("log_content", may_be_removed=True),
        read_as("log_content", FOR_READER),
    ]
