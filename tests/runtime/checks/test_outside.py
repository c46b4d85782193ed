"""TLS and headers of real servers on loopback, and addresses that no check may reach."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.runtime.monitor.servers import certificate, dripping, web

from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.config import Config
from shangdun.runtime.checks import Asked, outside, run
from shangdun.runtime.monitor.addresses import AddressGuard

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
