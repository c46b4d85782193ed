from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.ssrf import SINK
from shangdun_guard.inspector.sinks.ssrf.hosts import host_of

URL = Slot("query", "url")

ATTACKS = [
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://0xA9.0xFE.0xA9.0xFE/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[fd00:ec2::254]/latest/",
    "http://169.254.43518/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254.nip.io/",
    "http://169-254-169-254.sslip.io/",
    "http://a9fea9fe.nip.io/",
    "http://7f000001.c0a80001.rbndr.us/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::]:80/",
    "http://0/",
    "http://0.0.0.0:22/",
    "http://localhost:6379/",
    "http://localhost/server-status",
    "http://localhost:22",
    "http://localtest.me/",
    "http://127.0.0.1.nip.io/",
    "http://10.0.0.1:9200/_cat/indices",
    "http://192.168.1.1/admin",
    "http://172.16.0.5:2375/containers/json",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://localhost:11211/stat",
    "netdoc:///etc/passwd",
    "jar:http://evil.example/x.zip!/a",
    "ldap://127.0.0.1:389/",
    "http://shop.example@127.0.0.1/",
    "http://shop.example@169.254.169.254/",
    "http://shop.example#@evil.example/",
    "http://shop.example\\@169.254.169.254/",
    "//169.254.169.254/latest/",
    "http:\\\\127.0.0.1\\",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
    "http://127\u30020\u30020\u30021/",
    "127.0.0.1:6379",
    "169.254.169.254",
    "http://abc.oastify.com/x",
    "http://kubernetes.default.svc/api/v1/namespaces",
    "https://proxy.example/?u=http://169.254.169.254/",
]

HONEST = [
    ("https://shop.example/checkout?step=2", URL),
    ("https://cdn.example.com/a.png", Slot("json", "image")),
    ("http://localhost:3000/callback", Slot("query", "redirect_uri")),
    ("http://localhost:3000/callback", Slot("json", "redirect_uris[]")),
    ("http://127.0.0.1:8080/oauth", Slot("query", "return_to")),
    ("http://localhost:5173", Slot("header", "origin")),
    ("http://localhost:3000/cart", Slot("referer", "")),
    ("http://localhost:3000/hook", Slot("json", "webhook_url")),
    ("127.0.0.1", Slot("header", "x-forwarded-for")),
    ("10.0.0.7, 192.168.1.1", Slot("header", "x-forwarded-for")),
    ("localhost", Slot("header", "host")),
    ("10.0.0.1", Slot("form", "amount")),
    ("192.168.1.20", Slot("form", "device")),
    ("/next/page", Slot("query", "next")),
    ("//cdn.example.com/x.js", URL),
    ("https://user@example.com/", URL),
    ("mailto:anna@example.com", URL),
    ("tel:+8613800138000", URL),
    ("javascript:void(0)", URL),
    ("12:30", QUERY),
    ("16:9", QUERY),
    ("a:b", QUERY),
    ("data:image/png;base64,iVBOR", URL),
    ("https://medium.com/@anna/post", URL),
    ("https://example.com/#@top", URL),
    ("https://example.com/?to=a@b.example", URL),
    ("I run it on http://localhost:8000 and it does not work, what can I do?", QUERY),
    ("Our docs say that http://169.254.169.254/ must be blocked on every machine", QUERY),
    ("http://中文.example/", URL),
    ("2130706433", QUERY),
    ("10", QUERY),
    ("0", URL),
    ("1.2.3", URL),
    ("v10.0.0.1", QUERY),
    ("s3://bucket/key", URL),
    ("C:\\Users\\anna\\x.txt", URL),
    ("http", URL),
    ("http://", URL),
    ("app.js", Slot("query", "file")),
    ("home", Slot("query", "page")),
    ("8.8.8.8", Slot("query", "host")),
    ("wss://shop.example/socket", URL),
    ("android-app://com.example/x", Slot("referer", "")),
]


@pytest.mark.parametrize("text", ATTACKS)
def test_a_fetch_that_reaches_inside_convicts(text: str) -> None:
    assert score(SINK, text, URL) >= 0


@pytest.mark.parametrize(("text", "slot"), HONEST)
def test_public_addresses_and_developers_logins_do_not(text: str, slot: Slot) -> None:
    assert score(SINK, text, slot) <= -0.5


@pytest.mark.parametrize(
    ("written", "kind", "disguised"),
    [
        ("127.0.0.1", "loopback", False),
        ("0x7f.1", "loopback", True),
        ("3232235777", "private", True),
        ("[::ffff:10.0.0.1]", "private", True),
        ("[64:ff9b::a9fe:a9fe]", "metadata", True),
        ("8.8.8.8", "", False),
        ("example.com", "", False),
        ("999.1.1.1.1", "", False),
        ("169.254.169.254.", "metadata", False),
    ],
)
def test_addresses_are_read_in_every_spelling(written: str, kind: str, *, disguised: bool) -> None:
    host = host_of(written)
    assert (host.kind, host.disguised) == (kind, disguised)


@pytest.mark.parametrize(
    "unit",
    ["http://", "a:", "//", "@", "127.", "0x", "[", "http://a@", ".nip.io", "\\", "1.", "-1"],
)
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit) < 9
    assert growth(SINK, "http://" + unit * 8) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


@given(st.one_of(st.text(), st.text(alphabet="htp:/\\@[]0x7f.1#?localsnip "), st.ip_addresses()))
def test_it_never_raises_and_its_places_lie_inside(text: object) -> None:
    score(SINK, str(text), URL)
    score(SINK, f"http://{text}/", URL)
    score(SINK, f"http://[{text}]:80/", URL)
