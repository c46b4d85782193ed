"""Surveys: their questions, who may answer once, and answers that nothing ties to anybody.

An answer has no time, no author and no invitation; its number is drawn by chance and the answers
are written anew in another order again and again, so that their order tells nothing. An invitation
knows only whether it was used.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.survey.questions import QuestionKind
from shangdun.govern.survey.suppression import LEAST, USUAL


class SurveyState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("survey", "Being prepared")
    OPEN = "open", pgettext_lazy("survey", "Open")
    CLOSED = "closed", pgettext_lazy("survey", "Closed")


class SurveyMode(models.TextChoices):
    INVITED = "invited", _("By invitation: one answer each")
    LINK = "link", _("By an open link: one answer each cannot be assured")


class Survey(models.Model):
    """One round of asking. Once it was opened, its questions never change."""

    number = models.PositiveIntegerField(unique=True)
    purpose = models.CharField(max_length=20, default="")
    """``satisfaction``: counts for the measure; empty: asked for something else."""
    period = models.CharField(max_length=7, blank=True)
    """The half-year it is made for."""
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    intro_zh = models.TextField(_("first words in Chinese"), blank=True)
    intro_en = models.TextField(_("first words in English"), blank=True)
    thanks_zh = models.TextField(_("thanks in Chinese"), blank=True)
    thanks_en = models.TextField(_("thanks in English"), blank=True)
    mode = models.CharField(
        _("who may answer"), max_length=8, choices=SurveyMode, default=SurveyMode.INVITED
    )
    least = models.PositiveSmallIntegerField(
        _("smallest group shown"),
        default=USUAL,
        validators=(MinValueValidator(LEAST), MaxValueValidator(1000)),
    )
    state = models.CharField(max_length=6, choices=SurveyState, default=SurveyState.DRAFT)
    opens_on = models.DateField(_("to be opened by"), null=True, blank=True)
    closes_on = models.DateField(_("last day for answers"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the questions as they were opened."""
    answers_digest = models.CharField(max_length=64, blank=True)
    """SHA-256 over the answers, in the order of their texts, when it closed."""
    salt = models.CharField(max_length=64, blank=True)
    """Of the invitations; gone when the survey closes, so that no list can be matched any more."""
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    """The round it was copied from."""
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("survey")
        ordering = ("-number",)
        constraints = (
            # Two duties at once never prepare the same half-year's survey twice.
            models.UniqueConstraint(
                fields=("purpose", "period"),
                condition=~models.Q(period="") & models.Q(archived_at=None),
                name="survey_once_a_period",
            ),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title_en or self.title_zh}"


class SurveyQuestion(models.Model):
    """One question, in both languages."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    """The same from round to round: what a trend is read by."""
    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in QuestionKind]
    )
    text_zh = models.CharField(_("question in Chinese"), max_length=500)
    text_en = models.CharField(_("question in English"), max_length=500)
    choices = models.JSONField(default=list)
    """``{"key", "zh", "en"}``, in their order; of a scale: the words of its two ends."""
    required = models.BooleanField(_("must be answered"), default=False)
    groups = models.BooleanField(_("results are also shown by its answers"), default=False)
    only_if = models.JSONField(default=dict, blank=True)
    """``{"question": key, "answers": [keys]}``: asked only after such an answer."""

    class Meta:
        verbose_name = _("question")
        ordering = ("survey", "position")
        constraints = (
            models.UniqueConstraint(fields=("survey", "key"), name="survey_question_once"),
        )

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.key}"


class SurveyInvitation(models.Model):
    """The right to answer once; of the token only its keyed hash is kept, of the person nothing."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("invitation")
        indexes = (models.Index("survey", "used", name="invitation_by_use"),)

    def __str__(self) -> str:
        return f"invitation to survey {self.survey_id}"


class SurveyAnswer(models.Model):
    """What somebody answered, and nothing else."""

    id = models.BigIntegerField(primary_key=True)
    """Drawn by chance."""
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    values = models.JSONField(default=dict)
    """Question's key → number, key, list of keys, or text."""

    class Meta:
        verbose_name = _("answer")

    def __str__(self) -> str:
        return f"an answer to survey {self.survey_id}"
