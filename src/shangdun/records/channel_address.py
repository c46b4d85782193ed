"""The address of a channel, sealed in its row."""

from __future__ import annotations

from shangdun.records.models import Channel
from shangdun.records.sealing import seal, unseal

CONTEXT = "channel"


def address_of_channel(channel: Channel) -> str:
    """The whole address with its secrets. Raises ``ConfigError`` when it does not open."""
    return unseal(bytes(channel.sealed), CONTEXT)


def sealed_address(url: str) -> bytes:
    return seal(url, CONTEXT)
