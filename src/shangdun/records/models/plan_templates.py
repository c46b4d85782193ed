"""A company's own templates of programmes, and the answers to the guided questions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.documents import DocumentLanguage
from shangdun.records.models.programme import Programme


class ProgrammeTemplate(models.Model):
    """A programme without people and dates, to begin others with."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    content = models.JSONField()
    """``govern.programme.template.Template`` as builtins."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.title


class GuidedAnswers(models.Model):
    """What a person answered so far; kept over mistakes, going back and another day."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guided_answers"
    )
    answers = models.JSONField(default=dict)
    """By step; as they were typed, checked once more at the end."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made = models.JSONField(default=list)
    """What came of it, for the last page: ``{"part", "made", "path"}``."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=models.Q(finished_at=None),
                name="guided_answers_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.created_at:%Y-%m-%d}"
