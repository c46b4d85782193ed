"""The plan's organisation (section 三): seats and who holds them, channels, absences, rotas."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.groups import PlanGroup
from shangdun.respond.organisation.seats import Rank


class PostRank(models.TextChoices):
    HEAD = Rank.HEAD.value, _("Head")
    DEPUTY_HEAD = Rank.DEPUTY_HEAD.value, _("Deputy head")
    MEMBER = Rank.MEMBER.value, _("Member")


class Post(models.Model):
    """A seat (职务) in a group: its holder and deputies, whom ``PostDeputy`` keeps in order."""

    key = models.SlugField(max_length=60, blank=True)
    """Of a seat that came with the product; empty: the company's own."""
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    rank = models.CharField(_("rank"), max_length=12, choices=PostRank, default="member")
    place = models.PositiveSmallIntegerField(default=0)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    duties_zh = models.TextField(_("duties in Chinese"), blank=True)
    duties_en = models.TextField(_("duties in English"), blank=True)
    primary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("post")
        ordering = ("place", "id")

    def __str__(self) -> str:
        return self.name_zh or self.name_en


class PostDeputy(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="deputies")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deputy_of"
    )
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("place", "id")
        constraints = (models.UniqueConstraint(fields=("post", "person"), name="post_deputy_once"),)

    def __str__(self) -> str:
        return f"{self.post_id}: {self.person_id}"


class ContactKind(models.TextChoices):
    """By which means a person is reached; ``Apprise`` addresses are the messages' own."""

    MOBILE = "mobile", _("Mobile telephone")
    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    OTHER = "other", _("Other")


class PersonContact(models.Model):
    """How a person is reached; ``sealed`` is the number or address, encrypted."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contacts"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ContactKind)
    sealed = models.BinaryField()
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("place", "id")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"


class PersonAbsence(models.Model):
    """From when to when a person cannot be called."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences"
    )
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        indexes = (models.Index("until", name="absence_by_end"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.since:%Y-%m-%d}"


class OnCallRota(models.Model):
    """A group's rotation; ``respond.organisation.rota.Rota`` as a row."""

    group = models.CharField(_("group"), max_length=20, choices=PlanGroup, unique=True)
    people = models.JSONField(default=list)
    """Numbers of accounts, in the order of their turns."""
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"), null=True, blank=True)
    hand_over = models.TimeField(_("hand-over"))
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    days = models.PositiveSmallIntegerField(_("days of a turn"), default=7)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("rota")

    def __str__(self) -> str:
        return self.group


class RotaCover(models.Model):
    """Somebody stands in (换班); of several that overlap the newest holds."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.CASCADE, related_name="covers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="covers"
    )
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        indexes = (models.Index("until", name="cover_by_end"),)

    def __str__(self) -> str:
        return f"{self.rota_id}: {self.person_id}"


class CalendarKey(models.Model):
    """A private address of a calendar: whoever holds it reads the rota, until it is revoked."""

    group = models.CharField(max_length=20, choices=PlanGroup, blank=True)
    """Empty: the turns of ``owner`` in all groups."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_keys"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index("owner", "revoked", name="calendar_key_by_owner"),)

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.group}"


class AskingPolicy(models.Model):
    """How long each of the leadership has to answer before the next is asked: one row."""

    minutes = models.JSONField(default=list)
    """By grade 0 to 4."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("waiting time")

    def __str__(self) -> str:
        return str(self.minutes)
