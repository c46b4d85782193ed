"""One result of a SARIF run (3.27), with what its rule (3.49) says."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from shangdun.assess.vulnerabilities.cvss import base_score
from shangdun.assess.vulnerabilities.found import (
    Found,
    basis_of,
    cves_in,
    shortened,
    told,
)
from shangdun.assess.vulnerabilities.severity import Grade, grade_of

GRADE_OF_LEVEL = {
    "error": Grade.HIGH,
    "warning": Grade.MEDIUM,
    "note": Grade.LOW,
    "none": Grade.NONE,
}
"""Where the rule gives no ``security-severity``: as code hosts read the levels (3.27.10)."""
_LONGEST_SAID = 20_000
_PLACEHOLDER = re.compile(r"\{(\d{1,3})\}")
_VERSION = re.compile(r"(.*)/v(\d{1,6})")
_PACKAGE = {
    "component": re.compile(r"^(?:Package|Component|Library)(?: Name)?:[ \t]*(.+)$", re.MULTILINE),
    "found_version": re.compile(r"^(?:Installed|Current) Version:[ \t]*(.+)$", re.MULTILINE),
    "fixed_version": re.compile(r"^(?:Fixed|Patched)(?: Version| in)?:[ \t]*(.+)$", re.MULTILINE),
}
"""How scanners of packages write them into their messages, for want of a place of their own."""
_PROPERTY = {"component": ("component", "packageName", "package"),
             "found_version": ("componentVersion", "packageVersion", "installedVersion"),
             "fixed_version": ("fixedVersion", "fixedIn")}  # fmt: skip
_SCORES = ("security-severity", "cvssV4_baseScore", "cvssv4_baseScore", "cvssV3_baseScore",
           "cvssv3_baseScore", "cvss_score", "cvssScore")  # fmt: skip
_VECTORS = ("cvssV4_vector", "cvssv4_vector", "cvssV3_vector", "cvssv3_vector", "cvssVector",
            "cvss_vector", "cvss", "cvssV2_vector", "cvssv2_vector")  # fmt: skip
_GRADE_WORDS = ("severity", "securityRisk", "issue_severity")
"""Properties of scanners, beside the one that has become everybody's (``security-severity``)."""
_NO_PRINT = {"requires login", "", "null", "none", "n/a", "unknown", "undefined"}
"""What stands in the place of a fingerprint where there is none: it tells nothing apart."""
_MOST_PLACES = 20
_LINE_HASH = "primaryLocationLineHash"


class Unreadable(Exception):
    """Part of a report is not as the standard has it."""

    def __init__(self, where: str, code: str, value: str = "") -> None:
        super().__init__(f"{where}: {code}")
        self.where, self.code, self.value = where, code, value


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporting descriptor says that results do not repeat."""

    id: str = ""
    title: str = ""
    description: str = ""
    help_url: str = ""
    help: str = ""
    level: str = ""
    rank: float | None = None
    score: Decimal | None = None
    vector: str = ""
    graded: Grade | None = None
    cves: tuple[str, ...] = ()
    messages: dict[str, str] = {}

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Rule:
        """Of the object as it stands. Raises ``Unreadable`` without an ``id``."""
        identifier = text_of(raw.get("id"))
        if not identifier:
            raise Unreadable(".id", "missing")
        properties, default = _part(raw, "properties"), _part(raw, "defaultConfiguration")
        strings = _part(raw, "messageStrings")
        title = _message(raw.get("shortDescription")) or text_of(raw.get("name"))
        helped = _message(raw.get("help"))
        address = text_of(raw.get("helpUri")) or (helped if " " not in helped else "")
        tags = (text_of(tag) for tag in many_of(properties.get("tags"))[:50])
        named = (text_of(properties.get(name)) for name in ("cve", "CVE", "cves"))
        return cls(
            id=identifier,
            title=title,
            description=_message(raw.get("fullDescription"))[:5000],
            help_url=_web(address),
            help="" if helped == address else helped[:5000],
            level=text_of(default.get("level")),
            rank=_rank(default.get("rank")),
            score=_scored(properties),
            vector=_vector(properties),
            graded=_worded(properties),
            cves=tuple(cves_in([identifier, *tags, *named, title])),
            messages={name: _message(one)[:5000] for name, one in list(strings.items())[:200]},
        )


class Rules(NamedTuple):
    """What results refer to: the driver's rules, then each extension's; the first of each name."""

    tables: list[list[Rule]]
    named: dict[str, Rule]
    levels: dict[str, str]
    """By rule, set when the tool was started."""
    files: list[str]
    """Addresses by number."""


def found_of(result: dict[str, Any], rules: Rules) -> Found:
    """The finding. Raises ``Unreadable`` where neither rule nor message says what it is."""
    rule_id, rule = _rule(result, rules)
    message = _said(result, rule)
    if not rule_id and not message:
        raise Unreadable(".message", "missing")
    (uri, line, logical), *others = _places(result, rules.files) or [("", 0, "")]
    properties = _part(result, "properties")
    package = {name: _packaged(name, message, properties) for name in _PACKAGE}
    plain: dict[str, Any] = {name: shortened(name, text) for name, text in package.items()}
    score = _scored(properties)
    score = rule.score if score is None else score
    title = rule.title or message.partition("\n")[0] or rule_id
    cves = list(dict.fromkeys([*cves_in([rule_id]), *rule.cves]))
    texts = [("", message), ("", rule.description), ("", rule.help)]
    texts += [("CVE", ", ".join(cves))] if len(cves) > 1 else []
    texts += [("", "\n".join(_shown(*place) for place in others))]
    return Found(
        basis=_basis(result, rule_id, uri, logical, package["component"] or message),
        title=shortened("title", title),
        severity=_grade(result, rule, score, rules.levels.get(rule_id, "")),
        score=score,
        vector=shortened("vector", _vector(properties) or rule.vector),
        description=shortened("description", told("description", texts)),
        rule=shortened("rule", rule_id),
        cve=shortened("cve", cves[0] if cves else ""),
        place=shortened("place", _shown(uri, line, logical)),
        help_url=shortened("help_url", rule.help_url),
        host=shortened("host", _host(uri)),
        suppressed=_suppressed(result),
        **plain,
    )


def _rule(result: dict[str, Any], rules: Rules) -> tuple[str, Rule]:
    """By place in the table (3.52.5), else by name; an extension's if the result says so."""
    reference = _part(result, "rule")
    identifier = text_of(result.get("ruleId")) or text_of(reference.get("id"))
    component = _place(_part(reference, "toolComponent").get("index"))
    which = 0 if component is None else component + 1
    table = rules.tables[which] if which < len(rules.tables) else []
    place = _place(result.get("ruleIndex", reference.get("index")))
    if place is not None and place < len(table):
        rule = table[place]
        # An id may go on below its rule's: CA1000/static (3.27.5).
        if not identifier or not rule.id or identifier.split("/")[0] == rule.id.split("/")[0]:
            return identifier or rule.id, rule
    return identifier, rules.named.get(identifier) or Rule()


def _said(result: dict[str, Any], rule: Rule) -> str:
    message = _part(result, "message")
    text = text_of(message.get("text")) or text_of(message.get("markdown"))
    text = text or rule.messages.get(text_of(message.get("id")), "")
    arguments = [text_of(one) for one in many_of(message.get("arguments"))[:100]]
    return _filled(text[:_LONGEST_SAID], arguments).strip()


def _filled(text: str, arguments: list[str]) -> str:
    """The text with its arguments, no longer than is kept.

    ``{0}`` a thousand times, and a megabyte for it, would be a gigabyte.
    """
    pieces: list[str] = []
    at = length = 0
    for hit in _PLACEHOLDER.finditer(text):
        number = int(hit.group(1))
        told = arguments[number] if number < len(arguments) else hit.group()
        pieces += (text[at : hit.start()], told[:_LONGEST_SAID])
        length += len(pieces[-2]) + len(pieces[-1])
        at = hit.end()
        if length >= _LONGEST_SAID:
            break
    return "".join([*pieces, text[at:]])[:_LONGEST_SAID]


def _grade(result: dict[str, Any], rule: Rule, score: Decimal | None, override: str) -> Grade:
    """Of the score; else of the tool's own word; else of the level (3.27.10); else of the rank."""
    level = text_of(result.get("level")) or override or rule.level
    # A score of 0.0 beside a failure stands for "no score": tools without ratings write it so.
    if score is not None and (score > 0 or level not in {"error", "warning"}):
        return grade_of(score)
    worded = _worded(_part(result, "properties")) or rule.graded
    if worded is not None:
        return worded
    if level:
        return GRADE_OF_LEVEL.get(level, Grade.MEDIUM)
    if text_of(result.get("kind")) not in {"", "fail"}:
        return Grade.NONE
    rank = _rank(result.get("rank"))
    rank = rule.rank if rank is None else rank
    return Grade.MEDIUM if rank is None else grade_of(Decimal(str(rank)) / 10)


def _rank(raw: object) -> float | None:
    """A priority from 0.0 to 100.0; None: unknown (3.27.25)."""
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return float(raw) if number and isinstance(raw, int | float) and 0 <= raw <= 100 else None


def _scored(properties: dict[str, Any]) -> Decimal | None:
    """A score that the properties give, or that their vector comes to."""
    found = (score_of(properties.get(name)) for name in _SCORES)
    told_score = next((one for one in found if one is not None), None)
    return base_score(_vector(properties)) if told_score is None else told_score


def _vector(properties: dict[str, Any]) -> str:
    found = (text_of(properties.get(name)) for name in _VECTORS)
    return next((one for one in found if "AV:" in one), "")


def _worded(properties: dict[str, Any]) -> Grade | None:
    words = (text_of(properties.get(name)).lower() for name in _GRADE_WORDS)
    return next((Grade(one) for one in words if one in set(Grade)), None)


def _packaged(name: str, message: str, properties: dict[str, Any]) -> str:
    found = (text_of(properties.get(one)) for one in _PROPERTY[name])
    return _first(_PACKAGE[name], message) or next((one for one in found if one), "")


def _places(result: dict[str, Any], files: list[str]) -> list[tuple[str, int, str]]:
    """Of each place address, line and logical name; empty or 0 what is not said."""
    locations = [one for one in many_of(result.get("locations")) if isinstance(one, dict)]
    found = []
    for location in locations[:_MOST_PLACES]:
        physical = _part(location, "physicalLocation")
        artifact = _part(physical, "artifactLocation")
        number = _place(artifact.get("index"))
        uri = text_of(artifact.get("uri"))
        if not uri and number is not None and number < len(files):
            uri = files[number]
        line = _place(_part(physical, "region").get("startLine")) or 0
        logical = [one for one in many_of(location.get("logicalLocations")) if _is_table(one)]
        name = (
            text_of(logical[0].get("fullyQualifiedName") or logical[0].get("name"))
            if logical
            else ""
        )
        found.append((uri[:2000], line, name[:500]))
    return list(dict.fromkeys(found))


def _shown(uri: str, line: int, logical: str) -> str:
    return f"{uri}:{line}" if uri and line else uri or logical


def _basis(result: dict[str, Any], rule: str, uri: str, logical: str, else_by: str) -> str:
    """3.27.17: a fingerprint stands alone; a partial one needs rule and place; else the words.

    Lines are left out: they move with every change above them.
    """
    prints = _prints(result.get("fingerprints"))
    if prints:
        return basis_of("fingerprint", prints)
    partial = _part(result, "partialFingerprints")
    if _LINE_HASH in partial:
        partial = {_LINE_HASH: partial[_LINE_HASH]}
    prints = _prints(partial)
    if prints:
        return basis_of("partial", rule, uri, prints)
    return basis_of("words", rule, uri, logical, else_by)


def _prints(raw: object) -> str:
    """All of them in order, of those with versions (``name/v2``) the highest only."""
    if not isinstance(raw, dict):
        return ""
    newest: dict[str, tuple[int, str]] = {}
    for name, value in list(raw.items())[:100]:
        text = text_of(value.get("value") if isinstance(value, dict) else value)
        if text.lower() in _NO_PRINT:
            continue
        hit = _VERSION.fullmatch(name)
        base, version = (hit.group(1), int(hit.group(2))) if hit else (name, 0)
        if base not in newest or newest[base][0] < version:
            newest[base] = (version, text)
    return "\n".join(f"{base}={newest[base][1]}" for base in sorted(newest))


def _suppressed(result: dict[str, Any]) -> str:
    """Why, if every suppression holds (3.35.3: no status means accepted); empty: it is not."""
    found = [one for one in many_of(result.get("suppressions")) if isinstance(one, dict)]
    if not found or any(text_of(one.get("status")) not in {"", "accepted"} for one in found):
        return ""
    reasons = (text_of(one.get("justification")) or text_of(one.get("kind")) for one in found)
    return next((one for one in reasons if one), "suppressed")[:500]


def score_of(raw: object) -> Decimal | None:
    """A ``security-severity`` from 0.0 to 10.0; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        score = Decimal(str(raw)[:20])
    except InvalidOperation:
        return None
    if not score.is_finite() or not 0 <= score <= 10:
        return None
    return score.quantize(Decimal("0.1"))


def _host(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        name = parts.hostname or ""
    except ValueError:
        return ""
    return name if parts.scheme in {"http", "https"} else ""


def _web(address: str) -> str:
    """Only what a page may link to."""
    return address if address.startswith(("https://", "http://")) else ""


def _message(raw: object) -> str:
    if not isinstance(raw, dict):
        return ""
    return text_of(raw.get("text")) or text_of(raw.get("markdown"))


def _first(pattern: re.Pattern[str], text: str) -> str:
    hit = pattern.search(text)
    return hit.group(1).strip() if hit else ""


def _place(raw: object) -> int | None:
    number = isinstance(raw, int) and not isinstance(raw, bool)
    return raw if number and isinstance(raw, int) and 0 <= raw < 1 << 31 else None


def _part(raw: dict[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _is_table(raw: object) -> bool:
    return isinstance(raw, dict)


def table_of(raw: object) -> dict[str, Any]:
    """An object of JSON. Raises ``Unreadable``."""
    if not isinstance(raw, dict):
        raise Unreadable("", "object", str(raw)[:100])
    return raw


def many_of(raw: object) -> list[Any]:
    """A list of JSON; anything else is empty."""
    return raw if isinstance(raw, list) else []


def text_of(raw: object) -> str:
    """A text of JSON; anything else is empty."""
    return raw.strip() if isinstance(raw, str) else ""
