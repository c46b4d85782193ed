import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0014_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaybookRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("library", models.JSONField(default=dict)),
                ("title_zh", models.CharField(max_length=300)),
                ("title_en", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("failed", models.BooleanField(default=False)),
                ("states", models.JSONField(default=dict)),
                ("variables", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "began_by",
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
                        related_name="runs",
                        to="records.incident",
                    ),
                ),
                (
                    "playbook_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="records.playbookversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "playbook run",
                "verbose_name_plural": "playbook runs",
                "indexes": [models.Index(models.F("state"), models.F("due_at"), name="run_by_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="run_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(max_length=60)),
                ("automatic", models.CharField(blank=True, max_length=20)),
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
                ("title_zh", models.CharField(max_length=300, verbose_name="title")),
                ("title_en", models.CharField(max_length=300, verbose_name="title")),
                ("instruction_zh", models.TextField(blank=True, verbose_name="what to do")),
                ("instruction_en", models.TextField(blank=True, verbose_name="what to do")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for others"),
                            ("open", "To do"),
                            ("doing", "In work"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("held", models.BooleanField(default=False)),
                ("parameters", models.JSONField(default=dict)),
                ("confirm", models.BooleanField(default=False)),
                ("depends", models.JSONField(default=list)),
                ("asks", models.JSONField(default=list)),
                ("place", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "target_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minutes allowed"
                    ),
                ),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("outcome", models.JSONField(default=dict)),
                ("evidence", models.JSONField(default=list)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="records.incident",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="records.playbookrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "indexes": [
                    models.Index(
                        models.F("incident"),
                        models.F("state"),
                        models.F("place"),
                        name="task_by_incident",
                    ),
                    models.Index(
                        models.F("owner"),
                        models.F("state"),
                        models.F("due_at"),
                        name="task_by_owner",
                    ),
                    models.Index(
                        models.F("group"),
                        models.F("state"),
                        models.F("due_at"),
                        name="task_by_group",
                    ),
                    models.Index(models.F("state"), models.F("due_at"), name="task_by_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step", ""), _negated=True),
                        fields=("run", "step"),
                        name="task_of_step_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StepAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Begun"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("unknown", "Ended unseen"),
                        ],
                        default="claimed",
                        max_length=10,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("claimed_by", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=1000)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="records.task",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt of a step",
                "verbose_name_plural": "attempts of steps",
                "indexes": [
                    models.Index(models.F("state"), models.F("claimed_at"), name="attempt_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "number"), name="attempt_number_once")
                ],
            },
        ),
    ]
