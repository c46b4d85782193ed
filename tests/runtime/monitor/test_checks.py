"""Every kind of probe against a server that really answers, or does not."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from servers import certificate, dripping, names, web

from shangdun.kernel.clock import SystemClock
from shangdun.kernel.errors import UsageError
from shangdun.observe.probe import Check, Probe, ProbeKind
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.checks import Checker


def ask(kind: str, target: str, **fields: Any) -> Check:
    probe = Probe(uid=1, name="p", kind=ProbeKind(kind), target=target, timeout=2.0)
    probe = Probe(**{f: getattr(probe, f) for f in Probe.__struct_fields__} | fields)
    return Checker(AddressGuard(), SystemClock()).check(probe)


def site(path: str) -> tuple[int, dict[str, str], bytes]:
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {
        "/": (200, {}, "欢迎，立即支付".encode()),
        "/slow": (200, {}, b"slow"),
        "/broken": (503, {}, b"down"),
        "/moved": (302, {"Location": "/"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/away": (302, {"Location": "http://localhost:9/"}, b""),
        "/cloud": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    }
    if path == "/slow":
        time.sleep(0.2)
    return pages.get(path, (404, {}, b"none"))


@pytest.fixture(scope="module")
def port():
    with web(site) as port:
        yield port


@pytest.mark.parametrize(
    ("path", "fields", "why"),
    [
        ("/", {}, ""),
        ("/", {"text": "立即支付"}, ""),
        ("/", {"text": "Buy now"}, "the text that should be on the page is not there"),
        ("/none", {}, "answered 404, expected 200-399"),
        ("/none", {"status": "404"}, ""),
        ("/broken", {}, "answered 503"),
        ("/moved", {"text": "欢迎"}, ""),
        ("/moved", {"redirects": 0, "status": "302"}, ""),
        ("/loop", {"redirects": 3}, "more than 3 redirects"),
        ("/slow", {"latency_ms": 50.0}, "at most 50 are good"),
        ("/slow", {"latency_ms": 1900.0}, ""),
        ("/away", {}, "a redirect leads to the private address"),
        ("/cloud", {}, "169.254.169.254 is a link-local or metadata address"),
        ("/file", {}, "cannot ask file://"),
    ],
)
def test_pages(port, path, fields, why):
    check = ask("http", f"http://127.0.0.1:{port}{path}", **fields)
    assert check.ok is not bool(why)
    assert why in check.detail
    if not why:
        assert 0 < check.millis < 2000


def test_a_server_that_drips_for_ever_is_cut_off_in_time():
    with dripping() as port:
        began = time.monotonic()
        check = ask("http", f"http://127.0.0.1:{port}/", timeout=0.5)
        assert not check.ok
        assert time.monotonic() - began < 1.5


def test_a_server_that_drips_within_tls_is_cut_off_too(tmp_path, monkeypatch):
    context, trusted = certificate(tmp_path, 30)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with dripping(context) as port:
        began = time.monotonic()
        check = ask("http", f"https://localhost:{port}/", timeout=0.5, latency_ms=400.0)
        assert check.detail == "no answer within 0.5 s"
        assert time.monotonic() - began < 1.5


def test_a_port_that_is_open_and_one_that_is_not(port):
    assert ask("tcp", f"127.0.0.1:{port}").ok
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
        check = ask("tcp", f"127.0.0.1:{closed}")
    assert not check.ok
    assert "refused" in check.detail
    assert not ask("tcp", "no-port").ok


def test_certificates_are_verified_and_their_days_counted(tmp_path, monkeypatch):
    context, trusted = certificate(tmp_path, 30)
    with web(site, context) as port:
        check = ask("tls", f"localhost:{port}")
        assert not check.ok
        assert "self-signed" in check.detail
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert ask("tls", f"localhost:{port}").days_left == pytest.approx(30.04, abs=0.02)
        page = ask("http", f"https://localhost:{port}/")
        assert page.ok
        assert page.days_left == pytest.approx(30.04, abs=0.02)


def test_a_certificate_that_is_over_fails(tmp_path, monkeypatch):
    context, trusted = certificate(tmp_path, -2)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with web(site, context) as port:
        check = ask("tls", f"localhost:{port}")
    assert not check.ok
    assert "expired" in check.detail


def test_names_answers_and_hijacks():
    with names(
        {"shop.example": ["203.0.113.7"], "two.example": ["203.0.113.8", "203.0.113.7"]}
    ) as at:
        resolver = f"127.0.0.1:{at}"
        good = ask("dns", "shop.example", resolver=resolver, answers=("203.0.113.7",))
        assert good.ok
        assert good.answers == ("203.0.113.7",)
        hijacked = ask("dns", "two.example", resolver=resolver, answers=("203.0.113.7",))
        assert not hijacked.ok
        assert hijacked.detail == "answered 203.0.113.8, which was not expected"
        gone = ask("dns", "gone.example", resolver=resolver)
        assert (gone.ok, gone.detail) == (False, "the name does not exist")
    silent = ask("dns", "shop.example", resolver=resolver, timeout=0.5)
    assert not silent.ok


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200", "168.63.129.16",
     "::ffff:169.254.169.254", "0.0.0.0", "2002:a9fe:a9fe::1",
     "64:ff9b::169.254.169.254", "::169.254.169.254"],
)  # fmt: skip
def test_metadata_services_are_out_of_reach_however_they_are_written(address):
    with pytest.raises(UsageError, match="metadata"):
        AddressGuard().check(address)
    AddressGuard(metadata=True).check(address)


def test_private_addresses_are_for_administrators_not_for_redirects():
    guard = AddressGuard()
    for address in ("10.0.0.1", "192.168.1.1", "127.0.0.1", "fd12::1", "::1", "64:ff9b::10.0.0.1"):
        guard.check(address)
        with pytest.raises(UsageError, match="redirect"):
            guard.check(address, elsewhere=True)
    guard.check("203.0.114.1", elsewhere=True)


def test_a_name_is_asked_once_and_every_address_of_it_is_judged(monkeypatch):
    asked = []

    def answers(host, port, **_):
        asked.append(host)
        return [
            (socket.AF_INET, 0, 0, "", (address, port)) for address in ("127.0.0.1", "169.254.1.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    check = ask("http", "http://rebinding.example:9/")
    assert "metadata" in check.detail
    assert asked == ["rebinding.example"]
