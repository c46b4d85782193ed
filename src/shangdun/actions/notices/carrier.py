"""The way to the server that is set, opened: the passwords are known here and nowhere else."""

from __future__ import annotations

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ConfigError
from shangdun.notify.letters.delivery import Carrier
from shangdun.notify.letters.gateway import Gateway, GatewayCarrier
from shangdun.notify.letters.smtp import Server, SmtpCarrier
from shangdun.records.letter_settings import letter_settings, secret_of
from shangdun.records.models import LetterSettings, Mailing, Notice, NoticeChannel

SECONDS = 15.0


def carrier_for(owner: Notice | Mailing, clock: Clock) -> Carrier:
    """Open the channel of a notice or a mailing. Raises ``ConfigError`` (``letters.…``)."""
    return opened(letter_settings(), str(owner.channel), clock)


def opened(row: LetterSettings, channel: str, clock: Clock) -> Carrier:
    """Open what is set for a channel, perhaps before it is saved."""
    if channel == NoticeChannel.GATEWAY:
        gateway = Gateway(
            url=row.gateway_url,
            secret=secret_of(row, "gateway_secret"),
            idempotent=row.gateway_idempotent,
            allowed=row.allowed_networks,
        )
        return GatewayCarrier(gateway, SECONDS)
    if not row.smtp_host or not row.sender:
        raise ConfigError(
            "no mail server is set", code="letters.unset", fix="set it under Settings, Letters"
        )
    server = Server(
        host=row.smtp_host,
        port=row.smtp_port,
        security=row.smtp_security,
        sender=row.sender,
        sender_name=row.sender_name,
        reply_to=row.reply_to,
        user=row.smtp_user,
        password=secret_of(row, "smtp_password"),
        allowed=row.allowed_networks,
    )
    return SmtpCarrier(server, clock, SECONDS)
