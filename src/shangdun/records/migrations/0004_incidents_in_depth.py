"""Suppressions, verdicts, risk and reduction; a trigger more for the ledger."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shangdun.records import ledger_guard


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    ledger_guard.install(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_rule_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reduction",
            fields=[
                ("hour", models.DateTimeField(primary_key=True, serialize=False)),
                ("seen", models.PositiveBigIntegerField(default=0)),
                ("added", models.PositiveBigIntegerField(default=0)),
                ("folded", models.PositiveBigIntegerField(default=0)),
                ("gathered", models.PositiveBigIntegerField(default=0)),
                ("withheld", models.PositiveBigIntegerField(default=0)),
                ("opened", models.PositiveBigIntegerField(default=0)),
                ("merged", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="finding",
            name="judged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="finding",
            name="sketch",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="finding",
            name="subjects",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="finding",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[
                    ("true_positive", "Real incident"),
                    ("benign_positive", "Real but harmless"),
                    ("false_positive", "False alarm"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="findingentity",
            name="points",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="incident",
            name="about_kind",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="incident",
            name="about_value",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="incident",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="records.incident",
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "New"),
                    ("in_incident", "In an incident"),
                    ("confirmed", "Confirmed"),
                    ("dismissed", "Dismissed"),
                    ("withheld", "Withheld"),
                ],
                default="new",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="timelineentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reported", "Reported"),
                    ("findings_joined", "Findings joined"),
                    ("related", "Related incident found"),
                    ("assigned", "Assigned"),
                    ("state", "State changed"),
                    ("comment", "Comment"),
                    ("risk", "Risk rose"),
                    ("merged", "Merged"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="EntityRisk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("value", models.CharField(max_length=200)),
                ("level", models.FloatField()),
                ("rules", models.JSONField(default=dict)),
                ("findings", models.PositiveIntegerField(default=0)),
                ("first_time", models.DateTimeField()),
                ("last_time", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(models.F("level"), models.F("id"), name="risk_by_level")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "value"), name="risk_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule_uid", models.CharField(max_length=200)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("true_positive", "Real incident"),
                            ("benign_positive", "Real but harmless"),
                            ("false_positive", "False alarm"),
                        ],
                        max_length=20,
                    ),
                ),
                ("time", models.DateTimeField()),
                (
                    "finding",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgement",
                        to="records.finding",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgements",
                        to="records.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule_uid", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="title")),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created", models.DateTimeField()),
                ("until", models.DateTimeField(verbose_name="until")),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("withheld", models.PositiveBigIntegerField(default=0)),
                ("last_withheld", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "suppression",
                "verbose_name_plural": "suppressions",
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="suppression",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="records.suppression",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                models.F("suppression"),
                models.F("time"),
                models.F("id"),
                condition=models.Q(("suppression__isnull", False)),
                name="finding_by_suppression",
            ),
        ),
        migrations.AddIndex(
            model_name="judgement",
            index=models.Index(models.F("rule_uid"), models.F("verdict"), name="judgement_by_rule"),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(
                fields=("incident", "rule_uid"), name="judgement_once"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                models.F("ended"), models.F("until"), models.F("id"), name="suppression_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(models.F("created"), models.F("id"), name="suppression_by_creation"),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
