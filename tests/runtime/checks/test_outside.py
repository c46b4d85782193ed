"""TLS and headers of real servers on loopback, and addresses that no check may reach."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.runtime.monitor.servers import certificate, dripping, web

from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.config import Config
from shangdun.kernel.errors import UsageError
from shangdun.records.models import Company, Probe
from shangdun.runtime.checks import Asked, outside, run
from shangdun.runtime.monitor.addresses import AddressGuard, NamedGuard

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def asked(tmp_path: Path, *targets: str) -> Asked:
    zone = ZoneInfo("Asia/Shanghai")
    return Asked(tmp_path, Config(), datetime.now(UTC), zone, AddressGuard(), targets)


@pytest.mark.parametrize(
    ("days", "state", "says"),
    [(90, CheckState.PASS, "servers shook hands"), (20, CheckState.FAIL, "20 d")],
)
def test_a_certificate_is_looked_at_in_a_real_handshake(tmp_path, monkeypatch, days, state, says):
    context, trusted = certificate(tmp_path, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with web(lambda _: (200, {}, b""), context) as port:
        found = run("tls", asked(tmp_path, f"localhost:{port}"))
    assert found.state is state
    assert says in found.says["en"]
    assert "TLSv1.3" in found.facts[0].value
    assert bool(found.fix) is (state is CheckState.FAIL)


def test_a_chain_that_nobody_trusts_fails_and_a_closed_port_cannot_be_told(tmp_path, monkeypatch):
    context, _trusted = certificate(tmp_path, 90)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with web(lambda _: (200, {}, b""), context) as port:
        assert run("tls", asked(tmp_path, f"localhost:{port}")).state is CheckState.FAIL
    gone = run("tls", asked(tmp_path, f"localhost:{port}"))
    assert gone.state is CheckState.UNKNOWN
    assert str(port) in gone.says["zh"]


def test_a_server_that_still_speaks_tls_1_1_is_named(tmp_path, monkeypatch):
    context, trusted = certificate(tmp_path, 90)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with web(lambda _: (200, {}, b""), context) as port:
        target = f"localhost:{port}"
        old = outside.takes_old_versions(target, AddressGuard())
        found = run("tls", asked(tmp_path, target))
    if old is None:
        pytest.skip("this machine's OpenSSL cannot ask for TLS 1.1")
    assert old
    assert found.state is CheckState.FAIL
    assert "TLS 1.1" in found.says["en"]


@pytest.mark.parametrize(
    ("name", "headers", "lacking"),
    [
        ("all there", HEADERS, ""),
        ("none", {}, "Content-Security-Policy"),
        ("too short", HEADERS | {"Strict-Transport-Security": "max-age=60"}, "Strict"),
        ("framed by X-Frame-Options",
         HEADERS | {"Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY"},
         ""),
        ("framed by anybody",
         HEADERS | {"Content-Security-Policy": "default-src 'self'"}, "frame-ancestors"),
    ],
)  # fmt: skip
def test_headers_of_a_page(tmp_path, monkeypatch, name, headers, lacking):
    context, trusted = certificate(tmp_path, 90)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with web(lambda _: (200, headers, b"<html>"), context) as port:
        found = run("security_headers", asked(tmp_path, f"https://localhost:{port}/"))
    assert found.state is (CheckState.FAIL if lacking else CheckState.PASS), name
    assert lacking in found.says["en"]


@pytest.mark.parametrize("check", ["tls", "security_headers"])
@pytest.mark.parametrize(
    "target", ["169.254.169.254:443", "http://169.254.169.254/latest/", "http://100.100.100.200/"]
)
def test_a_clouds_metadata_is_never_asked(tmp_path, check, target):
    found = run(check, asked(tmp_path, target))
    assert found.state is CheckState.UNKNOWN
    assert "metadata" in found.says["en"]


@pytest.mark.parametrize("check", ["tls", "security_headers"])
def test_a_private_address_is_asked_only_where_an_administrator_watches_it(tmp_path, check):
    """By whatever name: the address counts, and the port."""
    asks: list[str] = []

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        asks.append(path)
        return 200, HEADERS, b""

    with web(answer) as port:
        for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"):
            strange = asked(tmp_path, f"http://{host}:{port}/inner")
            strange = dataclasses.replace(strange, guard=NamedGuard([("localhost", port + 1)]))
            found = run(check, strange)
            assert found.state is CheckState.UNKNOWN
            assert "a private address that no probe asks" in found.says["en"]
        assert not asks
        named = dataclasses.replace(strange, guard=NamedGuard([("LOCALHOST", port)]))
        named = dataclasses.replace(named, targets=(f"http://localhost:{port}/",))
        assert "no probe" not in run(check, named).says["en"]


def test_a_name_that_leads_inside_by_now_is_refused(tmp_path, monkeypatch):
    """What was public when somebody wrote it down is private today: nothing is connected to."""
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was connected to"))
    guarded = dataclasses.replace(asked(tmp_path, "shop.example"), guard=NamedGuard([]))
    assert "no probe asks" in run("tls", guarded).says["en"]


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6 inner-host\r\n", b"-ERR secret\r\n\r\n"])
def test_what_another_service_says_is_not_repeated(tmp_path, said):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def greet() -> None:
            with contextlib.suppress(OSError):
                for _ in range(2):
                    connection = server.accept()[0]
                    with connection:
                        connection.sendall(said)
                        connection.recv(4096)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        told = [
            run("security_headers", asked(tmp_path, f"http://127.0.0.1:{port}/")),
            run("tls", asked(tmp_path, f"127.0.0.1:{port}")),
        ]
        thread.join(5)
    for found in told:
        assert found.state is CheckState.UNKNOWN
        everything = str(found.says) + str(found.facts)
        assert "OpenSSH" not in everything
        assert "secret" not in everything


@pytest.mark.django_db
def test_probes_and_the_website_are_what_may_be_private():
    """As the jobs make the guard: of what administrators and the company wrote down."""
    now = datetime.now(UTC)
    target = "http://localhost:8123/x"
    Probe.objects.create(name="a", kind="http", target=target, created=now, changed=now)
    Company.objects.update_or_create(pk=1, defaults={"website": "bad.example:port"})
    guard = outside.guard_of(Config())
    assert guard.resolve("localhost", 8123).port == 8123
    for port in (80, 8124):
        with pytest.raises(UsageError, match="no probe asks"):
            guard.resolve("localhost", port)


def test_a_server_that_never_ends_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(outside, "TIMEOUT", 0.5)
    with dripping() as port:
        found = run("security_headers", asked(tmp_path, f"http://localhost:{port}/"))
    assert found.state is CheckState.UNKNOWN
    assert "0.5 s" in found.says["en"]


def test_a_check_that_breaks_says_so_itself(tmp_path, monkeypatch):
    def broken(_: object) -> list[str]:
        raise RuntimeError("the disk fell out")

    monkeypatch.setattr("shangdun.runtime.checks.tls.hosts", broken)
    found = run("tls", asked(tmp_path))
    assert found.state is CheckState.UNKNOWN
    assert "the disk fell out" in found.says["zh"]
    assert found.fix


def test_no_name_in_a_text_reaches_into_another(tmp_path, monkeypatch):
    monkeypatch.setattr(outside, "TIMEOUT", 0.5)
    found = run("tls", asked(tmp_path, "{count}.invalid:443"))
    assert found.state is CheckState.UNKNOWN
