"""Leadership's decisions (指令下达): who was asked, what was ordered, which grade holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.groups import PlanGroup


class GradeChange(models.Model):
    """The grade of an incident each time it was reckoned anew or decided by a person.

    The newest that is an override and not released holds; else the newest of all. ``votes`` is
    ``respond.grading.Grading`` as JSON: how each criterion voted, and by which law of which day.
    """

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="grade_changes"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: reckoned."""
    computed = models.PositiveSmallIntegerField()
    held = models.PositiveSmallIntegerField()
    """The grade that holds from here."""
    overridden = models.BooleanField(default=False)
    """Whether a person's grade holds against the reckoned one."""
    reason = models.TextField(_("why"), blank=True)
    votes = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="grade_change_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.held}"


class Ruling(models.TextChoices):
    """What leadership says."""

    START = "start", _("Start the plan")
    NOT_START = "not_start", _("Do not start the plan")
    AMEND = "amend", _("Further instructions")
    STAND_DOWN = "stand_down", _("Stand down")


class Order(models.Model):
    """One decision of leadership about an incident, signed into the ledger and never changed."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="orders"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident: what a page saw, for optimistic locking."""
    ruling = models.CharField(_("decision"), max_length=12, choices=Ruling)
    reason = models.TextField(_("why"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    grade = models.PositiveSmallIntegerField(default=0)
    """That held when it was decided."""
    playbooks = models.JSONField(default=list)
    """Of those it begins: {"version": row, "title_zh", "title_en"}."""
    text_sha256 = models.CharField(max_length=64)
    """Of the order's text, see ``actions.orders.ordering.text_of``."""
    ledger_seq = models.PositiveBigIntegerField()
    """The entry of the ledger that seals it."""

    class Meta:
        verbose_name = _("order")
        constraints = (models.UniqueConstraint(fields=("incident", "number"), name="order_once"),)

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.ruling}"


class OrderInstruction(models.Model):
    """What one group is told by an order, and when it said that it understood."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="instructions")
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    text = models.TextField(_("instruction"))
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("order", "group"), name="instruction_once"),)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.group}"


class AskingState(models.TextChoices):
    WAITING = "waiting", _("waits for an answer")
    ANSWERED = "answered", _("answered")
    PASSED_ON = "passed_on", _("did not answer in time")
    DROPPED = "dropped", _("no longer needed")


class Asking(models.Model):
    """One of the leadership was asked whether the plan starts."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="askings"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: there was nobody to ask."""
    round = models.PositiveSmallIntegerField(default=1)
    """Grows when all were asked in vain and all are asked again."""
    asked = models.DateTimeField()
    due = models.DateTimeField()
    seen = models.DateTimeField(null=True, blank=True)
    """When the person opened the order."""
    ended = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AskingState, default="waiting")

    class Meta:
        indexes = (
            models.Index("state", "due", name="asking_by_due"),
            models.Index("person", "state", name="asking_by_person"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.person_id}"
