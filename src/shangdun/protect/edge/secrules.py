"""ModSecurity's configuration as far as a check needs it: settings, and the files it includes."""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path

import msgspec

_SETTING = re.compile(r"\s*(Sec\w+|Include(?:Optional)?)\s+(.*)", re.IGNORECASE)
_MOST_FILES = 500


class SecRules(msgspec.Struct):
    """What a rules file says with all it includes."""

    last: dict[str, str]
    """By directive in lower case its last value, quotes taken off."""
    files: list[str]
    missing: list[str]


def read_rules(path: Path) -> SecRules:
    """Read a rules file; one that cannot be read is told in ``missing``, never raised."""
    rules = SecRules({}, [], [])
    _read(path, rules)
    return rules


def _read(path: Path, rules: SecRules) -> None:
    if str(path) in rules.files or len(rules.files) >= _MOST_FILES:
        return
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        rules.missing.append(str(path))
        return
    rules.files.append(str(path))
    for line in text.splitlines():
        found = _SETTING.match(line)
        if not found:
            continue
        name, value = found[1].lower(), found[2].strip().strip("\"'")
        if name.startswith("include"):
            pattern = value if value.startswith("/") else str(path.parent / value)
            included = sorted(glob(pattern))  # noqa: PTH207  the pattern is absolute
            if not included and name == "include" and "*" not in pattern:
                rules.missing.append(pattern)
            for one in included:
                _read(Path(one), rules)
        else:
            rules.last[name] = value
