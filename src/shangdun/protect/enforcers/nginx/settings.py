"""``[[protect.enforcers]]`` with ``kind = "nginx"``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from shangdun.protect.enforcers.settings import EnforcerSettings

Path = Annotated[str, msgspec.Meta(pattern=r"^/[\w./+\-]{0,200}\Z")]
Variable = Annotated[str, msgspec.Meta(pattern=r"^\$[a-z0-9_]{1,64}\Z")]
Contact = Annotated[str, msgspec.Meta(pattern=r"^[\w .,:/@+?=&\-]{0,200}\Z")]
Named = Literal["session", "account", "device", "country", "network"]


class NginxSettings(EnforcerSettings, tag="nginx", kw_only=True):
    """Where the files are, and how nginx is tried and told."""

    folder: Path = "/var/lib/shangdun/nginx"
    """Holds ``http.conf`` for ``http { … }`` and ``server.conf`` for ``server { … }``."""
    variables: dict[Named, Variable] = msgspec.field(default_factory=dict)
    """Which variable of nginx names a session, an account, …: ``session = "$cookie_sessionid"``.
    Kinds without one are left to the other enforcers."""
    challenge: Literal["pass", "block"] = "pass"
    """nginx alone asks nobody to prove anything: leave it to the guard behind, or turn away."""
    requests_a_minute: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 30
    """Of each address that is slowed down."""
    contact: Contact = ""
    """What whoever is turned away reads after the code: where to ask."""
    test: list[str] = msgspec.field(default_factory=lambda: ["/usr/sbin/nginx", "-t"])
    reload: list[str] = msgspec.field(default_factory=list)
    """Empty: SIGHUP to the process of ``pid``."""
    pid: Path = "/run/nginx.pid"
    reload_seconds: Annotated[float, msgspec.Meta(ge=0.1)] = 0.34
    """No two reloads are closer: at most three a second, and what comes meanwhile comes as one."""
