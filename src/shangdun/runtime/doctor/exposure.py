"""Whether the console can be reached from outside without protection, and who may read secrets."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

SECRETS = ("secret.key", "ledger/key.pem", "records.sqlite3")


def check(place: Place) -> Iterator[Symptom]:
    web = place.config.web
    if not _is_loopback(web.bind) and not web.https:
        yield Symptom(
            Kind.UNSAFE,
            f"the console listens on {web.bind} without TLS",
            "put a TLS proxy in front and set web.https, or bind to 127.0.0.1",
        )
    if web.mfa != "required":
        yield Symptom(
            Kind.UNSAFE,
            "a second factor is offered, not required, for roles that can act",
            "remove web.mfa from the configuration",
        )
    tokens = any(source.token for source in place.config.sources)
    for name in (*SECRETS, "shangdun.toml") if tokens else SECRETS:
        path = place.home / name
        if path.exists() and path.stat().st_mode & 0o077:
            yield Symptom(Kind.UNSAFE, f"others may read {path}", f"chmod 600 {path}")


def _is_loopback(bind: str) -> bool:
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
