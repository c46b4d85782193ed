import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from shangdun.records import compliance_guard


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    compliance_guard.install(editor)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    compliance_guard.remove(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0026_risks"),
    ]

    operations = [
        migrations.CreateModel(
            name="LawFacts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("platform", models.JSONField(default=list)),
                ("platform_known", models.BooleanField(default=False)),
                (
                    "customers",
                    models.PositiveBigIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="people whose personal data is processed",
                    ),
                ),
                (
                    "important_data",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="important data is processed"
                    ),
                ),
                (
                    "personalised",
                    models.BooleanField(
                        blank=True,
                        null=True,
                        verbose_name="search results or offers are personalised",
                    ),
                ),
                (
                    "mlps_level",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="MLPS level"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "facts for the law register",
            },
        ),
        migrations.CreateModel(
            name="Control",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technical", "Technical measure"),
                            ("management", "Management measure"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("automatic", "Checked automatically"),
                            ("on_site", "On-site check"),
                            ("document", "Document review"),
                        ],
                        max_length=10,
                        verbose_name="how it is checked",
                    ),
                ),
                ("check_name", models.CharField(blank=True, max_length=40)),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("physical", "Physical environment"),
                            ("network", "Communication network"),
                            ("boundary", "Area boundary"),
                            ("computing", "Computing environment"),
                            ("centre", "Security management centre"),
                            ("policy", "Security management system"),
                            ("organisation", "Security management organisation"),
                            ("people", "Security management of people"),
                            ("construction", "Security construction management"),
                            ("operation", "Security operation management"),
                        ],
                        max_length=14,
                        verbose_name="layer",
                    ),
                ),
                ("factors", models.JSONField(default=list)),
                ("duties", models.JSONField(default=list)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("week", "every week"),
                            ("month", "every month"),
                            ("quarter", "every quarter"),
                            ("half_year", "every half-year"),
                            ("year", "every year"),
                        ],
                        max_length=10,
                        verbose_name="rhythm",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("what", models.TextField(blank=True, verbose_name="what is to be found in place")),
                (
                    "how",
                    models.TextField(blank=True, verbose_name="how one looks, and what proves it"),
                ),
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
                ("applies", models.BooleanField(default=True, verbose_name="applies")),
                ("reason", models.TextField(blank=True, verbose_name="why it does not apply")),
                ("params", models.JSONField(default=dict)),
                ("since", models.DateField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("reminded", models.CharField(blank=True, max_length=80)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "verbose_name": "protective measure",
                "ordering": ("-kind", "id"),
            },
        ),
        migrations.CreateModel(
            name="LegalDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.SlugField(max_length=60, unique=True)),
                ("law", models.CharField(max_length=40)),
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
                    ),
                ),
                (
                    "applies",
                    models.CharField(
                        choices=[
                            ("by_facts", "as the facts say"),
                            ("yes", "it applies"),
                            ("no", "it does not apply"),
                        ],
                        default="by_facts",
                        max_length=10,
                        verbose_name="whether it applies",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="why")),
                ("place", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "verbose_name": "duty",
                "ordering": ("place", "id"),
            },
        ),
        migrations.CreateModel(
            name="DutyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField()),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("snapshot", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField()),
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
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.legalduty",
                    ),
                ),
            ],
            options={
                "ordering": ("effective_from", "revision"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("duty", "effective_from", "revision"), name="duty_version_once"
                    ),
                    models.UniqueConstraint(
                        fields=("duty", "effective_from", "sha256"), name="duty_version_text_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("control", "Protective measures"), ("law", "Law")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
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
        ),
        migrations.CreateModel(
            name="AssessmentRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("due_on", models.DateField(verbose_name="to be finished by")),
                (
                    "counsel_firm",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="outside counsel: firm"
                    ),
                ),
                (
                    "counsel_name",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="outside counsel: lawyer"
                    ),
                ),
                (
                    "opinion_on",
                    models.DateField(blank=True, null=True, verbose_name="date of the opinion"),
                ),
                ("opinion_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("closed", "Closed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "without_counsel",
                    models.TextField(blank=True, verbose_name="why without outside counsel"),
                ),
                ("conclusion", models.TextField(blank=True, verbose_name="conclusion")),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_sha256", models.CharField(blank=True, max_length=64)),
                ("reminded", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "auditor",
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
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opinion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.prooffile",
                    ),
                ),
            ],
            options={
                "verbose_name": "assessment",
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("state",),
                        name="assessment_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("internal", "Internal audit"), ("counsel", "Outside counsel")],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="what was found")),
                ("detail", models.TextField(blank=True, verbose_name="in detail")),
                (
                    "severity",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        max_length=6,
                        verbose_name="severity",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "improvement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.improvement",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "raised_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="records.assessmentround",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="records.legalduty",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit finding",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="FindingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closes", models.BooleanField(default=False)),
                ("note", models.TextField()),
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
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="records.auditfinding",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="records.assessmentround",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="DutyJudgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("internal", "Internal audit"), ("counsel", "Outside counsel")],
                        max_length=8,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("kept", "Kept"),
                            ("partly", "Partly kept"),
                            ("not_kept", "Not kept"),
                            ("not_applicable", "Does not apply"),
                        ],
                        max_length=14,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("evidence", models.JSONField(default=dict)),
                ("evidence_sha256", models.CharField(max_length=64)),
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
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="records.assessmentround",
                    ),
                ),
                (
                    "law_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="records.dutyversion",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="records.legalduty",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "indexes": [
                    models.Index(models.F("duty"), models.F("round"), name="judgement_by_duty")
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="what it is")),
                ("link", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="records.legalduty",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.prooffile",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ControlResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pass", "In place"),
                            ("fail", "Not in place"),
                            ("unknown", "Could not be told"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("automatic", "Checked automatically"),
                            ("on_site", "On-site check"),
                            ("document", "Document review"),
                        ],
                        max_length=10,
                    ),
                ),
                ("says", models.JSONField(default=dict)),
                ("fix", models.JSONField(default=dict)),
                ("facts", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                ("files", models.JSONField(default=list)),
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
                    "control",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="records.control",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["control", "-at", "-id"], name="control_result_newest")
                ],
            },
        ),
        migrations.CreateModel(
            name="LawReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField()),
                ("created_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nothing", "Nothing has to change"),
                            ("changed", "Changed already"),
                            ("improvement", "Something has to change"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("reminded", models.CharField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "after",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="records.dutyversion",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.dutyversion",
                    ),
                ),
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
                    "improvement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.improvement",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="records.legalduty",
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "id"),
                "indexes": [
                    models.Index(models.F("done_at"), models.F("due_on"), name="law_review_open")
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
