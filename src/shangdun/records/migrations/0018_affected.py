import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "smtp_host",
                    models.CharField(blank=True, max_length=253, verbose_name="mail server"),
                ),
                ("smtp_port", models.PositiveIntegerField(default=587, verbose_name="port")),
                (
                    "smtp_security",
                    models.CharField(
                        choices=[
                            ("starttls", "STARTTLS"),
                            ("tls", "TLS"),
                            ("none", "none (internal relay)"),
                        ],
                        default="starttls",
                        max_length=8,
                        verbose_name="encryption",
                    ),
                ),
                ("smtp_user", models.CharField(blank=True, max_length=200, verbose_name="user")),
                ("smtp_password", models.BinaryField(blank=True, default=b"")),
                (
                    "sender",
                    models.EmailField(blank=True, max_length=254, verbose_name="sender's address"),
                ),
                (
                    "sender_name",
                    models.CharField(blank=True, max_length=200, verbose_name="sender's name"),
                ),
                (
                    "reply_to",
                    models.EmailField(blank=True, max_length=254, verbose_name="answers go to"),
                ),
                (
                    "gateway_url",
                    models.CharField(blank=True, max_length=500, verbose_name="gateway's address"),
                ),
                ("gateway_secret", models.BinaryField(blank=True, default=b"")),
                (
                    "gateway_idempotent",
                    models.BooleanField(default=False, verbose_name="honours Idempotency-Key"),
                ),
                ("allowed_networks", models.JSONField(default=list)),
                (
                    "per_minute",
                    models.PositiveIntegerField(default=1000, verbose_name="letters a minute"),
                ),
                (
                    "batch_size",
                    models.PositiveIntegerField(default=200, verbose_name="letters a batch"),
                ),
                (
                    "retention_days",
                    models.PositiveIntegerField(default=180, verbose_name="days the list is kept"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "sending of letters",
            },
        ),
        migrations.CreateModel(
            name="AffectedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="what it is")),
                (
                    "source",
                    models.CharField(
                        choices=[("file", "File"), ("search", "Search"), ("hand", "By hand")],
                        max_length=8,
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("likely", "Likely"),
                            ("possible", "Possible"),
                        ],
                        default="confirmed",
                        max_length=10,
                    ),
                ),
                ("data_kinds", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Waits for its columns"),
                            ("waiting", "Waiting"),
                            ("reading", "Being read"),
                            ("done", "Taken in"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                            ("erased", "Erased"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("token", models.CharField(blank=True, max_length=32)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("columns", models.JSONField(default=dict)),
                ("query", models.TextField(blank=True)),
                ("field", models.CharField(blank=True, max_length=20)),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("done_bytes", models.PositiveBigIntegerField(default=0)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("fresh", models.PositiveIntegerField(default=0)),
                ("repeated", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created", models.DateTimeField()),
                ("beat", models.DateTimeField(blank=True, null=True)),
                ("finished", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("kept", models.JSONField(default=dict)),
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
                        related_name="affected_lists",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of the affected",
                "indexes": [
                    models.Index(models.F("state"), models.F("id"), name="affected_list_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "number"), name="affected_list_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AffectedSubject",
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
                            ("person", "Person"),
                            ("account", "Account"),
                            ("order", "Order"),
                            ("asset", "Host or service"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("likely", "Likely"),
                            ("possible", "Possible"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=2)),
                ("sealed", models.BinaryField()),
                ("reference_mark", models.CharField(blank=True, max_length=64)),
                ("email_mark", models.CharField(blank=True, max_length=64)),
                ("phone_mark", models.CharField(blank=True, max_length=64)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="affected_subjects",
                        to="records.incident",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="records.affectedlist",
                    ),
                ),
            ],
            options={
                "verbose_name": "affected",
                "indexes": [
                    models.Index(
                        models.F("incident"),
                        models.F("kind"),
                        models.F("id"),
                        name="affected_by_kind",
                    ),
                    models.Index(
                        models.F("incident"),
                        models.F("reference_mark"),
                        name="affected_by_reference",
                    ),
                    models.Index(
                        models.F("incident"), models.F("email_mark"), name="affected_by_email"
                    ),
                    models.Index(
                        models.F("incident"), models.F("phone_mark"), name="affected_by_phone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(verbose_name="answer")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_templates",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer template",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "title"), name="answer_template_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("complaint", "Complaint"), ("question", "Question")],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "Telephone"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("letter", "Letter"),
                            ("social", "Social media"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("customer", models.BinaryField()),
                ("affected", models.BooleanField(default=False)),
                ("text", models.BinaryField()),
                ("answer", models.BinaryField(blank=True, default=b"")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Unanswered"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="complaints",
                        to="records.incident",
                    ),
                ),
                (
                    "logged_by",
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
                "verbose_name": "complaint",
                "indexes": [
                    models.Index(
                        models.F("incident"),
                        models.F("state"),
                        models.F("due_at"),
                        name="complaint_by_state",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "number"), name="complaint_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("uid", models.CharField(max_length=32, unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("data_breach", "Data breach"),
                            ("network_attack", "Network attack"),
                            ("system_failure", "System failure"),
                            ("insider_threat", "Insider threat"),
                        ],
                        max_length=20,
                        verbose_name="template",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("gateway", "Message gateway (SMS, the shop's own messages)"),
                            ("posted", "Posted by hand"),
                        ],
                        max_length=8,
                        verbose_name="channel",
                    ),
                ),
                ("segment", models.JSONField(default=dict)),
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
                ("sha256", models.CharField(max_length=64)),
                ("approved_sha256", models.CharField(blank=True, max_length=64)),
                ("editors", models.JSONField(default=list)),
                ("prepared_at", models.DateTimeField()),
                ("legal_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("returned", models.CharField(blank=True, max_length=1000)),
                ("per_minute", models.PositiveIntegerField(default=1000)),
                ("batch_size", models.PositiveIntegerField(default=200)),
                ("cursor", models.PositiveBigIntegerField(default=0)),
                ("addressed", models.BooleanField(default=False)),
                ("due", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("posted_where", models.CharField(blank=True, max_length=500)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "approved_by",
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
                        related_name="notices",
                        to="records.incident",
                    ),
                ),
                (
                    "legal_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
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
            ],
            options={
                "verbose_name": "customer notice",
                "indexes": [
                    models.Index(models.F("state"), models.F("id"), name="notice_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "number"), name="notice_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
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
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="records.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "indexes": [
                    models.Index(
                        models.F("notice"),
                        models.F("state"),
                        models.F("due_at"),
                        models.F("id"),
                        name="letter_due",
                    ),
                    models.Index(models.F("mark"), name="letter_by_mark"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "mark"), name="letter_once_a_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportMeasure",
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
                            ("hotline", "Hotline"),
                            ("password_reset", "Password reset"),
                            ("credit_monitoring", "Credit monitoring"),
                            ("refund", "Refund or voucher"),
                            ("other", "Other help"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="what it is")),
                (
                    "contact",
                    models.CharField(blank=True, max_length=500, verbose_name="telephone or link"),
                ),
                (
                    "taken_up",
                    models.PositiveIntegerField(default=0, verbose_name="how many took it up"),
                ),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="support_measures",
                        to="records.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "support measure",
            },
        ),
    ]
