"""Playbooks as they run in an incident: the course, its tasks, what steps did by themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.groups import PlanGroup
from shangdun.records.models.incidents import Incident

WAITING, OPEN, DOING, DONE, FAILED, SKIPPED = (
    "waiting", "open", "doing", "done", "failed", "skipped",
)  # fmt: skip


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class TaskState(models.TextChoices):
    WAITING = WAITING, _("Waits for others")
    OPEN = OPEN, _("To do")
    DOING = DOING, _("In work")
    DONE = DONE, _("Done")
    FAILED = FAILED, _("Failed")
    SKIPPED = SKIPPED, _("Skipped")


OVER = (DONE, SKIPPED)
"""What those that depend on it wait for; a failed one that is held is not over."""


class AttemptState(models.TextChoices):
    CLAIMED = "claimed", _("Begun")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Ended unseen")


class PlaybookRun(models.Model):
    """One playbook in one incident. ``states`` is the pure course (``respond.playbook.course``)."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    """1, 2, … within the incident."""
    playbook_version = models.ForeignKey(
        "records.PlaybookVersion", on_delete=models.PROTECT, related_name="runs"
    )
    library = models.JSONField(default=dict)
    """Playbooks that its steps call: CACAO identifier → row of the version, as of its beginning."""
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    failed = models.BooleanField(default=False)
    """Whether it came to its end by the way for failures."""
    states = models.JSONField(default=dict)
    variables = models.JSONField(default=dict)
    """Variable of the playbook → its value as text."""
    due_at = models.DateTimeField(null=True, blank=True)
    """The next moment at which the course goes on by the clock alone: a time-out, a delay."""
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    """Why it was stopped."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("playbook run")
        verbose_name_plural = _("playbook runs")
        indexes = (models.Index("state", "due_at", name="run_by_due"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="run_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}.{self.number} {self.title_en}"


class Task(models.Model):
    """What one group has to do, or what a step does by itself in its stead.

    Times: ``opened_at`` when it could begin (timers start there), ``began_at`` when somebody took
    it, ``done_at`` when it was done, failed or skipped.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="tasks")
    run = models.ForeignKey(
        PlaybookRun, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks"
    )
    step = models.CharField(max_length=300, blank=True)
    """Pass through a step of the playbook (key of ``course.Entry``); empty: added by a person."""
    source = models.CharField(max_length=60)
    """``playbook``, ``order:NUMBER``, ``person``, ``drill:NUMBER`` …: where it came from."""
    automatic = models.CharField(max_length=20, blank=True)
    """Kind of step that does it (``runtime.response.steps``); empty: people do it."""
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    title_zh = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title"), max_length=300)
    instruction_zh = models.TextField(_("what to do"), blank=True)
    instruction_en = models.TextField(_("what to do"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=TaskState, default=TaskState.WAITING)
    held = models.BooleanField(default=False)
    """Failed, and what follows is a person's word: do it again, by hand, or leave it out."""
    parameters = models.JSONField(default=dict)
    """Of an automatic one, with the values of its opening: what is shown is what is done."""
    confirm = models.BooleanField(default=False)
    """An automatic one that a person lets act, having seen what it would do."""
    depends = models.JSONField(default=list)
    """Rows of the tasks that it waits for."""
    asks = models.JSONField(default=list)
    """Variables that its end gives a value: {name, type, zh, en, required}."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    place = models.PositiveIntegerField(default=0)
    """Order on the board among those of its incident."""
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target_minutes = models.PositiveIntegerField(_("minutes allowed"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    """What came out, why it failed, or why it was skipped."""
    outcome = models.JSONField(default=dict)
    """Variable → value, as stated when it was done."""
    evidence = models.JSONField(default=list)
    """Rows of evidence that belong to it."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = (
            models.Index("incident", "state", "place", name="task_by_incident"),
            models.Index("owner", "state", "due_at", name="task_by_owner"),
            models.Index("group", "state", "due_at", name="task_by_group"),
            models.Index("state", "due_at", name="task_by_due"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("run", "step"),
                condition=~models.Q(step=""),
                name="task_of_step_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.title_en}"

    @property
    def is_over(self) -> bool:
        """Nobody has to do anything more about it."""
        return self.state in OVER or (self.state == FAILED and not self.held)


class StepAttempt(models.Model):
    """One try of an automatic step, written before it acts: what died in between is seen."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    """The same in each repetition after a death, so that the other side does it once."""
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.CLAIMED)
    claimed_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=80)
    """The process that does it."""
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("attempt of a step")
        verbose_name_plural = _("attempts of steps")
        indexes = (models.Index("state", "claimed_at", name="attempt_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("task", "number"), name="attempt_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.task_id}.{self.number}"
