"""All the texts a value could be read as, each with the layers that were undone to reach it."""

from __future__ import annotations

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.charset import readable
from shangdun_guard.inspector.decode.escapes import json_unescaped
from shangdun_guard.inspector.decode.layers import LAYERS, WITNESS
from shangdun_guard.inspector.decode.markup import unescaped_markup
from shangdun_guard.inspector.decode.percent import PERCENT, unquoted
from shangdun_guard.inspector.decode.utf7 import UTF7, from_utf7
from shangdun_guard.inspector.value import Form, Value


def forms_of(value: Value, limits: Limits) -> list[Form]:
    """The value as its place writes it, then what further layers make of it, outermost first.

    A layer is tried only where its witness stands in the text, and a text is read once however
    many ways lead to it: at most ``limits.forms`` texts, ``limits.layers`` deep.
    """
    text, cut = value.text[: limits.form], value.text
    del cut
    base = natural(text, value.syntax)
    found = [base]
    if value.syntax == "query" and "+" in text and UTF7.search(text):
        found.append(Form(readable(from_utf7(unquoted(text))), (*base.layers, "utf-7")))
    seen = {form.text for form in found}
    for form in found:
        if len(form.layers) >= limits.layers:
            continue
        if WITNESS.search(form.text) is None:
            continue
        for name, peel in LAYERS:
            for inner in peel(form.text):
                if inner in seen:
                    continue
                if len(found) >= limits.forms:
                    return found
                seen.add(inner)
                found.append(Form(inner, (*form.layers, name)))
    return found


def natural(text: str, syntax: str) -> Form:
    """The value as the server behind reads it: escapes of its place undone once."""
    layers: tuple[str, ...] = ()
    if syntax == "query":
        if "+" in text:
            text = text.replace("+", " ")
        if "%" in text and PERCENT.search(text):
            text, layers = unquoted(text), ("url",)
    elif syntax == "percent":
        if "%" in text and PERCENT.search(text):
            text, layers = unquoted(text), ("url",)
    elif syntax == "json":
        if "\\" in text:
            text, layers = json_unescaped(text), ("json",)
    elif syntax == "xml" and "&" in text:
        text, layers = unescaped_markup(text), ("html",)
    if text.isascii():
        return Form(text, layers)
    read = readable(text)
    return Form(read, layers)
