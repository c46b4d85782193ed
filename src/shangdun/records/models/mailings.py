"""Lists of recipients outside, the letters that go to them, and who wants no more of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.communication.lines import OUTSIDE
from shangdun.records.models.communication import AudienceChoice
from shangdun.records.models.notices import LetterState, NoticeState, PostedLetter

OUTSIDE_CHOICES = [one for one in AudienceChoice.choices if one[0] in OUTSIDE]


class AddressList(models.Model):
    """Whom letters outside go to: its people, and the purpose for which they are kept (PIPL 17)."""

    name = models.CharField(_("name"), max_length=120)
    audience = models.CharField(_("audience"), max_length=12, choices=OUTSIDE_CHOICES)
    purpose_zh = models.CharField(_("purpose in Chinese"), max_length=200)
    purpose_en = models.CharField(_("purpose in English"), max_length=200)
    """Each letter says it."""
    origin = models.TextField(_("where the addresses come from"), max_length=1000)
    """And what these people agreed to."""
    plan = models.BooleanField(_("letters of the communication plan go to it"), default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    kept = models.PositiveIntegerField(default=0)
    """How many there were when it was erased."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("list of recipients")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Recipient(models.Model):
    """Somebody on a list, once; name and address are sealed."""

    list = models.ForeignKey(AddressList, on_delete=models.CASCADE, related_name="recipients")
    mark = models.CharField(max_length=64)
    """The blind fingerprint of the address (``records.affected.email_mark``)."""
    sealed = models.BinaryField()
    language = models.CharField(max_length=2, blank=True)

    class Meta:
        verbose_name = _("recipient")
        indexes = (models.Index("mark", name="recipient_by_mark"),)
        constraints = (models.UniqueConstraint(fields=("list", "mark"), name="recipient_once"),)

    def __str__(self) -> str:
        return f"{self.list_id}: {self.pk}"


class Unsubscribed(models.Model):
    """Somebody who wants no letters but those the law demands; the address itself is not here."""

    mark = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    by_link = models.BooleanField(default=True)
    """Else somebody of us noted it."""

    class Meta:
        verbose_name = _("unsubscribed")

    def __str__(self) -> str:
        return str(self.pk)


class MailingKind(models.TextChoices):
    INVITATION = "invitation", pgettext_lazy("mailing", "Invitation to a survey")
    REMINDER = "reminder", pgettext_lazy("mailing", "Reminder of a survey")
    BULLETIN = "bulletin", pgettext_lazy("mailing", "Letter of the communication plan")


class Mailing(models.Model):
    """One text on its way to lists of recipients.

    ``topic`` names what it is about (``survey:7:invitation``): an address gets one letter of it,
    whatever mailings and lists it stands in.
    """

    uid = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=MailingKind)
    topic = models.CharField(max_length=60)
    survey = models.ForeignKey(
        "records.Survey", null=True, blank=True, on_delete=models.PROTECT, related_name="mailings"
    )
    communication = models.ForeignKey(
        "records.Communication", null=True, blank=True, on_delete=models.PROTECT,
        related_name="mailings",
    )  # fmt: skip
    incident = models.ForeignKey(
        "records.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """What it tells of; a drill's is refused by the database."""
    lists = models.ManyToManyField(AddressList, related_name="mailings")
    duty = models.BooleanField(default=False)
    """The law demands it: it also goes to whoever unsubscribed."""
    subject_zh = models.CharField(_("Chinese subject"), max_length=200, blank=True)
    body_zh = models.TextField(_("Chinese text"), blank=True)
    subject_en = models.CharField(_("English subject"), max_length=200, blank=True)
    body_en = models.TextField(_("English text"), blank=True)
    base = models.CharField(max_length=200)
    """Where the console is reached from outside, with its scheme: links begin with it."""
    remind = models.BooleanField(_("remind once before the end"), default=False)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    per_minute = models.PositiveIntegerField(default=1000)
    batch_size = models.PositiveIntegerField(default=200)
    cursor = models.PositiveBigIntegerField(default=0)
    """Up to which recipient the letters are addressed."""
    addressed = models.BooleanField(default=False)
    due = models.PositiveIntegerField(default=0)
    """How many were to be reached when it started."""
    problem = models.CharField(max_length=300, blank=True)
    """Why sending waits."""
    told = models.JSONField(default=dict)
    """Letters by their state, when the letters themselves were forgotten."""
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("mailing")
        ordering = ("-id",)
        indexes = (
            models.Index("state", "id", name="mailing_by_state"),
            models.Index("topic", name="mailing_by_topic"),
        )

    def __str__(self) -> str:
        return self.topic

    @property
    def channel(self) -> str:
        """By which its letters leave: e-mail alone."""
        return "email"


class MailingLetter(PostedLetter):
    """A mailing to one recipient. ``key`` is made of topic and address: a second cannot be."""

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="letters")

    class Meta:
        verbose_name = _("letter of a mailing")
        indexes = (
            models.Index("mailing", "state", "due_at", "id", name="mailing_letter_due"),
            models.Index("mark", "state", name="mailing_letter_by_mark"),
        )
        constraints = (
            models.UniqueConstraint(fields=("mailing", "mark"), name="mailing_letter_once"),
        )


WAITING = (LetterState.QUEUED, LetterState.SENDING)
