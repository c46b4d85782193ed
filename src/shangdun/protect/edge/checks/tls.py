"""Encryption: RFC 8996 (no TLS below 1.2), RFC 6797 (HSTS), the certificate itself."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.problem import Problem, Subject, shops
from shangdun.protect.edge.tree import Directive

_OLD = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")
_WEAK = ("RC4", "3DES", "DES-CBC", "MD5", "NULL", "EXPORT", "aNULL", "LOW")
_SOON = timedelta(days=21)


def _speaks_tls(server: Directive) -> bool:
    return any("ssl" in one.args or "quic" in one.args for one in server.own("listen"))


def check_protocols(subject: Subject) -> Iterator[Problem]:
    """Old versions, and a server whose own choice does not count."""
    first: dict[str, Directive] = {}
    for server in filter(_speaks_tls, subject.nginx.servers()):
        for old in server.effective("ssl_protocols"):
            if worst := [name for name in old.args if name in _OLD]:
                yield Problem(
                    code="tls.old",
                    severity=Severity.HIGH,
                    where=old.where,
                    what=f"{', '.join(worst)} can still be spoken",
                    why="What customers type can be read by whoever sits on the line (RFC 8996).",
                    fix="ssl_protocols TLSv1.2 TLSv1.3;",
                )
        for listen in server.own("listen"):
            before = first.setdefault(listen.args[0], server)
            mine, theirs = (one.effective("ssl_protocols") for one in (server, before))
            if _words(mine) != _words(theirs):
                yield Problem(
                    code="tls.first_server",
                    severity=Severity.MEDIUM,
                    where=(mine or [server])[0].where,
                    what=f"the protocols of {before.where} count here, not these",
                    why="Of several servers at one address nginx takes them from the first.",
                    fix="write the same ssl_protocols in both, or once in http { … }",
                )


def _words(found: list[Directive]) -> list[str]:
    return found[-1].args if found else []


def check_ciphers(subject: Subject) -> Iterator[Problem]:
    """Ciphers that are broken."""
    for one in subject.nginx.root.every("ssl_ciphers"):
        allowed = [part for part in ":".join(one.args).split(":") if part[:1] not in "!-"]
        if weak := [part for part in allowed if any(bad in part for bad in _WEAK)]:
            yield Problem(
                code="tls.ciphers",
                severity=Severity.HIGH,
                where=one.where,
                what=f"weak ciphers are offered: {', '.join(weak[:5])}",
                why="They can be broken with means that are for sale.",
                fix="take Mozilla's intermediate list; `shangdun edge render` writes it",
            )


def check_plain(subject: Subject) -> Iterator[Problem]:
    """A shop that answers without encryption where it is not behind something that has it."""
    for server in shops(subject.nginx):
        if _speaks_tls(server):
            continue
        public = [one for one in server.own("listen") if not _local(one.args[0])]
        if public:
            yield Problem(
                code="tls.none",
                severity=Severity.HIGH,
                where=public[0].where,
                what="the shop is served without TLS",
                why="Passwords, sessions and orders can be read and changed on the way.",
                fix="listen 443 ssl; and redirect port 80 to it; or listen on 127.0.0.1 behind "
                "what ends TLS",
            )


def _local(listen: str) -> bool:
    return listen.startswith(("127.", "[::1]", "localhost", "unix:"))


def check_hsts(subject: Subject) -> Iterator[Problem]:
    """RFC 6797: without it the first visit can be kept on plain HTTP."""
    for server in filter(_speaks_tls, shops(subject.nginx)):
        names = {one.args[0].lower() for one in server.effective("add_header") if one.args}
        if "strict-transport-security" not in names:
            yield Problem(
                code="tls.hsts",
                severity=Severity.MEDIUM,
                where=server.where,
                what="browsers are not told to stay with HTTPS",
                why="Somebody on the line can keep a visitor on plain HTTP (RFC 6797).",
                fix='add_header Strict-Transport-Security "max-age=31536000" always;',
            )


def check_certificates(subject: Subject) -> Iterator[Problem]:
    """Ends soon, ended, for another name; a key that others can read."""
    for one in subject.nginx.root.every("ssl_certificate"):
        if not one.args or "$" in one.args[0] or one.parent is None:
            continue
        path = Path(one.args[0])
        try:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError) as error:
            yield _certificate(one, Severity.HIGH, f"{path} cannot be read: {error}")
            continue
        left = certificate.not_valid_after_utc - subject.now
        if left < _SOON:
            days = left.days
            words = f"it ended {-days} days ago" if days < 0 else f"it ends in {days} days"
            yield _certificate(one, Severity.CRITICAL if days < 0 else Severity.HIGH, words)
        names = [name for server in one.parent.own("server_name") for name in server.args]
        if missing := [name for name in names if not _covers(certificate, name)]:
            yield _certificate(one, Severity.HIGH, f"it is not for {', '.join(missing)}")
    for key in subject.nginx.root.every("ssl_certificate_key"):
        path = Path(key.args[0]) if key.args else Path()
        if path.is_file() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Problem(
                code="tls.key",
                severity=Severity.CRITICAL,
                where=key.where,
                what=f"anybody on this machine may read the key {path}",
                why="Whoever has it can pretend to be the shop.",
                fix=f"chmod 600 {path}, and ask for a new certificate if others had access",
            )


def _certificate(one: Directive, severity: Severity, what: str) -> Problem:
    return Problem(
        code="tls.certificate",
        severity=severity,
        where=one.where,
        what=f"the certificate: {what}",
        why="Browsers turn customers away with a warning.",
        fix="renew it; `shangdun` can watch it with a TLS probe",
    )


def _covers(certificate: x509.Certificate, name: str) -> bool:
    if name in {"_", ""} or name.startswith("~"):
        return True
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return False
    known = found.value.get_values_for_type(x509.DNSName)
    return name in known or f"*.{name.partition('.')[2]}" in known
