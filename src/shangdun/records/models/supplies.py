"""Logistics (后勤保障): what is held ready, what an incident asked for, what went where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.supplies import SupplyKind


class SupplyKinds(models.TextChoices):
    MATERIAL = SupplyKind.MATERIAL.value, _("Material")
    EQUIPMENT = SupplyKind.EQUIPMENT.value, _("Equipment")
    LICENCE = SupplyKind.LICENCE.value, _("Licence")
    PERSON = SupplyKind.PERSON.value, _("Person")
    SUPPLIER = SupplyKind.SUPPLIER.value, _("Supplier")
    PLACE = SupplyKind.PLACE.value, _("Room")


class Supply(models.Model):
    """One line of the inventory (物资清单)."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=SupplyKinds)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    """What the company has, those away included."""
    away = models.PositiveIntegerField(default=0)
    """Of them with incidents now."""
    minimum = models.PositiveIntegerField(_("least that must be there"), default=0)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    consumable = models.BooleanField(_("used up"), default=False)
    place = models.CharField(_("place"), max_length=200, blank=True)
    keeper = models.CharField(_("keeper"), max_length=100, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_days = models.PositiveIntegerField(_("check every … days"), default=0)
    """0: never asked for."""
    note = models.TextField(_("note"), blank=True)
    starter = models.CharField(max_length=60, blank=True)
    """Of the suggested list, where it came from there."""
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("supply")
        indexes = (models.Index("archived_at", "kind", "name", name="supply_by_kind"),)
        constraints = (
            # Two people of logistics at once never give away what is not there.
            models.CheckConstraint(
                condition=models.Q(away__lte=models.F("quantity")), name="supply_not_overdrawn"
            ),
            models.UniqueConstraint(
                fields=("kind", "name", "place"),
                condition=models.Q(archived_at=None),
                name="supply_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def on_hand(self) -> int:
        """How many can be given away now."""
        return self.quantity - self.away


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    PARTLY = "partly", _("Partly met")
    MET = "met", _("Met in full")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SupplyRequest(models.Model):
    """What somebody in a response asks of logistics."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, related_name="supply_requests"
    )
    number = models.PositiveIntegerField()
    what = models.CharField(_("what is needed"), max_length=300)
    supply = models.ForeignKey(
        Supply, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    """Of the inventory, where the person chose one."""
    quantity = models.PositiveIntegerField(_("how many"), default=1)
    given = models.PositiveIntegerField(default=0)
    why = models.TextField(_("what for, where to"), blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    needed_by = models.DateTimeField(_("needed by"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=RequestState, default="open")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: a playbook's step."""
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    """When it was met, refused or withdrawn."""
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("supply request")
        indexes = (models.Index("state", "asked_at", name="supply_request_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="supply_request_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.number}: {self.what}"


class SupplyAllocation(models.Model):
    """So many of a supply went to an incident."""

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="allocations")
    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, related_name="supply_allocations"
    )
    request = models.ForeignKey(
        SupplyRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )
    quantity = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    """Used up, lost or broken: they do not come back."""
    receiver = models.CharField(_("who received it"), max_length=100, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    """When nothing of it was away any more."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("allocation")
        indexes = (models.Index("incident", "ended_at", name="allocation_by_incident"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("returned") + models.F("used")),
                name="allocation_not_over_returned",
            ),
        )

    def __str__(self) -> str:
        return f"{self.supply_id} → {self.incident_id}: {self.quantity}"

    @property
    def outstanding(self) -> int:
        """How many are still away."""
        return self.quantity - self.returned - self.used


class MoveKind(models.TextChoices):
    ADDED = "added", _("Taken into the inventory")
    CHANGED = "changed", _("Changed")
    CHECKED = "checked", _("Checked")
    ALLOCATED = "allocated", _("Given out")
    RETURNED = "returned", _("Came back")
    USED = "used", _("Used up or lost")
    ARCHIVED = "archived", _("Taken out of the inventory")


class SupplyMove(models.Model):
    """What happened to a supply, for its history."""

    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=MoveKind)
    quantity = models.IntegerField(default=0)
    incident = models.ForeignKey(
        "records.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=["supply", "-at", "-id"], name="supply_move_by_supply"),)

    def __str__(self) -> str:
        return f"{self.supply_id} {self.kind} {self.quantity}"
