"""All the texts a value could be read as, each with the layers that were undone to reach it."""

from __future__ import annotations

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.charset import characters, readable
from shangdun_guard.inspector.decode.escapes import json_unescaped
from shangdun_guard.inspector.decode.layers import LAYERS, WITNESS
from shangdun_guard.inspector.decode.markup import unescaped_markup
from shangdun_guard.inspector.decode.percent import PERCENT, unquoted
from shangdun_guard.inspector.decode.utf7 import UTF7, from_utf7
from shangdun_guard.inspector.value import Form

_URL = ("url",)


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
    many ways lead to it: at most ``limits.forms`` texts, ``limits.layers`` deep.
    """
    found = [base]
    if "+A" in raw and UTF7.search(raw):  # a plus sign that the natural form reads as a blank
        found.append(Form(from_utf7(natural(raw, "percent").text), (*base.layers, "utf-7")))
    elif WITNESS.search(base.text) is None:
        return found
    seen = {form.text for form in found}
    for form in found:
        if len(form.layers) >= limits.layers or WITNESS.search(form.text) is None:
            continue
        for name, peel in LAYERS:
            inner = peel(form.text)
            if inner is None or inner in seen:
                continue
            if len(found) >= limits.forms:
                return found
            seen.add(inner)
            found.append(Form(inner[: limits.form], (*form.layers, name)))
    return found
