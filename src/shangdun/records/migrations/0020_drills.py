import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0019_evidence"),
    ]

    operations = [
        migrations.CreateModel(
            name="DrillInject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=50)),
                ("minute", models.PositiveIntegerField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("minute", "pk"),
            },
        ),
        migrations.CreateModel(
            name="DrillScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=50)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("leadership", "Leadership group"),
                            ("technical_support", "Technical support"),
                            ("customer_service", "Customer service"),
                            ("legal", "Legal"),
                            ("logistics", "Logistics"),
                        ],
                        max_length=20,
                        verbose_name="group",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("target", models.PositiveIntegerField()),
                (
                    "actual",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=8, null=True),
                ),
                (
                    "measured",
                    models.CharField(
                        choices=[
                            ("fully", "fully"),
                            ("partly", "partly"),
                            ("not", "not"),
                            ("not_applicable", "not_applicable"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("fully", "fully"),
                            ("partly", "partly"),
                            ("not", "not"),
                            ("not_applicable", "not_applicable"),
                        ],
                        max_length=15,
                        verbose_name="mark",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="why")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("place",),
            },
        ),
        migrations.AlterModelOptions(
            name="drill",
            options={"verbose_name": "drill", "verbose_name_plural": "drills"},
        ),
        migrations.AddField(
            model_name="drill",
            name="aims",
            field=models.TextField(blank=True, verbose_name="what is to be tried"),
        ),
        migrations.AddField(
            model_name="drill",
            name="announced_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="drill",
            name="began_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="drill",
            name="conclusion",
            field=models.TextField(blank=True, verbose_name="conclusion"),
        ),
        migrations.AddField(
            model_name="drill",
            name="created",
            field=models.DateTimeField(),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="drill",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="drill",
            name="factor",
            field=models.PositiveSmallIntegerField(
                default=1, verbose_name="times as fast as real time"
            ),
        ),
        migrations.AddField(
            model_name="drill",
            name="kind",
            field=models.CharField(
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
        migrations.AddField(
            model_name="drill",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="drill",
            name="observer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="drill",
            name="pauses",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="drill",
            name="planned_at",
            field=models.DateTimeField(verbose_name="planned for"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="drill",
            name="scenario",
            field=models.CharField(max_length=50, verbose_name="scenario"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="drill",
            name="signed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="drill",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="drill",
            name="signed_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="drill",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("running", "Running"),
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
        migrations.AddField(
            model_name="drill",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name="drill",
            index=models.Index(models.F("state"), models.F("planned_at"), name="drill_by_state"),
        ),
        migrations.AddField(
            model_name="drillinject",
            name="drill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="injects",
                to="records.drill",
            ),
        ),
        migrations.AddField(
            model_name="drillscore",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="drillscore",
            name="drill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="records.drill",
            ),
        ),
        migrations.AddConstraint(
            model_name="drillinject",
            constraint=models.UniqueConstraint(fields=("drill", "key"), name="drill_inject_once"),
        ),
        migrations.AddConstraint(
            model_name="drillscore",
            constraint=models.UniqueConstraint(fields=("drill", "key"), name="drill_score_once"),
        ),
    ]
