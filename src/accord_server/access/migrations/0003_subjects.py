"""What people take part in, and to whom what is sealed is open."""

from __future__ import annotations

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import accord_server.access.states


class Migration(migrations.Migration):
    """Three tables."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("access", "0002_row_security"),
        ("people", "0001_initial"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "part",
                    models.CharField(
                        choices=[("coordinator", "coordinator"), ("applicant", "applicant")], max_length=16
                    ),
                ),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.account"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["coordinator", "applicant"])), name="participation_part_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("account", "subject"),
                        name="participation_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("part", accord_server.access.states.Part["COORDINATOR"])
                        ),
                        fields=("subject",),
                        name="participation_one_coordinator",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsealing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("side-officer", "side-officer"),
                            ("secretariat", "secretariat"),
                            ("applicant", "applicant"),
                            ("expert", "expert"),
                            ("chair", "chair"),
                            ("observer", "observer"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    accord_server.access.states.Role["SIDE_OFFICER"],
                                    accord_server.access.states.Role["SECRETARIAT"],
                                ],
                            )
                        ),
                        name="unsealing_for_whom_a_plan_can_name",
                    ),
                    models.UniqueConstraint(fields=("call", "role"), name="unsealing_once"),
                ],
            },
        ),
    ]
