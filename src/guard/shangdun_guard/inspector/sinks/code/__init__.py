"""Code: would the value be, or become, a program of the application's own language? CWE-94, 95.

A call of the table counts by what it does, by what it is given, and by how the value reaches it:
whole, behind a quote or bracket that it closes, or inside an interpolation.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.lowered import lowered
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.code.calls import (
    COMPUTED,
    GIVEN,
    INTERNALS,
    SUPERGLOBAL,
    TAG,
    Call,
    calls,
)

_CALLED = re.compile(r"[A-Za-z_\])}'\"`/]\s{0,3}\(")
_MARKS = ("<?", "<%", "__", "`", "$_", "#{", "%x", "qx", "clude", "equire")
_BREAKOUT = re.compile(
    r"^[^\s\"')\]}]{0,40}\\?[\"')\]}]{1,4}\s{0,4}(?:[;.+,|&^*-]|\band\b|\bor\b)", re.IGNORECASE
)
_SEPARATED = re.compile(r"^[\w.-]{0,24}\s{0,4};")
_INTERPOLATED = re.compile(r"(?:\$\{|\{\$|#\{|\{\{|\$\()[^A-Za-z]{0,4}$")
_PREFIX = re.compile(
    r"^[@\\!\s(]{0,6}(?:(?:echo|print|return|die|exit|const|var|import\s\w{1,12};)[\s(]{1,3})?$",
    re.IGNORECASE,
)
_MEMBER = re.compile(r"(?:[\w)\]]\s{0,2}(?:\.|->|::|\?\.)|\bfunction\s{1,4}|\bdef\s{1,4})$")
_CUT_OFF = re.compile(r"(?:#|//|/\*|--|\?>|%>|;)\s{0,4}$|[.+]\s{0,3}\\?['\"]\s{0,3}$")


def may(text: str) -> bool:
    """Whether there is a call, a tag, an interpolation, a superglobal or a backtick."""
    if "(" in text and _CALLED.search(text) is not None:
        return True
    return any(map(text.__contains__, _MARKS))


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of a program; one in a long text or among sentences counts for less."""
    folded = lowered(text)
    if len(folded) != len(text):  # a few letters fold to two: places would no longer fit
        folded = text
    signs = _internals(folded)
    if "(" in folded:
        signs += _called(folded)
    tag = TAG.search(text) if "<" in text and (signs or slot.place == "file") else None
    superglobal = SUPERGLOBAL.search(text) if signs else None
    if superglobal is not None:
        signs.append(Sign("code.superglobal", superglobal.start(), superglobal.end()))
    if signs and tag is not None:
        signs.append(Sign("code.tag", tag.start(), tag.end()))
    elif tag is not None and slot.place == "file" and text[: tag.start()].strip() == "":
        signs.append(Sign("code.uploaded", tag.start(), tag.end()))
    return signs + _honesty(text, signs) if signs else []


def _internals(folded: str) -> list[Sign]:
    for code, fragments, structure in INTERNALS:
        if any(map(folded.__contains__, fragments)):
            match = structure.search(folded)
            if match is not None:
                return [Sign(f"code.{code}", match.start(), match.end())]
    return []


def _called(text: str) -> list[Sign]:
    """The weightiest call with what is given to it, how it is reached, and what it nests."""
    counted = [call for call in calls(text) if _counts(text, call)]
    if not counted:
        return []
    best = max(counted, key=lambda call: (_RANKS[call.kind], -call.start))
    signs = [Sign(f"code.{best.kind}", best.start, best.end)]
    nested = any(call.start == best.end for call in counted)
    if nested or any(call.kind != best.kind for call in counted):
        signs.append(Sign("code.nested", best.start, len(text)))
    return signs + _reached(text, best)


_RANKS = {"run": 3, "evaluate": 2, "show": 1}
_TAKES_NAMES = ("function", "settimeout", "setinterval", "array_", "usort", "compile")
_TELLS_RESULTS = ("print", "die", "exit")
_TELLS_ALONE = ("php", "get_", "die", "exit")


def _counts(text: str, call: Call) -> bool:
    """Whether it is a call of the table's function, and not a method or a word with a remark."""
    name = call.name
    if "." not in name and _MEMBER.search(text[max(0, call.start - 12) : call.start]):
        return False
    following = text[call.end : call.end + 1]
    if name.startswith(_TAKES_NAMES):
        return following in {"'", '"', "\\"}
    given = GIVEN.match(text, call.end)
    if given is None or (name.startswith(_TELLS_RESULTS) and not COMPUTED.match(text, call.end)):
        return False
    return following != ")" or (call.kind == "show" and name.startswith(_TELLS_ALONE))


def _reached(text: str, call: Call) -> list[Sign]:
    """How a program that holds the value would come to this call."""
    lead = text[max(0, call.start - 120) : call.start]
    if _INTERPOLATED.search(lead):
        return [Sign("code.interpolated", max(0, call.start - 3), call.end)]
    signs = []
    if lead and call.start < 120 and (_BREAKOUT.match(lead) or _SEPARATED.match(lead)):
        signs.append(Sign("code.breakout", 0, call.start))
    elif call.start < 120 and _PREFIX.match(lead):
        signs.append(Sign("code.whole", 0, call.end))
    if signs and _CUT_OFF.search(text[-12:]):
        signs.append(Sign("code.cut_off", max(0, len(text) - 12), len(text)))
    return signs


_SOURCE_LINES = 5
"""Lines from which on a program without a dangerous call is source code that somebody shows."""


def _honesty(text: str, signs: list[Sign]) -> list[Sign]:
    codes = {sign.code for sign in signs}
    if codes == {"code.uploaded"} and prose.lines(text) >= _SOURCE_LINES:
        return [Sign("code.source", 0, len(text))]
    if codes & {"code.breakout", "code.uploaded"}:
        return []
    spoken, written = prose.words(text), prose.lines(text)
    if spoken >= 20 or written >= 6:
        return [Sign("code.document", 0, len(text))]
    if spoken >= 5 or written >= 3:
        return [Sign("code.prose", 0, len(text))]
    return []


SINK = Sink(
    name="code",
    weights={
        "code.run": 4.0,
        "code.evaluate": 3.0,
        "code.show": 1.5,
        "code.nested": 2.0,
        "code.breakout": 3.0,
        "code.whole": 1.8,
        "code.interpolated": 3.0,
        "code.cut_off": 1.0,
        "code.tag": 2.5,
        "code.uploaded": 4.5,
        "code.superglobal": 3.5,
        "code.python": 5.5,
        "code.node": 5.0,
        "code.asp": 6.0,
        "code.variable": 6.0,
        "code.ruby": 5.0,
        "code.statement": 4.2,
        "code.source": -2.5,
        "code.prose": -4.0,
        "code.document": -11.0,
    },
    sentences={
        "code.run": "A call runs a command of the operating system.",
        "code.evaluate": "A call runs a text as a program.",
        "code.show": "A call shows files or settings, waits, or proves that code runs.",
        "code.nested": "What one call decodes or computes is handed to another.",
        "code.breakout": "A quote, bracket or statement of the program is ended before the call.",
        "code.whole": "The whole value is a call.",
        "code.interpolated": "The call stands inside an interpolation, which runs it.",
        "code.cut_off": "What the program puts behind the value is cut off or joined.",
        "code.tag": "A tag starts a program of PHP, ASP or JSP.",
        "code.uploaded": "The uploaded file is a program of PHP, ASP or JSP.",
        "code.superglobal": "What the program runs comes from a later request: a web shell.",
        "code.python": "Python's internals lead from a value to any function.",
        "code.node": "Node's internals lead to the process, its files or its commands.",
        "code.asp": "ASP or Java code runs what a later request says.",
        "code.variable": "A function is called by a name that is put together or sent.",
        "code.ruby": "Ruby runs a command inside a text.",
        "code.statement": "A statement loads a dangerous module or a foreign file.",
        "code.source": "It is source code of several lines that calls nothing dangerous.",
        "code.prose": "Sentences stand around it.",
        "code.document": "It stands in a long text with many sentences or lines.",
    },
    may=may,
    judge=judge,
)
