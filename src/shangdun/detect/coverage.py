"""What a set of rules covers: ATT&CK tactics and techniques, OWASP automated threats."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from shangdun.detect.rule import AnyRule

ATTACK_TACTICS = (
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "stealth",
    "defense-evasion",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
)
"""In ATT&CK's order; where a release renamed one, both names are known."""

AUTOMATED_THREATS = {
    "001": "Carding",
    "002": "Token Cracking",
    "003": "Ad Fraud",
    "004": "Fingerprinting",
    "005": "Scalping",
    "006": "Expediting",
    "007": "Credential Cracking",
    "008": "Credential Stuffing",
    "009": "CAPTCHA Defeat",
    "010": "Card Cracking",
    "011": "Scraping",
    "012": "Cashing Out",
    "013": "Sniping",
    "014": "Vulnerability Scanning",
    "015": "Denial of Service",
    "016": "Skewing",
    "017": "Spamming",
    "018": "Footprinting",
    "019": "Account Creation",
    "020": "Account Aggregation",
    "021": "Denial of Inventory",
}
"""OWASP Automated Threats to Web Applications 1.2: number → name."""

_TECHNIQUE = re.compile(r"t\d{4}(\.\d{3})?")


class Covered(NamedTuple):
    """Something that rules are about; ``rules`` may be empty where it is known and uncovered."""

    kind: str
    """tactic, technique or threat."""
    key: str
    name: str
    rules: tuple[str, ...]
    """Titles, in the order of the set."""


def coverage(rules: Iterable[AnyRule]) -> list[Covered]:
    """Tactics and threats, also those without a rule, and the techniques that rules name."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for tag in dict.fromkeys(rule.tags):
            by_tag[tag.lower()].append(rule.title)
    techniques = sorted(
        name for tag in by_tag if _TECHNIQUE.fullmatch(name := tag.removeprefix("attack."))
    )
    return [
        *(
            Covered("tactic", name, name.replace("-", " "), tuple(by_tag[f"attack.{name}"]))
            for name in ATTACK_TACTICS
        ),
        *(
            Covered("technique", name.upper(), "", tuple(by_tag[f"attack.{name}"]))
            for name in techniques
        ),
        *(
            Covered("threat", f"OAT-{number}", name, tuple(by_tag[f"oat.{number}"]))
            for number, name in AUTOMATED_THREATS.items()
        ),
    ]
