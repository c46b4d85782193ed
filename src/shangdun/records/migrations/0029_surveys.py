import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from shangdun.records import survey_guard


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    survey_guard.install(editor)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    survey_guard.remove(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0028_meetings"),
    ]

    operations = [
        migrations.CreateModel(
            name="MeasureValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=7)),
                ("count", models.PositiveIntegerField()),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                ("parts", models.JSONField(default=dict)),
                ("apart", models.PositiveIntegerField(blank=True, null=True)),
                ("days", models.FloatField()),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("rests_on", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "measured value",
                "ordering": ("measure", "period"),
                "constraints": [
                    models.UniqueConstraint(fields=("measure", "period"), name="measure_value_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("purpose", models.CharField(default="", max_length=20)),
                ("period", models.CharField(blank=True, max_length=7)),
                ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("intro_zh", models.TextField(blank=True, verbose_name="first words in Chinese")),
                ("intro_en", models.TextField(blank=True, verbose_name="first words in English")),
                ("thanks_zh", models.TextField(blank=True, verbose_name="thanks in Chinese")),
                ("thanks_en", models.TextField(blank=True, verbose_name="thanks in English")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("invited", "By invitation: one answer each"),
                            ("link", "By an open link: one answer each cannot be assured"),
                        ],
                        default="invited",
                        max_length=8,
                        verbose_name="who may answer",
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="smallest group shown",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("open", "Open"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=6,
                    ),
                ),
                (
                    "opens_on",
                    models.DateField(blank=True, null=True, verbose_name="to be opened by"),
                ),
                (
                    "closes_on",
                    models.DateField(blank=True, null=True, verbose_name="last day for answers"),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("answers_digest", models.CharField(blank=True, max_length=64)),
                ("salt", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="records.survey",
                    ),
                ),
                (
                    "opened_by",
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
                "verbose_name": "survey",
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("period", ""), _negated=True), ("archived_at", None)
                        ),
                        fields=("purpose", "period"),
                        name="survey_once_a_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("values", models.JSONField(default=dict)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="records.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
            },
        ),
        migrations.CreateModel(
            name="SurveyInvitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("used", models.BooleanField(default=False)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="records.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "indexes": [
                    models.Index(models.F("survey"), models.F("used"), name="invitation_by_use")
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("scale", "scale"),
                            ("choice", "choice"),
                            ("several", "several"),
                            ("text", "text"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text_zh", models.CharField(max_length=500, verbose_name="question in Chinese")),
                ("text_en", models.CharField(max_length=500, verbose_name="question in English")),
                ("choices", models.JSONField(default=list)),
                ("required", models.BooleanField(default=False, verbose_name="must be answered")),
                (
                    "groups",
                    models.BooleanField(
                        default=False, verbose_name="results are also shown by its answers"
                    ),
                ),
                ("only_if", models.JSONField(blank=True, default=dict)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="records.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "ordering": ("survey", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "key"), name="survey_question_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=9, verbose_name="target"),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="why")),
                ("set_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "set_by",
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
                "verbose_name": "target",
                "ordering": ("measure", "-valid_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("measure", "valid_from"), name="measure_target_once"
                    )
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
