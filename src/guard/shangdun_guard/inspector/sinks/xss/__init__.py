"""HTML and script (CWE-79): what a browser would run of all that a value brings along.

The value is read as browsers read HTML, then as what may follow where it breaks out of an attribute
or a script's string. Not a tag is the attack but what it makes run: text with headings, images,
links and videos is what a product editor sends.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.lowered import lowered
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.xss import breakouts, tokens
from shangdun_guard.inspector.sinks.xss.elements import (
    Judge,
    normal_address,
    script_address,
    style_sign,
)

_TAG = re.compile(r"<[a-z!?/]", re.IGNORECASE)
_WHOLE_PAGE = re.compile(r"\s{0,40}<(?:!doctype\s|html[\s>])", re.IGNORECASE)
_DOCUMENT_LENGTH = 600
_DOCUMENT_LINES = 8
_TERSE = 200
_LOADS = frozenset({"xss.stylesheet", "xss.style_import", "xss.form_action", "xss.script_own"})
_ESCAPE = re.compile(r"[^<>=]{0,24}[\"'][\s/]{0,8}>{1,2}[^<>\"']{0,24}</?[a-z]", re.IGNORECASE)
_MIXED = re.compile(r"</?(?:s[cC]R|S[cC][rR][iI]p|ScRi|sC|I[mM]g|iM|iF|IfR|sV|SvG|bO|BoD)\w")
_PAGE_TAGS = 4
_PROBE = re.compile(r"[\"'][^\w\s]{0,12}<\w{2,8}>?[\s=]{0,4}&\{|=&\{\(\)\}")


def may(text: str) -> bool:
    """Whether a tag, a call or a handler's assignment could be in ``text``."""
    if "<" in text or "(" in text or "`" in text:
        return True
    if "=" in text or ":" in text:
        folded = lowered(text)
        return (
            "document." in folded
            or "script:" in folded
            or "location" in folded
            or "onerror" in folded
            or "src=" in folded
            or "data:text" in folded
            or "-moz-binding" in folded
            or "[]" in folded
        )
    return False


_PAGE_LENGTH = 300
_PAGE = re.compile(r"<html\b.{0,4000}<(?:head|body)\b", re.IGNORECASE | re.DOTALL)
"""A whole page, as session replay sends it."""


def _is_document(text: str) -> bool:
    """Long text of many lines: source code, a page, a mail with code in it."""
    if len(text) >= _DOCUMENT_LENGTH and text.count("\n") >= _DOCUMENT_LINES:
        return prose.lines(text.strip()) > _DOCUMENT_LINES  # empty ones are padding
    return len(text) >= _PAGE_LENGTH and _PAGE.search(text) is not None


def _is_terse(text: str) -> bool:
    return len(text) <= _TERSE and text.count("\n") < 2


def _is_quoted(text: str, sign: Sign) -> bool:
    """Whether a sign stands in Markdown's code marks, where it is shown and not run."""
    before = text[: sign.start]
    if before.count("```") % 2:
        return True
    line = before[before.rfind("\n") + 1 :]
    return (
        line.count("`") % 2 == 1 and "`" in text[sign.end : sign.end + 400] and " " in line.strip()
    )


def _tags(text: str, found: Judge) -> list[tuple[int, int]]:
    """Judge every tag; the places that they take."""
    taken: list[tuple[int, int]] = []
    in_script = False
    for tag in tokens.tokenise(text):
        if not tag.closing:
            in_script = in_script or tag.name == "script"
            taken.append((tag.start, tag.body_start + len(tag.body)))
            found.tag(tag)
        elif tag.name == "script" and not in_script and _is_terse(text):
            found.add("xss.script_end", tag.start, tag.end)
    return taken


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs that a browser would run what ``text`` brings, in whichever context it lands."""
    found = Judge()
    taken = _tags(text, found) if _TAG.search(text) else []
    folded = lowered(text[:4096])
    if "=" in text and "on" in folded:
        _add(found, breakouts.handlers(text, taken))
    if not taken and "=" in text:
        _add(found, breakouts.source(text))
    before = text[: taken[0][0]] if taken else text
    is_file = slot.place == "file"  # a document of its own, within no other's script
    if not is_file and ('"' in before or "'" in before or ("`" in before and _is_terse(text))):
        _add(found, breakouts.strings(text, len(before)))
    if not (found.signs or is_file):
        _add(found, breakouts.bare(text, slot.name))
    if "{{" in text or "${" in text or "[[" in text or "#{" in text:
        _add(found, breakouts.client_template(text))
    _address(text, folded, found)
    if taken and len(text) <= 2 * _TERSE and not text.count("\n") > 2:
        _shape(text, taken, found)
    hostile = any(code.endswith("_hostile") for code in found.signs)
    if is_file and found.signs and not hostile and _WHOLE_PAGE.match(text):
        found.add("xss.whole_page", 0, len(text))
    return _tempered(text, len(taken), found)


def _add(found: Judge, sign: Sign | None) -> None:
    if sign is not None:
        found.add(*sign)


def _shape(text: str, taken: list[tuple[int, int]], found: Judge) -> None:
    """What no editor writes: an attribute left before the first tag, names in mixed case."""
    match = _ESCAPE.match(text)
    if match is not None:
        found.add("xss.escape", match.start(), match.end())
    match = _MIXED.search(text)
    if match is not None:
        found.add("xss.mixed_case", match.start(), match.end())
    covered = sum(end - start for start, end in taken)
    if 0.7 * len(text) <= covered <= _TERSE and not _LOADS.isdisjoint(found.signs):
        found.add("xss.alone", 0, len(text))
    match = _PROBE.search(text)
    if match is not None:
        found.add("xss.probe", match.start(), match.end())


def _address(text: str, folded: str, found: Judge) -> None:
    """The whole value as an address of a link, or as the value of a style."""
    if ":" in text[:64]:
        reading = script_address(text)
        if normal_address(text)[:14].lower() == "data:text/html":
            found.data(text, 0, len(text))
        if reading is not None and reading.grade:
            found.add("xss.address" if reading.grade == 2 else "xss.address_value", 0, len(text))
    styled = "expression" in folded or "-moz-binding" in folded or "-o-link" in folded
    if styled or ("url(" in folded and "script:" in folded):
        _add(found, style_sign(text[:4096], 0, min(len(text), 4096)))


def _tempered(text: str, tags: int, found: Judge) -> list[Sign]:
    signs = list(found.signs.values())
    if not signs:
        return signs
    first = signs[0]
    if "`" in text and all(_is_quoted(text, sign) for sign in signs):
        found.add("xss.quoted_code", first.start, first.end)
    elif _is_document(text):
        found.add("xss.document", 0, len(text))
    elif found.signs.keys() == {"xss.frame"} and tags >= _PAGE_TAGS:
        found.add("xss.page", 0, len(text))
    return list(found.signs.values())


SINK = Sink(
    name="xss",
    weights={
        "xss.script": 4.5,
        "xss.script_hostile": 7.5,
        "xss.script_source": 6.0,
        "xss.script_long": 2.5,
        "xss.script_own": 1.0,
        "xss.script_end": 4.6,
        "xss.handler": 3.2,
        "xss.handler_hostile": 7.5,
        "xss.self_triggered": 1.6,
        "xss.address": 7.0,
        "xss.address_call": 3.4,
        "xss.address_value": 4.8,
        "xss.attribute_source": 4.8,
        "xss.script_open": 2.5,
        "xss.data_document": 5.5,
        "xss.style": 6.0,
        "xss.style_import": 3.0,
        "xss.style_call": 3.0,
        "xss.attribute_breakout": 7.0,
        "xss.attribute_call": 4.5,
        "xss.script_breakout": 6.5,
        "xss.script_breakout_call": 2.5,
        "xss.bare_call": 6.0,
        "xss.obfuscated": 7.0,
        "xss.client_template": 6.5,
        "xss.meta": 4.5,
        "xss.base": 5.0,
        "xss.stylesheet": 2.5,
        "xss.object": 4.0,
        "xss.frame": 4.2,
        "xss.frame_shown": 1.5,
        "xss.obscure_host": 4.5,
        "xss.alone": 1.8,
        "xss.escape": 2.8,
        "xss.mixed_case": 2.5,
        "xss.probe": 5.5,
        "xss.form": 2.5,
        "xss.form_action": 4.5,
        "xss.quoted_code": -6.0,
        "xss.document": -3.0,
        "xss.whole_page": -7.0,
        "xss.page": -2.0,
    },
    sentences={
        "xss.script": "Brings a script element whose script calls or assigns something.",
        "xss.script_hostile": "Brings a script element that does what only an attack does.",
        "xss.script_source": "Brings a script element that loads its script from a foreign host.",
        "xss.script_own": "Brings a script element that loads a script.",
        "xss.script_end": "Ends a script element that it has not opened.",
        "xss.handler": "Brings a tag with an event handler that calls or assigns something.",
        "xss.handler_hostile": "Brings a tag whose event handler does what only an attack does.",
        "xss.self_triggered": "The event of the handler occurs without anyone's doing.",
        "xss.address": "Holds an address that runs a script when it is followed or loaded.",
        "xss.address_call": "Holds a javascript: address that calls or assigns something.",
        "xss.address_value": "The value is a javascript: address that calls or assigns.",
        "xss.attribute_source": "Gives an element the address of a foreign script.",
        "xss.script_open": "Begins a script element.",
        "xss.data_document": "Holds a data: address with a document that would be run.",
        "xss.style": "Holds a style that runs a script.",
        "xss.style_call": "Holds a style whose value a script computes.",
        "xss.style_import": "Holds a style that loads a foreign style sheet.",
        "xss.attribute_breakout": "Ends the attribute it stands in and adds an event handler.",
        "xss.attribute_call": "Ends the attribute it stands in and adds a handler with a call.",
        "xss.script_breakout": "Ends the string of a script and goes on as a script.",
        "xss.script_breakout_call": "Ends the string of a script and calls, hiding the rest.",
        "xss.bare_call": "The value is a script that only a test for script injection sends.",
        "xss.obfuscated": "The value is a script written in signs alone.",
        "xss.client_template": "Holds a client-side template expression that leaves its sandbox.",
        "xss.meta": "Brings a meta element that sends the browser away or sets a cookie.",
        "xss.base": "Brings a base element that turns every relative address to a foreign host.",
        "xss.stylesheet": "Brings a foreign style sheet.",
        "xss.object": "Embeds a foreign object that may run.",
        "xss.script_long": "Brings a script element with a longer script.",
        "xss.frame_shown": "Embeds a page of an unknown host, with a size to be seen.",
        "xss.obscure_host": "Links to a host written as one number.",
        "xss.alone": "The value is nothing but an element that loads something.",
        "xss.form_action": "Brings a button that sends a form to a foreign host.",
        "xss.escape": "Ends a quoted attribute and its tag before it begins its own.",
        "xss.mixed_case": "Writes the names of tags in mixed case, as only evasions do.",
        "xss.probe": "Signs in the order of a known test for script injection.",
        "xss.frame": "Embeds a page of a host that is no known provider of videos or maps.",
        "xss.form": "Brings a form that sends its fields to a foreign host.",
        "xss.quoted_code": "The markup is shown as code, within marks of code.",
        "xss.whole_page": "The file is a page of its own, as themes and reports are.",
        "xss.document": "The markup is part of a long text or source file.",
        "xss.page": "The frame stands among other elements of a page that an editor wrote.",
    },
    may=may,
    judge=judge,
)
