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
                (
                    "drill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="injects",
                        to="records.drill",
                    ),
                ),
            ],
            options={
                "ordering": ("minute", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("drill", "key"), name="drill_inject_once")
                ],
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
                    "drill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="records.drill",
                    ),
                ),
            ],
            options={
                "ordering": ("place",),
                "constraints": [
                    models.UniqueConstraint(fields=("drill", "key"), name="drill_score_once")
                ],
            },
        ),
    ]
