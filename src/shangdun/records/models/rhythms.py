"""What recurs (节奏): meetings and reports with their window and people; feeds of it all."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.rhythm.periods import Period
from shangdun.govern.rhythm.windows import Place, Rule
from shangdun.records.models.documents import DocumentLanguage


class RhythmPeriod(models.TextChoices):
    WEEK = Period.WEEK.value, pgettext_lazy("rhythm", "Every week")
    MONTH = Period.MONTH.value, pgettext_lazy("rhythm", "Every month")
    QUARTER = Period.QUARTER.value, pgettext_lazy("rhythm", "Every quarter")
    HALF = Period.HALF.value, pgettext_lazy("rhythm", "Every half-year")
    YEAR = Period.YEAR.value, pgettext_lazy("rhythm", "Every year")


class RhythmPlace(models.TextChoices):
    END = Place.END.value, _("in the last days of the period")
    AFTER = Place.AFTER.value, _("in the first working days after the period")
    WITHIN = Place.WITHIN.value, _("on any working day of the period")


class RhythmMakes(models.TextChoices):
    MEETING = "meeting", pgettext_lazy("rhythm", "Meeting")
    REPORT = "report", pgettext_lazy("rhythm", "Report")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")


class Rhythm(models.Model):
    """One thing that recurs; ``govern.rhythm`` reckons its windows."""

    key = models.SlugField(max_length=40, unique=True)
    makes = models.CharField(max_length=8, choices=RhythmMakes)
    kind = models.CharField(_("kind"), max_length=20)
    """A kind of meeting, or the key of a report's template."""
    title = models.CharField(_("title"), max_length=120)
    period = models.CharField(_("how often"), max_length=8, choices=RhythmPeriod)
    place = models.CharField(_("when"), max_length=8, choices=RhythmPlace)
    days = models.PositiveSmallIntegerField(
        _("how many days"), default=7, validators=(MaxValueValidator(60),)
    )
    weekday = models.PositiveSmallIntegerField(_("preferred day"), choices=Weekday, default=3)
    hour = models.TimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    location = models.CharField(_("place or link"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    groups = models.JSONField(default=list)
    """Who is invited, or receives the report; ``respond.groups.Group``."""
    people = models.JSONField(default=list)
    """Ids of people beside them."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who leads the meeting, or answers for the report."""
    ahead = models.PositiveSmallIntegerField(
        _("prepared so many days ahead"), default=14, validators=(MaxValueValidator(60),)
    )
    calendar = models.CharField(_("working days"), max_length=20, default="cn")
    starts_on = models.DateField(_("from"))
    enabled = models.BooleanField(_("switched on"), default=True)
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="rhythms"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("rhythm", "rhythm")
        ordering = ("makes", "pk")

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> Rule:
        return Rule(Period(self.period), Place(self.place), self.days)


class FeedKey(models.Model):
    """The private address of one person's calendar; it shows what that person may see, no more."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_keys"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    mine = models.BooleanField(default=False)
    """Only what concerns the person: invitations, own actions and duties."""
    created = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index("owner", "revoked", name="feed_key_by_owner"),)

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.created:%Y-%m-%d}"
