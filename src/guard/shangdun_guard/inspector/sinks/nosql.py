"""NoSQL injection (CWE-943): operators where a value is due, code where a string is, raw commands.

A shop that hands ``user[$ne]=1`` or ``{"user": {"$ne": 1}}`` on to MongoDB asks another question
than it meant to. Keys of parameters and of JSON are handed over as texts of their own. Many honest
keys begin with a dollar sign (JSON Schema, OData, EJSON, analytics), and some interfaces are made
to be asked with operators (``filters[price][$lt]=5``): only filter operators count, and where
they stand. Sources: MongoDB manual "Query and Projection Operators"; RESP specification; OWASP
WSTG-INPV-05.6.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.sql.tokens import leaving

WEIGHTS = {
    "nosql.operator_key": 4.5,
    "nosql.range_key": 2.5,
    "nosql.common_key": 1.5,
    "nosql.code_key": 7.0,
    "nosql.credential": 3.0,
    "nosql.query_interface": -4.0,
    "nosql.operator_object": 5.5,
    "nosql.operator_joined": 6.5,
    "nosql.key_joined": 3.0,
    "nosql.code_condition": 6.5,
    "nosql.code_bare": 5.0,
    "nosql.code_statement": 6.5,
    "nosql.program": -3.0,
    "nosql.shell": 5.5,
    "nosql.shell_text": 1.5,
    "nosql.redis": 6.5,
}
"""Log-odds, as believed where no data has been seen."""

SENTENCES = {
    "nosql.operator_key": "Names a filter operator of MongoDB where a field is due.",
    "nosql.range_key": "Names an operator of MongoDB that compares, where a field is due.",
    "nosql.common_key": "Names an operator of MongoDB, which other software also uses.",
    "nosql.code_key": "Names an operator of MongoDB that runs code.",
    "nosql.credential": "The operator replaces something that a person would have to know.",
    "nosql.query_interface": "Speaks for an interface that is made to be asked with operators.",
    "nosql.operator_object": "Is an object with a filter operator where a plain value is due.",
    "nosql.operator_joined": "Ends its value and adds a filter operator of MongoDB.",
    "nosql.key_joined": "Ends its value and adds a further key to the query.",
    "nosql.code_condition": "Leaves its quotes and adds a condition in JavaScript.",
    "nosql.code_bare": "Joins a condition of constants, or on the document, in JavaScript.",
    "nosql.code_statement": "Leaves its quotes and begins a statement in JavaScript.",
    "nosql.program": "Speaks for program text: what follows is longer than any injection.",
    "nosql.shell": "Begins with a command of the MongoDB shell.",
    "nosql.shell_text": "Mentions a command of the MongoDB shell.",
    "nosql.redis": "Ends the line and begins a command to Redis.",
}

_FILTERS = frozenset(("ne", "nin", "regex", "exists", "not", "nor", "elemMatch", "mod", "options"))
_RANGES = frozenset(("gt", "gte", "lt", "lte"))
_COMMON = frozenset(
    (
        "eq",
        "in",
        "and",
        "or",
        "all",
        "size",
        "match",
        "group",
        "text",
        "lookup",
        "project",
        "near",
        "within",
    )
)
_CODE = frozenset(("where", "function", "accumulator", "expr", "mapReduce", "jsonSchema"))
_OPERATOR = (
    r"\$(?:where|function|accumulator|expr|ne|gte?|lte?|n?in|regex|exists|not|n?or|elemMatch|mod"
    r"|eq|and|all|size|match|comment)\b"
)
_KEY = re.compile(r"[^\s\[\]{}:,'\"=]{0,80}(?:\[[^\[\]]{0,80}\]){0,8}\Z")
_OPERATOR_IN_KEY = re.compile(r"(?:\A|[\[.])\$([A-Za-z]+)(?=[\].]|\Z)")
_CREDENTIAL = re.compile(
    r"user|login|mail|pass|pwd|token|secret|otp|pin\b|auth|account|session|coupon|voucher|code|key",
    re.IGNORECASE,
)
_QUERY_INTERFACE = re.compile(
    r"\A(?:filters?|where|query|conditions?|criteria|selector|aggregate|pipeline)"
    r"(?=[\[.]|\Z)|\A\$(?:or|and|nor)\[",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    rf"\s{{0,8}}(?:[\w.-]{{1,40}}=)?[\[{{]\s{{0,8}}['\"]?({_OPERATOR})['\"]?\s{{0,8}}:"
)
_JOINED = re.compile(
    rf"[^\n{{}}():]{{0,40}}?['\"}}\]]*\s{{0,8}},\s{{0,8}}['\"]?({_OPERATOR})['\"]?\s{{0,8}}:"
)
_WHERE = re.compile(r"\s{0,8}['\"]?\$where['\"]?\s{0,8}:")
_KEY_JOINED = re.compile(r"(?:\s{0,4}[}\])]){1,4}\s{0,8},\s{0,8}['\"]?\$?\w{1,40}['\"]?\s{0,8}:")
_LITERAL = r"(?:['\"]?\w{0,40}['\"]?|true|!0|[0-9.]+)"
_CONDITION = re.compile(
    rf"\s{{0,8}}\)?\s{{0,8}}(?:\|\||&&)\s{{0,8}}(?:\(?\s{{0,8}}(?:this|obj)\.\w|{_LITERAL}\s{{0,8}}[=!]==?\s{{0,8}}['\"]?\w{{0,40}}"
    r"|(?:true|1|!0)\s{0,8}(?://|;|\Z|\|\|))"
)
_BARE_CONDITION = re.compile(
    r"\s{0,8}[\w.-]{0,40}\s{0,8}\)?(?:\|\||&&)\s{0,8}(?:(?:this|obj)\.\w{1,40}\s{0,8}(?:[=!]==?|\.match\(|\[)"
    r"|(?:[0-9]{1,9}|'\w{0,20}'|\"\w{0,20}\")\s{0,8}===?\s{0,8}(?:[0-9]{1,9}|'\w{0,20}'?|\"\w{0,20}\"?)"
    r"\s{0,8}(?://|;|\)|\}|\Z))"
)
_STATEMENT = re.compile(
    r"\s{0,8}\)?\s{0,8};\s{0,8}(?:return\b|var\s{1,8}\w|let\s{1,8}\w|sleep\s{0,8}\(\s{0,8}[0-9]|while\s{0,8}\(|do\s{0,8}\{|throw\s"
    r"|\w{1,20}\s{0,8}=\s{0,8}new\s{1,8}Date\b|db\.\w|this\.\w)"
)
_RETURN = re.compile(r"\s{0,8}[0-9]{0,6}\s{0,8};\s{0,8}return\s{1,8}(?:true|this\.|1\b)")
_VALUE = re.compile(r"\s*[^\s(){};=<>'\"]*(?: [^\s(){};=<>'\"]{0,40}){0,3}\Z")
"""What stands in front of a quote that is left: a short value, or one long word: no program."""
_LONGEST_CODE = 300
_SHELL = re.compile(
    r"\bdb\.(?:getCollection\(|[A-Za-z_]\w{0,60}\.)?(?:insert(?:One|Many)?|drop|dropDatabase|find"
    r"|findOne|mapReduce|remove|update|aggregate|deleteMany|eval|runCommand|adminCommand)\s{0,8}\("
    r"|\bmapReduce\s{0,8}\(\s{0,8}function"
)
_REDIS = re.compile(
    r"[\r\n]\s?(?:\*[0-9]{1,4}\r?\n\$[0-9]{1,6}\r?\n"
    r"|(?:FLUSHALL|FLUSHDB|BGSAVE)\s{0,8}(?:[\r\n]|\Z)|CONFIG\s{1,8}SET\s{1,8}(?:dir|dbfilename)\s"
    r"|(?:SLAVEOF|REPLICAOF)\s{1,8}\S{1,100}\s{1,8}[0-9]|EVAL\s{1,8}(?:\"[^\"\n]{1,500}\"|'[^'\n]{1,500}')\s{1,8}[0-9]|MODULE\s{1,8}LOAD\s)",
    re.IGNORECASE,
)
_DOLLAR = re.compile(_OPERATOR)
# Each alternative begins with one fixed character: the engine jumps from one to the next.
_STOPPED = re.compile(r"'\s{0,8}\)?\s{0,8};|\"\s{0,8}\)?\s{0,8};|;\s{0,8}return\b")
_CLOSED = re.compile(r"['\"]\s{0,4}[}\])]")
_COMMAND = re.compile(r"[\r\n]\s?(?:\*[0-9]|[A-Za-z]{4,9}\b)")
_HINTS = (("$", _DOLLAR), (";", _STOPPED), ("}", _CLOSED), ("\n", _COMMAND), ("\r", _COMMAND))
"""A character that is quickly looked for, and what must be around it."""


def may(text: str) -> bool:
    """Whether a text holds an operator, an operator of JavaScript behind a quote, or a command."""
    if "||" in text or "&&" in text or "db." in text or "mapReduce" in text:
        return True
    return any(mark in text and hint.search(text) is not None for mark, hint in _HINTS)


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of a key or of a value; in time linear in the length."""
    if "$" in text and len(text) < 400:
        signs = _key(text, slot)
        if signs:
            return signs
    found = _operators(text)
    if found:
        found += _interface(slot, len(text))
    code = _code(text)
    if code and len(text) - code[0].start > _LONGEST_CODE:
        code.append(Sign("nosql.program", 0, len(text)))
    return [*found, *code, *_commands(text)]


def _key(text: str, slot: Slot) -> list[Sign]:
    """A name of a parameter, or a key of JSON, with an operator as one of its steps."""
    is_key = "[" in text or text == slot.name or slot.name.endswith((f".{text}", f"]{text}"))
    if not is_key or _KEY.match(text) is None:
        return []
    signs: list[Sign] = []
    for found in _OPERATOR_IN_KEY.finditer(text):
        name = found[1]
        code = (
            "nosql.code_key" if name in _CODE
            else "nosql.operator_key" if name in _FILTERS
            else "nosql.range_key" if name in _RANGES
            else "nosql.common_key" if name in _COMMON
            else ""
        )  # fmt: skip
        if code:
            signs.append(Sign(code, found.start(1) - 1, found.end(1)))
            break
    return [*signs, *_interface(slot, len(text), text)] if signs else []


def _interface(slot: Slot, length: int, key: str = "") -> list[Sign]:
    """What the name says: something secret is replaced, or a query is what is asked for."""
    name = slot.name or key
    if _QUERY_INTERFACE.match(name) or _QUERY_INTERFACE.match(key):
        return [Sign("nosql.query_interface", 0, length)]
    if _CREDENTIAL.search(name):
        return [Sign("nosql.credential", 0, length)]
    return []


def _operators(text: str) -> list[Sign]:
    """Operators in a value: it is an object with one, or ends a value and goes on with one."""
    whole = _OBJECT.match(text)
    if whole:
        return [Sign("nosql.operator_object", whole.start(1), whole.end(1))]
    joined = _JOINED.match(text) or _WHERE.match(text)
    if joined:
        return [Sign("nosql.operator_joined", 0, joined.end())]
    for quote in "'\"":
        start = leaving(text, quote)
        if 0 < start <= 80:
            key = _KEY_JOINED.match(text, start)
            if key:
                code = "nosql.operator_joined" if "$" in key.group() else "nosql.key_joined"
                return [Sign(code, start - 1, key.end())]
    return []


def _code(text: str) -> list[Sign]:
    """JavaScript behind a quote that the value closes, as in ``$where: 'this.a == "…"'``."""
    for quote in "'\"":
        start = leaving(text, quote)
        if start < 0 or _VALUE.match(text[: start - 1]) is None:
            continue
        found = _CONDITION.match(text, start)
        if found:
            return [Sign("nosql.code_condition", start - 1, found.end())]
        found = _STATEMENT.match(text, start)
        if found:
            return [Sign("nosql.code_statement", start - 1, found.end())]
    found = _BARE_CONDITION.match(text) or _RETURN.match(text)
    return [Sign("nosql.code_bare", 0, found.end())] if found else []


def _commands(text: str) -> list[Sign]:
    signs: list[Sign] = []
    shell = _SHELL.search(text) if "db." in text or "mapReduce" in text else None
    if shell:
        first = not text[: shell.start()].strip(" '\"0123456789;)}]")
        code = "nosql.shell" if first else "nosql.shell_text"
        signs.append(Sign(code, shell.start(), shell.end()))
    redis = _REDIS.search(text) if "\n" in text or "\r" in text else None
    if redis:
        signs.append(Sign("nosql.redis", redis.start(), redis.end()))
    return signs


SINK = Sink("nosql", WEIGHTS, SENTENCES, may, judge)
