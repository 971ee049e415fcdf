"""The first tables of `access`."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import accord_server.access.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallAccess",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
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
                (
                    "state",
                    models.CharField(
                        choices=[("sent", "sent"), ("accepted", "accepted"), ("withdrawn", "withdrawn")],
                        default=accord_server.access.states.InvitationState["SENT"],
                        max_length=16,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
                (
                    "side",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.side"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["side-officer", "secretariat", "applicant", "expert", "chair", "observer"])
                        ),
                        name="invitation_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sent", "accepted", "withdrawn"])),
                        name="invitation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", accord_server.access.states.Role["SIDE_OFFICER"]), _negated=True),
                            ("side__isnull", False),
                            _connector="OR",
                        ),
                        name="invitation_officer_has_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted_by__isnull", False),
                                ("state", accord_server.access.states.InvitationState["ACCEPTED"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state", accord_server.access.states.InvitationState["ACCEPTED"]), _negated=True
                                ),
                                ("accepted_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_accepted_by_somebody",
                    ),
                    models.UniqueConstraint(
                        models.F("call"),
                        django.db.models.functions.text.Lower("email"),
                        models.F("role"),
                        condition=models.Q(("state", accord_server.access.states.InvitationState["SENT"])),
                        name="invitation_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
                (
                    "side",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.side"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["side-officer", "secretariat", "applicant", "expert", "chair", "observer"])
                        ),
                        name="membership_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", accord_server.access.states.Role["SIDE_OFFICER"]), _negated=True),
                            ("side__isnull", False),
                            _connector="OR",
                        ),
                        name="membership_officer_has_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                        name="membership_ends_after_its_beginning",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("call", "account", "role", "side"),
                        name="membership_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("side__isnull", True)),
                        fields=("call", "account", "role"),
                        name="membership_without_side_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("since", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "subject"), name="wall_once")],
            },
        ),
    ]
