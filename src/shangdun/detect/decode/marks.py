"""What only a part of a request has that the inspector could convict: regular expressions of Rust.

Reading a value costs it some ten times what looking for these costs. They may find too much, never
too little: the names that convict by themselves come out of the inspector's own tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shangdun_guard.inspector.sinks.exploit import files, values
from shangdun_guard.inspector.sinks.exploit.table import BY_SEGMENT
from shangdun_guard.inspector.sinks.path import ENDS as PATH_ENDS
from shangdun_guard.inspector.sinks.path import ROOTS
from shangdun_guard.inspector.sinks.shell.commands import CHECKS
from shangdun_guard.inspector.sinks.ssrf import STARTS

_PROGRAMS = frozenset(
    ("php", "php3", "php4", "php5", "php7", "jsp", "jspx", "aspx", "asp", "phtml", "pl", "cgi")
) | {"ashx", "txt"}
"""Ends that pages of shops have too; of these the names of shells and what follows them count."""
_END = r"(?:[?#]|$)"


def _any(words: Iterable[str]) -> str:
    """One of these words, in any case."""
    return "|".join(re.escape(word) for word in sorted(words, reverse=True))


_SEGMENTS = rf"(?i-u:/(?:{_any(BY_SEGMENT)})(?:[/?#]|$)|/\.env)"
_FILES = (
    rf"(?i-u:\.(?:{_any(files.ENDS - _PROGRAMS)})/?{_END}|(?:bak|old|backup|~)/?{_END}"
    rf"|/(?:copy|copia|backup)_|/{files.SHELL.pattern.rstrip('$')}/?{_END}"
    rf"|\.(?:jspx?|php\d?|aspx?|phtml)/{_END})"
)
_WORDS = rf"(?i-u:{_any(values.PLAIN_FRAGMENTS)}|class\.|document\.|-?inf/|0x[0-9a-f])"
"""What convicts without any odd character, wherever it stands."""
_ADDRESS = rf"(?i-u:=(?:{_any(start for start in STARTS if start[0] != '[')}))"
_FILE_ENDS = rf"{_any(PATH_ENDS)}|\.(?:json|ya?ml|log|cfg|db)"
_CHOSEN = rf"(?i-u:=(?:[ -%'-<>-~]*(?:{_FILE_ENDS})|{ROOTS.pattern}))"
_PACKED = r"(?:^|=)[A-Za-z0-9_+-]{12}"
_ROOT = rf"(?i-u:(?:^|://[!-.0-~]*){ROOTS.pattern})"
_SCHEME = r"[=?&][A-Za-z][A-Za-z0-9.+-]*:"
_ODD = r"[^A-Za-z0-9_./=&?~,:@!#-]"
_DOTS = r"\.\.|/\./|[^:]//|^//"
REFERRER = rf"{_ODD}|{_DOTS}|{_WORDS}|{_ADDRESS}|{_CHOSEN}|{_PACKED}|{_SCHEME}|{_ROOT}"
TARGET = rf"{REFERRER}|{_SEGMENTS}|{_FILES}|/[A-Za-z]:"
"""The path names a file itself; nobody opens one by the path of the page that he came from."""
COOKIES = rf"[^A-Za-z0-9_.=; -]|[^;] |\.\.|{_WORDS}|{_ADDRESS}|{_CHOSEN}|[A-Za-z0-9_-]{{12}}"
"""Of the Cookie header: what is as long as a packed attack is read."""
_STATEMENT = (
    r"\b(?:union|select|insert|update|delete|drop|exec|execute|shutdown|waitfor|sleep|benchmark"
    r"|having|procedure|rlike|regexp|between|order|group|where|xor|and|or|div|limit)\b"
)
_COMMAND = rf"[;,]\s*(?:/[!-~]*|(?:{_any(CHECKS)})(?:\s|;|,|$))"
_CALL = r"[A-Za-z0-9_]\(|\(\)|\.\."
_SPOKEN = rf"(?i-u:{_STATEMENT}|{_COMMAND}|0x[0-9a-f])"
AGENT = rf"[^A-Za-z0-9_./ ();:,+@\[\]-]|{_CALL}|{_SPOKEN}|{_WORDS}|{_PACKED}|{_ROOT}"
"""Agents are full of brackets and semicolons, and have neither calls nor commands."""
