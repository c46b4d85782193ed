"""Which requests' header names ask for a closer look: those of nearly all do not."""

from __future__ import annotations

import re

from shangdun_guard.inspector.quiet import QuietValues
from shangdun_guard.request import Request

OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_WATCHED = OVERRIDES | {"transfer-encoding", "upgrade"}
DISGUISED = re.compile(r"[^a-z]*(?:content[^a-z]{0,4}length|transfer[^a-z]{0,4}encoding)[^a-z]*")
"""Almost ``content-length`` or ``transfer-encoding``; matches them themselves too."""
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
"""RFC 9110, 5.6.2."""

_even = QuietValues(512)


def odd_names(request: Request) -> bool:
    """Whether a name is watched, disguised, no token, or Content-Length stands more than once.

    Browsers send few orders of names: those without anything odd are remembered.
    """
    names = tuple([name for name, _ in request.headers])
    if names in _even.young:
        return False
    if names.count("content-length") > 1 or not all(map(_plain, names)):
        return True
    if len(names) <= 64:
        _even.add(names)
    return False


def _plain(name: str) -> bool:
    if name in _WATCHED or len(name) > 64:
        return False
    return name == "content-length" or (
        TOKEN.fullmatch(name) is not None and DISGUISED.fullmatch(name) is None
    )
