"""What a programme needs: people with their time, materials, money."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.money.budget import Kind


class ResourceKind(models.TextChoices):
    PERSON = "person", pgettext_lazy("resource", "Person")
    MATERIAL = "material", pgettext_lazy("resource", "Material")


class ResourceSource(models.TextChoices):
    """How the plan says that resources are obtained."""

    INTERNAL = "internal", _("Internal allocation")
    PURCHASE = "purchase", _("Purchase")
    SUBSIDY = "subsidy", _("Government subsidy")


class Resource(models.Model):
    """A person (internal, or an external expert) or a material; of the whole company."""

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=ResourceKind)
    name = models.CharField(_("name"), max_length=200)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="resource", verbose_name=_("account"),
    )  # fmt: skip
    """Of an internal person: absences and tasks come with it."""
    external = models.BooleanField(_("external expert"), default=False)
    organisation = models.CharField(_("company"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("time for the plan in percent"), default=100,
        validators=(MinValueValidator(1), MaxValueValidator(100)),
    )  # fmt: skip
    since = models.DateField(_("available from"), null=True, blank=True)
    until = models.DateField(_("available until"), null=True, blank=True)
    day_rate = models.DecimalField(
        _("day rate"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    source = models.CharField(
        _("obtained by"), max_length=8, choices=ResourceSource, default=ResourceSource.INTERNAL
    )
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("resource", "resource")
        ordering = ("kind", "name", "number")
        indexes = (models.Index("archived_at", "kind", "name", name="resource_by_kind"),)

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A task takes so much of a person's day, or so many of a material."""

    task = models.ForeignKey(
        "records.PlanTask", on_delete=models.CASCADE, related_name="assignments"
    )
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="assignments")
    amount = models.PositiveIntegerField(default=100)
    """Per cent of a working day of a person; pieces of a material."""

    class Meta:
        verbose_name = pgettext_lazy("resource", "assignment")
        constraints = (
            models.UniqueConstraint(fields=("task", "resource"), name="assignment_once_a_task"),
        )

    def __str__(self) -> str:
        return f"{self.task_id} {self.resource_id}: {self.amount}"


class BudgetLine(models.Model):
    """Money planned for something; what is bound and spent is reckoned of its entries."""

    programme = models.ForeignKey(
        "records.Programme", on_delete=models.PROTECT, related_name="budget_lines"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the programme."""
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(
        _("paid by"), max_length=8, choices=ResourceSource, default=ResourceSource.PURCHASE
    )
    task = models.ForeignKey(
        "records.PlanTask", null=True, blank=True, on_delete=models.PROTECT,
        related_name="budget_lines", verbose_name=pgettext_lazy("programme", "task"),
    )  # fmt: skip
    planned = models.DecimalField(_("planned"), max_digits=18, decimal_places=2)
    first_planned = models.DecimalField(max_digits=18, decimal_places=2)
    """What was planned at first, before money moved."""
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    note = models.TextField(_("note"), blank=True)
    starter = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("budget line")
        ordering = ("programme", "number")
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="budget_line_once"),
        )

    def __str__(self) -> str:
        return self.title


class MoneyKind(models.TextChoices):
    COMMITTED = Kind.COMMITTED.value, _("Committed")
    SPENT = Kind.SPENT.value, _("Spent")


class MoneyEntry(models.Model):
    """One commitment or payment; never changed, only cancelled with a reason."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=9, choices=MoneyKind)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    day = models.DateField(_("day"))
    what = models.CharField(_("what for"), max_length=200)
    reference = models.CharField(_("contract or invoice"), max_length=100, blank=True)
    settles = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    """The commitment that a payment is for."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancel_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("money entry")
        indexes = (models.Index("line", "day", "id", name="money_entry_by_line"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="money_entry_positive"),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind} {self.amount}"


class BudgetMove(models.Model):
    """Money that was planned for one thing and went to another, and why."""

    giver = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="given")
    taker = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="taken")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}: {self.amount}"
