"""Who and what an incident touched. Everything that names somebody is sealed or blinded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.affected.identity import Certainty, Kind


class AffectedKind(models.TextChoices):
    PERSON = Kind.PERSON.value, _("Person")
    ACCOUNT = Kind.ACCOUNT.value, _("Account")
    ORDER = Kind.ORDER.value, _("Order")
    ASSET = Kind.ASSET.value, _("Host or service")


class AffectedCertainty(models.TextChoices):
    CONFIRMED = Certainty.CONFIRMED.value, _("Confirmed")
    LIKELY = Certainty.LIKELY.value, _("Likely")
    POSSIBLE = Certainty.POSSIBLE.value, _("Possible")


class AffectedSource(models.TextChoices):
    FILE = "file", _("File")
    SEARCH = "search", _("Search")
    HAND = "hand", _("By hand")


class ListState(models.TextChoices):
    CHECKING = "checking", _("Waits for its columns")
    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Being read")
    DONE = "done", _("Taken in")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    ERASED = "erased", _("Erased")


class AffectedList(models.Model):
    """Where knowledge of the affected came from; its counts outlive what it named.

    ``columns`` maps the file's columns to fields of an identity; ``problems`` has rows that were
    refused as {row, column, code}, never a value. An upload lies sealed in
    ``$SHANGDUN_HOME/affected/<token>`` until it is read.
    """

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="affected_lists"
    )
    number = models.PositiveIntegerField()
    title = models.CharField(_("what it is"), max_length=200)
    source = models.CharField(max_length=8, choices=AffectedSource)
    certainty = models.CharField(max_length=10, choices=AffectedCertainty, default="confirmed")
    data_kinds = models.JSONField(default=list)
    """Of ``respond.facts.DataKind``."""
    state = models.CharField(max_length=10, choices=ListState, default=ListState.WAITING)
    token = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    columns = models.JSONField(default=dict)
    query = models.TextField(blank=True)
    """Of a search: its text, sealed (it may name somebody)."""
    field = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    done_bytes = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    """Affected that no earlier row named."""
    repeated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField()
    beat = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    kept = models.JSONField(default=dict)
    """What an erased list counted: {kind: number}."""

    class Meta:
        verbose_name = _("list of the affected")
        indexes = (models.Index("state", "id", name="affected_list_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="affected_list_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.number}"

    @property
    def running(self) -> bool:
        return self.state in {ListState.WAITING, ListState.READING}


class AffectedSubject(models.Model):
    """One person, account, order or asset, once an incident however many lists name it.

    ``sealed`` is ``respond.affected.identity.Identity`` as JSON. The marks are blind fingerprints
    of reference, e-mail and telephone, normalised: equal ones meet, nobody can read them.
    """

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="affected_subjects"
    )
    list = models.ForeignKey(AffectedList, on_delete=models.CASCADE, related_name="subjects")
    """The first that named it."""
    kind = models.CharField(max_length=8, choices=AffectedKind)
    certainty = models.CharField(max_length=10, choices=AffectedCertainty)
    language = models.CharField(max_length=2, blank=True)
    sealed = models.BinaryField()
    reference_mark = models.CharField(max_length=64, blank=True)
    email_mark = models.CharField(max_length=64, blank=True)
    phone_mark = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("affected")
        indexes = (
            models.Index("incident", "kind", "id", name="affected_by_kind"),
            models.Index("incident", "reference_mark", name="affected_by_reference"),
            models.Index("incident", "email_mark", name="affected_by_email"),
            models.Index("incident", "phone_mark", name="affected_by_phone"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.kind} {self.pk}"
