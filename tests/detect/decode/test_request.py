"""Every part of a request, as text in which each value stands decoded under its name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.decode import request

FORM = """--x\r
Content-Disposition: form-data; name="a"\r
\r
%27\r
--x\r
Content-Disposition: form-data; name="f"; filename="a%2ephp"\r
Content-Type: image/png\r
\r
<?php\r
--x--"""


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/a%20b?x=1+2&y=%26", "/a b?x=1 2&y=&"),
        ("/c++?c=c%2B%2B", "/c++?c=c++"),
        ("/x?a%5B%24ne%5D=1", "/x?a[$ne]=1"),
        ("/x?f=%7B%22a%22%3A%7B%22%24gt%22%3A%22%22%7D%7D", '/x?f={"a":{"$gt":""}}&a[$gt]='),
        ("https://x.example/?q=%27", "https://x.example/?q='"),
        ("/x?q=&lt;b&gt;", "/x?q=<b>"),
        ("/x?", "/x?"),
    ],
)
def test_a_target(target, text):
    assert request.target_text(target) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a=1&b=%3Cb%3E", "a=1&b=<b>"),
        ('{"a":{"b":["\\u003cb\\u003e",2]},"c":null}', "a[b]=<b>&a[b]=2&c=null"),
        ('[{"x":"y"}]', "x=y"),
        ('{"a":', '{"a":'),
        ("<a>&lt;b&gt;</a>", "<a><b></a>"),
        ("just text with 100%25", "just text with 100%"),
        (FORM, "a='&f[filename]=a.php&f[type]=image/png&f[content]=<?php"),
    ],
)
def test_a_body_is_read_as_what_it_looks_like(body, text):
    assert request.body_text(body) == text


def test_cookies_and_headers():
    assert request.cookie_text("a=%27; b=c") == "a='&b=c"
    headers = json.dumps([["Host", "x"], ["Cookie", "a=1"], ["X-Api", "%27"], ["Referer", "/"]])
    assert request.header_text(headers) == "host=x&x-api='"
    assert request.header_text("no list") == "no list"


def test_names_do_not_blow_a_document_up():
    body = json.dumps({"n" * 200: {"m" * 200: [1] * 20_000}})
    assert len(request.body_text(body)) < 4 * len(body)


def test_an_attack_behind_thousands_of_values_is_not_lost():
    many = [*["x"] * 5_000, "%27 or"]
    assert "' or" in request.body_text(json.dumps(many))
    assert "' or" in request.form_text("&".join(many))


def test_a_document_nested_deeper_than_is_taken_apart_keeps_its_text():
    body = "[" * 400 + '"%27"' + "]" * 400
    assert "'" in request.body_text(body)
    assert request.body_text("[" * 100_000).startswith("[[")


@given(st.text(max_size=200))
def test_nothing_stops_a_reader(text):
    for read in (request.target_text, request.body_text, request.cookie_text, request.header_text):
        read(text).encode()


# a number beyond 64 bits is read as the nearest float: it is no text that somebody wrote
NUMBERS = st.integers(-(2**63), 2**64 - 1)


@given(st.recursive(st.text(max_size=8) | NUMBERS, lambda inner: st.lists(inner, max_size=4)))
def test_every_text_of_a_document_is_there(document):
    def texts(value):
        return [t for one in value for t in texts(one)] if isinstance(value, list) else [str(value)]

    plain = [text for text in texts(document) if text.isalnum() and text.isascii()]
    read = request.body_text(json.dumps([document]))
    assert all(text in read for text in plain)
