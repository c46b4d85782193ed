"""The base score of a CVSS vector: versions 2.0, 3.0 and 3.1, as FIRST's documents reckon them."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")
_VECTOR = re.compile(r"(?:CVSS[23]?[:#])?(?P<version>[34]\.[01]/)?(?P<metrics>AV:[A-Za-z:/]+)")
_V3 = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
"""CVSS v3.1 specification, table 16; those of v3.0 are the same."""
_V3_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
_V2 = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": {"N": 0.0, "P": 0.275, "C": 0.66},
    "I": {"N": 0.0, "P": 0.275, "C": 0.66},
    "A": {"N": 0.0, "P": 0.275, "C": 0.66},
}
"""A Complete Guide to CVSS v2.0, section 3.2.1."""


def base_score(vector: str) -> Decimal | None:
    """The base score, 0.0 to 10.0, of a vector with or without its prefix.

    None for what is no whole vector, and for version 4.0: its score is not reckoned but looked up
    among 270 values that people agreed on, and whoever writes the vector writes the score too.
    """
    hit = _VECTOR.search(vector.strip()[:300])
    if hit is None or (hit["version"] or "").startswith("4"):
        return None
    metrics = dict(
        part.split(":", 1) for part in hit["metrics"].strip("/").split("/") if part.count(":") == 1
    )
    try:
        return _third(metrics) if "S" in metrics else _second(metrics)
    except KeyError:
        return None


def _third(given: dict[str, str]) -> Decimal:
    """CVSS v3.1, section 7.1."""
    weights = {name: table[given[name]] for name, table in _V3.items()}
    changed = given["S"] == "C"
    privileges = _V3_PRIVILEGES[given["S"]][given["PR"]]
    left = (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    base = 1 - left
    impact = 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 if changed else 6.42 * base
    if impact <= 0:
        return Decimal("0.0")
    ease = 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _up(min((1.08 if changed else 1.0) * (impact + ease), 10.0))


def _up(number: float) -> Decimal:
    """The smallest number with one decimal that is not below (v3.1, appendix A)."""
    whole = round(number * 100_000)
    tenths = whole // 10_000 if whole % 10_000 == 0 else math.floor(whole / 10_000) + 1
    return (Decimal(tenths) / 10).quantize(_TENTH)


def _second(given: dict[str, str]) -> Decimal:
    weights = {name: table[given[name]] for name, table in _V2.items()}
    left = (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    impact = 10.41 * (1 - left)
    ease = 20 * weights["AV"] * weights["AC"] * weights["Au"]
    score = (0.6 * impact + 0.4 * ease - 1.5) * (1.176 if impact else 0.0)
    return Decimal(str(score)).quantize(_TENTH, ROUND_HALF_UP)
