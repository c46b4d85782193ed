"""What a request does to the servers that pass it on: framing, head, injected headers, methods."""

from __future__ import annotations

import pytest

from shangdun_guard.inspector import Inspector
from shangdun_guard.request import Request, parse_request

INSPECTOR = Inspector()
POST = b"POST / HTTP/1.1\r\nHost: shop.example\r\n"

ATTACKS = {
    "CL.TE": (
        POST + b"Content-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nSMUGGLED",
        "smuggling.length_and_chunks",
    ),
    "CL.TE with a request": (
        POST + b"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /admin HTTP/1.1\r\nX: y\r\n\r\n",
        "smuggling.hidden_request",
    ),
    "TE.CL": (
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5c\r\nGPOST / HTTP/1.1\r\nA: b\r\n\r\n0\r\n\r\n",
        "smuggling.hidden_request",
    ),
    "CL.CL": (
        POST + b"Content-Length: 8\r\nContent-Length: 7\r\n\r\n12345\r\na",
        "smuggling.two_lengths",
    ),
    "signed length": (POST + b"Content-Length: +8\r\n\r\n12345678", "smuggling.odd_length"),
    "hexadecimal length": (POST + b"Content-Length: 0x8\r\n\r\n12345678", "smuggling.odd_length"),
    "list of lengths": (POST + b"Content-Length: 8, 9\r\n\r\n12345678", "smuggling.odd_length"),
    "length of other digits": (POST + b"Content-Length: \xb2\r\n\r\n12", "smuggling.odd_length"),
    "TE.TE xchunked": (
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "smuggling.odd_coding",
    ),
    "TE.TE identity behind": (
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "smuggling.odd_coding",
    ),
    "TE.TE quoted": (
        POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
        "smuggling.odd_coding",
    ),
    "TE.TE vertical tab": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", None),
    "TE.TE twice": (
        POST + b"Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n0\r\n\r\n",
        "smuggling.two_codings",
    ),
    "TE.TE blank before colon": (
        POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "smuggling.disguised_name",
    ),
    "TE.TE underscore": (
        POST + b"Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
        "smuggling.disguised_name",
    ),
    "length with null": (POST + b"Content-Length\x00: 3\r\n\r\nabc", "smuggling.disguised_name"),
    "bare return": (
        POST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "smuggling.bare_return",
    ),
    "null byte": (POST + b"X: a\x00b\r\n\r\n", "smuggling.null"),
    "h2c alone": (POST + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "smuggling.h2c_alone"),
    "header in a query": (b"GET /?a=b%0d%0aSet-Cookie:%20s=1 HTTP/1.1\r\n\r\n", "header.injected"),
    "header by feed alone": (b"GET /?a=b%0aLocation:%20//e HTTP/1.1\r\n\r\n", "header.injected"),
    "header in a path": (b"GET /a%0d%0aX-Forwarded-For:%20::1 HTTP/1.1\r\n\r\n", "header.injected"),
    "header, encoded twice": (
        b"GET /?a=b%250d%250aSet-Cookie:s=1 HTTP/1.1\r\n\r\n",
        "header.injected",
    ),
    "header and body": (
        (
            b"GET /?a=b%0d%0aContent-Length:0%0d%0a"
            b"%0d%0aHTTP/1.1%20200%20OK%0d%0a%0d%0a<b> HTTP/1.1\r\n\r\n"
        ),
        "header.message",
    ),
    "mail header": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        b"email=a@b.example%0aBcc:c@d.example",
        "header.mail",
    ),
    "header in JSON": (
        POST + b'Content-Type: application/json\r\n\r\n{"lang": "en\\r\\nSet-Cookie: s=1"}',
        "header.injected",
    ),
    "redirect in a form": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nto=en%0d%0aLocation:+//e",
        "header.injected",
    ),
    "TRACE": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "exploit.verb_trace"),
    "broken method": (b"G\x00ET / HTTP/1.1\r\nHost: a\r\n\r\n", "exploit.verb_broken"),
    "override": (
        b"GET / HTTP/1.1\r\nX-HTTP-Method-Override: TRACE\r\n\r\n",
        "exploit.verb_override_strange",
    ),
}

HONEST = {
    "a form": POST + b"Content-Length: 3\r\n\r\na=b",
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
    "compressed chunks": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a web socket": b"GET /live HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "an upgrade as curl sends it": (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n"
    ),
    "lines ended by feeds": b"POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\na=b",
    "a mail's encoding": POST + b"Content-Transfer-Encoding: 8bit\r\n\r\n",
    "an override of an API": POST + b"X-HTTP-Method-Override: PATCH\r\n\r\n",
    "a method of WebDAV": b"PROPFIND /dav/ HTTP/1.1\r\nDepth: 1\r\n\r\n",
    "a length told twice by two proxies": POST
    + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b",
    "lines in a message": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        b"text=Dear+shop%2C%0D%0A%0D%0Asubject%3A+my+order%0D%0Ato%3A+the+door%0D%0A"
    ),
    "headers in a support ticket": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        b"text=It+answers%3A%0AHTTP+error%0ALocation%3A+/login%0AServer%3A+nginx%0A"
    ),
    "a place in a message": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        b"text=Hello%0D%0ALocation%3A+Berlin%0D%0AStatus%3A+open%0D%0AServer%3A+EU+1%0D%0A"
    ),
    "a mail that is passed on": (
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        b"text=Forwarded+message%0D%0AFrom%3A+a@b.example%0D%0ATo%3A+c@d.example%0D%0A"
    ),
    "a configuration": POST
    + b'Content-Type: application/json\r\n\r\n{"yaml": "name: a\\nhost: b.example\\nlink: c\\n"}',
    "a text to share": b"GET /share?text=See+you%0ALocation:+the+old+bridge HTTP/1.1\r\n\r\n",
    "a request in an upload": (
        POST
        + b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 126\r\n\r\n--b\r\n"
        b'Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n'
        b"GET /a HTTP/1.1\r\nHost: b\r\n\r\nas I sent it\r\n--b--\r\n"
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_protocol_is_one(name: str) -> None:
    raw, code = ATTACKS[name]
    verdict = INSPECTOR.inspect(parse_request(raw))
    assert verdict.attack, verdict
    codes = {hit.code for hit in verdict.hits}
    assert code is None or code in codes, codes
    for hit in verdict.hits:
        assert raw[hit.start : hit.end] == hit.raw
        assert hit.reason.endswith(".")


@pytest.mark.parametrize("name", HONEST)
def test_what_servers_understand_alike_passes(name: str) -> None:
    verdict = INSPECTOR.inspect(parse_request(HONEST[name]))
    assert not verdict.attack, verdict.hits


def test_a_body_beside_its_length_is_no_request_where_none_begins() -> None:
    raw = POST + b"Content-Length: 2\r\n\r\na=bcdef and GET is a word"
    assert not INSPECTOR.inspect(parse_request(raw)).hits


def test_bare_feeds_need_company() -> None:
    raw = b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"
    verdict = INSPECTOR.inspect(parse_request(raw))
    assert [hit.code for hit in verdict.hits] == ["smuggling.bare_feed"]
    assert not verdict.attack


def test_without_the_head_as_received_framing_is_judged_by_headers() -> None:
    headers = (("content-length", "5"), ("transfer-encoding", "chunked"))
    verdict = INSPECTOR.inspect(Request("POST", "/", headers, b"0\r\n\r\n"))
    assert verdict.classes == ("smuggling",)
