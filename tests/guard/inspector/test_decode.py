"""Layers are undone one by one, each only where its witness stands, and told from outside in."""

from __future__ import annotations

import base64
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.recording import form_of, seen

from shangdun_guard.inspector import Limits
from shangdun_guard.inspector.decode.forms import forms_below, natural
from shangdun_guard.inspector.decode.markup import unescaped_markup

PLAIN = "' or 1=1 -- <x>"
LIMITS = Limits()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CASES = {
    "as it is": ("'%20or 1=1 -- <x>", ("url",)),
    "plus for blank": ("'+or+1=1+--+<x>", ()),
    "url": ("%27+or+1%3D1+--+%3cx%3e", ("url",)),
    "url twice": ("%2527+or+1=1+--+%253Cx%253E", ("url", "url")),
    "url three times": ("%252527+or+1=1+--+<x>", ("url", "url", "url")),
    "%u": ("%u0027+or+1=1+--+%u003cx%u003E", ("url",)),
    "wide %u": ("%uff07+or+1=1+--+%uFF1Cx%uFF1E", ("url", "width")),
    "HTML decimal": ("%26%2339%3b+or+1=1+--+%26%2300060;x%26gt;", ("url", "html")),
    "HTML hexadecimal": ("%26%23x27+or+1=1+--+%26lt%3bx%26gt%3b", ("url", "html")),
    "JavaScript": ("\\x27+or+1=1+--+\\u003cx\\u{3e}", ("escape",)),
    "octal": ("\\47+or+1=1+--+\\74x\\76", ("escape",)),
    "base64": (b64(PLAIN), ("base64",)),
    "base64, padded": (b64(PLAIN[:-2]).replace("=", "%3D"), None),
    "base64 for URLs": (b64(PLAIN).replace("+", "-").replace("/", "_").rstrip("="), ("base64",)),
    "data URL": ("data:text/plain;base64," + b64(PLAIN), ("base64",)),
    "hexadecimal": (PLAIN.encode().hex(), ("hex",)),
    "hexadecimal of databases": ("0x" + PLAIN.encode().hex(), ("hex",)),
    "url in base64": (b64("%27 or 1=1 -- <x>").rstrip("="), ("base64", "url")),
    "overlong": ("%c0%a7+or+1=1+--+%e0%80%bcx%c0%be", ("url", "overlong")),
    "UTF-7": ("+ACc-+or+1=1+--+%2BADw-x+AD4-", None),
    "null bytes": ("'+o%00r+1=1+--+<%00x>", ("url", "null")),
    "full width": ("%EF%BC%87+or+1=1+--+%EF%BC%9Cx%EF%BC%9E", ("url", "width")),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_undone_and_told(name: str) -> None:
    written, layers = CASES[name]
    found = {item.text: item for item in seen(form_of(written)) if item.name == "x"}
    expected = {"UTF-7": PLAIN.replace(" ", "+"), "base64, padded": PLAIN[:-2]}.get(name, PLAIN)
    assert expected in found, list(found)
    if layers is not None:
        assert found[expected].layers == layers
    assert found[expected].raw == written.encode("latin-1")


def test_json_web_tokens_are_read_into() -> None:
    token = ".".join(
        b64(part).rstrip("=")
        for part in ('{"alg":"HS256","kid":"../../x"}', '{"sub":"a\'b"}', "s" * 9)
    )
    found = {item.text for item in seen(form_of(token))}
    assert {"../../x", "a'b"} <= found


def test_objects_come_out_of_base64_by_their_magic() -> None:
    data = pickle.dumps({"a": 1}, protocol=4)
    found = {item.text for item in seen(form_of(base64.b64encode(data).decode()))}
    assert data.decode("latin-1") in found


@pytest.mark.parametrize(
    "token",
    [
        "d9cb818ac34874973adec1d705dce893",
        "MvT0jzBkwVq77vwOkJrkGqpNmPQOPtkwaaLU8R694Q9fJfglw2nwzHB0Y4H5RUCJ",
        "550e8400-e29b-41d4-a716-446655440000",
        "GA1.2.239340587.1736993057",
        "20260131123000",
        "2026-01-31T12:30:00Z",
        "summer_sale-2026",
        "19.90",
        "anna.meier@shop.example",
        "+49 (30) 1234-567",
        "Größe vierzig, bitte!",
        "红色 连衣裙",
    ],
)
def test_what_is_quiet_is_shown_to_no_sink(token: str) -> None:
    value = token.encode().decode("latin-1").replace("+", "%2B").replace(" ", "+")
    assert not [item for item in seen(form_of(value)) if item.name == "x"]


def test_forms_and_layers_are_bounded() -> None:
    text = PLAIN
    for _ in range(12):
        text = text.replace("%", "%25").replace("'", "%27")
    forms = forms_below(natural(text, "query"), text, LIMITS)
    assert len(forms) <= LIMITS.forms
    assert max(len(form.layers) for form in forms) <= LIMITS.layers


@given(st.text(max_size=200), st.sampled_from(["", "query", "percent", "json", "xml"]))
def test_any_text_has_forms_without_lone_surrogates(text: str, syntax: str) -> None:
    raw = text.encode("utf-8", "replace").decode("latin-1")
    forms = forms_below(natural(raw, syntax), raw, LIMITS)
    assert 1 <= len(forms) <= LIMITS.forms
    for form in forms:
        form.text.encode()  # a lone surrogate would raise
    assert len({form.text for form in forms}) == len(forms)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;&LT;&#60;&#x3C;&#0000060", "<<<<<"),
        ("&#1114112;&#xD800;", "\ufffd\ufffd"),
        ("&nosuch; & &#; &#x;", "&nosuch; & &#; &#x;"),
        ("&#" + "9" * 5000 + ";", None),
    ],
)
def test_character_references(written: str, meant: str | None) -> None:
    if meant is not None:
        assert unescaped_markup(written) == meant
    else:
        assert unescaped_markup(written)
