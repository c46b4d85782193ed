"""The law register as the company keeps it, and the yearly assessment of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.law.compliance import Side, Verdict
from shangdun.records.models.groups import PlanGroup


class LawFacts(models.Model):
    """What decides which duties bind: one row. Empty is unknown; the rest is with ``Company``."""

    platform = models.JSONField(default=list)
    """Of the guided questions: ``web``, ``app``, ``payments``, ``own_servers``, …"""
    platform_known = models.BooleanField(default=False)
    """Whether somebody said what the shop is made of."""
    customers = models.PositiveBigIntegerField(
        _("people whose personal data is processed"), null=True, blank=True
    )
    important_data = models.BooleanField(_("important data is processed"), null=True, blank=True)
    personalised = models.BooleanField(
        _("search results or offers are personalised"), null=True, blank=True
    )
    mlps_level = models.PositiveSmallIntegerField(_("MLPS level"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("facts for the law register")

    def __str__(self) -> str:
        return ", ".join(self.platform)


class DutyApplies(models.TextChoices):
    BY_FACTS = "by_facts", _("as the facts say")
    YES = "yes", _("it applies")
    NO = "no", _("it does not apply")


class LegalDuty(models.Model):
    """One duty of the register: who looks after it here, and whether it binds us."""

    uid = models.SlugField(max_length=60, unique=True)
    """Of the shipped register; ``own-…``: one that the company's counsel added."""
    law = models.CharField(max_length=40)
    group = models.CharField(max_length=20, choices=PlanGroup)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applies = models.CharField(
        _("whether it applies"), max_length=10, choices=DutyApplies, default=DutyApplies.BY_FACTS
    )
    reason = models.TextField(_("why"), blank=True)
    place = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("duty")
        ordering = ("place", "id")

    def __str__(self) -> str:
        return self.uid


class DutyVersion(models.Model):
    """One text of a duty, as it was known; never changed, for judgements stand on it."""

    duty = models.ForeignKey(LegalDuty, on_delete=models.PROTECT, related_name="versions")
    effective_from = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    """A text that was corrected in the register is a further revision of the same version."""
    snapshot = models.JSONField()
    """``govern.law.register.LawVersion``."""
    sha256 = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who entered it; empty: it came with the product."""

    class Meta:
        ordering = ("effective_from", "revision")
        constraints = (
            models.UniqueConstraint(
                fields=("duty", "effective_from", "revision"), name="duty_version_once"
            ),
            models.UniqueConstraint(
                fields=("duty", "effective_from", "sha256"), name="duty_version_text_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.duty_id} {self.effective_from}"


class ReviewOutcome(models.TextChoices):
    NOTHING = "nothing", _("Nothing has to change")
    CHANGED = "changed", _("Changed already")
    IMPROVEMENT = "improvement", _("Something has to change")


class LawReview(models.Model):
    """A change of law that somebody has to look at (法律变化评审)."""

    duty = models.ForeignKey(LegalDuty, on_delete=models.PROTECT, related_name="reviews")
    before = models.ForeignKey(
        DutyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: the duty is new."""
    after = models.OneToOneField(DutyVersion, on_delete=models.PROTECT, related_name="review")
    due_on = models.DateField()
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=ReviewOutcome, blank=True)
    note = models.TextField(blank=True)
    improvement = models.ForeignKey(
        "records.Improvement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reminded = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index("done_at", "due_on", name="law_review_open"),)

    def __str__(self) -> str:
        return f"{self.duty_id} {self.due_on}"


class DutyEvidence(models.Model):
    """What shows that a duty is kept, besides the measures mapped to it: a file or an address."""

    duty = models.ForeignKey(LegalDuty, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(_("what it is"), max_length=200)
    link = models.CharField(_("address"), max_length=500, blank=True)
    """A page of this console (``/documents/3/``) or an http(s) address."""
    file = models.ForeignKey(
        "records.ProofFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.title


class RoundState(models.TextChoices):
    OPEN = "open", _("Under way")
    CLOSED = "closed", pgettext_lazy("round", "Closed")


class AssessmentRound(models.Model):
    """A yearly assessment (年度合规评估): internal audit and outside counsel."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    due_on = models.DateField(_("to be finished by"))
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    counsel_firm = models.CharField(_("outside counsel: firm"), max_length=200, blank=True)
    counsel_name = models.CharField(_("outside counsel: lawyer"), max_length=100, blank=True)
    opinion = models.ForeignKey(
        "records.ProofFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The legal opinion as it was handed in."""
    opinion_on = models.DateField(_("date of the opinion"), null=True, blank=True)
    opinion_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=RoundState, default=RoundState.OPEN)
    without_counsel = models.TextField(_("why without outside counsel"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_sha256 = models.CharField(max_length=64, blank=True)
    """Of all judgements and findings as they stood."""
    reminded = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("assessment")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state="open"), name="assessment_one_open"
            ),
        )

    def __str__(self) -> str:
        return self.title


class JudgeSide(models.TextChoices):
    INTERNAL = Side.INTERNAL.value, _("Internal audit")
    COUNSEL = Side.COUNSEL.value, _("Outside counsel")


class DutyVerdict(models.TextChoices):
    KEPT = Verdict.KEPT.value, _("Kept")
    PARTLY = Verdict.PARTLY.value, _("Partly kept")
    NOT_KEPT = Verdict.NOT_KEPT.value, _("Not kept")
    NOT_APPLICABLE = Verdict.NOT_APPLICABLE.value, _("Does not apply")


class DutyJudgement(models.Model):
    """One judgement of one duty, with the text and the evidence it was made on.

    Never changed: whoever judges anew adds another, and the last of a side counts.
    """

    round = models.ForeignKey(AssessmentRound, on_delete=models.PROTECT, related_name="judgements")
    duty = models.ForeignKey(LegalDuty, on_delete=models.PROTECT, related_name="judgements")
    law_version = models.ForeignKey(
        DutyVersion, on_delete=models.PROTECT, related_name="judgements"
    )
    side = models.CharField(max_length=8, choices=JudgeSide)
    verdict = models.CharField(max_length=14, choices=DutyVerdict)
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    """The measures' states and the evidence as they stood at that moment."""
    evidence_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index("duty", "round", name="judgement_by_duty"),)

    def __str__(self) -> str:
        return f"{self.round_id}/{self.duty_id}: {self.verdict}"


class AuditSeverity(models.TextChoices):
    HIGH = "high", pgettext_lazy("finding", "High")
    MEDIUM = "medium", pgettext_lazy("finding", "Medium")
    LOW = "low", pgettext_lazy("finding", "Low")


class AuditState(models.TextChoices):
    OPEN = "open", pgettext_lazy("audit finding", "Open")
    CLOSED = "closed", pgettext_lazy("audit finding", "Closed")


class AuditFinding(models.Model):
    """What an assessment found wanting; it stays open from one to the next until it is closed."""

    number = models.PositiveIntegerField(unique=True)
    raised_in = models.ForeignKey(
        AssessmentRound, on_delete=models.PROTECT, related_name="findings"
    )
    duty = models.ForeignKey(LegalDuty, on_delete=models.PROTECT, related_name="findings")
    side = models.CharField(max_length=8, choices=JudgeSide)
    title = models.CharField(_("what was found"), max_length=300)
    detail = models.TextField(_("in detail"), blank=True)
    severity = models.CharField(_("severity"), max_length=6, choices=AuditSeverity)
    improvement = models.ForeignKey(
        "records.Improvement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=6, choices=AuditState, default=AuditState.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("audit finding")
        ordering = ("number",)

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class FindingStep(models.Model):
    """What a later look at a finding said: still there, or closed with its proof."""

    finding = models.ForeignKey(AuditFinding, on_delete=models.PROTECT, related_name="steps")
    round = models.ForeignKey(
        AssessmentRound, null=True, blank=True, on_delete=models.PROTECT, related_name="steps"
    )
    closes = models.BooleanField(default=False)
    note = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.at:%Y-%m-%d}"
