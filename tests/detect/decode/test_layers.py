"""One value, whatever it was wrapped in."""

from __future__ import annotations

import base64
import html
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.decode.layers import MOST_LETTERS, decoded, plausible

ATTACK = "' or 1=1-- <script>"


def escapes(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


WRAPPERS = {
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent u": lambda text: "".join(f"%u{ord(letter):04X}" for letter in text),
    "escapes": escapes,
    "bytes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "named entities": html.escape,
    "escapes inside percent": lambda text: quote(escapes(text), safe=""),
    "entities inside percent twice": lambda text: quote(quote(html.escape(text))),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_every_wrapping_comes_off(wrap):
    assert decoded(wrap(ATTACK)) == ATTACK


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("%c0%ae%c0%ae%c0%af", "../"),
        ("%e0%80%ae", "."),
        ("%f0%80%80%af", "/"),
        ("%c1%1c", "\\"),
        ("%bf%27", "¿'"),
        ("%C4%E3%BA%C3", "你好"),
        ("%F3", "ó"),
        ("\uff1cscript\uff1e", "<script>"),
        ("1/**/union/*!50000 select*/2", "1 union select 2"),
        ("a\t \xa0b\r\nc", "a b\nc"),
        ("x%00.jpg", "x␀.jpg"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        ("100% cotton & 5%", "100% cotton & 5%"),
        ("&copy=1&para", "&copy=1&para"),
        (r"C:\Users\ann", r"C:\Users\ann"),
    ],
)
def test_forms_that_lenient_readers_take(written, read):
    assert decoded(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/*<script>alert(1)</script>*/", " &comment=<script>alert(1)</script>"),
        ("union/*" + "a" * 250 + "*/select", "union select"),
        ("union/*--;a*b*/select", "union select&comment=--;a*b"),
        ("1/***/union/***/select", "1 union select"),
        ("/*a", "/*a"),
    ],
)
def test_what_a_database_does_not_read_is_still_seen(written, read):
    """A browser has no such comments: a script inside one runs."""
    assert decoded(written) == read


def test_base64_is_read_where_it_holds_text_and_stays_beside_it():
    run = base64.b64encode(ATTACK.encode()).decode()
    assert decoded(f"token={run}") == f"token={run}&base64={ATTACK}"
    twice = base64.b64encode(quote(ATTACK).encode()).decode()
    assert decoded(twice).endswith(f"&base64={ATTACK}")


@pytest.mark.parametrize(
    "run",
    [
        "summer-sale-2026-collection",
        "d41d8cd98f00b204e9800998ecf8427e",
        "AFQjCNEF1X4rM8CZN0u_2hxZ",
        base64.b64encode(bytes(range(128, 160))).decode(),
        "iVBORw0KGgoAAAANSUhEUg",
    ],
)
def test_what_is_no_text_in_base64_is_left_alone(run):
    assert plausible(run) == ""
    assert decoded(run) == run


@given(st.text(max_size=300))
def test_any_text_is_read_to_text_that_can_be_stored(text):
    read = decoded(text)
    read.encode()
    assert "\0" not in read
    assert len(read) <= 3 * len(text) + 64


@pytest.mark.parametrize(
    "piece",
    [
        "%25",
        "%2525",
        "&amp;",
        "&#38;#38;",
        "\\u005c",
        "\\x5c",
        "/*",
        "/*!*/",
        "%c0",
        "A=",
        "\uff05",
        "  ",
        "aB1=",
    ],
)
def test_the_worst_inputs_take_time_in_proportion(piece):
    def seconds(times: int) -> float:
        text = piece * times
        started = time.process_time()
        decoded(text)
        return time.process_time() - started

    short = MOST_LETTERS // len(piece) // 8
    seconds(short)
    few, many = min(seconds(short) for _ in range(3)), min(seconds(8 * short) for _ in range(3))
    assert many < 24 * few + 0.02
    assert many < 1


def test_what_lies_beyond_the_limit_stays_as_it_came():
    text = "%41" * MOST_LETTERS
    read = decoded(text)
    assert read.startswith("A" * (MOST_LETTERS // 3))
    assert read.endswith("%41" * 100)
