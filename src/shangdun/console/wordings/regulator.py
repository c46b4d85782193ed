"""Kinds of data as reports to regulators name them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.respond.facts import DataKind

DATA_KIND_WORDS: dict[DataKind, Promise] = {
    DataKind.CONTACT: _("contact data"),
    DataKind.ACCOUNT: _("accounts and passwords"),
    DataKind.ORDER: _("orders and deliveries"),
    DataKind.IDENTITY: _("identity documents"),
    DataKind.LOCATION: _("whereabouts"),
    DataKind.BIOMETRIC: _("biometric data"),
    DataKind.HEALTH: _("health data"),
    DataKind.MINORS: _("data of children under 14"),
    DataKind.FINANCIAL: _("financial accounts"),
    DataKind.CARD: _("payment cards"),
    DataKind.IMPORTANT: _("important data"),
}
