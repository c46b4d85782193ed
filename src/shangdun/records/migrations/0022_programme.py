import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0021_cleanup"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("plan", "Response plan"),
                    ("programme", "Security plan"),
                    ("policy", "Policy"),
                    ("procedure", "Procedure"),
                    ("report", "Report"),
                    ("minutes", "Minutes"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("introduction", models.TextField(blank=True, verbose_name="introduction")),
                ("goals", models.JSONField(default=list)),
                ("chapters", models.JSONField(default=list)),
                ("summary", models.TextField(blank=True, verbose_name="summary and outlook")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being planned"),
                            ("approved", "Approved, running"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="start")),
                ("template", models.CharField(blank=True, max_length=60)),
                (
                    "calendar",
                    models.CharField(default="cn", max_length=20, verbose_name="working days"),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("created_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("baseline_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.document",
                    ),
                ),
                (
                    "reviewer",
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
                "verbose_name": "programme",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="PlanTask",
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
                        choices=[
                            ("task", "Task"),
                            ("subtask", "Subtask"),
                            ("milestone", "Milestone"),
                        ],
                        default="subtask",
                        max_length=9,
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=40)),
                ("position", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("reason", models.TextField(blank=True, verbose_name="why it matters")),
                ("expected", models.TextField(blank=True, verbose_name="expected result")),
                ("needed", models.TextField(blank=True, verbose_name="resources needed")),
                ("role", models.CharField(blank=True, max_length=40)),
                (
                    "importance",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="importance",
                    ),
                ),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="urgency",
                    ),
                ),
                ("days", models.PositiveIntegerField(default=1, verbose_name="working days")),
                ("not_before", models.DateField(blank=True, null=True, verbose_name="not before")),
                ("due", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("slack", models.IntegerField(blank=True, null=True)),
                ("baseline_start", models.DateField(blank=True, null=True)),
                ("baseline_end", models.DateField(blank=True, null=True)),
                ("began_on", models.DateField(blank=True, null=True)),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("todo", "Not begun"),
                            ("doing", "Under way"),
                            ("done", "Done"),
                            ("dropped", "Dropped"),
                        ],
                        default="todo",
                        max_length=8,
                    ),
                ),
                (
                    "progress",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="progress in percent",
                    ),
                ),
                ("proven", models.BooleanField(default=False)),
                ("unproven_since", models.DateTimeField(blank=True, null=True)),
                ("done_reason", models.TextField(blank=True)),
                ("delay_reason", models.TextField(blank=True, verbose_name="why it is late")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="records.plantask",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="records.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "ordering": ("programme", "position"),
                "indexes": [
                    models.Index(
                        models.F("programme"), models.F("position"), name="plan_task_in_order"
                    ),
                    models.Index(models.F("owner"), models.F("state"), name="plan_task_by_owner"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanCriterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("kind", models.CharField(max_length=40, verbose_name="what proves it")),
                ("params", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("met", "Proven"),
                            ("unmet", "Still missing"),
                            ("unknown", "Cannot be told"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("proof", models.JSONField(default=list)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="records.plantask",
                    ),
                ),
            ],
            options={
                "ordering": ("task", "position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="PlanSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document_version", models.PositiveIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshots",
                        to="records.programme",
                    ),
                ),
            ],
            options={
                "ordering": ("-document_version",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "document_version"), name="plan_snapshot_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanLink",
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
                        choices=[
                            ("FS", "begins after it ends"),
                            ("SS", "begins with it"),
                            ("FF", "ends with it"),
                            ("SF", "ends when it begins"),
                        ],
                        default="FS",
                        max_length=2,
                    ),
                ),
                ("lag", models.IntegerField(default=0, verbose_name="lag in working days")),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_in",
                        to="records.plantask",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_out",
                        to="records.plantask",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="records.programme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("before", "after"), name="plan_link_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidedAnswers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("made", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guided_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.programme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("person",),
                        name="guided_answers_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("content", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="SourceDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("day", models.DateField()),
                ("looks", models.PositiveIntegerField(default=0)),
                ("live", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "day"), name="source_day_once")
                ],
            },
        ),
    ]
