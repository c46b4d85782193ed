"""Which rules are asked about which events.

A rule's ``logsource`` is a claim about where its events come from. A rule is asked unless the
event contradicts it: both name a product (category, service) and the names differ. What an
event is comes from its format where the format says so, else from its ``class_uid`` (OCSF), else
from columns ``product``, ``category`` and ``service``, for Windows also from channel and number,
for audit logs of clouds and services from the fields that only they have (``log_signatures``).

Access logs are of category ``webserver``. Rules of category ``proxy`` are about clients inside
that go out through a proxy, so a shop's access log contradicts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.detect.log_signatures import (
    NONE,
    SIGNATURE_FIELDS,
    SIGNATURES,
    signatures_of,
)
from shangdun.detect.windows_events import CATEGORIES, SERVICES, SERVICES_OF
from shangdun.detect.windows_events import FAMILIES as CATEGORY_FAMILIES
from shangdun.lake.block import Logsource, Parsed

CLASS_LOGSOURCES: Mapping[int, Logsource] = MappingProxyType(
    {
        1001: Logsource(category="file_event"),
        1007: Logsource(category="process_creation"),
        3001: Logsource(category="account_change"),
        3002: Logsource(category="authentication"),
        4001: Logsource(category="network_connection"),
        4002: Logsource(category="webserver"),
        2004: Logsource(category="detection_finding"),
        4003: Logsource(category="dns"),
        92006001: Logsource(product="shop", category="order"),
        92006002: Logsource(product="shop", category="payment"),
        92006003: Logsource(product="shop", category="coupon"),
        92006004: Logsource(product="shop", category="refund"),
        92006005: Logsource(product="shop", category="profile"),
        92006006: Logsource(product="shop", category="data_export"),
        92006007: Logsource(product="shop", category="verification"),
        92006008: Logsource(product="shop", category="challenge"),
        92006009: Logsource(product="shop", category="content"),
    }
)
"""OCSF class → log source, for events whose format does not fix one."""

FORMAT_LOGSOURCES: Mapping[str, Logsource] = MappingProxyType(
    {
        "combined": Logsource(category="webserver"),
        "http": Logsource(category="webserver"),
        "modsecurity": Logsource("modsecurity", "webserver"),
        "auditd": Logsource("linux", "", "auditd"),
    }
)
"""Formats of one log source alone; the lines of the others say themselves what they are."""

_BY_CLASS_TEXT = {str(uid): logsource for uid, logsource in CLASS_LOGSOURCES.items()}

FAMILIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"webserver": frozenset({"apache", "nginx", "iis", "tomcat", "http"})}
)
"""Category of events → products and services whose rules, written without a category, fit it.

Without this a keyword rule for Linux would be asked about every line of an access log, as the
line does not say that it is not from Linux."""

OWN = "shangdun"
"""Product of events that we write about the shop's health and our own."""

_KEYS = ("class_uid", "product", "category", "service", "Channel", "EventID")
_SIGNATURE = "\0signature"

ROUTING_COLUMNS = frozenset(_KEYS) | SIGNATURE_FIELDS
"""Columns that are read to route; a parser that is asked for columns must give these too."""

_MISSING = np.iinfo(np.uint32).max

NAMED = frozenset(FAMILIES) | frozenset(CATEGORY_FAMILIES)
"""Names that routing itself knows, whether or not a rule says them."""


class Lanes(NamedTuple):
    """The log sources found in a frame and the lane of every row."""

    logsources: list[Logsource]
    of_row: NDArray[np.intp] | None
    """Index into ``logsources`` by row; None where all rows share the only lane."""


def applies(rule: Logsource, event: Logsource) -> bool:
    """Whether a rule of one log source is asked about events of another."""
    if _differ(rule.product, event.product) or _differ(rule.service, event.service):
        return False
    if rule.product == OWN and not event.product:
        return False  # what we say of ourselves says so
    if rule.service and not event.service and not rule.category:
        # what kind a Windows event is tells which channel it cannot have come from
        services = SERVICES_OF.get(event.category)
        if services is not None and rule.service not in services:
            return False
    if _differ(rule.category, event.category):
        members = CATEGORY_FAMILIES.get(rule.category, frozenset())
        wider = CATEGORY_FAMILIES.get(event.category, frozenset())
        if event.category not in members and rule.category not in wider:
            return False
    family = FAMILIES.get(event.category)
    if family is not None and not rule.category:
        return bool({rule.product, rule.service} & family)
    return True


def _differ(wanted: str, given: str) -> bool:
    return bool(wanted and given and wanted.lower() != given.lower())


def lanes_of(parsed: Parsed) -> Lanes:
    """Sort the rows of a frame by log source."""
    events = parsed.events
    if parsed.logsource is not None or not len(events):
        return Lanes([parsed.logsource or Logsource()], None)
    columns = [events[name].cast(pl.String, strict=False) for name in _KEYS if name in events]
    signatures = signatures_of(events)
    if signatures is not None:
        told = pl.Series(_SIGNATURE, signatures).cast(pl.String)
        columns.append(told)
    keys: NDArray[np.int64] | None = None
    constant: dict[str, str | None] = {}
    varied: list[pl.Series] = []
    for texts in columns:
        codes = texts.cast(pl.Categorical).to_physical().fill_null(_MISSING).to_numpy()
        if codes.min() == codes.max():
            constant[texts.name] = texts[0]
            continue
        varied.append(texts)
        # numbered anew each time, so that any number of columns fits into 64 bits
        keys = codes if keys is None else np.unique(keys, return_inverse=True)[1] << 32 | codes
    if keys is None:
        return Lanes([_logsource_of(constant)], None)
    _, first, lane = np.unique(keys, return_index=True, return_inverse=True)
    logsources = [
        _logsource_of(constant | {texts.name: texts[row] for texts in varied})
        for row in first.tolist()
    ]
    return Lanes(logsources, lane)


def _logsource_of(row: dict[str, str | None]) -> Logsource:
    value = {name: text or "" for name, text in row.items()}
    signature = int(value.get(_SIGNATURE) or NONE)
    if signature != NONE:
        # what such an event calls its category or service is not what Sigma calls so
        return SIGNATURES[signature].logsource
    product, category, service = (value.get(k, "") for k in ("product", "category", "service"))
    # looked up as text, since an event may say anything there; a fraction on one line makes
    # floats of the whole numbers on the others
    known = _BY_CLASS_TEXT.get(value.get("class_uid", "").removesuffix(".0"))
    if known is not None:
        return Logsource(product or known.product, category or known.category, service)
    channel, number = value.get("Channel", ""), value.get("EventID", "")
    if channel:
        product = product or "windows"
        service = service or SERVICES.get(channel.lower(), "")
        category = category or CATEGORIES.get((SERVICES.get(channel.lower(), ""), number), "")
    return Logsource(product, category, service)
