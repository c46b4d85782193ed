"""The risk register: threats, risks, measures, rounds of assessment, acceptances, the matrix."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.assess.method.scale import MeasureState, Strategy, ThreatSource
from shangdun.assess.quantify.loss import Shape

_FROM_1_TO_5 = (MinValueValidator(1), MaxValueValidator(5))
_PERCENT = (MaxValueValidator(100),)


class RiskLevel(models.IntegerChoices):
    """GB/T 20984-2022: the five levels, of risk and of all that it is rated with."""

    VERY_LOW = 1, pgettext_lazy("risk level", "Very low")
    LOW = 2, pgettext_lazy("risk level", "Low")
    MEDIUM = 3, pgettext_lazy("risk level", "Medium")
    HIGH = 4, pgettext_lazy("risk level", "High")
    VERY_HIGH = 5, pgettext_lazy("risk level", "Very high")


class RiskMatrix(models.Model):
    """How likelihood, loss and risk are read off; a change makes a new row, the last one counts."""

    number = models.PositiveIntegerField(unique=True)
    likelihood = models.JSONField()
    """Five rows of five: threat × ease of exploiting → likelihood, 1 to 5."""
    loss = models.JSONField()
    """Value of the asset × harm → loss."""
    risk = models.JSONField()
    """Likelihood × loss → level of risk."""
    acceptable = models.PositiveSmallIntegerField(default=2, validators=_FROM_1_TO_5)
    """The highest level that needs neither measure nor acceptance."""
    review_days = models.JSONField(default=list)
    """Days until the next look, for the levels 1 to 5."""
    currency = models.CharField(max_length=3, default="CNY")
    note = models.TextField(_("why"), blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"matrix {self.number}"


class ThreatSources(models.TextChoices):
    """GB/T 20984-2022: where a threat comes from."""

    ENVIRONMENT = ThreatSource.ENVIRONMENT.value, _("Environment")
    ACCIDENT = ThreatSource.ACCIDENT.value, _("Accident")
    DELIBERATE = ThreatSource.DELIBERATE.value, _("Deliberate")


class Threat(models.Model):
    """One line of the catalogue of threats."""

    key = models.CharField(max_length=60, blank=True)
    """Of the catalogue that comes along; empty: the company's own."""
    name = models.CharField(_("threat"), max_length=200)
    source = models.CharField(_("source"), max_length=12, choices=ThreatSources)
    motive = models.CharField(_("who, and why"), max_length=300, blank=True)
    timing = models.CharField(_("when"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    capability = models.PositiveSmallIntegerField(
        _("capability"), default=3, validators=_FROM_1_TO_5
    )
    frequency = models.PositiveSmallIntegerField(_("frequency"), default=3, validators=_FROM_1_TO_5)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("threat")
        ordering = ("source", "name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=models.Q(archived_at=None), name="threat_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class LossShapes(models.TextChoices):
    LOGNORMAL = Shape.LOGNORMAL.value, _("Two ends that hold nine of ten (log-normal)")
    PERT = Shape.PERT.value, _("Least, most likely, most (PERT)")


class Risk(models.Model):
    """One risk of the register; a factor of the plan (风险因素) holds others."""

    number = models.PositiveIntegerField(unique=True)
    key = models.CharField(max_length=60, blank=True)
    """Of the starting register; empty: people wrote it."""
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    """The factor it belongs to; a factor has none."""
    factor = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    consequence = models.TextField(_("what would follow"), blank=True)
    existing = models.TextField(_("measures that stand already"), blank=True)
    """In words; those with an effect of their own are measures in effect."""
    threat = models.ForeignKey(
        Threat, null=True, blank=True, on_delete=models.PROTECT, related_name="risks"
    )
    assets = models.ManyToManyField("records.Asset", blank=True, related_name="risks")
    vulnerabilities = models.ManyToManyField(
        "records.Vulnerability", blank=True, related_name="risks"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", verbose_name=_("owner"),
    )  # fmt: skip
    threat_level = models.PositiveSmallIntegerField(null=True, blank=True, validators=_FROM_1_TO_5)
    """How strongly the threat presses: its capability and frequency."""
    ease = models.PositiveSmallIntegerField(null=True, blank=True, validators=_FROM_1_TO_5)
    """How easily what is weak is exploited, before any measure."""
    asset_value = models.PositiveSmallIntegerField(null=True, blank=True, validators=_FROM_1_TO_5)
    """Said by hand where no asset is linked; otherwise the highest of the linked ones counts."""
    harm = models.PositiveSmallIntegerField(null=True, blank=True, validators=_FROM_1_TO_5)
    """How badly the asset suffers, before any measure."""
    frequency_low = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    frequency_high = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    """Events a year: the range that holds the true rate with 90%, before what is learned."""
    loss_shape = models.CharField(max_length=10, choices=LossShapes, default=LossShapes.LOGNORMAL)
    loss_low = models.DecimalField(null=True, blank=True, max_digits=16, decimal_places=2)
    loss_mode = models.DecimalField(null=True, blank=True, max_digits=16, decimal_places=2)
    loss_high = models.DecimalField(null=True, blank=True, max_digits=16, decimal_places=2)
    """Of one event, in the currency of the matrix."""
    basis = models.TextField(_("where the numbers come from"), blank=True)
    observed_since = models.DateTimeField(null=True, blank=True)
    """From here on incidents count as evidence; what was before is in the range already."""
    incident_types = models.JSONField(default=list)
    """Incidents of these types are evidence."""
    tags = models.JSONField(default=list)
    """Only those with a finding of these rule tags; empty: all of the types."""
    success_share = models.DecimalField(max_digits=10, decimal_places=8, null=True, blank=True)
    """Of so many attempts one gets through (0 to 1); empty: attempts are not counted in."""
    attempts = models.PositiveIntegerField(default=0)
    """Findings with the tags that were no real incident, as of ``learned_at``."""
    learned_at = models.DateTimeField(null=True, blank=True)
    assessed_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    archive_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("risk")
        ordering = ("number",)
        indexes = (
            models.Index("archived_at", "number", name="risk_in_order"),
            models.Index("review_on", name="risk_by_review"),
        )

    def __str__(self) -> str:
        return f"R-{self.number} {self.title}"


class RiskStrategy(models.TextChoices):
    """ISO/IEC 27005: how a risk is treated; retaining it is an acceptance of its own."""

    REDUCE = Strategy.REDUCE.value, _("Reduce")
    AVOID = Strategy.AVOID.value, _("Avoid")
    SHARE = Strategy.SHARE.value, _("Share (insurance, contract)")


class RiskMeasureState(models.TextChoices):
    PLANNED = MeasureState.PLANNED.value, pgettext_lazy("risk measure", "Planned")
    DOING = MeasureState.DOING.value, pgettext_lazy("risk measure", "Under way")
    EFFECTIVE = MeasureState.EFFECTIVE.value, pgettext_lazy("risk measure", "In effect")
    DROPPED = MeasureState.DROPPED.value, pgettext_lazy("risk measure", "Dropped")


class RiskMeasure(models.Model):
    """What is done about a risk (应对措施), what it brings and what it costs."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="measures")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    strategy = models.CharField(max_length=8, choices=RiskStrategy, default=RiskStrategy.REDUCE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", verbose_name=_("owner"),
    )  # fmt: skip
    due = models.DateField(_("due date"), null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=RiskMeasureState, default=RiskMeasureState.PLANNED
    )
    """Said by a person; a linked task or control says it instead."""
    reason = models.TextField(blank=True)
    """Why somebody said so by hand."""
    task = models.ForeignKey(
        "records.PlanTask", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Done when this task of the plan is done."""
    control = models.CharField(max_length=80, blank=True)
    """Key of the protective control that is this measure: in effect while it is executed."""
    likelihood_steps = models.PositiveSmallIntegerField(default=0, validators=_FROM_1_TO_5[1:])
    loss_steps = models.PositiveSmallIntegerField(default=0, validators=_FROM_1_TO_5[1:])
    """Levels that likelihood and loss fall by where it is in effect."""
    frequency_cut = models.PositiveSmallIntegerField(default=0, validators=_PERCENT)
    loss_cut = models.PositiveSmallIntegerField(default=0, validators=_PERCENT)
    """Per cent fewer events, and less loss at each."""
    cost_once = models.DecimalField(default=0, max_digits=16, decimal_places=2)
    cost_yearly = models.DecimalField(default=0, max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    years = models.PositiveSmallIntegerField(default=3)
    """Over how many years what it costs once is spread."""
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("measure")
        ordering = ("risk", "number")
        indexes = (models.Index("due", "state", name="risk_measure_by_due"),)
        constraints = (
            models.UniqueConstraint(fields=("risk", "number"), name="risk_measure_once"),
        )

    def __str__(self) -> str:
        return self.title


class RiskEvidence(models.Model):
    """That an incident is, or is not, an event of a risk."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="evidence")
    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, related_name="risk_evidence"
    )
    counts = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)
    """A person judged it: the nightly look leaves it alone."""
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("risk", "incident"), name="risk_evidence_once"),
        )

    def __str__(self) -> str:
        return f"{self.risk_id} ← {self.incident_id}"


class RiskFrequency(models.Model):
    """What was known of a risk's frequency at a moment: prior, evidence, posterior (per year)."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="frequencies")
    at = models.DateTimeField()
    prior_shape = models.FloatField()
    prior_rate = models.FloatField()
    events = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    success_share = models.FloatField(null=True, blank=True)
    years = models.FloatField()
    """Of observation."""
    shape = models.FloatField()
    rate = models.FloatField()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["risk", "-at"], name="risk_frequency_newest"),)

    def __str__(self) -> str:
        return f"{self.risk_id}: {self.mean:.3g} a year"

    @property
    def mean(self) -> float:
        """Events a year."""
        return self.shape / self.rate


class RiskAssessmentState(models.TextChoices):
    OPEN = "open", pgettext_lazy("risk assessment", "Under way")
    CLOSED = "closed", pgettext_lazy("risk assessment", "Finished")


class RiskAssessment(models.Model):
    """One round of risk assessment (风险评估) and what it found, as it stood then."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    scope = models.TextField(_("scope"))
    basis = models.TextField(_("basis and references"), blank=True)
    team = models.TextField(_("who took part"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    matrix = models.ForeignKey(RiskMatrix, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=6, choices=RiskAssessmentState, default=RiskAssessmentState.OPEN
    )
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    figures = models.JSONField(default=dict)
    """Of the whole register at its close: yearly loss by stage, seed, trials."""
    document = models.ForeignKey(
        "records.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The controlled document that its report became."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("risk assessment")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state="open"), name="risk_assessment_one_open"
            ),
        )

    def __str__(self) -> str:
        return self.title


class RiskRating(models.Model):
    """How one risk stood at the close of an assessment: what the next one is compared with."""

    assessment = models.ForeignKey(RiskAssessment, on_delete=models.CASCADE, related_name="ratings")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="ratings")
    title = models.CharField(max_length=200)
    likelihood_before = models.PositiveSmallIntegerField()
    loss_before = models.PositiveSmallIntegerField()
    level_before = models.PositiveSmallIntegerField()
    likelihood = models.PositiveSmallIntegerField()
    loss = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    level_planned = models.PositiveSmallIntegerField()
    yearly_loss = models.DecimalField(null=True, blank=True, max_digits=16, decimal_places=2)
    measures = models.PositiveSmallIntegerField(default=0)
    effective = models.PositiveSmallIntegerField(default=0)
    accepted_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "risk"), name="risk_rating_once"),
        )

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.risk_id} = {self.level}"


class RiskAcceptanceEnd(models.TextChoices):
    EXPIRED = "expired", _("It ran out")
    WITHDRAWN = "withdrawn", _("Taken back")
    REPLACED = "replaced", _("Replaced by a newer one")
    RISEN = "risen", _("The risk rose above what was accepted")


class RiskAcceptance(models.Model):
    """That somebody entitled bears a risk as it stands, until a day (风险接受)."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="acceptances")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    level = models.PositiveSmallIntegerField()
    """Of the risk as it was accepted; a higher one ends the acceptance."""
    yearly_loss = models.DecimalField(null=True, blank=True, max_digits=16, decimal_places=2)
    reason = models.TextField(_("why it is borne"))
    conditions = models.TextField(_("on which conditions"), blank=True)
    accepted_at = models.DateTimeField()
    expires_on = models.DateField(_("until"))
    """The last day on which it holds."""
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=RiskAcceptanceEnd, blank=True)
    end_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-accepted_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("risk",), condition=models.Q(ended_at=None), name="risk_accepted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.risk_id} until {self.expires_on}"
