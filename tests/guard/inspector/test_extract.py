"""Every value of a request reaches the sinks, with its place, its name and its bytes."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.recording import form_of, post, seen, texts

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.extract import values_of
from shangdun_guard.request import Request, parse_request
from shangdun_guard.request_file import request_spans

ODD = "a'<b"
HEAD = b"GET /cat'1/a%27b;v=x'y?q=it%27s+me&n['k]=1&plain=word HTTP/1.1\r\n"


def places(raw: bytes | Request) -> set[tuple[str, str, str]]:
    return {(item.place, item.name, item.text) for item in seen(raw)}


def test_path_segments_parameters_and_query() -> None:
    found = places(HEAD + b"Host: a\r\n\r\n")
    assert ("path", "", "/cat'1/a'b;v=x'y") in found
    assert ("path", "segment", "cat'1") in found
    assert ("path", "segment", "a'b") in found
    assert ("path", "v", "x'y") in found
    assert ("query", "q", "it's me") in found
    assert ("query", "n['k]", "n['k]") in found
    assert not any(name == "plain" for _, name, _ in found)


def test_an_absolute_form_shows_its_authority_where_it_is_not_the_host() -> None:
    own = b"GET http://shop.example/a'?b HTTP/1.1\r\nHost: shop.example\r\n\r\n"
    assert "authority" not in {name for _, name, _ in places(own)}
    other = own.replace(b"Host: shop", b"Host: other")
    assert ("path", "authority", "http://shop.example") in places(other)
    assert ("path", "", "/a'") in places(other)


def test_headers_cookies_and_the_referer_s_parameters() -> None:
    found = places(
        b'GET / HTTP/1.1\r\nUser-Agent: ${a}\r\nCookie: a=b; c=\'x%27; d="y"\r\n'
        b"Referer: https://a.example/p?q=%3Cb%3E&r=1\r\nX-Odd: a\r\n  folded'\r\n\r\n"
    )
    assert ("header", "user-agent", "${a}") in found
    assert ("cookie", "c", "'x'") in found
    assert ("cookie", "d", '"y"') in found
    assert ("referer", "q", "<b>") in found
    assert ("header", "referer", "https://a.example/p") in found
    assert ("header", "x-odd", "a folded'") in found


def test_json_names_strings_keys_and_json_within_strings() -> None:
    body = rb'{"a": {"b": [{"c": "x\u0027y"}, "z;"]}, "$ne": 1, "s": "{\"in\":[\"q|r\"]}"}'
    found = places(post(body, "application/json"))
    assert ("json", "a.b[].c", "x'y") in found
    assert ("json", "a.b[]", "z;") in found
    assert ("json", "$ne", "$ne") in found
    assert ("json", "s.in[]", "q|r") in found


def test_keys_are_read_without_their_escapes() -> None:
    found = places(post(rb'{"\u0024ne": {"a": "x\'y"}, "\ud800": "it\'s"}', "application/json"))
    assert ("json", "$ne", "$ne") in found
    assert ("json", "$ne.a", "x'y") in found
    assert ("json", "\ufffd", "it's") in found


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"a": "a\'<b"}', "application/x-www-form-urlencoded"),
        (b'{"a": "a\'<b"}', ""),
        (b'{"a": "a\'<b"}', "text/plain"),
        (b"a=a'%3Cb", "application/json"),
        (b"a=a'%3Cb", ""),
        (b"<r><a>a'&lt;b</a></r>", "application/json"),
        (b'<r a="a\'&lt;b"/>', ""),
        (b"a'<b", "application/octet-stream"),
        (b'{"a": "a\'<b', "application/json"),
        (b"{a: a'<b}", "application/json"),
    ],
)
def test_a_content_type_that_lies_hides_nothing(body: bytes, content_type: str) -> None:
    assert any(ODD in text for text in texts(post(body, content_type)))


def multipart(*parts: bytes) -> Request:
    body = b"".join(b"--xx\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return post(body + b"--xx--\r\n", "multipart/form-data; boundary=xx")


def test_multipart_fields_file_names_and_files_by_type() -> None:
    found = places(
        multipart(
            b'name="note"\r\n\r\na\'<b',
            b'name="f"; filename="../x.php"\r\nContent-Type: image/png\r\n\r\n<?php a();',
            b'name="g"; filename="a.png"\r\n\r\n\x89PNG\r\n\x1a\n\0\0\' or <b',
            b'name="h"; filename="b.gif"\r\n\r\nGIF89a\0\0\0<?php b();',
            b"name=i\r\n\r\nit's",
        )
    )
    assert ("multipart", "note", ODD) in found
    assert ("file", "filename", "../x.php") in found
    assert ("file", "f", "<?php a();") in found
    assert ("file", "h", "<?php b();") in found
    assert ("multipart", "i", "it's") in found
    assert not any(name == "g" for _, name, _ in found)


def test_a_multipart_body_without_its_type_is_one_all_the_same() -> None:
    request = multipart(b'name="note"\r\n\r\na\'<b')
    lying = Request("POST", "/", (("content-type", "text/plain"),), request.body)
    assert ("multipart", "note", ODD) in places(lying)
    two = (("content-type", "multipart/form-data; boundary=no; boundary=xx"),)
    assert ("multipart", "note", ODD) in places(Request("POST", "/", two, request.body))


@pytest.mark.parametrize(
    ("encode", "header", "layer"),
    [
        (gzip.compress, ("content-encoding", "gzip"), "gzip"),
        (zlib.compress, ("content-encoding", "deflate"), "gzip"),
        (
            lambda data: b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data),
            ("transfer-encoding", "chunked"),
            "chunked",
        ),
        (lambda data: data.decode().encode("utf-16"), ("x-none", "1"), "charset"),
        (
            lambda data: data.decode().encode("cp037"),
            ("content-type", "a/b; charset=ibm037"),
            "charset",
        ),
    ],
)
def test_a_body_below_an_encoding_of_its_own(encode, header, layer) -> None:
    body = encode(b"x=a'%3Cb")
    found = [item for item in seen(Request("POST", "/", (header,), body)) if item.text == ODD]
    assert found
    assert layer in found[0].layers
    assert found[0].raw == body


def test_where_a_value_stands_in_the_bytes_received() -> None:
    raw = (
        b"POST /a'b?c=%27d HTTP/1.1\r\nHost: h\r\nX-One:   it's\r\nCookie: e=f; g='h\r\n"
        b"Content-Type: application/json\r\n\r\n" + b'{"k": "\\u0027i"}'
    )
    found = {item.text: item.raw for item in seen(raw)}
    assert found["/a'b"] == b"/a'b"
    assert found["'d"] == b"%27d"
    assert found["it's"] == b"it's"
    assert found["'h"] == b"'h"
    assert found["'i"] == b"\\u0027i"


def test_without_a_head_places_are_those_of_the_head_as_written() -> None:
    request = Request("GET", "/?a='b", (("host", "h"), ("x", "it's")))
    assert {item.raw for item in seen(request)} >= {b"'b", b"it's"}


def test_all_values_also_quiet_ones_can_be_asked_for() -> None:
    request = parse_request(b"GET /a/b?c=d HTTP/1.1\r\nCookie: e=f\r\n\r\n")
    values = {(value.place, value.name, value.text) for value in values_of(request)}
    assert {("query", "c", "d"), ("cookie", "e", "f"), ("path", "", "/a/b")} <= values


INSPECTOR = Inspector()
PIECES = st.sampled_from(
    [
        b"%",
        b"%u00",
        b"\\u",
        b"&#",
        b"--b",
        b"\r\n",
        b"\n\n",
        b"{",
        b'"',
        b"[",
        b"<",
        b"<!",
        b"]]>",
        b"=",
        b"&",
        b";",
        b"boundary=",
        b"\xff\xfe",
        b"\x1f\x8b",
        b"\x00",
        b"+AD",
        b"eyJ.eyJ.",
        b"a" * 13,
        b"0\r\n",
        b"charset=utf-16",
        b"\xed\xa0\x80",
        b"\\ud800",
        b'name="',
        b"HTTP/1.1",
        b" :",
        b"http://",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=12), max_size=24).map(b"".join))
def test_malformed_input_never_raises_and_places_stay_inside(noise: bytes) -> None:
    for raw in (
        noise,
        b"GET /" + noise.replace(b"\n", b"") + b" HTTP/1.1\r\n" + noise + b"\r\n\r\n" + noise,
        b"POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n" + noise,
        b"POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{" + noise,
        b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\n\r\n" + noise,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n" + noise,
    ):
        request = parse_request(raw)
        for hit in INSPECTOR.inspect(request).hits:
            assert 0 <= hit.start <= hit.end <= len(raw)
            assert raw[hit.start : hit.end] == hit.raw
            assert 0 <= hit.sign_start <= hit.sign_end <= len(hit.form)
        for item in seen(request):
            assert item.raw in raw


@given(st.text(max_size=60))
def test_no_value_of_a_form_is_lost(text: str) -> None:
    value = text.encode("utf-8", "replace")
    quoted = b"".join(b"%%%02x" % byte for byte in value)
    shown = texts(form_of("'" + quoted.decode()))
    assert any("'" + value.decode() == one for one in shown)


def test_real_traffic_never_raises(shared_data: Path) -> None:
    archive = zipfile.ZipFile(shared_data / "csic2010.zip")
    name = "csic_dataset/anomalousTrafficTest.txt.gz"
    data = gzip.decompress(archive.read(name))[: 2 << 20]
    spans = list(request_spans(data))
    assert len(spans) > 2000
    for start, end in spans:
        for hit in INSPECTOR.inspect(parse_request(data[start:end])).hits:
            assert data[start + hit.start : start + hit.end] == hit.raw
