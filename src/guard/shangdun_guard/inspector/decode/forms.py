"""All the texts a value could be read as, each with the layers that were undone to reach it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.charset import characters, readable
from shangdun_guard.inspector.decode.escapes import json_unescaped
from shangdun_guard.inspector.decode.layers import LAYERS, may_have_layers
from shangdun_guard.inspector.decode.markup import unescaped_markup
from shangdun_guard.inspector.decode.percent import PERCENT, unquoted
from shangdun_guard.inspector.value import Form

_URL = ("url",)
_PLUS_LAYERS = tuple(layer for layer in LAYERS if layer[0] in {"utf-7", "base64"})
_PACKED = re.compile(r"[A-Za-z0-9+/_=\s-]*\Z")


def natural(text: str, syntax: str) -> Form:
    """Raw text (bytes as latin-1) as the server behind reads it: escapes of its place undone."""
    if syntax in {"query", "percent"}:
        if "+" in text and syntax == "query":
            text = text.replace("+", " ")
        if "%" in text and PERCENT.search(text):
            return Form(characters(unquoted(text.encode("latin-1", "replace"))), _URL)
        return Form(readable(text), ())
    text = readable(text)
    if syntax == "json" and "\\" in text:
        return Form(json_unescaped(text), ("json",))
    if syntax == "xml" and "&" in text:
        return Form(unescaped_markup(text), ("html",))
    return Form(text, ())


def forms_below(base: Form, raw: str, limits: Limits) -> list[Form]:
    """The natural form first, then what further layers make of it, outermost first.

    A layer is tried only where its witness stands in the text, and a text is read once however
    many ways lead to it: at most ``limits.forms`` texts, ``limits.layers`` deep. Where baits for
    other layers use these up, one more has everything undone.
    """
    found = [base]
    if "+" in raw and _plus_counts(base):  # which may have been read as a blank
        found += _with_plus(base, raw)
    if len(found) == 1 and not may_have_layers(base.text):
        return found
    seen = {form.text for form in found}
    for form in found:
        if len(form.layers) >= limits.layers or not may_have_layers(form.text):
            continue
        for name, peel in LAYERS:
            inner = peel(form.text)
            if inner is None or inner in seen:
                continue
            if len(found) >= limits.forms:
                return [*found, _bare(base, limits)]
            seen.add(inner)
            found.append(Form(inner[: limits.form], (*form.layers, name)))
    return found


def _bare(base: Form, limits: Limits) -> Form:
    """What is left when layer after layer has been undone, whichever comes first."""
    text, layers = base
    while len(layers) < 2 * limits.layers:
        before = text
        for name, peel in LAYERS:
            inner = peel(text)
            if inner is not None and inner != text:
                text, layers = inner[: limits.form], (*layers, name)
        if text == before:
            break
    return Form(text, layers)


def _plus_counts(base: Form) -> bool:
    """Whether an encoding that uses the plus sign could stand in the raw text of this form.

    Where percent escapes were undone the form is that text but for its blanks; else it is cheap
    to look at that text itself.
    """
    text = base.text
    return (
        base.layers[-1:] != _URL
        or " A" in text
        or "+A" in text
        or "64" in text
        or _PACKED.match(text) is not None
    )


def _with_plus(base: Form, raw: str) -> Iterator[Form]:
    """Encodings that use the plus sign, of text in which it still stands."""
    text = natural(raw, "percent").text
    for name, peel in _PLUS_LAYERS:
        inner = peel(text)
        if inner is not None:
            yield Form(inner, (*base.layers, name))
