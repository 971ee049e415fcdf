"""The first tables of `calls`."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "access",
                    models.OneToOneField(
                        db_column="call_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="access.callaccess",
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("origin", models.CharField(max_length=200, unique=True)),
                ("opens", models.DateTimeField()),
                ("closes", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes"))), name="call_opens_before_it_closes"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("confirmed_at", models.DateTimeField()),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="plan_number_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="plan_number_from_one"),
                ],
            },
        ),
    ]
