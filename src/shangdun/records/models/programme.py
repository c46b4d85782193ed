"""The security plan as working objects: programmes, their tasks, and what depends on what."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.documents import DocumentLanguage


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", _("Being planned")
    APPROVED = "approved", _("Approved, running")
    CLOSED = "closed", pgettext_lazy("programme", "Closed")


class Programme(models.Model):
    """One plan (工作计划): its head, its goals, and the calendar and currency it reckons in."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    """Of the texts that people wrote in it, and of the papers made of it."""
    introduction = models.TextField(_("introduction"), blank=True)
    goals = models.JSONField(default=list)
    """Sentences, in their order: goals a to e of the plan."""
    chapters = models.JSONField(default=list)
    """What else it says, in its order: ``{"key", "title", "body"}``, the body as plain text or
    the markup of ``papers.markup``: monitoring, communication."""
    summary = models.TextField(_("summary and outlook"), blank=True)
    state = models.CharField(max_length=8, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    starts_on = models.DateField(_("start"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    document = models.ForeignKey(
        "records.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The controlled document through which it is reviewed, approved and published."""
    template = models.CharField(max_length=60, blank=True)
    """What it was made of: ``built-in:ecommerce`` or ``own:<number>``."""
    calendar = models.CharField(_("working days"), max_length=20, default="cn")
    """Of ``govern.schedule.calendar``: ``cn`` (China with make-up days), ``week``, ``all``."""
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    baseline_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("programme")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.title


class PlanTaskKind(models.TextChoices):
    TASK = "task", pgettext_lazy("programme", "Task")
    """Holds subtasks; its dates are theirs."""
    SUBTASK = "subtask", pgettext_lazy("programme", "Subtask")
    MILESTONE = "milestone", _("Milestone")


class PlanTaskState(models.TextChoices):
    TODO = "todo", pgettext_lazy("programme", "Not begun")
    DOING = "doing", pgettext_lazy("programme", "Under way")
    DONE = "done", pgettext_lazy("programme", "Done")
    DROPPED = "dropped", pgettext_lazy("programme", "Dropped")


_FROM_1_TO_5 = (MinValueValidator(1), MaxValueValidator(5))


class PlanTask(models.Model):
    """A task, subtask or milestone; what it is to bring, by when, by whom."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tasks")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=9, choices=PlanTaskKind, default=PlanTaskKind.SUBTASK)
    key = models.CharField(max_length=40, blank=True)
    """What the template calls it (``risk-report``); empty for what people added."""
    position = models.PositiveIntegerField()
    """Order in the whole plan, parents before their children."""
    code = models.CharField(max_length=20)
    """As people count it: ``3``, ``3.2``."""
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    reason = models.TextField(_("why it matters"), blank=True)
    expected = models.TextField(_("expected result"), blank=True)
    needed = models.TextField(_("resources needed"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=40, blank=True)
    """The template's word for whose work it is (``lead``, ``operations``)."""
    importance = models.PositiveSmallIntegerField(
        _("importance"), default=3, validators=_FROM_1_TO_5
    )
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=3, validators=_FROM_1_TO_5)
    days = models.PositiveIntegerField(_("working days"), default=1)
    """Length in working days; 0 for a milestone."""
    not_before = models.DateField(_("not before"), null=True, blank=True)
    due = models.DateField(_("due date"), null=True, blank=True)
    """What was promised; whether the schedule keeps it is reckoned."""
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """First and last day as scheduled; both included."""
    slack = models.IntegerField(null=True, blank=True)
    """Working days it may slip before the plan's end slips; 0 or less: on the critical path."""
    baseline_start = models.DateField(null=True, blank=True)
    baseline_end = models.DateField(null=True, blank=True)
    began_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=PlanTaskState, default=PlanTaskState.TODO)
    progress = models.PositiveSmallIntegerField(
        _("progress in percent"), default=0, validators=(MaxValueValidator(100),)
    )
    proven = models.BooleanField(default=False)
    """Done by evidence; otherwise a person ticked it off and ``done_reason`` says why."""
    unproven_since = models.DateTimeField(null=True, blank=True)
    """When what proved it ceased to hold; it stays done, and shows this until the proof is back."""
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_reason = models.TextField(blank=True)
    delay_reason = models.TextField(_("why it is late"), blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("programme", "task")
        ordering = ("programme", "position")
        indexes = (
            models.Index("programme", "position", name="plan_task_in_order"),
            models.Index("owner", "state", name="plan_task_by_owner"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class LinkKind(models.TextChoices):
    """As Microsoft Project and PMBOK name them."""

    FINISH_START = "FS", _("begins after it ends")
    START_START = "SS", _("begins with it")
    FINISH_FINISH = "FF", _("ends with it")
    START_FINISH = "SF", _("ends when it begins")


class PlanLink(models.Model):
    """``after`` waits for ``before``."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="links")
    before = models.ForeignKey(PlanTask, on_delete=models.CASCADE, related_name="links_out")
    after = models.ForeignKey(PlanTask, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=2, choices=LinkKind, default=LinkKind.FINISH_START)
    lag = models.IntegerField(_("lag in working days"), default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("before", "after"), name="plan_link_once"),)

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"


class PlanSnapshot(models.Model):
    """The programme as it stood when a version of its document was made of it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="snapshots")
    document_version = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    content = models.JSONField()
    """``{"head": {…}, "tasks": {id: {…}}, "links": […]}``: what people agreed on, without what
    happened since."""
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("-document_version",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "document_version"), name="plan_snapshot_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.document_version}"
