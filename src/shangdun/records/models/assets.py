"""What the shop is made of, what was seen of it in the logs, and the weaknesses found in it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.assess.inventory.layers import AssetKind, Layer, MarkKind
from shangdun.assess.vulnerabilities.severity import Grade

_FROM_1_TO_5 = (MinValueValidator(1), MaxValueValidator(5))


class AssetLayer(models.TextChoices):
    """GB/T 20984-2022, 5.2."""

    BUSINESS = Layer.BUSINESS.value, _("Business")
    SYSTEM = Layer.SYSTEM.value, _("System asset")
    COMPONENT = Layer.COMPONENT.value, _("Component or unit")


class AssetKinds(models.TextChoices):
    BUSINESS = AssetKind.BUSINESS.value, pgettext_lazy("asset", "Business")
    INFORMATION_SYSTEM = AssetKind.INFORMATION_SYSTEM.value, _("Information system")
    DATA = AssetKind.DATA.value, _("Data resource")
    NETWORK = AssetKind.NETWORK.value, _("Communication network")
    SOFTWARE = AssetKind.SOFTWARE.value, _("System component (software, platform, interface)")
    UNIT = AssetKind.UNIT.value, _("System unit (device)")
    PEOPLE = AssetKind.PEOPLE.value, pgettext_lazy("asset", "People")
    OTHER = AssetKind.OTHER.value, pgettext_lazy("asset", "Other")


class Asset(models.Model):
    """One line of the asset inventory (资产清单)."""

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    layer = models.CharField(_("layer"), max_length=10, choices=AssetLayer)
    kind = models.CharField(_("category"), max_length=20, choices=AssetKinds)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", verbose_name=_("owner"),
    )  # fmt: skip
    place = models.CharField(_("place"), max_length=200, blank=True)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    confidentiality = models.PositiveSmallIntegerField(
        _("confidentiality"), null=True, blank=True, validators=_FROM_1_TO_5
    )
    integrity = models.PositiveSmallIntegerField(
        _("integrity"), null=True, blank=True, validators=_FROM_1_TO_5
    )
    availability = models.PositiveSmallIntegerField(
        _("availability"), null=True, blank=True, validators=_FROM_1_TO_5
    )
    importance = models.PositiveSmallIntegerField(
        _("importance for the company"), null=True, blank=True, validators=_FROM_1_TO_5
    )
    """Of a business only: what the others bear is reckoned from it."""
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    """1–5 as ``assess.inventory.value`` reckons it; empty while it is not rated."""
    starter = models.CharField(max_length=60, blank=True)
    """Of the suggested list, where it came from there."""
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("asset")
        ordering = ("layer", "name", "number")
        indexes = (models.Index("archived_at", "layer", "name", name="asset_by_layer"),)
        constraints = (
            models.UniqueConstraint(
                fields=("layer", "name"), condition=models.Q(archived_at=None), name="asset_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class AssetLink(models.Model):
    """``lower`` bears ``upper``: a system a business, a component a system."""

    lower = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="bears")
    upper = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="borne_by")
    bearing = models.PositiveSmallIntegerField(_("how closely"), default=3, validators=_FROM_1_TO_5)
    """业务承载性: what stops of the upper one when the lower one fails, 1–5."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("lower", "upper"), name="asset_link_once"),
            models.CheckConstraint(
                condition=~models.Q(lower=models.F("upper")), name="asset_link_to_other"
            ),
        )

    def __str__(self) -> str:
        return f"{self.lower_id} → {self.upper_id}"


class AssetMarkKind(models.TextChoices):
    HOST = MarkKind.HOST.value, _("Host or address")
    SERVICE = MarkKind.SERVICE.value, pgettext_lazy("asset", "Service")
    ROUTE = MarkKind.ROUTE.value, _("Route of the shop")
    CODE = MarkKind.CODE.value, _("Repository, image or package")


class AssetMark(models.Model):
    """By what an asset is recognised in logs and reports; each by one asset only."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=AssetMarkKind)
    value = models.CharField(max_length=255)
    """As ``assess.inventory.marks`` writes it; a route may end in ``*``."""
    current = models.BooleanField(default=True)
    """False once its asset is archived."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "value"), condition=models.Q(current=True), name="asset_mark_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class SightingState(models.TextChoices):
    NEW = "new", _("Not registered")
    REGISTERED = "registered", _("Registered")
    IGNORED = "ignored", _("Ignored")


class Sighting(models.Model):
    """A host, service or route that the logs speak of."""

    kind = models.CharField(max_length=8, choices=AssetMarkKind)
    value = models.CharField(max_length=255)
    source = models.CharField(max_length=100, blank=True)
    """Of the logs that spoke of it last."""
    events = models.BigIntegerField(default=0)
    """In the newest look that saw it."""
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SightingState, default=SightingState.NEW)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="sightings"
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    """Why it is ignored."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=["state", "kind", "-last_seen"], name="sighting_by_state"),)
        constraints = (models.UniqueConstraint(fields=("kind", "value"), name="sighting_once"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class AssetSettings(models.Model):
    """What the company says about its assets; one row."""

    due_days = models.JSONField(default=dict)
    """By severity; what is missing is as ``assess.vulnerabilities.severity`` has it."""
    known_exploited_days = models.PositiveSmallIntegerField(default=3)
    looked_until = models.DateTimeField(null=True, blank=True)
    """Up to where the logs were looked through."""
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return "settings of assets"


class AssetUpload(models.Model):
    """A file between the page that explains it and the click that takes it in."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=15)
    """``assets`` or ``vulnerabilities``."""
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of what was sent."""
    content = models.BinaryField()
    """Compressed with zlib."""
    options = models.JSONField(default=dict)
    """What the person chose with it: tool, scope, columns."""

    class Meta:
        indexes = (models.Index(fields=["by", "purpose", "-at"], name="asset_upload_own"),)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.name}"


class VulnerabilitySeverity(models.TextChoices):
    CRITICAL = Grade.CRITICAL.value, pgettext_lazy("vulnerability", "Critical")
    HIGH = Grade.HIGH.value, pgettext_lazy("vulnerability", "High")
    MEDIUM = Grade.MEDIUM.value, pgettext_lazy("vulnerability", "Medium")
    LOW = Grade.LOW.value, pgettext_lazy("vulnerability", "Low")
    NONE = Grade.NONE.value, pgettext_lazy("vulnerability", "Remark")


class VulnerabilityState(models.TextChoices):
    OPEN = "open", pgettext_lazy("vulnerability", "Open")
    FIXED = "fixed", pgettext_lazy("vulnerability", "Fixed")
    ACCEPTED = "accepted", pgettext_lazy("vulnerability", "Accepted")
    FALSE_POSITIVE = "false_positive", _("False positive")


class VulnerabilityImport(models.Model):
    """One report that was taken in, and what it changed."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    form = models.CharField(max_length=8)
    """``sarif``, ``csv`` or ``xlsx``."""
    tool = models.CharField(max_length=100)
    scope = models.CharField(max_length=200, blank=True)
    """What was scanned: a repository, an image, a network. With the tool: whose findings a later
    report may close."""
    whole = models.BooleanField(default=True)
    """Whether what it does not name is gone."""
    rows = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    """Rows that could not be read, or that the tool itself calls suppressed."""
    made_at = models.DateTimeField(null=True, blank=True)
    """When the tool ended, where it says so: an older report must not undo a newer one."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = (models.Index(fields=["tool", "scope", "-at"], name="vulnerability_import_last"),)

    def __str__(self) -> str:
        return f"{self.tool}: {self.name}"


class Vulnerability(models.Model):
    """One weakness in one place, from its first report on."""

    number = models.PositiveIntegerField(unique=True)
    tool = models.CharField(max_length=100)
    """Who found it; ``manual``: a person wrote it down."""
    scope = models.CharField(max_length=200, blank=True)
    identity = models.CharField(max_length=64)
    """Of ``assess.vulnerabilities.identity``: the same finding of the same tool, next month too."""
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="vulnerabilities"
    )
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    rule = models.CharField(_("rule of the tool"), max_length=200, blank=True)
    cve = models.CharField("CVE", max_length=40, blank=True)
    place = models.CharField(_("where"), max_length=500, blank=True)
    component = models.CharField(_("component"), max_length=200, blank=True)
    found_version = models.CharField(_("version found"), max_length=100, blank=True)
    fixed_version = models.CharField(_("fixed in version"), max_length=100, blank=True)
    help_url = models.CharField(_("more about it"), max_length=500, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=VulnerabilitySeverity)
    score = models.DecimalField("CVSS", max_digits=3, decimal_places=1, null=True, blank=True)
    vector = models.CharField(_("CVSS vector"), max_length=300, blank=True)
    known_exploited = models.BooleanField(_("known to be exploited"), default=False)
    state = models.CharField(
        max_length=14, choices=VulnerabilityState, default=VulnerabilityState.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", verbose_name=_("owner"),
    )  # fmt: skip
    due = models.DateField(_("due date"), null=True, blank=True)
    due_by_hand = models.BooleanField(default=False)
    """A person set it: a new severity leaves it alone."""
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    opened_at = models.DateTimeField()
    """When it was opened the last time."""
    fixed_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveIntegerField(default=0)
    reason = models.TextField(_("reason"), blank=True)
    """Why it is accepted or none."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(_("until"), null=True, blank=True)
    """Last day on which the decision holds; then it is open again."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("vulnerability")
        indexes = (
            models.Index("state", "due", name="vulnerability_by_due"),
            models.Index("asset", "state", name="vulnerability_by_asset"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("tool", "scope", "identity"), name="vulnerability_once"
            ),
        )

    def __str__(self) -> str:
        return f"V-{self.number}: {self.title}"


class VulnerabilityAct(models.TextChoices):
    OPENED = "opened", _("found for the first time")
    FIXED = "fixed", _("no longer found")
    REOPENED = "reopened", _("found again")
    CHANGED = "changed", pgettext_lazy("vulnerability", "changed")
    ACCEPTED = "accepted", pgettext_lazy("vulnerability", "accepted")
    FALSE_POSITIVE = "false_positive", _("called a false positive")
    EXPIRED = "expired", _("the decision ran out: open again")
    WITHDRAWN = "withdrawn", _("the decision was taken back")


class VulnerabilityEvent(models.Model):
    """One line of a vulnerability's history."""

    vulnerability = models.ForeignKey(
        Vulnerability, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField()
    act = models.CharField(max_length=14, choices=VulnerabilityAct)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    report = models.ForeignKey(
        VulnerabilityImport, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["vulnerability", "-at", "-id"], name="vulnerability_event_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.vulnerability_id} {self.act}"
