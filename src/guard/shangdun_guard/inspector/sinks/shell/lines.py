"""What convicts wherever it stands in a line: shells sent out, downloads run, includes."""

from __future__ import annotations

import re
from typing import NamedTuple

from shangdun_guard.inspector.lowered import lowered


class Line(NamedTuple):
    """A construct that only attacks write."""

    code: str
    start: int
    end: int


class Construct(NamedTuple):
    """How such a construct is found, in a text in lower case."""

    code: str
    fragments: tuple[str, ...]
    """One of them must stand in the text."""
    structure: re.Pattern[str]
    """Every repetition is bounded: there is next to nothing to go back to."""


def _construct(code: str, fragments: tuple[str, ...], structure: str) -> Construct:
    return Construct(f"shell.{code}", fragments, re.compile(structure))


CONSTRUCTS = (
    _construct(
        "reverse",
        ("/dev/tcp/", "/dev/udp/"),
        r"(?:>|<|exec|>&|0<&\d{1,3}-?)\s{0,4}/dev/(?:tcp|udp)/[\w.${}-]{1,80}/[\d${}]",
    ),
    _construct(
        "reverse",
        ("-e /bin", "-c /bin", "-e sh", "-e bash", "-c sh", "-c bash", "-e cmd", "e/bin/", "-ve "),
        r"\b(?:nc|ncat|netcat)(?:\.traditional)?\s[^|;&\n]{0,60}-\w{0,4}[ec]\s{0,4}"
        r"(?:/bin/|cmd|sh\b|bash)",
    ),
    _construct(
        "reverse",
        ("exec:", "mkfifo", "tcpclient(", "socket.socket(", "fsockopen("),
        r"\bsocat\s[^|;\n]{0,80}exec:|\bmkfifo\s[^|;&\n]{1,60}[;&|\n]|\btcpclient\("
        r"|socket\.socket\([^)]{0,60}\)[^|\n]{0,120}(?:subprocess|os\.dup2)"
        r"|\bfsockopen\([^)]{0,80}\)\s{0,4};\s{0,4}(?:exec|system|shell_exec|proc_open)\b",
    ),
    _construct(
        "piped",
        ("base64 ", "xxd ", "curl ", "wget "),
        r"\b(?:base64\s{1,4}(?:-d|--decode)|xxd\s{1,4}-r|(?:curl|wget)\s[^|;&\n]{3,300})"
        r"[^|;&\n]{0,40}\|\s{0,4}(?:sudo\s)?(?:/bin/|/usr/bin/)?"
        r"(?:(?:ba|da|z|k)?sh|python\d?|perl|php)\b",
    ),
    _construct(
        "include",
        ("<!--",),
        r"<!--\s{0,4}#\s{0,4}(?:exec\s{1,4}(?:cmd|cgi)|include\s{1,4}(?:file|virtual))\s{0,4}=",
    ),
    _construct(
        "powershell",
        ("powershell",),
        r"\bpowershell(?:\.exe)?\s[^\n]{0,80}-e(?:nc|ncodedcommand|c)?\s{1,4}[a-z0-9+/=]{8}",
    ),
    _construct(
        "powershell",
        ("downloadstring", "invoke-webrequest", "iwr"),
        r"\b(?:iex|invoke-expression)\b[^\n]{0,40}(?:downloadstring|invoke-webrequest|\biwr\b)"
        r"|\.downloadstring\(\s{0,4}[\"']",
    ),
)


def telling_line(text: str) -> Line | None:
    """The first construct of an attack in the text, None where there is none."""
    folded = lowered(text)
    if len(folded) != len(text):  # a few letters fold to two: places would no longer fit
        folded = text
    for construct in CONSTRUCTS:
        if any(map(folded.__contains__, construct.fragments)):
            match = construct.structure.search(folded)
            if match is not None:
                return Line(construct.code, match.start(), match.end())
    return None
