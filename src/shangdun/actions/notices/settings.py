"""Setting how letters leave. Passwords are sealed; the ledger notes that they changed, no more."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.letter_settings import ID, letter_settings, sealed_secret
from shangdun.records.mailings import checked_base
from shangdun.records.models import LetterSettings
from shangdun.records.roles import Capability
from shangdun.respond.affected.identity import email_of

PLAIN = (
    "smtp_host", "smtp_port", "smtp_security", "smtp_user", "sender", "sender_name", "reply_to",
    "gateway_url", "gateway_idempotent", "allowed_networks", "per_minute", "batch_size",
    "retention_days", "public_address",
)  # fmt: skip


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """How letters leave. A password None stays as it is; ``""`` removes it."""

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str | None = None
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    gateway_url: str = ""
    gateway_secret: str | None = None
    gateway_idempotent: bool = False
    allowed_networks: tuple[str, ...] = ()
    per_minute: int = 1000
    batch_size: int = 200
    retention_days: int = 180
    public_address: str = ""


@action(Capability.MANAGE_CHANNELS)
def do_set_letters(
    actor: Actor, wanted: Sending, *, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[LetterSettings]:
    """Keep how letters leave from now on."""
    del actor  # the ledger names him
    row = letter_settings()
    plain = shown(row)
    if version is not None and version != row.version:
        mine = msgspec.to_builtins(wanted)
        raise EditConflict(
            "somebody changed how letters are sent",
            mine={"version": version, **{name: mine[name] for name in PLAIN}},
            theirs={"version": row.version, **plain},
        )
    laid = laid_on(row, wanted)
    changed = sorted(name for name in PLAIN if plain[name] != shown(laid)[name])
    changed += [
        name for name in ("smtp_password", "gateway_secret") if getattr(wanted, name) is not None
    ]
    if not changed:
        return Unchanged(row)
    laid.version += 1
    laid.save()
    payload = {"changed": changed, "smtp": laid.smtp_host, "gateway": _host(laid.gateway_url)}
    return Done(laid, ("letters", "settings"), clock.now(), payload)


def shown(row: LetterSettings) -> dict[str, object]:
    """Everything that is no secret."""
    return {name: getattr(row, name) for name in PLAIN}


def laid_on(row: LetterSettings, wanted: Sending) -> LetterSettings:
    """The row as it would be, checked but not saved. Raises ``UsageError`` (``letters.…``)."""
    _check(wanted)
    address = wanted.public_address.strip().rstrip("/")
    wanted = msgspec.structs.replace(wanted, public_address=address)
    for name in PLAIN:
        setattr(row, name, getattr(wanted, name))
    row.pk, row.allowed_networks = ID, list(wanted.allowed_networks)
    for name in ("smtp_password", "gateway_secret"):
        if (secret := getattr(wanted, name)) is not None:
            setattr(row, name, sealed_secret(name, secret))
    return row


def _check(wanted: Sending) -> None:
    for network in wanted.allowed_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise UsageError(
                f"{network} is no network", code="letters.network", fix="write it as 10.0.0.0/8"
            ) from error
    for address in (wanted.sender, wanted.reply_to):
        if address and not (email_of(address) or address.endswith("@localhost")):
            raise UsageError(
                f"{address} is no e-mail address",
                code="letters.sender",
                fix="write it as service@shop.example",
            )
    if wanted.smtp_security not in {"none", "starttls", "tls"} or not 0 < wanted.smtp_port < 65536:
        raise UsageError("no such server", code="letters.server", fix="check port and encryption")
    if wanted.gateway_url and (
        urlsplit(wanted.gateway_url).scheme not in {"http", "https"}
        or not _host(wanted.gateway_url)
    ):
        raise UsageError(
            "this is no address of a gateway",
            code="letters.gateway",
            fix="write it as https://sms.example/send",
        )
    if not (1 <= wanted.per_minute <= 100_000 and 1 <= wanted.batch_size <= 1_000):
        raise UsageError(
            "so many letters a minute cannot be sent",
            code="letters.rate",
            fix="1 to 100,000 a minute, 1 to 1,000 a batch",
        )
    if wanted.public_address:
        checked_base(wanted.public_address)
    if not 1 <= wanted.retention_days <= 3660:
        raise UsageError("so long cannot be kept", code="letters.retention", fix="1 to 3,660 days")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
