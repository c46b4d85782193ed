import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0024_resources"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_days", models.JSONField(default=dict)),
                ("known_exploited_days", models.PositiveSmallIntegerField(default=3)),
                ("looked_until", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("business", "Business"),
                            ("system", "System asset"),
                            ("component", "Component or unit"),
                        ],
                        max_length=10,
                        verbose_name="layer",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("business", "Business"),
                            ("information_system", "Information system"),
                            ("data", "Data resource"),
                            ("network", "Communication network"),
                            ("software", "System component (software, platform, interface)"),
                            ("unit", "System unit (device)"),
                            ("people", "People"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("supplier", models.CharField(blank=True, max_length=200, verbose_name="supplier")),
                (
                    "confidentiality",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="confidentiality",
                    ),
                ),
                (
                    "integrity",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="integrity",
                    ),
                ),
                (
                    "availability",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="availability",
                    ),
                ),
                (
                    "importance",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="importance for the company",
                    ),
                ),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("starter", models.CharField(blank=True, max_length=60)),
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
            ],
            options={
                "verbose_name": "asset",
                "ordering": ("layer", "name", "number"),
                "indexes": [
                    models.Index(
                        models.F("archived_at"),
                        models.F("layer"),
                        models.F("name"),
                        name="asset_by_layer",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("layer", "name"),
                        name="asset_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "bearing",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="how closely",
                    ),
                ),
                (
                    "lower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bears",
                        to="records.asset",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="borne_by",
                        to="records.asset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("lower", "upper"), name="asset_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lower", models.F("upper")), _negated=True),
                        name="asset_link_to_other",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetMark",
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
                            ("host", "Host or address"),
                            ("service", "Service"),
                            ("route", "Route of the shop"),
                            ("code", "Repository, image or package"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=255)),
                ("current", models.BooleanField(default=True)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="records.asset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("kind", "value"),
                        name="asset_mark_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AssetUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("purpose", models.CharField(max_length=15)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("options", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["by", "purpose", "-at"], name="asset_upload_own")],
            },
        ),
        migrations.CreateModel(
            name="Sighting",
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
                            ("host", "Host or address"),
                            ("service", "Service"),
                            ("route", "Route of the shop"),
                            ("code", "Repository, image or package"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=255)),
                ("source", models.CharField(blank=True, max_length=100)),
                ("events", models.BigIntegerField(default=0)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Not registered"),
                            ("registered", "Registered"),
                            ("ignored", "Ignored"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="records.asset",
                    ),
                ),
                (
                    "decided_by",
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
                    models.Index(fields=["state", "kind", "-last_seen"], name="sighting_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "value"), name="sighting_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Vulnerability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("tool", models.CharField(max_length=100)),
                ("scope", models.CharField(blank=True, max_length=200)),
                ("identity", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "rule",
                    models.CharField(blank=True, max_length=200, verbose_name="rule of the tool"),
                ),
                ("cve", models.CharField(blank=True, max_length=40, verbose_name="CVE")),
                ("place", models.CharField(blank=True, max_length=500, verbose_name="where")),
                (
                    "component",
                    models.CharField(blank=True, max_length=200, verbose_name="component"),
                ),
                (
                    "found_version",
                    models.CharField(blank=True, max_length=100, verbose_name="version found"),
                ),
                (
                    "fixed_version",
                    models.CharField(blank=True, max_length=100, verbose_name="fixed in version"),
                ),
                (
                    "help_url",
                    models.CharField(blank=True, max_length=500, verbose_name="more about it"),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("critical", "Critical"),
                            ("high", "High"),
                            ("medium", "Medium"),
                            ("low", "Low"),
                            ("none", "Remark"),
                        ],
                        max_length=8,
                        verbose_name="severity",
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=3, null=True, verbose_name="CVSS"
                    ),
                ),
                (
                    "vector",
                    models.CharField(blank=True, max_length=300, verbose_name="CVSS vector"),
                ),
                (
                    "known_exploited",
                    models.BooleanField(default=False, verbose_name="known to be exploited"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("fixed", "Fixed"),
                            ("accepted", "Accepted"),
                            ("false_positive", "False positive"),
                        ],
                        default="open",
                        max_length=14,
                    ),
                ),
                ("due", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("due_by_hand", models.BooleanField(default=False)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("fixed_at", models.DateTimeField(blank=True, null=True)),
                ("reopened", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vulnerabilities",
                        to="records.asset",
                    ),
                ),
                (
                    "decided_by",
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
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "vulnerability",
                "indexes": [
                    models.Index(models.F("state"), models.F("due"), name="vulnerability_by_due"),
                    models.Index(
                        models.F("asset"), models.F("state"), name="vulnerability_by_asset"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tool", "scope", "identity"), name="vulnerability_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VulnerabilityImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("form", models.CharField(max_length=8)),
                ("tool", models.CharField(max_length=100)),
                ("scope", models.CharField(blank=True, max_length=200)),
                ("whole", models.BooleanField(default=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("opened", models.PositiveIntegerField(default=0)),
                ("closed", models.PositiveIntegerField(default=0)),
                ("reopened", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
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
                "indexes": [
                    models.Index(fields=["tool", "scope", "-at"], name="vulnerability_import_last")
                ],
            },
        ),
        migrations.CreateModel(
            name="VulnerabilityEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("opened", "found for the first time"),
                            ("fixed", "no longer found"),
                            ("reopened", "found again"),
                            ("changed", "changed"),
                            ("accepted", "accepted"),
                            ("false_positive", "called a false positive"),
                            ("expired", "the decision ran out: open again"),
                            ("withdrawn", "the decision was taken back"),
                        ],
                        max_length=14,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000)),
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
                    "vulnerability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="records.vulnerability",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="records.vulnerabilityimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["vulnerability", "-at", "-id"], name="vulnerability_event_in_order"
                    )
                ],
            },
        ),
    ]
