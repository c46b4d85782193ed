"""Messages to people: where they go, what was said, how each delivery stands, and reports taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelLanguage(models.TextChoices):
    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")
    BOTH = "both", _("Chinese and English")


class Urgency(models.TextChoices):
    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed, tried again")
    DEAD = "dead", _("given up")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")


class MessageSettings(models.Model):
    """One row: what holds for all channels."""

    address = models.CharField(_("address of this console"), max_length=200, blank=True)
    """As people reach it, ``https://shangdun.example``: links in messages begin with it."""
    ack_minutes = models.PositiveSmallIntegerField(default=10)
    ack_minutes_serious = models.PositiveSmallIntegerField(default=5)
    """Until an urgent message nobody acknowledged goes to the next; the second from 重大 on."""
    update_general = models.PositiveSmallIntegerField(default=240)
    update_major = models.PositiveSmallIntegerField(default=120)
    update_serious = models.PositiveSmallIntegerField(default=60)
    update_extreme = models.PositiveSmallIntegerField(default=30)
    """Minutes between situation reports of an active incident, by grade; 0 sends none."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("settings of messages")

    def __str__(self) -> str:
        return self.address


class Channel(models.Model):
    """A way to reach people outside the console: an address as Apprise writes it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    scheme = models.CharField(max_length=30)
    sealed = models.BinaryField()
    """The address with its secrets, sealed under ``context``."""
    shown = models.CharField(max_length=300)
    """The address without its secrets."""
    group = models.CharField(_("group"), max_length=30, blank=True)
    """The plan's group whose messages it takes; empty with no person: everybody's."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    each = models.BooleanField(default=False)
    """To every person who is meant, at the address in the person's contacts; e-mail only."""
    language = models.CharField(
        _("language"), max_length=10, choices=ChannelLanguage, default=ChannelLanguage.CHINESE
    )
    min_grade = models.PositiveSmallIntegerField(_("from grade"), default=0)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    enabled = models.BooleanField(_("switched on"), default=True)
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField()
    last_sent = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """What is to be said, once: written in the transaction of what it tells of."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    incident = models.ForeignKey(
        "records.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    drill = models.BooleanField(default=False)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)
    groups = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    needs_acknowledgement = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_via = models.CharField(max_length=100, blank=True)
    """The channel whose link was followed, where nobody signed in."""
    escalate_at = models.DateTimeField(null=True, blank=True)
    """When it goes to the next unless somebody acknowledges it."""
    escalations = models.PositiveSmallIntegerField(default=0)
    cause = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="escalated"
    )
    """The message that nobody acknowledged; acknowledging one acknowledges both."""

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = (
            models.Index("incident", "at", name="message_by_incident"),
            models.Index("escalate_at", name="message_to_escalate"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class InboxItem(models.Model):
    """A message in a person's own list: it needs no service outside."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="inbox")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox"
    )
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index("person", "read_at", name="inbox_by_person"),)
        constraints = (
            models.UniqueConstraint(fields=("message", "person"), name="inbox_item_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.message_id}"


class Delivery(models.Model):
    """One message on its way through one channel."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    """At whose own address, through a channel to each person."""
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    held = models.BooleanField(default=False)
    """Waits for the end of the channel's quiet hours; a grade of 重大 or above lets it go."""
    repeated = models.BooleanField(default=False)
    """The process ended while it was being sent: it may arrive twice, and says so."""
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = (models.Index("state", "next_at", name="delivery_by_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("message", "channel"),
                condition=models.Q(person=None),
                name="delivery_once",
            ),
            models.UniqueConstraint(
                fields=("message", "channel", "person"), name="delivery_once_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id} {self.channel_id} {self.state}"


class ReportReceipt(models.Model):
    """A report that was handed in with a number of its own, so that it is taken once."""

    uid = models.CharField(max_length=32, unique=True)
    incident = models.ForeignKey(
        "records.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="receipts"
    )
    """Empty: it could not be taken, and ``problem`` says why."""
    via = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    sealed_contact = models.BinaryField(blank=True, default=b"")
    """Name and telephone or e-mail of whoever reported without an account, sealed."""
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("receipt of a report")

    def __str__(self) -> str:
        return self.uid
