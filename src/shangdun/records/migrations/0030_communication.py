import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0029_surveys"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("security", "Security team"),
                            ("technical", "Technical team"),
                            ("operations", "Operations team"),
                            ("management", "Management"),
                            ("legal", "Legal department"),
                            ("suppliers", "Suppliers"),
                            ("partners", "Partners"),
                            ("users", "Users"),
                            ("regulators", "Regulators"),
                        ],
                        max_length=12,
                        verbose_name="audience",
                    ),
                ),
                ("organisation", models.CharField(max_length=200, verbose_name="organisation")),
                ("person", models.CharField(blank=True, max_length=100, verbose_name="person")),
                ("office", models.CharField(blank=True, max_length=100, verbose_name="office")),
                ("sealed_email", models.BinaryField(blank=True, default=b"")),
                ("sealed_phone", models.BinaryField(blank=True, default=b"")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "contact outside the company",
                "ordering": ("audience", "organisation", "id"),
            },
        ),
        migrations.CreateModel(
            name="CommunicationLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(blank=True, max_length=60)),
                (
                    "title_zh",
                    models.CharField(blank=True, max_length=120, verbose_name="title in Chinese"),
                ),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=120, verbose_name="title in English"),
                ),
                (
                    "content",
                    models.CharField(
                        choices=[
                            ("incident", "Incident bulletin"),
                            ("progress", "Project progress"),
                            ("training", "Security training"),
                            ("law", "Change of law"),
                            ("plan", "Response plan"),
                        ],
                        max_length=10,
                        verbose_name="content",
                    ),
                ),
                ("audiences", models.JSONField(default=list)),
                ("ways", models.JSONField(default=list)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("event", "When it happens"),
                            ("weekly", "Weekly"),
                            ("monthly", "Monthly"),
                            ("quarterly", "Quarterly"),
                            ("half_yearly", "Half-yearly"),
                            ("yearly", "Yearly"),
                        ],
                        max_length=12,
                        verbose_name="how often",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("end", "in the last days of the period"),
                            ("after", "in the first working days after the period"),
                            ("within", "at any time in the period"),
                        ],
                        default="end",
                        max_length=6,
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(default=7)),
                ("grace_days", models.PositiveSmallIntegerField(default=3)),
                ("maker", models.SlugField(blank=True, max_length=40)),
                (
                    "approval",
                    models.BooleanField(default=False, verbose_name="a person approves it"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "calendar",
                    models.CharField(default="cn", max_length=20, verbose_name="working days"),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("note", models.TextField(blank=True, verbose_name="note")),
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
            ],
            options={
                "verbose_name": "line of the communication plan",
                "ordering": ("content", "id"),
            },
        ),
        migrations.CreateModel(
            name="Communication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("period", models.CharField(blank=True, max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("about", models.JSONField(default=dict)),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "To be drafted"),
                            ("drafted", "Drafted"),
                            ("approved", "Approved"),
                            ("sent", "Done"),
                            ("missed", "Missed"),
                            ("dropped", "Not needed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("drafted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("reminded", models.JSONField(default=list)),
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
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.message",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="records.communicationline",
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "ordering": ("-due_on", "-id"),
                "indexes": [
                    models.Index(
                        models.F("state"), models.F("due_on"), name="communication_by_state"
                    ),
                    models.Index(
                        models.F("line"), models.F("due_on"), name="communication_by_line"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommunicationProof",
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
                            ("message", "Message through the channels"),
                            ("letters", "E-mail to contacts"),
                            ("page", "Page of the knowledge base"),
                            ("record", "Record of the system"),
                            ("file", "File"),
                            ("held", "Meeting, call or seminar"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("forum", "Internal forum"),
                            ("meeting", "Meeting"),
                            ("report", "Formal report"),
                            ("phone", "Telephone"),
                            ("seminar", "Online seminar"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("people", models.TextField(blank=True)),
                ("count", models.PositiveIntegerField(blank=True, null=True)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("noted_at", models.DateTimeField()),
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
                    "communication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="records.communication",
                    ),
                ),
            ],
            options={
                "ordering": ("noted_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="CrossTeamGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("purpose", models.TextField(blank=True, verbose_name="purpose")),
                ("expected", models.TextField(blank=True, verbose_name="expected results")),
                (
                    "shares",
                    models.TextField(
                        blank=True, verbose_name="what it shares: tools, pages, training"
                    ),
                ),
                ("teams", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rhythm",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.rhythm",
                    ),
                ),
            ],
            options={
                "verbose_name": "group across teams",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="CrossTeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "team",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("security", "Security team"),
                            ("technical", "Technical team"),
                            ("operations", "Operations team"),
                            ("management", "Management"),
                            ("legal", "Legal department"),
                            ("suppliers", "Suppliers"),
                            ("partners", "Partners"),
                            ("users", "Users"),
                            ("regulators", "Regulators"),
                        ],
                        max_length=12,
                        verbose_name="team",
                    ),
                ),
                ("duty", models.CharField(blank=True, max_length=300, verbose_name="duty")),
                (
                    "expected",
                    models.CharField(blank=True, max_length=300, verbose_name="expected result"),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="records.crossteamgroup",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cross_teams",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "person"), name="cross_team_member_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=20, unique=True)),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True)),
                ("reminded", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "verbose_name": "review of duties",
                "ordering": ("-opens_on",),
            },
        ),
        migrations.CreateModel(
            name="DutyAnswer",
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
                            ("open", "Not answered"),
                            ("confirmed", "Confirmed"),
                            ("corrected", "Wants a correction"),
                            ("settled", "Correction settled"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("duties", models.JSONField(default=list)),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("settled_text", models.TextField(blank=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
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
                        related_name="answers",
                        to="records.dutyreview",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("review", "person"), name="duty_answer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgePage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("key", models.CharField(blank=True, max_length=120)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("folded", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True, verbose_name="text")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("tags", models.JSONField(default=list)),
                ("words", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "edited_by",
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
                "verbose_name": "page",
                "ordering": ("-edited_at", "-number"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("folded",),
                        name="knowledge_title_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgeLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folded", models.CharField(db_index=True, max_length=200)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="records.knowledgepage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("page", "folded"), name="knowledge_link_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgePin",
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
                            ("incident", "Incident"),
                            ("task", "Task"),
                            ("plan_task", "Task of the plan"),
                        ],
                        max_length=9,
                    ),
                ),
                ("subject", models.PositiveBigIntegerField()),
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
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pins",
                        to="records.knowledgepage",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "indexes": [
                    models.Index(
                        models.F("kind"), models.F("subject"), name="knowledge_pin_by_subject"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("page", "kind", "subject"), name="knowledge_pin_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                ("tags", models.JSONField(default=list)),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("sha256", models.CharField(max_length=64)),
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
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.knowledgepage",
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("page", "number"), name="knowledge_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=32, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being handed over"),
                            ("sent", "Sent"),
                            ("bounced", "Refused"),
                            ("uncertain", "Perhaps sent"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("at", models.DateTimeField(blank=True, null=True)),
                (
                    "communication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="records.communication",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="records.outsidecontact",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("state"), models.F("next_at"), name="outside_letter_by_state"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("communication", "contact"), name="outside_letter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RaciDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=200, verbose_name="duty")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                "verbose_name": "duty",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="RaciAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "letter",
                    models.CharField(
                        choices=[
                            ("R", "Responsible: does it"),
                            ("A", "Accountable: answers for it"),
                            ("C", "Consulted: asked before"),
                            ("I", "Informed: told after"),
                        ],
                        max_length=1,
                    ),
                ),
                ("office", models.CharField(blank=True, max_length=100, verbose_name="office")),
                (
                    "person",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="records.raciduty",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("duty", "letter", "person", "office"), name="raci_assignment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="in one line")),
                ("text", models.TextField(verbose_name="what would be better, and why")),
                ("anonymous", models.BooleanField(default=False)),
                ("code_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("given_on", models.DateField()),
                ("given_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("considered", "Being considered"),
                            ("accepted", "Accepted"),
                            ("declined", "Not taken up"),
                            ("done", "Done"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "shared",
                    models.BooleanField(
                        default=False, verbose_name="show question and answer to everybody"
                    ),
                ),
                ("reminded", models.JSONField(default=list)),
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
                    "improvement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.improvement",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion",
                "ordering": ("-number",),
                "indexes": [models.Index(models.F("state"), name="suggestion_by_state")],
            },
        ),
    ]
