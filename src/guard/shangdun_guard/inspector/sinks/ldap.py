"""LDAP and XPath injection (CWE-90, CWE-643): a search filter or a path that a value rewrites.

A filter is brackets within brackets (RFC 4515). A value lands in ``(uid=…)``: to say anything of
its own it has to close a bracket that it did not open, and what follows must again be a filter.
A path (XPath 1.0) is left through its quote, and goes on with functions that only XPath has.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector import prose
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

_SPOKEN = 10
"""Words from which on a value is a sentence: expressions hold few, and people write quotes."""
_BRACKETS = re.compile(r"\\[0-9a-fA-F]{2}|\(|\)")
_ATTRIBUTE = r"[A-Za-z][\w.;-]{0,60}(?::[\w.:-]{0,60})?[~<>]?=|[0-9]+(?:\.[0-9]+)*="
_FURTHER = re.compile(rf"\)*\({{1,4}}(?:[&|!]\(*){{0,4}}(?:{_ATTRIBUTE})")
_CONSTANT = re.compile(r"\)*\([&|!](?:\)|\Z)")
_CUT = re.compile(r"\)*\s?\x00")
_WILDCARD_FILTER = re.compile(rf"[\w.@-]{{0,40}}\*\(+[&|!]?\(*(?:{_ATTRIBUTE})")
_WHOLE = re.compile(rf"\s{{0,8}}\((?:[&|!]\s{{0,8}}\(+)?(?:{_ATTRIBUTE})[^()]{{0,200}}\)")
_PROBE = re.compile(r"(?=[^*]*\*)(?=[^(]*\()(?=[^|&]*[|&])[*()|&'!%=]{4,20}\Z")
_CREDENTIAL = re.compile(r"user|uid|login|mail|pass|pwd|cn\b|account", re.IGNORECASE)

_XPATH_CALL = (
    r"(?:count\s{0,8}\(\s{0,8}(?:/|\.|\*|parent::|child::|@)|name\s{0,8}\(\s{0,8}(?:\)|/|\.|parent|child)"
    r"|string-length\s{0,8}\(\s{0,8}(?:/|name\s{0,8}\(|\.|@|\w{1,30}\s{0,8}[/\[])|(?:position|last|text|node)\s{0,8}\(\s{0,8}\)"
    r"|local-name\s{0,8}\(|namespace-uri\s{0,8}\(|normalize-space\s{0,8}\(|starts-with\s{0,8}\("
    r"|substring\s{0,8}\(\s{0,8}(?:/|name\s{0,8}\(|\.\.|parent::|\w{1,30}[/\[])"
    r"|contains\s{0,8}\(\s{0,8}(?:/|\.|\*|@|name\s{0,8}\(|\w{1,30}\s{0,8},)|doc\s{0,8}\(\s{0,8}['\"]|unparsed-text\s{0,8}\("
    r"|(?:parent|child|ancestor|descendant|following|preceding|attribute|self)(?:-or-self"
    r"|-sibling)?::|//?\*|//\w{1,40}[\[/])"
)
_JOINED = re.compile(
    rf"\s{{0,8}}\)*\s{{0,8}}(?:or|and)\s{{1,8}}(?:not\s{{0,8}}\(\s{{0,8}})?[\w'\"=\s]{{0,40}}?{_XPATH_CALL}"
)
_PATH = re.compile(
    r"\s{0,8}\)*\s{0,8}\]\s{0,8}(?:(?:\|\s{0,8})?(?://[\w*@.]|/[*@]|/\.\.)|\|\s{0,8}[*@])"
)
_BARE = re.compile(
    rf"\s{{0,8}}[\w.-]{{0,40}}\s{{1,8}}(?:or|and)\s{{1,8}}(?:not\s{{0,8}}\(\s{{0,8}})?{_XPATH_CALL}"
)
_AXES = re.compile(r"\A\s{0,8}(?://?(?:\*|[\w.-]{1,40}|@\*|node\(\)|child::\w+)){1,8}\s{0,8}[\[|]")

_HINT = re.compile(r"\)[()\x00]|\*[()]|::|//|\]")
_XPATH_WORD = re.compile(r"(?:['\"\s)]|\A)(?:or|and)\s")
_VALUE = re.compile(r"\s*[^\s{};\"'<>]*(?:\s[^{};\n\"'<>]{0,200})?\Z")
"""What may stand in a filter's value; program text is told by its other brackets."""


def may(text: str) -> bool:
    """Whether a text holds brackets as filters have them, or what XPath is known by."""
    if text[:1] == "(" or text[-1:] in "*(" or _HINT.search(text) is not None:
        return True
    return "(" in text and ("or" in text or "and" in text) and _XPATH_WORD.search(text) is not None


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs in one value; in time linear in its length."""
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
    if prose.words(text) > _SPOKEN:
        return []
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
