"""What convicts wherever it stands in a line: shells sent out, downloads run, includes."""

from __future__ import annotations

import re
from typing import NamedTuple


class Line(NamedTuple):
    """A construct that only attacks write."""

    code: str
    start: int
    end: int


# Every repetition is bounded or stands at the end: nothing to go back to.
_LINES = re.compile(
    r"(?P<reverse>(?:>|<|exec|>&|0<&\d+-?)\s{0,4}/dev/(?:tcp|udp)/[\w.${}-]{1,80}/[\d${}]"
    r"|\b(?:nc|ncat|netcat)(?:\.traditional)?\s[^|;&\n]{0,60}-\w{0,4}[ec]\s{0,4}(?:/bin/|cmd|sh|bash)"
    r"|\bsocat\s[^|;\n]{0,80}exec:"
    r"|\bmkfifo\s[^|;&\n]{1,60}[;&|\n]"
    r"|\bTCPClient\(|socket\.socket\([^)]{0,60}\)[^|\n]{0,120}(?:subprocess|os\.dup2)"
    r"|\bfsockopen\([^)]{0,80}\)\s{0,4};\s{0,4}(?:exec|system|shell_exec|proc_open)\b)"
    r"|(?P<piped>(?:base64\s+(?:-d|-D|--decode)|xxd\s+-r|\brev|\b(?:curl|wget)\s[^|;&\n]{3,300})"
    r"[^|;&\n]{0,40}\|\s{0,4}(?:sudo\s)?(?:/bin/|/usr/bin/)?(?:(?:ba|da|z|k)?sh|python\d?|perl|php)\b)"
    r"|(?P<include><!--\s{0,4}#\s{0,4}(?:exec\s{1,4}(?:cmd|cgi)|include\s{1,4}(?:file|virtual))\s{0,4}=)"
    r"|(?P<powershell>\bpowershell(?:\.exe)?\s[^\n]{0,80}-e(?:nc|ncodedcommand|c)?\s{1,4}[A-Za-z0-9+/=]{16}"
    r"|\b(?:iex|invoke-expression)\b[^\n]{0,40}(?:downloadstring|invoke-webrequest|\biwr\b)"
    r"|\.downloadstring\(\s{0,4}[\"'])",
    re.IGNORECASE,
)
_WITNESS = re.compile(
    r"/dev/|\bnc|netcat|socat|mkfifo|tcpclient|socket|base64|xxd|rev"
    r"|curl|wget|<!--|powershell|iex|invoke-|download",
    re.IGNORECASE,
)


def telling_line(text: str) -> Line | None:
    """The first construct of an attack in the text, None where there is none."""
    if _WITNESS.search(text) is None:
        return None
    match = _LINES.search(text)
    if match is None:
        return None
    return Line(f"shell.{match.lastgroup}", match.start(), match.end())
