"""nftables: packets of those who are blocked never reach the shop.

A challenge needs somebody who speaks HTTP and is left to the enforcers that do.
"""

from __future__ import annotations

from shangdun.protect.enforcers.enforcer import Post
from shangdun.protect.enforcers.nftables.firewall import Firewall
from shangdun.protect.enforcers.nftables.settings import NftablesSettings

SETTINGS = NftablesSettings


def build(settings: NftablesSettings, post: Post) -> Firewall:
    """The firewall of this machine (or network namespace)."""
    del post
    return Firewall(settings)
