"""The suggestions box: what people propose, what is answered, what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SuggestionState(models.TextChoices):
    NEW = "new", pgettext_lazy("suggestion", "New")
    CONSIDERED = "considered", pgettext_lazy("suggestion", "Being considered")
    ACCEPTED = "accepted", pgettext_lazy("suggestion", "Accepted")
    DECLINED = "declined", pgettext_lazy("suggestion", "Not taken up")
    DONE = "done", pgettext_lazy("suggestion", "Done")


class Suggestion(models.Model):
    """A proposal; of an anonymous one nothing about who wrote it is kept."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("in one line"), max_length=200)
    text = models.TextField(_("what would be better, and why"))
    anonymous = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.CharField(max_length=64, blank=True, db_index=True)
    """Of the code with which an anonymous author finds the answer."""
    given_on = models.DateField()
    given_at = models.DateTimeField(null=True, blank=True)
    """Empty of an anonymous one: the day is enough to answer it."""
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.NEW)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shared = models.BooleanField(_("show question and answer to everybody"), default=False)
    improvement = models.ForeignKey(
        "records.Improvement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("suggestion")
        ordering = ("-number",)
        indexes = (models.Index("state", name="suggestion_by_state"),)

    def __str__(self) -> str:
        return self.title
