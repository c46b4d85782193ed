"""Who answers for what (RACI), who works across teams, and the half-yearly look at both."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.communication import AudienceChoice


class RaciDuty(models.Model):
    """One thing somebody answers for."""

    key = models.SlugField(max_length=60, blank=True)
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    task = models.ForeignKey(
        "records.PlanTask", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("duty"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("raci", "duty")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title


class RaciLetter(models.TextChoices):
    """As the Project Management Institute's PMBOK Guide names them."""

    RESPONSIBLE = "R", pgettext_lazy("raci", "Responsible: does it")
    ACCOUNTABLE = "A", pgettext_lazy("raci", "Accountable: answers for it")
    CONSULTED = "C", pgettext_lazy("raci", "Consulted: asked before")
    INFORMED = "I", pgettext_lazy("raci", "Informed: told after")


class RaciAssignment(models.Model):
    """Somebody's part in a duty: a person, or an office that nobody holds yet."""

    duty = models.ForeignKey(RaciDuty, on_delete=models.CASCADE, related_name="assignments")
    letter = models.CharField(max_length=1, choices=RaciLetter)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    office = models.CharField(_("office"), max_length=100, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("duty", "letter", "person", "office"), name="raci_assignment_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.duty_id}: {self.letter}"


class CrossTeamGroup(models.Model):
    """People of several teams with one purpose (跨团队项目组)."""

    key = models.SlugField(max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    expected = models.TextField(_("expected results"), blank=True)
    shares = models.TextField(_("what it shares: tools, pages, training"), blank=True)
    teams = models.JSONField(default=list)
    """Audiences of the communication matrix."""
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rhythm = models.ForeignKey(
        "records.Rhythm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Of its meetings, which are called, held and followed up as every other."""
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("group across teams")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class CrossTeamMember(models.Model):
    """One person's duty and expected result in a group."""

    group = models.ForeignKey(CrossTeamGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cross_teams"
    )
    team = models.CharField(_("team"), max_length=12, choices=AudienceChoice, blank=True)
    duty = models.CharField(_("duty"), max_length=300, blank=True)
    expected = models.CharField(_("expected result"), max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("group", "person"), name="cross_team_member_once"),
        )

    def __str__(self) -> str:
        return f"{self.group_id}: {self.person_id}"


class DutyReview(models.Model):
    """One half-yearly round in which everybody looks at his duties."""

    key = models.CharField(max_length=20, unique=True)
    """``2026-H1``."""
    opens_on = models.DateField()
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.TextField(blank=True)
    """What leadership makes of how people work together, and what changes."""
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("review of duties")
        ordering = ("-opens_on",)

    def __str__(self) -> str:
        return self.key


class AnswerState(models.TextChoices):
    OPEN = "open", pgettext_lazy("duty review", "Not answered")
    CONFIRMED = "confirmed", pgettext_lazy("duty review", "Confirmed")
    CORRECTED = "corrected", pgettext_lazy("duty review", "Wants a correction")
    SETTLED = "settled", pgettext_lazy("duty review", "Correction settled")


class DutyAnswer(models.Model):
    """One person's word in a round."""

    review = models.ForeignKey(DutyReview, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_answers"
    )
    state = models.CharField(max_length=9, choices=AnswerState, default=AnswerState.OPEN)
    duties = models.JSONField(default=list)
    """The duties as they stood when the person answered: titles with their letters."""
    text = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)
    settled_text = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("review", "person"), name="duty_answer_once"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}: {self.person_id}"
