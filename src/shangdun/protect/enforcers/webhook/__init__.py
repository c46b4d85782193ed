"""A webhook: every change is posted, signed, to a server that enforces in its own way."""

from __future__ import annotations

from shangdun.protect.enforcers.enforcer import Post
from shangdun.protect.enforcers.webhook.hook import Webhook
from shangdun.protect.enforcers.webhook.settings import WebhookSettings

SETTINGS = WebhookSettings


def build(settings: WebhookSettings, post: Post) -> Webhook:
    """The receiver at one address."""
    return Webhook(settings, post)
