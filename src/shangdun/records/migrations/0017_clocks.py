import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0016_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("duty", models.CharField(max_length=60)),
                ("duty_version", models.CharField(max_length=10)),
                ("frozen", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("waiting", "Not begun yet"),
                            ("may_apply", "May apply"),
                            ("met", "Met"),
                            ("missed", "Missed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("applies_since", models.DateTimeField(blank=True, null=True)),
                ("because", models.JSONField(default=list)),
                ("missing", models.JSONField(default=list)),
                ("facts_number", models.PositiveIntegerField(default=0)),
                ("reminded", models.PositiveSmallIntegerField(default=0)),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("judged", models.BooleanField(blank=True, null=True)),
                ("judged_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="records.incident",
                    ),
                ),
                (
                    "judged_by",
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
                "verbose_name": "reporting clock",
                "indexes": [
                    models.Index(models.F("state"), models.F("due_at"), name="clock_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "duty"), name="clock_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "facts_of_law",
                    models.TextField(blank=True, verbose_name="Legal nature of the incident"),
                ),
                (
                    "duties",
                    models.TextField(blank=True, verbose_name="Duties and whether they are met"),
                ),
                (
                    "exposure",
                    models.TextField(
                        blank=True, verbose_name="Exposure: penalties, contracts, claims"
                    ),
                ),
                ("advice", models.TextField(blank=True, verbose_name="Advice to leadership")),
                (
                    "counsel",
                    models.CharField(blank=True, max_length=200, verbose_name="Outside counsel"),
                ),
                (
                    "counsel_contact",
                    models.CharField(blank=True, max_length=200, verbose_name="Counsel's contact"),
                ),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessments",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal assessment",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="assessment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Liability",
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
                            ("administrative", "Administrative penalty"),
                            ("civil", "Civil liability"),
                            ("contract", "Breach of contract"),
                            ("criminal", "Criminal liability"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("basis", models.CharField(max_length=300, verbose_name="legal basis")),
                ("text", models.TextField(blank=True, verbose_name="what for")),
                (
                    "likelihood",
                    models.CharField(
                        choices=[
                            ("remote", "Remote"),
                            ("possible", "Possible"),
                            ("probable", "Probable"),
                            ("certain", "Certain"),
                        ],
                        max_length=10,
                        verbose_name="likelihood",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=17,
                        null=True,
                        verbose_name="estimated amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("CNY", "yuan (CNY)"),
                            ("EUR", "euro (EUR)"),
                            ("USD", "US dollar (USD)"),
                            ("HKD", "Hong Kong dollar (HKD)"),
                            ("GBP", "pound (GBP)"),
                            ("JPY", "yen (JPY)"),
                        ],
                        default="CNY",
                        max_length=3,
                        verbose_name="currency",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="liabilities",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "liability",
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("form", models.CharField(max_length=60)),
                ("form_version", models.CharField(max_length=10)),
                ("language", models.CharField(max_length=2)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("first", "First report"),
                            ("follow_up", "Follow-up report"),
                            ("summary", "Summary report"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("submitted", "Handed in")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("rehearsal", models.BooleanField(default=False)),
                ("items", models.JSONField(default=dict)),
                ("unknown", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "recipient",
                    models.CharField(blank=True, max_length=200, verbose_name="recipient"),
                ),
                ("channel", models.CharField(blank=True, max_length=100, verbose_name="channel")),
                (
                    "receipt",
                    models.CharField(blank=True, max_length=200, verbose_name="receipt number"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("evidence", models.JSONField(default=list)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clocks",
                    models.ManyToManyField(
                        blank=True, related_name="submissions", to="records.clock"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to="records.incident",
                    ),
                ),
                (
                    "submitted_by",
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
                "verbose_name": "report to a regulator",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="submission_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("claimant", models.CharField(max_length=200, verbose_name="claimant")),
                ("basis", models.CharField(max_length=300, verbose_name="legal basis")),
                ("text", models.TextField(blank=True, verbose_name="what is demanded")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=17,
                        null=True,
                        verbose_name="amount claimed",
                    ),
                ),
                (
                    "settled_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=17,
                        null=True,
                        verbose_name="amount agreed or awarded",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("CNY", "yuan (CNY)"),
                            ("EUR", "euro (EUR)"),
                            ("USD", "US dollar (USD)"),
                            ("HKD", "Hong Kong dollar (HKD)"),
                            ("GBP", "pound (GBP)"),
                            ("JPY", "yen (JPY)"),
                        ],
                        default="CNY",
                        max_length=3,
                        verbose_name="currency",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Raised"),
                            ("negotiated", "Being negotiated"),
                            ("court", "In court or arbitration"),
                            ("settled", "Settled"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("answer_by", models.DateField(blank=True, null=True, verbose_name="answer by")),
                ("counsel", models.CharField(blank=True, max_length=200, verbose_name="counsel")),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
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
                        related_name="claims",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "number"), name="claim_once")
                ],
            },
        ),
    ]
