import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0018_affected"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("original_name", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "File"),
                            ("events", "Events"),
                            ("finding", "Finding"),
                            ("submission", "Proof of a submission"),
                            ("report", "Report"),
                            ("output", "Output of a step"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("upload", "Uploaded"),
                            ("search", "Search in the events"),
                            ("finding", "A finding"),
                            ("step", "Step of a playbook"),
                            ("submission", "Report to a regulator"),
                            ("terminal", "In a terminal"),
                            ("system", "Written by ShangDun"),
                        ],
                        max_length=12,
                        verbose_name="where it came from",
                    ),
                ),
                ("origin", models.CharField(blank=True, max_length=500)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("media_type", models.CharField(max_length=100)),
                ("flags", models.JSONField(default=list)),
                ("inside", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True)),
                ("added_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("intact", models.BooleanField(default=True)),
                ("legal_hold", models.BooleanField(default=False)),
                ("disposed_at", models.DateTimeField(blank=True, null=True)),
                ("custody_count", models.PositiveIntegerField(default=0)),
                ("custody_head", models.CharField(blank=True, max_length=64)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
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
                        related_name="evidence",
                        to="records.incident",
                    ),
                ),
                (
                    "offered_to",
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
                "verbose_name": "evidence",
                "indexes": [
                    models.Index(
                        models.F("disposed_at"), models.F("verified_at"), name="evidence_by_check"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "number"), name="evidence_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustodyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("collected", "Collected"),
                            ("accessed", "Downloaded"),
                            ("verified", "Verified"),
                            ("damaged", "Found damaged"),
                            ("noted", "Noted"),
                            ("offered", "Handing over offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("handed_out", "Handed to somebody outside"),
                            ("exported", "Exported"),
                            ("held", "Legal hold"),
                            ("released", "Legal hold ended"),
                            ("disposed", "Disposed of"),
                        ],
                        max_length=12,
                    ),
                ),
                ("actor", models.CharField(max_length=200)),
                ("to", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
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
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody",
                        to="records.evidence",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("act"), models.F("at"), name="custody_by_act")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evidence", "number"), name="custody_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
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
                            ("ip", "Address"),
                            ("range", "Range of addresses"),
                            ("domain", "Domain"),
                            ("url", "URL"),
                            ("hash", "File hash"),
                            ("email", "E-mail address"),
                            ("account", "Account"),
                            ("user_agent", "User agent"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=2000, verbose_name="value")),
                ("digest", models.CharField(max_length=32)),
                (
                    "source",
                    models.CharField(blank=True, max_length=200, verbose_name="where it came from"),
                ),
                (
                    "confidence",
                    models.PositiveSmallIntegerField(default=50, verbose_name="confidence"),
                ),
                (
                    "tlp",
                    models.CharField(
                        choices=[
                            ("red", "TLP:RED"),
                            ("amber+strict", "TLP:AMBER+STRICT"),
                            ("amber", "TLP:AMBER"),
                            ("green", "TLP:GREEN"),
                            ("clear", "TLP:CLEAR"),
                        ],
                        default="amber",
                        max_length=12,
                        verbose_name="TLP",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("first_seen", models.DateTimeField(blank=True, null=True)),
                ("last_seen", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
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
                        related_name="indicators",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "indicator",
                "indexes": [models.Index(models.F("digest"), name="indicator_by_digest")],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "digest"), name="indicator_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Supply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("material", "Material"),
                            ("equipment", "Equipment"),
                            ("licence", "Licence"),
                            ("person", "Person"),
                            ("supplier", "Supplier"),
                            ("place", "Room"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="quantity")),
                ("away", models.PositiveIntegerField(default=0)),
                (
                    "minimum",
                    models.PositiveIntegerField(default=0, verbose_name="least that must be there"),
                ),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                ("consumable", models.BooleanField(default=False, verbose_name="used up")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("keeper", models.CharField(blank=True, max_length=100, verbose_name="keeper")),
                ("contact", models.CharField(blank=True, max_length=300, verbose_name="contact")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "check_days",
                    models.PositiveIntegerField(default=0, verbose_name="check every … days"),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("starter", models.CharField(blank=True, max_length=60)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "supply",
                "indexes": [
                    models.Index(
                        models.F("archived_at"),
                        models.F("kind"),
                        models.F("name"),
                        name="supply_by_kind",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("away__lte", models.F("quantity"))),
                        name="supply_not_overdrawn",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("kind", "name", "place"),
                        name="supply_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Taken into the inventory"),
                            ("changed", "Changed"),
                            ("checked", "Checked"),
                            ("allocated", "Given out"),
                            ("returned", "Came back"),
                            ("used", "Used up or lost"),
                            ("archived", "Taken out of the inventory"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.IntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=500)),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.incident",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="records.supply",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["supply", "-at", "-id"], name="supply_move_by_supply")
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("what", models.CharField(max_length=300, verbose_name="what is needed")),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="how many")),
                ("given", models.PositiveIntegerField(default=0)),
                ("why", models.TextField(blank=True, verbose_name="what for, where to")),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                (
                    "needed_by",
                    models.DateTimeField(blank=True, null=True, verbose_name="needed by"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("partly", "Partly met"),
                            ("met", "Met in full"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
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
                        related_name="supply_requests",
                        to="records.incident",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="records.supply",
                    ),
                ),
            ],
            options={
                "verbose_name": "supply request",
                "indexes": [
                    models.Index(
                        models.F("state"), models.F("asked_at"), name="supply_request_by_state"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "number"), name="supply_request_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyAllocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("returned", models.PositiveIntegerField(default=0)),
                ("used", models.PositiveIntegerField(default=0)),
                (
                    "receiver",
                    models.CharField(blank=True, max_length=100, verbose_name="who received it"),
                ),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supply_allocations",
                        to="records.incident",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="records.supply",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="records.supplyrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "indexes": [
                    models.Index(
                        models.F("incident"), models.F("ended_at"), name="allocation_by_incident"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("returned"), "+", models.F("used")
                                ),
                            )
                        ),
                        name="allocation_not_over_returned",
                    )
                ],
            },
        ),
    ]
