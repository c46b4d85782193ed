"""``[[protect.enforcers]]`` with ``kind = "nftables"``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from shangdun.protect.enforcers.settings import EnforcerSettings

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
TableName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,30}\Z")]


class NftablesSettings(EnforcerSettings, tag="nftables", kw_only=True):
    """Which packets are looked at."""

    table: TableName = "shangdun"
    """Of family inet; ours alone: nothing else is read or changed."""
    ports: list[Port] = msgspec.field(default_factory=lambda: [80, 443])
    """Only these are closed to those who are blocked, so SSH stays open to an administrator
    whatever is decided. Empty: every port."""
    hooks: list[Literal["input", "forward"]] = msgspec.field(
        default_factory=lambda: ["input", "forward"]
    )
    """``forward`` is where packets to containers pass."""
    connections_a_minute: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 60
    """New connections of each source that is slowed down; requests are not seen here."""
    command: str = "/usr/sbin/nft"
