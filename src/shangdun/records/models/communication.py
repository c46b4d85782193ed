"""Who is told what, how, how often; each thing that was due, and the proof that it was done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.communication import lines
from shangdun.govern.rhythm.windows import Place
from shangdun.records.models.documents import DocumentLanguage


class AudienceChoice(models.TextChoices):
    SECURITY = lines.Audience.SECURITY.value, pgettext_lazy("audience", "Security team")
    TECHNICAL = lines.Audience.TECHNICAL.value, pgettext_lazy("audience", "Technical team")
    OPERATIONS = lines.Audience.OPERATIONS.value, pgettext_lazy("audience", "Operations team")
    MANAGEMENT = lines.Audience.MANAGEMENT.value, pgettext_lazy("audience", "Management")
    LEGAL = lines.Audience.LEGAL.value, pgettext_lazy("audience", "Legal department")
    SUPPLIERS = lines.Audience.SUPPLIERS.value, pgettext_lazy("audience", "Suppliers")
    PARTNERS = lines.Audience.PARTNERS.value, pgettext_lazy("audience", "Partners")
    USERS = lines.Audience.USERS.value, pgettext_lazy("audience", "Users")
    REGULATORS = lines.Audience.REGULATORS.value, pgettext_lazy("audience", "Regulators")


class ContentChoice(models.TextChoices):
    INCIDENT = lines.Content.INCIDENT.value, pgettext_lazy("communication", "Incident bulletin")
    PROGRESS = lines.Content.PROGRESS.value, pgettext_lazy("communication", "Project progress")
    TRAINING = lines.Content.TRAINING.value, pgettext_lazy("communication", "Security training")
    LAW = lines.Content.LAW.value, pgettext_lazy("communication", "Change of law")
    PLAN = lines.Content.PLAN.value, pgettext_lazy("communication", "Response plan")


class WayChoice(models.TextChoices):
    EMAIL = lines.Way.EMAIL.value, pgettext_lazy("communication", "E-mail")
    CHAT = lines.Way.CHAT.value, pgettext_lazy("communication", "Chat")
    FORUM = lines.Way.FORUM.value, pgettext_lazy("communication", "Internal forum")
    MEETING = lines.Way.MEETING.value, pgettext_lazy("communication", "Meeting")
    REPORT = lines.Way.REPORT.value, pgettext_lazy("communication", "Formal report")
    PHONE = lines.Way.PHONE.value, pgettext_lazy("communication", "Telephone")
    SEMINAR = lines.Way.SEMINAR.value, pgettext_lazy("communication", "Online seminar")


class FrequencyChoice(models.TextChoices):
    EVENT = lines.Frequency.EVENT.value, pgettext_lazy("communication", "When it happens")
    WEEKLY = lines.Frequency.WEEKLY.value, pgettext_lazy("communication", "Weekly")
    MONTHLY = lines.Frequency.MONTHLY.value, pgettext_lazy("communication", "Monthly")
    QUARTERLY = lines.Frequency.QUARTERLY.value, pgettext_lazy("communication", "Quarterly")
    HALF_YEARLY = lines.Frequency.HALF_YEARLY.value, pgettext_lazy("communication", "Half-yearly")
    YEARLY = lines.Frequency.YEARLY.value, pgettext_lazy("communication", "Yearly")


class PlaceChoice(models.TextChoices):
    END = Place.END.value, _("in the last days of the period")
    AFTER = Place.AFTER.value, _("in the first working days after the period")
    WITHIN = Place.WITHIN.value, _("at any time in the period")


class CommunicationState(models.TextChoices):
    DUE = lines.State.DUE.value, pgettext_lazy("communication", "To be drafted")
    DRAFTED = lines.State.DRAFTED.value, pgettext_lazy("communication", "Drafted")
    APPROVED = lines.State.APPROVED.value, pgettext_lazy("communication", "Approved")
    SENT = lines.State.SENT.value, pgettext_lazy("communication", "Done")
    MISSED = lines.State.MISSED.value, pgettext_lazy("communication", "Missed")
    DROPPED = lines.State.DROPPED.value, pgettext_lazy("communication", "Not needed")


class CommunicationLine(models.Model):
    """One line of the matrix (沟通计划)."""

    key = models.SlugField(max_length=60, blank=True)
    """Of a line that came with the product; empty: the company's own."""
    title_zh = models.CharField(_("title in Chinese"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    content = models.CharField(_("content"), max_length=10, choices=ContentChoice)
    audiences = models.JSONField(default=list)
    ways = models.JSONField(default=list)
    frequency = models.CharField(_("how often"), max_length=12, choices=FrequencyChoice)
    place = models.CharField(max_length=6, choices=PlaceChoice, default=Place.END.value)
    days = models.PositiveSmallIntegerField(default=7)
    """As ``govern.rhythm.windows.Rule`` counts them; of an event: the working days after it within
    which it is told, 0 on the same day."""
    grace_days = models.PositiveSmallIntegerField(default=3)
    """Working days after it until it is missed."""
    maker = models.SlugField(max_length=40, blank=True)
    """Which of ``actions.communication.makers`` drafts it; empty: a person writes it."""
    approval = models.BooleanField(_("a person approves it"), default=False)
    """Of what goes outside always true, whatever stands here."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(
        _("language"), max_length=8, choices=DocumentLanguage, default="zh-hans"
    )
    calendar = models.CharField(_("working days"), max_length=20, default="cn")
    starts_on = models.DateField(_("from"))
    """Nothing is due before."""
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("line of the communication plan")
        ordering = ("content", "id")

    def __str__(self) -> str:
        return self.title_zh or self.title_en

    @property
    def outside(self) -> bool:
        return lines.goes_outside({lines.Audience(name) for name in self.audiences})

    @property
    def needs_approval(self) -> bool:
        return self.approval or self.outside


class Communication(models.Model):
    """One thing that is due: to be drafted, perhaps approved, done, and proven."""

    line = models.ForeignKey(CommunicationLine, on_delete=models.PROTECT, related_name="items")
    key = models.CharField(max_length=120, unique=True)
    """Of its line and period, or of what happened: the same is made once."""
    period = models.CharField(max_length=20, blank=True)
    """``2026-W12``, ``2026-03``, ``2026-Q1``, ``2026-H1``, ``2026``; of an event its day."""
    since = models.DateField()
    until = models.DateField()
    """What it tells about; both included."""
    about = models.JSONField(default=dict)
    """What happened, of an event: ``{"kind": "incident", "number": 7, "path": …}``."""
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    """The last day on which it is late and not yet missed."""
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    """In the markup of documents."""
    language = models.CharField(max_length=8, choices=DocumentLanguage, default="zh-hans")
    state = models.CharField(
        max_length=8, choices=CommunicationState, default=CommunicationState.DUE
    )
    made_at = models.DateTimeField()
    drafted_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who wrote in the draft last; empty: it stands as it was made from data."""
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    """Of title and text as they were approved or sent."""
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was missed or set aside."""
    reason = models.TextField(blank=True)
    """Why it was missed, or is not needed."""
    message = models.ForeignKey(
        "records.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("communication", "item")
        ordering = ("-due_on", "-id")
        indexes = (
            models.Index("state", "due_on", name="communication_by_state"),
            models.Index("line", "due_on", name="communication_by_line"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return lines.State(self.state) in lines.OPEN


class ProofKind(models.TextChoices):
    MESSAGE = "message", _("Message through the channels")
    LETTERS = "letters", _("E-mail to contacts")
    PAGE = "page", _("Page of the knowledge base")
    RECORD = "record", _("Record of the system")
    FILE = "file", _("File")
    HELD = "held", _("Meeting, call or seminar")


class CommunicationProof(models.Model):
    """What shows that it was done; never changed."""

    communication = models.ForeignKey(
        Communication, on_delete=models.PROTECT, related_name="proofs"
    )
    kind = models.CharField(max_length=8, choices=ProofKind)
    way = models.CharField(max_length=8, choices=WayChoice, blank=True)
    text = models.TextField(blank=True)
    people = models.TextField(blank=True)
    """Who was there, as somebody wrote it."""
    count = models.PositiveIntegerField(null=True, blank=True)
    """How many were reached."""
    path = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()
    """When it was done, which may be before it was noted."""
    noted_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("noted_at", "id")

    def __str__(self) -> str:
        return f"{self.communication_id}: {self.kind}"


class OutsideContact(models.Model):
    """Whom one reaches at a supplier, a partner, a regulator; addresses are sealed."""

    audience = models.CharField(_("audience"), max_length=12, choices=AudienceChoice)
    organisation = models.CharField(_("organisation"), max_length=200)
    person = models.CharField(_("person"), max_length=100, blank=True)
    office = models.CharField(_("office"), max_length=100, blank=True)
    sealed_email = models.BinaryField(blank=True, default=b"")
    sealed_phone = models.BinaryField(blank=True, default=b"")
    language = models.CharField(
        _("language"), max_length=8, choices=DocumentLanguage, default="zh-hans"
    )
    note = models.TextField(_("note"), blank=True)
    checked_on = models.DateField(null=True, blank=True)
    """When somebody last saw that it is right."""
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("contact outside the company")
        ordering = ("audience", "organisation", "id")

    def __str__(self) -> str:
        return self.organisation


class OutsideLetterState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("letter", "Waiting")
    SENDING = "sending", pgettext_lazy("letter", "Being handed over")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    BOUNCED = "bounced", pgettext_lazy("letter", "Refused")
    UNCERTAIN = "uncertain", pgettext_lazy("letter", "Perhaps sent")


class OutsideLetter(models.Model):
    """An approved text on its way to one contact by e-mail."""

    communication = models.ForeignKey(
        Communication, on_delete=models.PROTECT, related_name="letters"
    )
    contact = models.ForeignKey(OutsideContact, on_delete=models.PROTECT, related_name="letters")
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(
        max_length=9, choices=OutsideLetterState, default=OutsideLetterState.QUEUED
    )
    code = models.CharField(max_length=60, blank=True)
    """What the mail server answered, without its words."""
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("communication", "contact"), name="outside_letter_once"
            ),
        )
        indexes = (models.Index("state", "next_at", name="outside_letter_by_state"),)

    def __str__(self) -> str:
        return f"{self.communication_id}: {self.contact_id}"
