"""The first tables of `log`."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accord_server.log.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("index", models.BigIntegerField()),
                ("leaf", models.BinaryField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.callaccess"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DoneOnce",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
                ("request", models.CharField(max_length=64)),
                ("done", models.TextField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Content",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="log.entry",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("members", "members"), ("side", "side"), ("author", "author")], max_length=16
                    ),
                ),
                ("subject", models.UUIDField(null=True)),
                ("salt", models.BinaryField(max_length=32)),
                ("content", models.BinaryField()),
                (
                    "author",
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
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("call", "index"), name="entry_index_once"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("index__gte", 0)), name="entry_index_from_zero"),
        ),
        migrations.AddConstraint(
            model_name="doneonce",
            constraint=models.UniqueConstraint(fields=("account", "key"), name="done_once_per_key"),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["members", "side", "author"])), name="content_audience_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", accord_server.log.models.Audience["SIDE"]), _negated=True),
                    ("side__isnull", False),
                    _connector="OR",
                ),
                name="content_for_a_side_has_one",
            ),
        ),
    ]
