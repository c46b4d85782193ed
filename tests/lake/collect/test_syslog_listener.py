"""Real sockets on loopback, a real spool behind."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import ConfigError, StoreError
from shangdun.lake.collect import outbox, syslog_listener
from shangdun.lake.collect.spool import Spool
from shangdun.lake.collect.syslog_listener import SyslogListener, listen


def eventually(check, seconds: float = 10.0):
    """The check's result once it is true."""
    deadline = time.monotonic() + seconds
    while not (result := check()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.005)
    return result


@pytest.fixture
def start(tmp_path):
    """Starts listeners that store into a spool; gives the listener and a way to read it."""
    spool = Spool(tmp_path / "spool")
    started = []

    def begin(url: str, store=spool.append, **options):
        listener = SyslogListener("shop", url, store, **options)
        listener.start()
        started.append(listener)
        return listener

    tail = spool.tail("shop")
    got: list[bytes] = []

    def lines() -> list[bytes]:
        tail._next_scan = float("-inf")
        for chunk in tail.poll():
            got.extend(chunk.block.data.splitlines())
        return got

    begin.lines = lines
    yield begin
    for listener in started:
        listener.close()
    tail.close()
    spool.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_udp(start, host):
    listener = start(f"udp://{host}:0")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        for number in range(500):
            sender.sendto(b"<13>message %d\n" % number, listener.address)
    eventually(lambda: len(start.lines()) == 500)
    assert start.lines() == [b"<13>message %d" % number for number in range(500)]
    eventually(lambda: listener.stats().stored == 500)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_tcp_with_both_framings(start, host):
    listener = start(f"tcp://{host}:0")
    with socket.create_connection(listener.address) as sender:
        sender.sendall(b"<13>line\n16 <14>two\nlines\0\r\n<13>last, unfinished")
    assert eventually(lambda: len(start.lines()) == 3 and start.lines()) == [
        b"<13>line",
        b"<14>two#012lines",
        b"<13>last, unfinished",
    ]


def test_everywhere_takes_both_families(start):
    listener = start("tcp://[::]:0")
    for host in ("127.0.0.1", "::1"):
        with socket.create_connection((host, listener.address[1])) as sender:
            sender.sendall(b"<13>from " + host.encode() + b"\n")
    eventually(lambda: len(start.lines()) == 2)


def certificate(folder: Path) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "cert.pem"
    pem.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(pem), str(secret)


def test_tls_with_a_verified_certificate_and_much_data(start, tmp_path):
    pem, key = certificate(tmp_path)
    listener = start("tls://127.0.0.1:0", certificate=pem, key=key)
    context = ssl.create_default_context(cafile=pem)
    expected = [b"<13>%d %s" % (number, b"x" * 500) for number in range(5000)]
    with (
        socket.create_connection(listener.address) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as sender,
    ):
        assert sender.version() in {"TLSv1.2", "TLSv1.3"}
        sender.sendall(b"".join(b"%d %s" % (len(line), line) for line in expected))
        eventually(lambda: len(start.lines()) == 5000)
    assert start.lines() == expected


def test_plain_text_to_tls_is_refused_and_others_go_on(start, tmp_path):
    pem, key = certificate(tmp_path)
    listener = start("tls://127.0.0.1:0", certificate=pem, key=key)
    with socket.create_connection(listener.address) as wrong:
        wrong.sendall(b"<13>this is not TLS\n" * 10)
        eventually(lambda: listener.stats().refused == 1)
    assert start.lines() == []


def test_a_handshake_that_never_comes_is_given_up(start, tmp_path, monkeypatch):
    monkeypatch.setattr(syslog_listener, "HANDSHAKE_SECONDS", 0.5)
    pem, key = certificate(tmp_path)
    listener = start("tls://127.0.0.1:0", certificate=pem, key=key)
    with socket.create_connection(listener.address) as silent:
        eventually(lambda: listener.stats().refused == 1)
        assert silent.recv(1) == b""


def test_a_message_is_stored_within_a_tenth_of_a_second_or_so(start):
    listener = start("tcp://127.0.0.1:0")
    with socket.create_connection(listener.address) as sender:
        sender.sendall(b"<13>warm\n")
        eventually(lambda: listener.stats().stored == 1)
        taken = []
        for number in range(10):
            begun = time.monotonic()
            sender.sendall(b"<13>timed\n")
            eventually(lambda stored=number + 2: listener.stats().stored == stored)
            taken.append(time.monotonic() - begun)
    print("seconds until stored:", sorted(taken))
    assert min(taken) < 0.2


def test_too_many_connections_push_out_the_longest_idle(start):
    listener = start("tcp://127.0.0.1:0", max_connections=3)
    senders = []
    try:
        for number in range(5):
            senders.append(socket.create_connection(listener.address))
            senders[-1].sendall(b"<13>hello %d\n" % number)
            eventually(lambda wanted=number + 1: listener.stats().messages == wanted)
        assert listener.stats().connections == 3
        assert listener.stats().refused == 2
        senders[0].settimeout(5)
        assert senders[0].recv(1) == b""
        senders[4].sendall(b"<13>still here\n")
        eventually(lambda: b"<13>still here" in start.lines())
    finally:
        for sender in senders:
            sender.close()


def test_a_long_message_is_cut_and_counted(start):
    listener = start("tcp://127.0.0.1:0", message_limit=1000)
    with socket.create_connection(listener.address) as sender:
        sender.sendall(b"<13>" + b"x" * 100_000 + b"\n<13>next\n")
        eventually(lambda: len(start.lines()) == 2)
    assert [len(line) for line in start.lines()] == [1000, 8]
    eventually(lambda: listener.stats().cut == 1)


def send_until_told_to_wait(sender: socket.socket, payload: memoryview) -> int:
    sent = 0
    while sent < len(payload):
        try:
            sent += sender.send(payload[sent : sent + 100_000])
        except TimeoutError:
            break
    return sent


def test_while_nothing_can_be_stored_everything_waits_and_then_goes_on(
    start, tmp_path, monkeypatch
):
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(outbox, "WAITING_BYTES", 100_000)
    spool = Spool(tmp_path / "spool")
    failing = [True]

    def store(source: str, lines: list[bytes]) -> None:
        if failing[0]:
            raise StoreError("the disk is full", fix="free space")
        spool.append(source, lines)

    listener = start("tcp://127.0.0.1:0", store)
    expected = [b"<13>%06d %s" % (number, b"x" * 990) for number in range(8_000)]
    with socket.create_connection(listener.address) as sender:
        sender.settimeout(0.5)
        payload = memoryview(b"".join(line + b"\n" for line in expected))
        sent = send_until_told_to_wait(sender, payload)
        assert "the disk is full" in listener.stats().error
        assert sent < len(payload), "the sender was made to wait"
        failing[0] = False
        sender.settimeout(30)
        sender.sendall(payload[sent:])
        eventually(lambda: len(start.lines()) == len(expected), 60)
    assert start.lines() == expected
    assert listener.stats().error == ""
    spool.close()


def test_a_clean_close_stores_what_has_arrived(tmp_path):
    spool = Spool(tmp_path)
    listener = listen(SourceConfig(name="shop", format="syslog", listen="tcp://127.0.0.1:0"), spool)
    with socket.create_connection(listener.address) as sender:
        sender.sendall(b"".join(b"<13>%d\n" % number for number in range(1000)))
        eventually(lambda: listener.stats().connections == 1)
        listener.close()
    tail = spool.tail("shop")
    lines = [line for chunk in tail.poll() for line in chunk.block.data.splitlines()]
    assert lines == [b"<13>%d" % number for number in range(1000)]
    assert listener.stats().dropped == 0
    tail.close()
    spool.close()


def test_what_cannot_be_stored_at_the_end_is_counted(monkeypatch):
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.02)

    def store(source: str, lines: list[bytes]) -> None:
        raise StoreError("never")

    box = outbox.Outbox(lambda lines: store("shop", lines), "shop")
    box.put([b"1", b"2", b"3"])
    box.stop(patience=0.1)
    assert (box.stored, box.lost) == (0, 3)


@pytest.mark.parametrize("scheme", ["udp", "tcp"])
def test_a_port_in_use_says_what_to_do(start, scheme):
    taken = start(f"{scheme}://127.0.0.1:0")
    with pytest.raises(ConfigError) as caught:
        start(f"{scheme}://127.0.0.1:{taken.address[1]}")
    assert "take another port" in caught.value.fix
    assert caught.value.where == "source 'shop'"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "udp",
        "udp://",
        "http://127.0.0.1:1",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:99999",
        "udp://:5",
    ],
)
def test_an_address_that_is_none(url):
    with pytest.raises(ConfigError, match="cannot listen"):
        SyslogListener("shop", url, lambda source, lines: None)


def test_an_address_of_another_machine():
    with pytest.raises(ConfigError) as caught:
        SyslogListener("shop", "udp://192.0.2.1:5514", lambda source, lines: None)
    assert "no such address" in caught.value.fix


def test_a_certificate_that_is_missing_or_does_not_fit(tmp_path):
    pem, key = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = certificate(tmp_path / "other")
    for files in ({}, {"certificate": pem, "key": other}, {"certificate": "/nowhere", "key": key}):
        with pytest.raises(ConfigError, match="cannot be used"):
            SyslogListener("shop", "tls://127.0.0.1:0", lambda source, lines: None, **files)
