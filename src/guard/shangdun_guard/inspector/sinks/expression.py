"""Expression languages inside Java servers: Log4j lookups, OGNL, SpEL, EL, MVEL, Groovy (CWE-917).

Lookups are evaluated as Log4j does it, innermost first, so that ``${${lower:j}ndi:…}`` reads
``${jndi:…}``. Of the languages that reach classes it is the reaching that counts: a static
method, a constructor, a class loader. Java source in a support ticket names the same classes, in
prose.
"""

from __future__ import annotations

import re
from itertools import islice

from shangdun_guard.inspector.lowered import lowered
from shangdun_guard.inspector.sink import Sign, Sink, Slot

_SHORT = 300
"""Characters: above it, or over several lines, a value is text that speaks of code."""
_JNDI = re.compile(
    r"\bj\s{0,4}n\s{0,4}d\s{0,4}i\s{0,4}:\s{0,4}(?:[a-z]{2,10}\s{0,4}:|/|\$\{|\w)", re.IGNORECASE
)
_LOOKUP = re.compile(
    r"^(?:env|sys|java|ctx|main|bundle|date|docker|k8s|log4j|marker|sd|spring|web|map|event)[:-]",
    re.IGNORECASE,
)
_LOOKUP_SECRET = re.compile(
    r"^(?:env:[^}]{0,80}(?:secret|passw|key|token|user|hostname)|sys:(?:user\.|java\.|os\.)|java:"
    r"|docker:|k8s:|main:|bundle:)",
    re.IGNORECASE,
)
_FOLD_LIMIT = 16_384
_CARRIED = 256
"""Characters a lookup hands to the one around it: deep nesting stays linear."""

_JAVA = r"(?:java|javax|org|com|sun|jdk|jakarta|groovy|ognl|freemarker|oracle)"
_STATIC = re.compile(
    rf"@\s{{0,4}}{_JAVA}(?:\.\w{{1,60}}){{1,10}}\s{{0,4}}@\s{{0,4}}\w{{1,60}}", re.IGNORECASE
)
_TYPE = re.compile(
    rf"(?<![\w.])T\s{{0,8}}\(\s{{0,8}}{_JAVA}?\.?(?:\w{{1,60}}\.){{0,10}}\w{{1,60}}\s{{0,8}}\)\s{{0,8}}\.",
    re.IGNORECASE,
)
_OGNL = re.compile(
    r"#_memberaccess\b|ognl\.ognlcontext|#context\s{0,4}\[|#(?:parameters|attr|request|application"
    r"|session|response)\s{0,4}[.\[]|opensymphony\.xwork2|xwork\.methodaccessor"
    r"|\(\s{0,4}#\w{1,40}\s{0,4}=|#\w{1,40}\s{0,4}=\s{0,4}(?:new\b|@|\{|\()",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"\bgetruntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\b"
    r"|\bnew\s{1,8}(?:java\.lang\.)?processbuilder\b"
    r"|\bnew\s{1,8}(?:javax\.script\.)?scriptenginemanager\b"
    r"|\b(?:getclass\s{0,4}\(\s{0,4}\)|(?<=\.)class)\s{0,4}\.\s{0,4}forname\s{0,4}\("
    r"|\bgetclass\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}get(?:class|methods?|declared\w{1,20}"
    r"|protectiondomain)"
    r"|\bgetdeclaredmethods?\b.{0,40}\binvoke\b|\bjava\.lang\.(?:runtime|processbuilder)\b"
    r"|\bclass\.get(?:resource|classloader)\s{0,4}\(|\bnew\s{1,4}(?:org\.codehaus\.)?groovy\."
    r"|\bjavax\.script\.scriptenginemanager\b|\.\s{0,4}getenginebyname\s{0,4}\("
    r"|['\"]\s{0,4}\.\s{0,4}execute\s{0,4}\(\s{0,4}\)"
    r"|['\"]\s{0,4}\]?\s{0,4}\.\s{0,4}getclass\s{0,4}\("
    r"|['\"]{2}\s{0,4}\[\s{0,4}['\"]class['\"]|\.class\.classloader\b|\bgetclassloader\s{0,4}\("
    r"|\bioutils\s{0,4}[.@]\s{0,4}tostring\b|#\w{1,20}\.getwriter\b|\bfileutils\.readfile",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"^\s{0,8}(?:applicationscope|sessionscope|requestscope|pagecontext|facescontext|initparam"
    r"|request"
    r"|session|application|paramvalues|headervalues|environment|systemproperties)"
    r"(?:\s{0,8}$|\s{0,8}[.\[]\s{0,8}['\"]?(?:get|set|request|session|servlet|class|out"
    r"|response)\w{0,30})",
    re.IGNORECASE,
)
_ARITHMETIC = re.compile(r"^\s{0,8}\(?\s{0,4}\d{1,12}\s{0,4}[*]\s{0,4}\d{1,12}\s{0,4}\)?\s{0,8}$")
_LOADER = re.compile(
    r"\bclass\s{0,2}[.\[]{1,2}['\"]?(?:module\s{0,2}[.\[\]'\"]{1,4})?classloader\b", re.IGNORECASE
)
_OPENING = re.compile(r"[$%#*]\{")
_REGIONS = 64


def may(text: str) -> bool:
    """Whether a delimiter or a class of the platform is in ``text``."""
    if "{" in text and ("${" in text or "%{" in text or "#{" in text or "*{" in text):
        return True
    if "(" in text or "@" in text:
        return _reaches(text)
    return "lass" in text and _LOADER.search(text) is not None


def _reaches(text: str) -> bool:
    folded = lowered(text)
    return (
        "getruntime" in folded
        or "java" in folded
        or "processbuilder" in folded
        or "getclass" in folded
        or "scriptengine" in folded
        or "ognl" in folded
        or "execute(" in folded
        or "ioutils" in folded
        or "#_member" in folded
        or "#context" in folded
        or "class" in folded
    )


def _resolved(inner: str) -> str:
    """What Log4j puts in place of ``${inner}``; an empty text where it cannot be known."""
    key, colon, rest = inner.partition(":")
    name = key.strip().lower()
    if colon and name == "lower":
        return rest.lower()
    if colon and name == "upper":
        return rest.upper()
    if colon and name == "date":
        return rest.replace("'", "")
    default = inner.rfind(":-")
    return inner[default + 2 :] if default >= 0 else ""


_UNCLOSED = 4
"""Of the lookups that nothing closes, so many outer and so many inner ones are looked at."""


def _fold(text: str) -> tuple[list[tuple[int, int, str, bool]], int]:
    """Lookups as (start, end, inside once resolved, holds others), and how many hide a character.

    One pass with a stack: a resolved lookup is appended once to what surrounds it.
    """
    stack: list[tuple[int, list[str], bool]] = []
    found: list[tuple[int, int, str, bool]] = []
    hiding = 0
    position = 0
    for match in re.finditer(r"[$%#*]\{|\}", text):
        if stack:
            stack[-1][1].append(text[position : match.start()])
        position = match.end()
        if match[0] != "}":
            stack.append((match.start(), [], False))
        elif stack:
            start, parts, nested = stack.pop()
            inner = "".join(parts)
            if len(inner) > _FOLD_LIMIT:
                continue
            found.append((start, match.end(), inner, nested))
            value = _resolved(inner)[:_CARRIED]
            if stack:
                outer = stack[-1]
                stack[-1] = (outer[0], outer[1], True)
                outer[1].append(value)
                hiding += 0 < len(value) <= 4
    unclosed = len(stack)
    while stack:
        start, parts, nested = stack.pop()
        inner = ("".join(parts) + text[position:])[:200]
        if len(stack) < _UNCLOSED or unclosed - len(stack) <= _UNCLOSED:
            found.append((start, len(text), inner, nested))
        position = len(text)
        if stack:
            stack[-1][1].append(inner)
    return found, hiding


_INSIDE: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (re.compile(rf"\s{{0,8}}{_JNDI.pattern}", re.IGNORECASE), "expression.jndi", False),
    (_STATIC, "expression.class", False),
    (_OGNL, "expression.class", False),
    (_TYPE, "expression.class", False),
    (_REACH, "expression.class", False),
    (_SCOPE, "expression.scope", True),
    (_ARITHMETIC, "expression.arithmetic", True),
    (_LOOKUP_SECRET, "expression.lookup", False),
)
"""What stands between braces: pattern, sign, and whether only a short value says so."""


def _inside(inner: str, *, short: bool) -> str:
    """The sign that what stands between the braces is; "" for none."""
    window = inner[:2000]
    for pattern, code, only_short in _INSIDE:
        if (short or not only_short) and pattern.search(window):
            return code
    return ""


def _bare(text: str, *, short: bool) -> list[Sign]:
    """Expressions that need no delimiter: a routing expression, a Struts parameter, a script."""
    match = _STATIC.search(text) or _TYPE.search(text)
    if match is not None and (short or "java" in match[0].lower()):
        return [Sign("expression.class", match.start(), match.end())]
    match = _OGNL.search(text)
    if match is not None and short and "(" in text and "#" in match[0]:
        return [Sign("expression.ognl", match.start(), match.end())]
    match = _REACH.search(text)
    if match is not None:
        code = "expression.reach" if short else "expression.mention"
        return [Sign(code, match.start(), match.end())]
    return []


def judge(text: str, _slot: Slot) -> list[Sign]:
    """Signs of an expression that a Java server would evaluate.

    Sources: CVE-2021-44228 (Log4j), CVE-2017-5638 (Struts), CVE-2022-22963 and -22965 (Spring).
    """
    short = len(text) <= _SHORT and text.count("\n") < 4
    signs: dict[str, Sign] = {}
    if _OPENING.search(text):
        lookups, hiding = _fold(text)
        once = {inner: (start, end) for start, end, inner, _nested in reversed(lookups)}
        for inner, (start, end) in islice(reversed(once.items()), 4 * _REGIONS):
            code = _inside(inner, short=short)
            if code == "expression.lookup" and (start, end) == (0, len(text)):
                code = "expression.lookup_alone"
            if code:
                signs.setdefault(code, Sign(code, start, end))
        if hiding >= 2 and "expression.jndi" not in signs:
            first = min(lookups)
            signs["expression.nested"] = Sign("expression.nested", first[0], first[1])
    match = _LOADER.search(text)
    if match is not None and short:
        signs["expression.loader"] = Sign("expression.loader", match.start(), match.end())
    if "expression.class" not in signs and "expression.jndi" not in signs:
        for sign in _bare(text, short=short):
            signs.setdefault(sign.code, sign)
    return list(signs.values())


SINK = Sink(
    name="expression",
    weights={
        "expression.jndi": 9.0,
        "expression.nested": 6.5,
        "expression.class": 8.0,
        "expression.ognl": 6.5,
        "expression.reach": 6.0,
        "expression.loader": 6.5,
        "expression.scope": 5.5,
        "expression.arithmetic": 6.0,
        "expression.lookup": 3.5,
        "expression.lookup_alone": 4.8,
        "expression.mention": 1.0,
    },
    sentences={
        "expression.jndi": "A lookup that makes the logger load code from a directory (JNDI).",
        "expression.nested": "Lookups inside lookups spell a word letter by letter to hide it.",
        "expression.class": "An expression that reaches the platform's classes or its memory.",
        "expression.ognl": "Assigns or reads the variables of an OGNL context.",
        "expression.reach": "The value is a call that starts a process or loads a class.",
        "expression.loader": "Names the class loader through the properties of a bound object.",
        "expression.scope": "An expression that reads the server's own scopes.",
        "expression.arithmetic": "An expression that only multiplies: a probe for evaluation.",
        "expression.lookup": "A lookup that would reveal the server's environment.",
        "expression.lookup_alone": "The whole value is a lookup of the server's environment.",
        "expression.mention": "Text that mentions a call which starts a process.",
    },
    may=may,
    judge=judge,
)
