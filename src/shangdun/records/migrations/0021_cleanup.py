import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0020_drills"),
    ]

    operations = [
        migrations.CreateModel(
            name="LossItem",
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
                            ("asset_and_fraud", "asset_and_fraud"),
                            ("business_disruption", "business_disruption"),
                            ("response_and_recovery", "response_and_recovery"),
                            ("operating_costs", "operating_costs"),
                            ("legal_and_regulatory", "legal_and_regulatory"),
                            ("brand_damage", "brand_damage"),
                            ("competitive_advantage", "competitive_advantage"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("direct", models.BooleanField(verbose_name="direct")),
                (
                    "low",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="at least"),
                ),
                (
                    "high",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="at most"),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                ("basis", models.TextField(verbose_name="how it was reckoned")),
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
                        related_name="losses",
                        to="records.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("writing", "Being written"),
                            ("submitted", "Submitted"),
                            ("returned", "Sent back"),
                            ("signed", "Signed"),
                        ],
                        default="writing",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signed_sha256", models.CharField(blank=True, max_length=64)),
                ("return_note", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review",
                        to="records.incident",
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="CleanupItem",
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
                (
                    "check_kind",
                    models.CharField(
                        choices=[
                            ("probes", "probes"),
                            ("data", "data"),
                            ("replay", "replay"),
                            ("quiet", "quiet"),
                            ("by_hand", "by_hand"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not shown yet"),
                            ("shown", "Shown"),
                            ("waived", "Waived"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proof", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("at", models.DateTimeField(blank=True, null=True)),
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cleanup_items",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "ordering": ("place",),
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "key"), name="cleanup_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Improvement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("detail", models.TextField(blank=True, verbose_name="why and how")),
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
                ("due", models.DateField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be done"),
                            ("done", "Done, to be retested"),
                            ("proven", "Retested: it works"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("retest", models.TextField(verbose_name="how it is retested")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("retested_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.TextField(blank=True, verbose_name="what the retest showed")),
                ("created", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "drill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="improvements",
                        to="records.drill",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="improvements",
                        to="records.incident",
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
                    "retested_by",
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
                "indexes": [
                    models.Index(models.F("state"), models.F("due"), name="improvement_by_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewSection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        choices=[
                            ("summary", "summary"),
                            ("course", "course"),
                            ("cause", "cause"),
                            ("technical", "technical"),
                            ("customers", "customers"),
                            ("legal", "legal"),
                            ("logistics", "logistics"),
                            ("loss", "loss"),
                            ("improvements", "improvements"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("at", models.DateTimeField(blank=True, null=True)),
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
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="records.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review", "section"), name="review_section_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="proofrun",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replays",
                to="records.incident",
            ),
        ),
        migrations.AddField(
            model_name="proofrun",
            name="measures",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="proofrun",
            name="cause",
            field=models.CharField(
                choices=[
                    ("asked", "Asked for"),
                    ("schedule", "By the schedule"),
                    ("change", "After a change"),
                    ("replay", "An incident's attack again"),
                    ("drill", "Live drill"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
    ]
