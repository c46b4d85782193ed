"""Protective measures as the company keeps them, and what each check of them found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.controls.catalogue import Factor, Kind, Layer, Method
from shangdun.govern.controls.rhythm import Rhythm
from shangdun.govern.controls.standing import CheckState
from shangdun.records.models.groups import PlanGroup


class ControlKind(models.TextChoices):
    TECHNICAL = Kind.TECHNICAL.value, _("Technical measure")
    MANAGEMENT = Kind.MANAGEMENT.value, _("Management measure")


class ControlMethod(models.TextChoices):
    AUTOMATIC = Method.AUTOMATIC.value, _("Checked automatically")
    ON_SITE = Method.ON_SITE.value, _("On-site check")
    DOCUMENT = Method.DOCUMENT.value, _("Document review")


class ControlLayer(models.TextChoices):
    PHYSICAL = Layer.PHYSICAL.value, _("Physical environment")
    NETWORK = Layer.NETWORK.value, pgettext_lazy("layer", "Communication network")
    BOUNDARY = Layer.BOUNDARY.value, _("Area boundary")
    COMPUTING = Layer.COMPUTING.value, _("Computing environment")
    CENTRE = Layer.CENTRE.value, _("Security management centre")
    POLICY = Layer.POLICY.value, _("Security management system")
    ORGANISATION = Layer.ORGANISATION.value, _("Security management organisation")
    PEOPLE = Layer.PEOPLE.value, _("Security management of people")
    CONSTRUCTION = Layer.CONSTRUCTION.value, _("Security construction management")
    OPERATION = Layer.OPERATION.value, _("Security operation management")


class ControlFactor(models.TextChoices):
    NETWORK_ATTACK = Factor.NETWORK_ATTACK.value, _("Network attack")
    DATA_BREACH = Factor.DATA_BREACH.value, pgettext_lazy("factor", "Data breach")
    INSIDER = Factor.INSIDER.value, _("Violations by insiders")
    LAW_CHANGE = Factor.LAW_CHANGE.value, _("Changes of law")
    TECHNOLOGY_CHANGE = Factor.TECHNOLOGY_CHANGE.value, _("Technology moving on")


class ControlRhythm(models.TextChoices):
    WEEK = Rhythm.WEEK.value, _("every week")
    MONTH = Rhythm.MONTH.value, _("every month")
    QUARTER = Rhythm.QUARTER.value, _("every quarter")
    HALF_YEAR = Rhythm.HALF_YEAR.value, _("every half-year")
    YEAR = Rhythm.YEAR.value, _("every year")


class Control(models.Model):
    """One protective measure (防护措施) that the company keeps."""

    key = models.SlugField(max_length=60, unique=True)
    """Of the shipped list, whose words it then has; ``own-…``: the company's own."""
    kind = models.CharField(_("kind"), max_length=12, choices=ControlKind)
    method = models.CharField(_("how it is checked"), max_length=10, choices=ControlMethod)
    check_name = models.CharField(max_length=40, blank=True)
    """The automatic check; empty where people look."""
    layer = models.CharField(_("layer"), max_length=14, choices=ControlLayer)
    factors = models.JSONField(default=list)
    duties = models.JSONField(default=list)
    """Uids of duties of the law register."""
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=ControlRhythm)
    title = models.CharField(_("title"), max_length=200, blank=True)
    """Of the company's own measure; a shipped one has its words in ``content/controls``."""
    what = models.TextField(_("what is to be found in place"), blank=True)
    how = models.TextField(_("how one looks, and what proves it"), blank=True)
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    """Who looks after it while nobody is named."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applies = models.BooleanField(_("applies"), default=True)
    reason = models.TextField(_("why it does not apply"), blank=True)
    params = models.JSONField(default=dict)
    """Settings of its automatic check: ``{"targets": ["shop.example:443"]}``."""
    since = models.DateField()
    """From when it is owed."""
    asked_at = models.DateTimeField(null=True, blank=True)
    """Somebody asked for its automatic check now."""
    reminded = models.CharField(max_length=80, blank=True)
    """What its owner was last reminded of: ``failing:2026-03-01``."""
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("protective measure")
        ordering = ("-kind", "id")

    def __str__(self) -> str:
        return self.key


class ProofAbout(models.TextChoices):
    CONTROL = "control", _("Protective measures")
    LAW = "law", _("Law")


class ProofFile(models.Model):
    """A file that shows something: a photograph of a check, a legal opinion.

    Its content lies in the evidence store under its SHA-256, which is also in the ledger.
    """

    about = models.CharField(max_length=8, choices=ProofAbout)
    """Who may see it: whoever sees that part."""
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class ControlResults(models.TextChoices):
    PASS = CheckState.PASS.value, _("In place")
    FAIL = CheckState.FAIL.value, _("Not in place")
    UNKNOWN = CheckState.UNKNOWN.value, _("Could not be told")


class ControlResult(models.Model):
    """What one check found. It never changes: the database refuses it (``compliance_guard``)."""

    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="results")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ControlResults)
    method = models.CharField(max_length=10, choices=ControlMethod)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: the system itself."""
    says = models.JSONField(default=dict)
    """What was found, in a sentence: ``{"zh": …, "en": …}``; what a person wrote is in both."""
    fix = models.JSONField(default=dict)
    facts = models.JSONField(default=list)
    """What it rests on: ``{"name": {"zh", "en"}, "value": str, "path": str}`` each."""
    note = models.TextField(blank=True)
    files = models.JSONField(default=list)
    """Photographs and documents: ``{"id", "name", "sha256", "size"}`` of ``ProofFile`` each."""

    class Meta:
        indexes = (models.Index(fields=["control", "-at", "-id"], name="control_result_newest"),)

    def __str__(self) -> str:
        return f"{self.control_id} {self.at:%Y-%m-%d} {self.state}"
