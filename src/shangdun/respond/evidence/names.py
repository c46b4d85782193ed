"""Names of uploaded files, made safe to show and to save under; the given name is kept as data."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_BAD = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(given: str) -> str:
    r"""The last part of a path without characters that steer, hide or reach elsewhere.

    Bidirectional overrides (``invoice\u202efdp.exe``), control and invisible characters go; what
    Windows refuses in a name becomes ``_``; a long name keeps its extension.
    """
    base = re.split(r"[\\/]", given)[-1]
    seen = "".join(
        char if char == " " or unicodedata.category(char) not in _STEERING else ""
        for char in unicodedata.normalize("NFC", base.encode("utf-8", "replace").decode())
    )
    name = re.sub(r"\s+", " ", _BAD.sub("_", seen)).strip(" .")
    if not name or _RESERVED.match(name):
        name = f"file_{name}".rstrip("_.")
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def hides(given: str) -> bool:
    """Whether the name has characters that make it read otherwise than it is."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in given)


def extensions(name: str) -> list[str]:
    """The extensions of a cleaned name, lower case, the last one last: at most two."""
    parts = [part.strip().lower() for part in name.split(".")[1:]]
    return [part for part in parts if part][-2:]
