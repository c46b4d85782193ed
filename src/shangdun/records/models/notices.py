"""Notices to customers: their text and approvals, each letter, complaints, what helps people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.incidents import IncidentType


class NoticeChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    GATEWAY = "gateway", _("Message gateway (SMS, the shop's own messages)")
    POSTED = "posted", _("Posted by hand")


class NoticeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LEGAL = "legal", _("Approved by legal")
    APPROVED = "approved", _("Approved by leadership")
    SENDING = "sending", _("Being sent")
    PAUSED = "paused", _("Paused")
    SENT = "sent", _("Sent")
    STOPPED = "stopped", _("Stopped")
    REHEARSED = "rehearsed", _("Rehearsed")


class LetterState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being handed over")
    SENT = "sent", _("Accepted")
    BOUNCED = "bounced", _("Bounced")
    FAILED = "failed", _("Given up")
    UNCERTAIN = "uncertain", _("Uncertain")
    SKIPPED = "skipped", _("Skipped")


class LetterSettings(models.Model):
    """How letters leave: one row. Passwords are sealed."""

    smtp_host = models.CharField(_("mail server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("port"), default=587)
    smtp_security = models.CharField(
        _("encryption"),
        max_length=8,
        default="starttls",
        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none (internal relay)"))],
    )
    smtp_user = models.CharField(_("user"), max_length=200, blank=True)
    smtp_password = models.BinaryField(blank=True, default=b"")
    sender = models.EmailField(_("sender's address"), blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    gateway_url = models.CharField(_("gateway's address"), max_length=500, blank=True)
    gateway_secret = models.BinaryField(blank=True, default=b"")
    gateway_idempotent = models.BooleanField(_("honours Idempotency-Key"), default=False)
    allowed_networks = models.JSONField(default=list)
    """Private networks in which the server or gateway may be, in CIDR notation."""
    per_minute = models.PositiveIntegerField(_("letters a minute"), default=1000)
    batch_size = models.PositiveIntegerField(_("letters a batch"), default=200)
    retention_days = models.PositiveIntegerField(_("days the list is kept"), default=180)
    public_address = models.CharField(_("address for people outside"), max_length=200, blank=True)
    """Where links in letters lead: ``https://…``; empty: no letter with a link leaves."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("sending of letters")

    def __str__(self) -> str:
        return self.smtp_host or self.gateway_url


class Notice(models.Model):
    """One notice to customers. Approval freezes text, channel and segment by their SHA-256."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, related_name="notices"
    )
    number = models.PositiveIntegerField()
    uid = models.CharField(max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=200)
    template = models.CharField(_("template"), max_length=20, choices=IncidentType)
    channel = models.CharField(_("channel"), max_length=8, choices=NoticeChannel)
    segment = models.JSONField(default=dict)
    """``respond.affected.segment.Segment`` as JSON."""
    subject_zh = models.CharField(_("Chinese subject"), max_length=200, blank=True)
    body_zh = models.TextField(_("Chinese text"), blank=True)
    subject_en = models.CharField(_("English subject"), max_length=200, blank=True)
    body_en = models.TextField(_("English text"), blank=True)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    sha256 = models.CharField(max_length=64)
    """Of everything that approval freezes."""
    approved_sha256 = models.CharField(max_length=64, blank=True)
    editors = models.JSONField(default=list)
    """Ids of everybody who wrote in it since it was made."""
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField()
    legal_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    legal_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    returned = models.CharField(max_length=1000, blank=True)
    """Why an approver gave it back."""
    per_minute = models.PositiveIntegerField(default=1000)
    batch_size = models.PositiveIntegerField(default=200)
    cursor = models.PositiveBigIntegerField(default=0)
    """Up to which affected the letters are addressed."""
    addressed = models.BooleanField(default=False)
    """Whether every letter is addressed."""
    due = models.PositiveIntegerField(default=0)
    """How many are to be reached, reckoned when it starts."""
    problem = models.CharField(max_length=300, blank=True)
    """Why sending waits: the server is down, its password wrong."""
    posted_where = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("customer notice")
        indexes = (models.Index("state", "id", name="notice_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="notice_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.number}"


class PostedLetter(models.Model):
    """A letter to one recipient, for ever: the database refuses a second.

    ``mark`` is the blind fingerprint of the address: the recipient who has it is looked up by it.
    ``key`` names the letter towards servers: the local part of its Message-ID, its Idempotency-Key.
    """

    mark = models.CharField(max_length=64)
    key = models.CharField(max_length=32, unique=True)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=20, blank=True)
    """What the server said: its reply code and enhanced status code (RFC 3463)."""
    receipt = models.CharField(max_length=100, blank=True)
    """The server's own number of it."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class Letter(PostedLetter):
    """One notice to one recipient; ``mark`` is of the affected."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="letters")

    class Meta:
        verbose_name = _("letter")
        indexes = (
            models.Index("notice", "state", "due_at", "id", name="letter_due"),
            models.Index("mark", name="letter_by_mark"),
        )
        constraints = (
            models.UniqueConstraint(fields=("notice", "mark"), name="letter_once_a_person"),
        )


class SupportKind(models.TextChoices):
    HOTLINE = "hotline", _("Hotline")
    PASSWORD_RESET = "password_reset", _("Password reset")
    CREDIT_MONITORING = "credit_monitoring", _("Credit monitoring")
    REFUND = "refund", _("Refund or voucher")
    OTHER = "other", _("Other help")


class SupportMeasure(models.Model):
    """What the company offers to those affected."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="support_measures"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SupportKind)
    text = models.CharField(_("what it is"), max_length=500)
    contact = models.CharField(_("telephone or link"), max_length=500, blank=True)
    taken_up = models.PositiveIntegerField(_("how many took it up"), default=0)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("support measure")

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.kind}"


class ComplaintChannel(models.TextChoices):
    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    LETTER = "letter", _("Letter")
    SOCIAL = "social", _("Social media")
    OTHER = "other", _("Other")


class ComplaintState(models.TextChoices):
    OPEN = "open", _("Unanswered")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class Complaint(models.Model):
    """A complaint or a question about an incident. Customer, text and answer are sealed."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="complaints"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=10, choices=[("complaint", _("Complaint")), ("question", _("Question"))]
    )
    channel = models.CharField(_("channel"), max_length=10, choices=ComplaintChannel)
    customer = models.BinaryField()
    affected = models.BooleanField(default=False)
    """Whether the customer is among the affected, as looked up when it came."""
    text = models.BinaryField()
    answer = models.BinaryField(blank=True, default=b"")
    state = models.CharField(max_length=10, choices=ComplaintState, default=ComplaintState.OPEN)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("complaint")
        indexes = (models.Index("incident", "state", "due_at", name="complaint_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="complaint_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.number}"


class AnswerTemplate(models.Model):
    """An answer that customer service gives again and again in an incident."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="answer_templates"
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("answer"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("answer template")
        constraints = (
            models.UniqueConstraint(fields=("incident", "title"), name="answer_template_once"),
        )

    def __str__(self) -> str:
        return self.title
