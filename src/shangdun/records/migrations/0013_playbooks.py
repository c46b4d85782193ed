import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="Playbook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=60, unique=True)),
                ("title_zh", models.CharField(max_length=300, verbose_name="Chinese title")),
                ("title_en", models.CharField(max_length=300, verbose_name="English title")),
                ("types", models.JSONField(default=list, verbose_name="for which incidents")),
                ("enabled", models.BooleanField(default=False, verbose_name="in use")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("builtin", "Built in"),
                            ("edited", "Edited copy"),
                            ("written", "Written here"),
                            ("imported", "Imported"),
                        ],
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("builtin_sha256", models.CharField(blank=True, max_length=64)),
                ("steps", models.PositiveIntegerField(default=0)),
                ("problems", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                ("changed", models.DateTimeField()),
            ],
            options={
                "verbose_name": "playbook",
                "verbose_name_plural": "playbooks",
                "indexes": [
                    models.Index(models.F("enabled"), models.F("title_en"), name="playbook_by_use")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("builtin", "Built in"),
                            ("edited", "Edited copy"),
                            ("written", "Written here"),
                            ("imported", "Imported"),
                        ],
                        max_length=8,
                    ),
                ),
                ("by", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("time", models.DateTimeField()),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.playbook",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a playbook",
                "verbose_name_plural": "versions of playbooks",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("playbook", "number"), name="playbook_version_once"
                    )
                ],
            },
        ),
    ]
