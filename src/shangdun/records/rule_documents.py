"""The stored rule documents as detection reads them."""

from __future__ import annotations

from shangdun.detect.rule_text import RuleText
from shangdun.records.models import RuleDocument, RuleGeneration, RuleList, RuleListEntry

STORED = "stored:"
"""Begins the path of a document that is in no file; its identifier follows."""

KNOWN_LISTS = ("allowed_crawlers", "internal_addresses", "staff_addresses")
"""Lists that exist from the beginning, empty, because rules of the product name them."""


def stored_texts() -> list[RuleText]:
    """Every document in force, in a fixed order."""
    rows = RuleDocument.objects.filter(live=True).order_by("uid").values_list("uid", "text")
    return [RuleText(f"{STORED}{uid}", text) for uid, text in rows]


def stored_lists() -> dict[str, list[str]]:
    """Values by the name that rules use for them, in a fixed order; an empty list is there too."""
    lists: dict[str, list[str]] = {name: [] for name in KNOWN_LISTS}
    lists |= {name: [] for name in RuleList.objects.order_by("name").values_list("name", flat=True)}
    entries = RuleListEntry.objects.order_by("belongs_to__name", "value")
    for name, value in entries.values_list("belongs_to__name", "value"):
        lists[name].append(value)
    return lists


def generation() -> int:
    """Another number whenever documents, lists or what is switched on changed; one small read."""
    row = RuleGeneration.objects.filter(pk=1).values_list("number", flat=True).first()
    return row or 0


def stored_uid(path: str) -> str:
    """The identifier in the path of a stored document; empty for a file."""
    return path.removeprefix(STORED) if path.startswith(STORED) else ""
