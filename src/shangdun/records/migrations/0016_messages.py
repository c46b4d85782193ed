import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="address of this console"
                    ),
                ),
                ("ack_minutes", models.PositiveSmallIntegerField(default=10)),
                ("ack_minutes_serious", models.PositiveSmallIntegerField(default=5)),
                ("update_general", models.PositiveSmallIntegerField(default=240)),
                ("update_major", models.PositiveSmallIntegerField(default=120)),
                ("update_serious", models.PositiveSmallIntegerField(default=60)),
                ("update_extreme", models.PositiveSmallIntegerField(default=30)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "settings of messages",
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("scheme", models.CharField(max_length=30)),
                ("sealed", models.BinaryField()),
                ("shown", models.CharField(max_length=300)),
                ("group", models.CharField(blank=True, max_length=30, verbose_name="group")),
                ("each", models.BooleanField(default=False)),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("zh-hans", "Chinese"),
                            ("en", "English"),
                            ("both", "Chinese and English"),
                        ],
                        default="zh-hans",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "min_grade",
                    models.PositiveSmallIntegerField(default=0, verbose_name="from grade"),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                ("enabled", models.BooleanField(default=True, verbose_name="switched on")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created", models.DateTimeField()),
                ("last_sent", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("tested_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "channel",
                "verbose_name_plural": "channels",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("drill", models.BooleanField(default=False)),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "normal"), ("urgent", "urgent")],
                        default="normal",
                        max_length=10,
                    ),
                ),
                ("groups", models.JSONField(default=list)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("needs_acknowledgement", models.BooleanField(default=False)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_via", models.CharField(blank=True, max_length=100)),
                ("escalate_at", models.DateTimeField(blank=True, null=True)),
                ("escalations", models.PositiveSmallIntegerField(default=0)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalated",
                        to="records.message",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "indexes": [
                    models.Index(models.F("incident"), models.F("at"), name="message_by_incident"),
                    models.Index(models.F("escalate_at"), name="message_to_escalate"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbox",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbox",
                        to="records.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("person"), models.F("read_at"), name="inbox_by_person")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "person"), name="inbox_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                            ("queued", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed, tried again"),
                            ("dead", "given up"),
                            ("acknowledged", "acknowledged"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("held", models.BooleanField(default=False)),
                ("repeated", models.BooleanField(default=False)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="records.channel",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="records.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(models.F("state"), models.F("next_at"), name="delivery_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person", None)),
                        fields=("message", "channel"),
                        name="delivery_once",
                    ),
                    models.UniqueConstraint(
                        fields=("message", "channel", "person"), name="delivery_once_each"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=32, unique=True)),
                ("via", models.CharField(max_length=20)),
                ("received_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField()),
                ("sealed_contact", models.BinaryField(blank=True, default=b"")),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt of a report",
            },
        ),
    ]
