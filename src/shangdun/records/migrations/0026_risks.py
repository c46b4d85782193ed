import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0025_assets"),
    ]

    operations = [
        migrations.CreateModel(
            name="RiskMatrix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("likelihood", models.JSONField()),
                ("loss", models.JSONField()),
                ("risk", models.JSONField()),
                (
                    "acceptable",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                ("review_days", models.JSONField(default=list)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("note", models.TextField(blank=True, verbose_name="why")),
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
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="RiskAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("scope", models.TextField(verbose_name="scope")),
                ("basis", models.TextField(blank=True, verbose_name="basis and references")),
                ("team", models.TextField(blank=True, verbose_name="who took part")),
                ("conclusion", models.TextField(blank=True, verbose_name="conclusion")),
                ("language", models.CharField(default="zh-hans", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("closed", "Finished")],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("figures", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "begun_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
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
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.programme",
                    ),
                ),
                (
                    "matrix",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.riskmatrix",
                    ),
                ),
            ],
            options={
                "verbose_name": "risk assessment",
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("state",),
                        name="risk_assessment_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Threat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=200, verbose_name="threat")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("environment", "Environment"),
                            ("accident", "Accident"),
                            ("deliberate", "Deliberate"),
                        ],
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                (
                    "motive",
                    models.CharField(blank=True, max_length=300, verbose_name="who, and why"),
                ),
                ("timing", models.CharField(blank=True, max_length=300, verbose_name="when")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "capability",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="capability",
                    ),
                ),
                (
                    "frequency",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="frequency",
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "threat",
                "ordering": ("source", "name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("name",),
                        name="threat_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("key", models.CharField(blank=True, max_length=60)),
                ("factor", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("consequence", models.TextField(blank=True, verbose_name="what would follow")),
                (
                    "existing",
                    models.TextField(blank=True, verbose_name="measures that stand already"),
                ),
                (
                    "threat_level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "ease",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "asset_value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "harm",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "frequency_low",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
                (
                    "frequency_high",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
                (
                    "loss_shape",
                    models.CharField(
                        choices=[
                            ("lognormal", "Two ends that hold nine of ten (log-normal)"),
                            ("pert", "Least, most likely, most (PERT)"),
                        ],
                        default="lognormal",
                        max_length=10,
                    ),
                ),
                (
                    "loss_low",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                (
                    "loss_mode",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                (
                    "loss_high",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                ("basis", models.TextField(blank=True, verbose_name="where the numbers come from")),
                ("observed_since", models.DateTimeField(blank=True, null=True)),
                ("incident_types", models.JSONField(default=list)),
                ("tags", models.JSONField(default=list)),
                (
                    "success_share",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=10, null=True),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("learned_at", models.DateTimeField(blank=True, null=True)),
                ("assessed_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="next review")),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("archive_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "assets",
                    models.ManyToManyField(blank=True, related_name="risks", to="records.asset"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="records.risk",
                    ),
                ),
                (
                    "vulnerabilities",
                    models.ManyToManyField(
                        blank=True, related_name="risks", to="records.vulnerability"
                    ),
                ),
                (
                    "threat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risks",
                        to="records.threat",
                    ),
                ),
            ],
            options={
                "verbose_name": "risk",
                "ordering": ("number",),
                "indexes": [
                    models.Index(models.F("archived_at"), models.F("number"), name="risk_in_order"),
                    models.Index(models.F("review_on"), name="risk_by_review"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskMeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("reduce", "Reduce"),
                            ("avoid", "Avoid"),
                            ("share", "Share (insurance, contract)"),
                        ],
                        default="reduce",
                        max_length=8,
                    ),
                ),
                ("due", models.DateField(blank=True, null=True, verbose_name="due date")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("doing", "Under way"),
                            ("effective", "In effect"),
                            ("dropped", "Dropped"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("control", models.CharField(blank=True, max_length=80)),
                (
                    "likelihood_steps",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(5)]
                    ),
                ),
                (
                    "loss_steps",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(5)]
                    ),
                ),
                (
                    "frequency_cut",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "loss_cut",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                ("cost_once", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ("cost_yearly", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("years", models.PositiveSmallIntegerField(default=3)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="records.risk",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.plantask",
                    ),
                ),
            ],
            options={
                "verbose_name": "measure",
                "ordering": ("risk", "number"),
                "indexes": [
                    models.Index(models.F("due"), models.F("state"), name="risk_measure_by_due")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("risk", "number"), name="risk_measure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskRating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("likelihood_before", models.PositiveSmallIntegerField()),
                ("loss_before", models.PositiveSmallIntegerField()),
                ("level_before", models.PositiveSmallIntegerField()),
                ("likelihood", models.PositiveSmallIntegerField()),
                ("loss", models.PositiveSmallIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("level_planned", models.PositiveSmallIntegerField()),
                (
                    "yearly_loss",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                ("measures", models.PositiveSmallIntegerField(default=0)),
                ("effective", models.PositiveSmallIntegerField(default=0)),
                ("accepted_until", models.DateField(blank=True, null=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="records.riskassessment",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="records.risk",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "risk"), name="risk_rating_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "yearly_loss",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                ("reason", models.TextField(verbose_name="why it is borne")),
                ("conditions", models.TextField(blank=True, verbose_name="on which conditions")),
                ("accepted_at", models.DateTimeField()),
                ("expires_on", models.DateField(verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "It ran out"),
                            ("withdrawn", "Taken back"),
                            ("replaced", "Replaced by a newer one"),
                            ("risen", "The risk rose above what was accepted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("end_reason", models.TextField(blank=True)),
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
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="records.risk",
                    ),
                ),
            ],
            options={
                "ordering": ("-accepted_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("risk",),
                        name="risk_accepted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counts", models.BooleanField(default=True)),
                ("by_hand", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_evidence",
                        to="records.incident",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="records.risk",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("risk", "incident"), name="risk_evidence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskFrequency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("prior_shape", models.FloatField()),
                ("prior_rate", models.FloatField()),
                ("events", models.PositiveIntegerField()),
                ("attempts", models.PositiveIntegerField()),
                ("success_share", models.FloatField(blank=True, null=True)),
                ("years", models.FloatField()),
                ("shape", models.FloatField()),
                ("rate", models.FloatField()),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="frequencies",
                        to="records.risk",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "indexes": [models.Index(fields=["risk", "-at"], name="risk_frequency_newest")],
            },
        ),
    ]
