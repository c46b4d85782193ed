"""Who is turned away, slowed or let in, and the stream of changes that every enforcer follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.protect import decision, never_block, target
from shangdun.records.models.findings import Finding
from shangdun.records.models.incidents import Incident


class Measure(models.TextChoices):
    ALLOW = decision.Measure.ALLOW.value, _("Let in")
    THROTTLE = decision.Measure.THROTTLE.value, _("Slow down")
    CHALLENGE = decision.Measure.CHALLENGE.value, _("Challenge")
    BLOCK = decision.Measure.BLOCK.value, _("Block")


class TargetKind(models.TextChoices):
    ADDRESS = target.TargetKind.ADDRESS.value, _("Address")
    RANGE = target.TargetKind.RANGE.value, _("Range of addresses")
    NETWORK = target.TargetKind.NETWORK.value, _("Network (AS)")
    COUNTRY = target.TargetKind.COUNTRY.value, _("Country")
    ACCOUNT = target.TargetKind.ACCOUNT.value, _("Account")
    SESSION = target.TargetKind.SESSION.value, _("Session")
    DEVICE = target.TargetKind.DEVICE.value, _("Device")


class DecisionState(models.TextChoices):
    PROPOSED = decision.DecisionState.PROPOSED.value, _("Waits for you")
    SIMULATED = decision.DecisionState.SIMULATED.value, _("Simulated")
    IN_FORCE = decision.DecisionState.IN_FORCE.value, _("In force")
    EXPIRED = decision.DecisionState.EXPIRED.value, _("Ran out")
    REPLACED = decision.DecisionState.REPLACED.value, _("Replaced")
    UNDONE = decision.DecisionState.UNDONE.value, _("Undone")
    REFUSED = decision.DecisionState.REFUSED.value, _("Refused")


class Decision(models.Model):
    """``protect.decision.Decision`` at rest, with where it came from and what became of it."""

    uid = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=DecisionState)
    measure = models.CharField(_("measure"), max_length=10, choices=Measure)
    kind = models.CharField(_("kind"), max_length=10, choices=TargetKind)
    value = models.CharField(_("whom"), max_length=200)
    scope = models.CharField(_("where"), max_length=200, blank=True)
    """``protect.decision.Scope`` as text; empty: everywhere."""
    rate = models.PositiveIntegerField(_("requests a minute"), default=0)
    reason = models.CharField(_("reason"), max_length=500)
    author = models.CharField(max_length=200)
    """``protect.decision.Author`` as text."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who decided or confirmed it; empty where nobody did."""
    finding = models.ForeignKey(
        Finding, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    """What led to it."""
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    appeal = models.CharField(max_length=12, db_index=True)
    level = models.PositiveSmallIntegerField(default=0)
    """Step of escalation (``protect.escalation``); 0 where a person chose freely."""
    created = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField(_("until"), null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    """When it left force, or was refused."""
    ended_by = models.CharField(max_length=200, blank=True)
    """As in the ledger."""
    ended_reason = models.CharField(max_length=500, blank=True)
    held = models.CharField(max_length=40, blank=True)
    """Why it is only proposed: ``protect.customers.Hold``."""
    offences = models.PositiveIntegerField(default=1)
    """Findings that this decision answers."""
    payers = models.PositiveIntegerField(default=0)
    """Recently paying customers whom it meets, as known when it was taken."""
    simulation = models.JSONField(default=dict)
    """``protect.simulation.Outcome`` as an object, as of the decision; empty where none ran."""

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = (
            models.Index("state", "created", "id", name="decision_by_state"),
            models.Index("created", "id", name="decision_by_creation"),
            models.Index("kind", "value", "created", name="decision_by_target"),
            models.Index("author", "created", "id", "state", name="decision_by_author"),
            models.Index("state", "until", name="decision_by_end"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "value", "scope", "state"),
                condition=models.Q(state__in=("in_force", "proposed")),
                name="decision_standing_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.kind} {self.value}"


class DecisionChange(models.Model):
    """The append-only stream: a decision came into force, changed its end, or left force.

    Written under the actions' lock, so numbers appear in their order; never reused.
    """

    seq = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="changes")
    added = models.BooleanField()
    time = models.DateTimeField()

    class Meta:
        indexes = (models.Index("time", "seq", name="decision_change_by_time"),)

    def __str__(self) -> str:
        return f"{self.seq} {'+' if self.added else '-'}"


class Purpose(models.TextChoices):
    """Why somebody is never turned away (``protect.never_block``)."""

    OWN = never_block.Purpose.OWN.value, _("Our own")
    CONSOLE = never_block.Purpose.CONSOLE.value, _("Uses this console")
    PAYMENT = never_block.Purpose.PAYMENT.value, _("Payment provider")
    SEARCH = never_block.Purpose.SEARCH.value, _("Search engine")
    MONITORING = never_block.Purpose.MONITORING.value, _("Monitoring")
    PARTNER = never_block.Purpose.PARTNER.value, _("Partner")


class NeverBlock(models.Model):
    """Somebody whom no decision may turn away."""

    purpose = models.CharField(_("who that is"), max_length=12, choices=Purpose)
    kind = models.CharField(_("kind"), max_length=10, choices=TargetKind)
    value = models.CharField(_("whom"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    derived = models.BooleanField(default=False)
    """Follows from something else, such as a list, and goes when that goes."""
    author = models.CharField(max_length=200)
    """As in the ledger."""
    added = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="never_block"
    )
    """The allow by which enforcers learn of it."""

    class Meta:
        verbose_name = _("never-block entry")
        verbose_name_plural = _("never-block entries")
        constraints = (models.UniqueConstraint(fields=("kind", "value"), name="never_block_once"),)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.value}"


class ConsoleAddress(models.Model):
    """From where people who may decide use the console; kept so that nobody locks himself out."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="console_addresses"
    )
    address = models.GenericIPAddressField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "address"), name="console_address_once"),
        )
        indexes = (models.Index("last_seen", name="console_address_by_time"),)

    def __str__(self) -> str:
        return str(self.address)


class OffenceBatch(models.Model):
    """What detection found that may lead to decisions, not yet answered.

    Written with the findings, deleted with the decisions: whatever dies in between, none is lost.
    """

    recorded = models.DateTimeField()
    number = models.PositiveIntegerField()
    offences = models.BinaryField()
    """A list of ``protect.policy.Offence`` as MessagePack."""

    class Meta:
        verbose_name_plural = "offence batches"

    def __str__(self) -> str:
        return f"{self.number} at {self.recorded:%Y-%m-%d %H:%M:%S}"
