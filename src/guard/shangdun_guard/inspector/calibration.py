"""What each sign weighs: log-odds in natural units, fitted where there was data to fit them on."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "expression.in_file": -2.0,
    "ldap.in_file": -3.0,
    "nosql.in_file": -3.0,
    "path.in_file": -2.5,
    "shell.in_file": -3.0,
    "sql.in_file": -3.0,
    "ssrf.in_file": -3.0,
    "template.in_file": -2.5,
    "xss.in_file": -2.0,
}
"""Sign code to fitted log-odds; a code that is absent weighs what its sink's author believes.

``layer.<name>`` is added once to every judged form that stood below that layer and carries a sign;
``<class>.in_<place>`` to every sign in that place: a file that is uploaded is kept, and what it
holds is program text more often than an attack.
"""

BIAS: dict[str, float] = {}
"""Class to fitted log-odds of a form without any sign; absent: ``DEFAULT_BIAS``."""

DEFAULT_BIAS = -4.0

THRESHOLD = 0.5
"""A class at least this probable makes the verdict an attack."""
