"""The first tables of `people`."""

import uuid

import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("name_reading", models.CharField(blank=True, max_length=200)),
                (
                    "country",
                    models.CharField(max_length=2, validators=[django.core.validators.RegexValidator("[A-Z]{2}")]),
                ),
                (
                    "ror",
                    models.CharField(
                        max_length=9,
                        null=True,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("0[a-z0-9]{6}[0-9]{2}")],
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Side",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("email_confirmed_at", models.DateTimeField(null=True)),
                ("name", models.CharField(max_length=200)),
                ("name_reading", models.CharField(blank=True, max_length=200)),
                ("is_administrator", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower(models.F("email")))),
                        name="account_email_in_lower_case",
                    )
                ],
            },
        ),
    ]
