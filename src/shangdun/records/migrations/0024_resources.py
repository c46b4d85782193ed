import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0023_schedule"),
    ]

    operations = [
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("internal", "Internal allocation"),
                            ("purchase", "Purchase"),
                            ("subsidy", "Government subsidy"),
                        ],
                        default="purchase",
                        max_length=8,
                        verbose_name="paid by",
                    ),
                ),
                (
                    "planned",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="planned"),
                ),
                ("first_planned", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("starter", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_lines",
                        to="records.programme",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_lines",
                        to="records.plantask",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget line",
                "ordering": ("programme", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "number"), name="budget_line_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
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
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given",
                        to="records.budgetline",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="records.budgetline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MoneyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("committed", "Committed"), ("spent", "Spent")], max_length=9
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("what", models.CharField(max_length=200, verbose_name="what for")),
                (
                    "reference",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="contract or invoice"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_reason", models.CharField(blank=True, max_length=500)),
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
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="records.budgetline",
                    ),
                ),
                (
                    "settles",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="records.moneyentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "money entry",
                "indexes": [
                    models.Index(
                        models.F("line"),
                        models.F("day"),
                        models.F("id"),
                        name="money_entry_by_line",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="money_entry_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("material", "Material")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("external", models.BooleanField(default=False, verbose_name="external expert")),
                (
                    "organisation",
                    models.CharField(blank=True, max_length=200, verbose_name="company"),
                ),
                ("contact", models.CharField(blank=True, max_length=300, verbose_name="contact")),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="time for the plan in percent",
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="available from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="available until")),
                (
                    "day_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="day rate",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="quantity")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("internal", "Internal allocation"),
                            ("purchase", "Purchase"),
                            ("subsidy", "Government subsidy"),
                        ],
                        default="internal",
                        max_length=8,
                        verbose_name="obtained by",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resource",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "resource",
                "ordering": ("kind", "name", "number"),
                "indexes": [
                    models.Index(
                        models.F("archived_at"),
                        models.F("kind"),
                        models.F("name"),
                        name="resource_by_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.PositiveIntegerField(default=100)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="records.plantask",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="records.resource",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("task", "resource"), name="assignment_once_a_task"
                    )
                ],
            },
        ),
    ]
