import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0030_communication"),
    ]

    operations = [
        migrations.AddField(
            model_name="lettersettings",
            name="public_address",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="address for people outside"
            ),
        ),
        migrations.CreateModel(
            name="Unsubscribed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                ("by_link", models.BooleanField(default=True)),
            ],
            options={
                "verbose_name": "unsubscribed",
            },
        ),
        migrations.CreateModel(
            name="AddressList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("suppliers", "Suppliers"),
                            ("partners", "Partners"),
                            ("users", "Users"),
                            ("regulators", "Regulators"),
                        ],
                        max_length=12,
                        verbose_name="audience",
                    ),
                ),
                ("purpose_zh", models.CharField(max_length=200, verbose_name="purpose in Chinese")),
                ("purpose_en", models.CharField(max_length=200, verbose_name="purpose in English")),
                (
                    "origin",
                    models.TextField(max_length=1000, verbose_name="where the addresses come from"),
                ),
                (
                    "plan",
                    models.BooleanField(
                        default=False, verbose_name="letters of the communication plan go to it"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("kept", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_by",
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
                "verbose_name": "list of recipients",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=32, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation to a survey"),
                            ("reminder", "Reminder of a survey"),
                            ("bulletin", "Letter of the communication plan"),
                        ],
                        max_length=10,
                    ),
                ),
                ("topic", models.CharField(max_length=60)),
                ("duty", models.BooleanField(default=False)),
                (
                    "subject_zh",
                    models.CharField(blank=True, max_length=200, verbose_name="Chinese subject"),
                ),
                ("body_zh", models.TextField(blank=True, verbose_name="Chinese text")),
                (
                    "subject_en",
                    models.CharField(blank=True, max_length=200, verbose_name="English subject"),
                ),
                ("body_en", models.TextField(blank=True, verbose_name="English text")),
                ("base", models.CharField(max_length=200)),
                (
                    "remind",
                    models.BooleanField(default=False, verbose_name="remind once before the end"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("legal", "Approved by legal"),
                            ("approved", "Approved by leadership"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("stopped", "Stopped"),
                            ("rehearsed", "Rehearsed"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(default=1000)),
                ("batch_size", models.PositiveIntegerField(default=200)),
                ("cursor", models.PositiveBigIntegerField(default=0)),
                ("addressed", models.BooleanField(default=False)),
                ("due", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("told", models.JSONField(default=dict)),
                ("prepared_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "communication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailings",
                        to="records.communication",
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
                    "lists",
                    models.ManyToManyField(related_name="mailings", to="records.addresslist"),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailings",
                        to="records.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "mailing",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(models.F("state"), models.F("id"), name="mailing_by_state"),
                    models.Index(models.F("topic"), name="mailing_by_topic"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailingLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=32, unique=True)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being handed over"),
                            ("sent", "Accepted"),
                            ("bounced", "Bounced"),
                            ("failed", "Given up"),
                            ("uncertain", "Uncertain"),
                            ("skipped", "Skipped"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("receipt", models.CharField(blank=True, max_length=100)),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="records.mailing",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter of a mailing",
                "indexes": [
                    models.Index(
                        models.F("mailing"),
                        models.F("state"),
                        models.F("due_at"),
                        models.F("id"),
                        name="mailing_letter_due",
                    ),
                    models.Index(
                        models.F("mark"), models.F("state"), name="mailing_letter_by_mark"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("mailing", "mark"), name="mailing_letter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("language", models.CharField(blank=True, max_length=2)),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="records.addresslist",
                    ),
                ),
            ],
            options={
                "verbose_name": "recipient",
                "indexes": [models.Index(models.F("mark"), name="recipient_by_mark")],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "mark"), name="recipient_once")
                ],
            },
        ),
    ]
