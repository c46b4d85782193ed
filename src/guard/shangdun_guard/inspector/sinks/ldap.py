"""LDAP and XPath injection (CWE-90, CWE-643): a search filter or a path that a value rewrites.

A filter is brackets within brackets (RFC 4515). A value lands in ``(uid=…)``: to say anything of
its own it has to close a bracket that it did not open, and what follows must again be a filter.
A path (XPath 1.0) is left through its quote, and goes on with functions that only XPath has.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.sql.tokens import leaving

WEIGHTS = {
    "ldap.filter": 6.5,
    "ldap.constant": 6.0,
    "ldap.cut": 5.5,
    "ldap.wildcard_filter": 5.0,
    "ldap.filter_text": 1.5,
    "ldap.wildcard": 1.0,
    "ldap.probe": 3.0,
    "ldap.xpath": 6.5,
    "ldap.xpath_path": 6.5,
    "ldap.xpath_text": 1.5,
}
"""Log-odds, as believed where no data has been seen."""

SENTENCES = {
    "ldap.filter": "Closes the search filter and adds conditions of its own.",
    "ldap.constant": "Closes the search filter and adds one that is always true or false.",
    "ldap.cut": "Closes the search filter and cuts off the rest by a null byte.",
    "ldap.wildcard_filter": "Follows a wildcard by a search filter of its own.",
    "ldap.filter_text": "Is the text of a whole search filter.",
    "ldap.wildcard": "Asks for any value where one has to be known.",
    "ldap.probe": "Consists of the special characters of search filters alone.",
    "ldap.xpath": "Leaves its quotes and asks for the structure of an XML document.",
    "ldap.xpath_path": "Leaves its condition and adds a path of its own.",
    "ldap.xpath_text": "Is an expression in XPath.",
}

_LONGEST = 4096
_BRACKETS = re.compile(r"\\[0-9a-fA-F]{2}|[()]")
_ATTRIBUTE = r"[A-Za-z][\w.;-]{0,60}(?::[\w.:-]{0,60})?[~<>]?=|[0-9]+(?:\.[0-9]+)*="
_FURTHER = re.compile(rf"\)*\({{1,4}}(?:[&|!]\(*)?(?:{_ATTRIBUTE})")
_CONSTANT = re.compile(r"\)*\([&|!](?:\)|\Z)")
_CUT = re.compile(r"\)*\s?\x00")
_WILDCARD_FILTER = re.compile(rf"[\w.@-]{{0,40}}\*\(+[&|!]?\(*(?:{_ATTRIBUTE})")
_WHOLE = re.compile(rf"\s*\((?:[&|!]\s*\(+)?(?:{_ATTRIBUTE})[^()]{{0,200}}\)")
_PROBE = re.compile(r"(?=[^*]*\*)(?=[^(]*\()(?=[^|&]*[|&])[*()|&'!%=]{4,20}\Z")
_CREDENTIAL = re.compile(r"user|uid|login|mail|pass|pwd|cn\b|account", re.IGNORECASE)

_XPATH_CALL = (
    r"(?:count\s*\(\s*(?:/|\.|\*|parent::|child::|@)|name\s*\(\s*(?:\)|/|\.|parent|child)"
    r"|string-length\s*\(\s*(?:/|name\s*\(|\.|@|\w{1,30}\s*[/\[])|(?:position|last|text|node)\s*\(\s*\)"
    r"|local-name\s*\(|namespace-uri\s*\(|normalize-space\s*\(|starts-with\s*\("
    r"|substring\s*\(\s*(?:/|name\s*\(|\.\.|parent::|\w{1,30}[/\[])"
    r"|contains\s*\(\s*(?:/|\.|\*|@|name\s*\(|\w{1,30}\s*,)|doc\s*\(\s*['\"]|unparsed-text\s*\("
    r"|(?:parent|child|ancestor|descendant|following|preceding|attribute|self)(?:-or-self"
    r"|-sibling)?::|//?\*|//\w{1,40}[\[/])"
)
_JOINED = re.compile(rf"\s*\)*\s*(?:or|and)\s+(?:not\s*\(\s*)?[\w'\"=\s]{{0,40}}?{_XPATH_CALL}")
_PATH = re.compile(r"\s*\)*\s*\]\s*(?:(?:\|\s*)?(?://[\w*@.]|/[*@]|/\.\.)|\|\s*[*@])")
_BARE = re.compile(rf"\s*[\w.-]{{0,40}}\s+(?:or|and)\s+(?:not\s*\(\s*)?{_XPATH_CALL}")
_AXES = re.compile(r"\A\s*(?://?(?:\*|[\w.-]{1,40}|@\*|node\(\)|child::\w+)){1,8}\s*[\[|]")

_MAY = re.compile(
    r"\)[()\x00]|\*\(|\*\Z|\A\s*\(|::|//|['\"]\s*\)*\s*(?:\]|or\b|and\b)|\s(?:or|and)\s",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[^{};\n\"'<>]{0,200}\Z")
"""What may stand in a filter's value; program text is told by its other brackets."""


def may(text: str) -> bool:
    """Whether a text holds a bracket, a wildcard, or an axis of XPath."""
    return _MAY.search(text) is not None


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs in one value; in time linear in its length."""
    text = text[:_LONGEST]
    return [*_filter(text, slot), *_xpath(text)]


def _filter(text: str, slot: Slot) -> list[Sign]:
    closing = _unopened(text)
    if closing >= 0 and _VALUE.match(text[:closing]):
        for code, follows in _CLOSED:
            found = follows.match(text, closing + 1)
            if found:
                return [Sign(code, closing, found.end())]
    found = _WILDCARD_FILTER.match(text)
    if found:
        return [Sign("ldap.wildcard_filter", 0, found.end())]
    if _PROBE.match(text):
        return [Sign("ldap.probe", 0, len(text))]
    found = _WHOLE.match(text)
    if found:
        return [Sign("ldap.filter_text", 0, found.end())]
    if "*" in text[:41] and _CREDENTIAL.search(slot.name) and re.fullmatch(r"[\w.]{0,20}\*", text):
        return [Sign("ldap.wildcard", 0, len(text))]
    return []


_CLOSED = (("ldap.filter", _FURTHER), ("ldap.constant", _CONSTANT), ("ldap.cut", _CUT))


def _unopened(text: str) -> int:
    """Where a bracket closes that the text has not opened; -1: nowhere."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        if found.group() == "(":
            depth += 1
        elif found.group() == ")":
            depth -= 1
            if depth < 0:
                return found.start()
    return -1


def _xpath(text: str) -> list[Sign]:
    for quote in "'\"":
        start = leaving(text, quote)
        if start < 0 or start > 200:
            continue
        for code, follows in (("ldap.xpath", _JOINED), ("ldap.xpath_path", _PATH)):
            found = follows.match(text, start)
            if found:
                return [Sign(code, start - 1, found.end())]
    found = _BARE.match(text)
    if found:
        return [Sign("ldap.xpath", 0, found.end())]
    found = _AXES.match(text)
    return [Sign("ldap.xpath_text", 0, found.end())] if found else []


SINK = Sink("ldap", WEIGHTS, SENTENCES, may, judge)
