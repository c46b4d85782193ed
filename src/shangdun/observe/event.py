"""Events of our own: JSON lines for the spool, so that they reach lake and rules like any other."""

from __future__ import annotations

from typing import Any

import orjson

PROBES = "shangdun-probes"
SYSTEM = "shangdun-system"
OWN_SOURCES = frozenset({PROBES, SYSTEM})
"""Names of sources that are ours; what they bring is not traffic of the shop."""
FORMAT = "json"
PRODUCT, CATEGORY = "shangdun", "monitoring"


def event(service: str, now: int, message: str, **fields: Any) -> bytes:  # noqa: ANN401 - JSON
    """One event at ``now`` (ms) as a JSON line without line end.

    ``service`` is what rules name: ``probe``, ``host``, ``level``, ``source``, ``objective`` or
    ``process``. In names of fields ``__`` stands for a dot; None is left out.
    """
    line: dict[str, Any] = {
        "time": now,
        "product": PRODUCT,
        "category": CATEGORY,
        "service": service,
        "message": message,
    }
    line |= {name.replace("__", "."): value for name, value in fields.items() if value is not None}
    return orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY)
