"""The techniques of MITRE ATT&CK by number: tactics and names, from our own table of facts.

Numbers and English names are those of ATT&CK for Enterprise, version 19; of a technique that it
renumbered both numbers are known. Sub-techniques are shown with the technique they belong to.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple


class Technique(NamedTuple):
    """One technique."""

    key: str
    tactics: tuple[str, ...]
    name: str
    name_zh: str


@cache
def techniques() -> dict[str, Technique]:
    """By number, such as ``T1110``."""
    text = (resources.files("shangdun.content") / "attack" / "techniques.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {key: Technique(key, tuple(tactics.split()), en, zh) for key, tactics, en, zh in rows}
