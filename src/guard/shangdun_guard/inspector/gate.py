"""Most values are harmless by their characters: told apart before anything is decoded or judged."""

from __future__ import annotations

import re

from shangdun_guard.inspector.decode.packed import from_hex, unpacked

QUIET_RAW = re.compile(
    r"[A-Za-z0-9_-]{0,11}"  # shorter than any packed attack
    r"|[a-z_-]{0,80}|[0-9]{0,24}"  # packed text has letters of both cases, or digits and letters
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID
    r"|(?:GA1|GS[12]|fb)\.[0-9][0-9.]{0,60}"  # the cookies by which most pages are measured
    r"|-?[0-9]{1,18}\.[0-9]{1,18}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?Z?)?"
)
"""No layer of encoding, no operator, quote, bracket, separator or blank in any syntax."""

_QUIET_PIECE = re.compile(rf"(?!class\.)[A-Za-z0-9_.-]*(?:\[\])?(?:=(?:{QUIET_RAW.pattern}))?")
_TOKEN_PIECE = re.compile(r"[A-Za-z0-9_.-]*=([A-Za-z0-9_-]{12,512})")

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./~-]*")
"""A path without escapes and operators: only sinks that know names of files can tell it."""

PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}(?::[0-9]{1,5})?(?:/[A-Za-z0-9_~-]*)*"
    r"(?:\.(?:html?|php|aspx?|jsp))?"
)
"""Of the page that a Referer or Origin tells: nobody fetches it, and it holds no operator."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,512}")

_WORDS = re.compile(r"[\w \-]*(?:[,.!?](?: [\w \-]*|\Z))*")
_LANGUAGE = re.compile(
    r"\b(?:or|and|xor|not|union|select|order|group|having|like|rlike|regexp|between|in|is|div|mod"
    r"|procedure|limit|insert|update|delete|drop|exec|execute|shutdown|waitfor|sleep|from|where"
    r"|powershell|pwsh|nc|ncat|netcat)\b",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"  # an address for mail
    r"|\+?[0-9 ()-]{3,24}"  # a telephone number
)


def quiet_piece(text: str) -> bool:
    """Whether this is a ``name=value`` whose name is plain and whose value is quiet."""
    if _QUIET_PIECE.fullmatch(text):
        return True
    token = _TOKEN_PIECE.fullmatch(text)
    return token is not None and unpacked(token[1]) is None and from_hex(token[1]) is None


def quiet_token(text: str) -> bool:
    """Whether raw text is one of the random names that sessions and forms go by."""
    return _TOKEN.fullmatch(text) is not None and unpacked(text) is None and from_hex(text) is None


def quiet_text(text: str) -> bool:
    """Whether decoded text is words that no grammar of ours gives a meaning, or a plain figure.

    Without a false negative for any sink: words of SQL make no statement without one of the words
    looked for here, a shell no harm but by the programs named, and every other grammar needs a
    character beyond words.
    """
    if _WORDS.fullmatch(text):
        return _LANGUAGE.search(text) is None
    return _WRITTEN.fullmatch(text) is not None
