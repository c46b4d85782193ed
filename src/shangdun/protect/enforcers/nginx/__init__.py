"""nginx: who is blocked, challenged or slowed, in files that ``geo`` and ``map`` include."""

from __future__ import annotations

from shangdun.protect.enforcers.enforcer import Post
from shangdun.protect.enforcers.nginx.server import Nginx
from shangdun.protect.enforcers.nginx.settings import NginxSettings

SETTINGS = NginxSettings


def build(settings: NginxSettings, post: Post) -> Nginx:
    """The nginx of this machine."""
    del post
    return Nginx(settings)
