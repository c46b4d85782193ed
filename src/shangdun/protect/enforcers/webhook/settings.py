"""``[[protect.enforcers]]`` with ``kind = "webhook"``."""

from __future__ import annotations

from typing import Annotated

import msgspec

from shangdun.protect.enforcers.settings import EnforcerSettings

Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s@]{1,500}\Z")]
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=200)]


class WebhookSettings(EnforcerSettings, tag="webhook", kw_only=True):
    """Where changes are posted."""

    url: Url
    secret: Secret
    """The key of the signature; as `openssl rand -hex 32` prints it."""
    most: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 10_000
    """Slots in one body; a longer list comes in several."""
