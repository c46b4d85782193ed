"""Routes as people write them, in the languages of nginx and ModSecurity."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[\w/@-]")


def route_pattern(route: str) -> str:
    """A regular expression over a path without its query, anchored at both ends.

    ``*`` stands for anything; a route without a final ``*`` also covers what lies beneath it:
    ``/login`` covers ``/login`` and ``/login/step``, not ``/loginx``.
    """
    body = "".join(".*" if sign == "*" else _literal(sign) for sign in route.rstrip("*"))
    return f"^{body}" if route.endswith("*") else f"^{body}(?:/|$)"


def routes_pattern(routes: Iterable[str]) -> str:
    """One expression for all of them, as ``map`` and ``SecRule`` take it."""
    return "|".join(route_pattern(route) for route in routes)


def _literal(sign: str) -> str:
    return sign if _PLAIN.fullmatch(sign) else f"\\{sign}"
