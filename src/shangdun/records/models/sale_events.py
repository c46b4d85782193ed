"""Sales that were announced, so that a rush is not taken for an attack."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SaleScope(models.TextChoices):
    """What a sale is about."""

    ALL = "all", _("the whole shop")
    ROUTES = "routes", _("some pages")
    PRODUCTS = "products", _("some products")


class SaleEvent(models.Model):
    """``detect.baseline.sale.Sale`` at rest. One that is over stays, for what it withheld."""

    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    scope = models.CharField(_("of what"), max_length=8, choices=SaleScope.choices)
    names = models.JSONField(default=list)
    """Beginnings of paths, or identifiers of products; empty for the whole shop."""
    factor = models.FloatField(_("times the usual"), default=10.0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty when whoever holds the machine did it in a terminal."""
    created = models.DateTimeField()
    cancelled = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("announced sale")
        verbose_name_plural = _("announced sales")
        indexes = (models.Index("cancelled", "until", "id", name="sale_by_end"),)

    def __str__(self) -> str:
        return self.name_zh or self.name_en
