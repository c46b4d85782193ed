import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0010_proofs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_zh",
                    models.CharField(blank=True, max_length=200, verbose_name="Chinese name"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=200, verbose_name="English name"),
                ),
                (
                    "credit_code",
                    models.CharField(
                        blank=True, max_length=18, verbose_name="unified social credit code"
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=100, verbose_name="contact"),
                ),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=50, verbose_name="telephone"),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                ("province", models.CharField(blank=True, max_length=50, verbose_name="province")),
                ("website", models.CharField(blank=True, max_length=200, verbose_name="website")),
                (
                    "critical_infrastructure",
                    models.BooleanField(default=False, verbose_name="critical infrastructure"),
                ),
                (
                    "serves_eu",
                    models.BooleanField(default=False, verbose_name="serves people in the EU"),
                ),
                (
                    "takes_cards",
                    models.BooleanField(default=False, verbose_name="takes payment cards"),
                ),
                (
                    "is_platform",
                    models.BooleanField(default=False, verbose_name="others sell on it"),
                ),
                ("logo", models.BinaryField(blank=True, default=b"")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "company",
            },
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("aims", models.TextField(blank=True, verbose_name="what is to be tried")),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("conclusion", models.TextField(blank=True, verbose_name="conclusion")),
                ("created", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "factor",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="times as fast as real time"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("desktop", "Table-top exercise"),
                            ("exercise", "Full exercise"),
                            ("live", "Live: the demo shop is attacked"),
                        ],
                        default="exercise",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "observer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("pauses", models.JSONField(default=list)),
                ("planned_at", models.DateTimeField(verbose_name="planned for")),
                ("scenario", models.CharField(max_length=50, verbose_name="scenario")),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signed_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("running", "Under way"),
                            ("paused", "Paused"),
                            ("ended", "Ended, to be evaluated"),
                            ("signed", "Signed"),
                            ("cancelled", "Called off"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "drill",
                "indexes": [
                    models.Index(models.F("state"), models.F("planned_at"), name="drill_by_state")
                ],
                "constraints": [],
                "verbose_name_plural": "drills",
            },
        ),
        migrations.CreateModel(
            name="FactsChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("facts", models.JSONField()),
                ("note", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts_changes",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="facts_change_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="incident",
            name="acknowledged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="grade",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="grade"),
        ),
        migrations.AddField(
            model_name="incident",
            name="ordered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="recovered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="signed_at",
            field=models.DateTimeField(blank=True, null=True),
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
                    ("facts", "What is known"),
                    ("grade", "Grade"),
                    ("order", "Leadership's order"),
                    ("escalation", "Escalation"),
                    ("playbook", "Playbook"),
                    ("task", "Task"),
                    ("step", "Automatic step"),
                    ("evidence", "Evidence"),
                    ("affected", "Affected"),
                    ("notice", "Customer notice"),
                    ("complaint", "Complaint"),
                    ("clock", "Reporting clock"),
                    ("submission", "Report to a regulator"),
                    ("legal", "Legal matters"),
                    ("supply", "Supplies"),
                    ("cleanup", "Cleanup"),
                    ("review", "Post-incident report"),
                    ("message", "Message"),
                    ("inject", "Drill: inject"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="drill",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incidents",
                to="records.drill",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                models.F("drill"), models.F("reported_at"), name="incident_by_drill"
            ),
        ),
    ]
