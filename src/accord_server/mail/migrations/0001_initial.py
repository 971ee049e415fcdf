"""The first tables of `mail`."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import accord_server.mail.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("to", models.EmailField(max_length=254)),
                ("letter", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("values", models.JSONField()),
                ("posted_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("given-up", "given-up")],
                        default=accord_server.mail.states.LetterState["WAITING"],
                        max_length=16,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "call",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", accord_server.mail.states.LetterState["WAITING"])),
                        fields=["due_at"],
                        name="letter_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "given-up"])), name="letter_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sent_at__isnull", False), ("state", accord_server.mail.states.LetterState["SENT"])
                            ),
                            models.Q(
                                models.Q(("state", accord_server.mail.states.LetterState["SENT"]), _negated=True),
                                ("sent_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="letter_sent_at_an_instant",
                    ),
                ],
            },
        ),
    ]
