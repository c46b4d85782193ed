r"""One value taken out of its encodings, layer by layer, until nothing changes.

URL (``%27``, ``%2527``, ``%u0027``), escapes of JSON and JavaScript (``\u0027``, ``\x27``), HTML
entities, fullwidth letters, overlong UTF-8, comments inside SQL, and base64 where it holds text.
Every layer shortens the text or leaves its length (what a comment held is moved, not repeated), so
nothing can be blown up; the rounds and the text taken are bounded, and each layer is one pass.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re

MOST_LETTERS = 64 << 10
"""Of one text; what is longer is decoded up to here and stands as it came beyond."""
MOST_ROUNDS = 5
MOST_BASE64 = 8
"""Runs of base64 looked at in one value."""
NUL = "\u2400"
"""Stands for NUL, which neither databases nor people can read."""

_CODED = re.compile(
    r"%[0-9a-fA-FuU]|\\[uUxX/\"']|&[#a-zA-Z]|[\uff01-\uff5e\u3000]|/\*|[\0\t\r\v\f\xa0]|  "
)
_MAY_BE_CODED = re.compile("[%\\\\&* \0\t\r\v\f\xa0\uff01-\uff5e\u3000]")
"""A letter of each of these: looking for one letter is several times as fast."""
SHORTEST_RUN = 16
"""Letters from which on a run may be base64 that holds text."""
_BASE64_RUN = re.compile(rf"(?:^|[=,:;\"'\s])[A-Za-z0-9+/_-]{{{SHORTEST_RUN}}}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_PERCENT_U = re.compile(r"%[uU]([0-9a-fA-F]{4})")
_BYTES = re.compile(r"(?:\\[xX][0-9a-fA-F]{2})+")
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|[uU]([0-9a-fA-F]{4})|([/\"']))")
_ENTITY = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z]{2,24};|(?:lt|gt|quot)\b)")
_OVERLONG = re.compile(
    rb"[\xc0\xc1][\x00-\xff]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXECUTED = re.compile(r"[!+]\d{0,6}")
"""How a comment begins that MySQL and Oracle read as SQL, with the version it is for."""
_BLANKS = re.compile(r"[ \t\v\f\xa0]+")
_BASE64 = re.compile(r"(?:^|[=,:;\"'\s])([A-Za-z0-9+/_-]{16,8192}={0,2})(?![A-Za-z0-9+/_-])")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_URL_SAFE = str.maketrans("-_", "+/")
_HIGHEST = 0x10FFFF


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  registered for decoding only
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error("shangdun.latin", _as_latin)


def decoded(text: str) -> str:
    """A value as it reads once every layer is off, with what its base64 holds behind it."""
    if len(text) > MOST_LETTERS:
        return decoded(text[:MOST_LETTERS]) + text[MOST_LETTERS:]
    plain = peeled(text)
    if not _BASE64_RUN.search(plain):
        return plain
    return "&base64=".join([plain, *_base64_texts(plain)])


def peeled(text: str) -> str:
    """A text once every layer is off but base64, of which a path is made by nature."""
    if not _MAY_BE_CODED.search(text) or not _CODED.search(text):
        return text
    for _ in range(MOST_ROUNDS):
        before = text
        text = _width(entities(_escapes(_percent(text))))
        if text == before:
            break
    return _tidy(text)


def _percent(text: str) -> str:
    if "%" not in text:
        return text
    text = _PERCENT.sub(lambda run: text_of(bytes.fromhex(run[0].replace("%", ""))), text)
    return _PERCENT_U.sub(lambda code: chr(int(code[1], 16)), text)


def _escapes(text: str) -> str:
    if "\\" not in text:
        return text
    text = _BYTES.sub(lambda run: text_of(bytes.fromhex(re.sub(r"\\[xX]", "", run[0]))), text)
    return _ESCAPED.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    if found[3]:
        return found[3]
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= _HIGHEST else found[0]


def entities(text: str) -> str:
    """HTML entities as the letters they name."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _width(text: str) -> str:
    return text if text.isascii() else text.translate(_WIDE)


def text_of(raw: bytes) -> str:
    """Bytes of a value as text: UTF-8, overlong UTF-8, the Chinese national code, or Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    if _OVERLONG.search(raw):
        return _OVERLONG.sub(_shortest, raw).decode("utf-8", "shangdun.latin")
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "shangdun.latin")


def _shortest(found: re.Match[bytes]) -> bytes:
    """The letter that an overlong sequence stands for, as lenient servers read it."""
    first, *others = found[0]
    code = first & (0x1F, 0x0F, 0x07)[len(others) - 1]
    for byte in others:
        code = code << 6 | byte & 0x3F
    return chr(code).encode("utf-8", "replace")


def _tidy(text: str) -> str:
    """Blanks and comments in one form, and nothing that UTF-8 cannot hold."""
    if "/*" in text:
        text = _uncommented(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", NUL)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _BLANKS.sub(" ", text)


def _uncommented(text: str) -> str:
    """Comments inside SQL as the blank they are to a database, with what they held at the end.

    A browser knows no such comments: a script between ``/*`` and ``*/`` runs, and must be seen.
    """
    parts, held, at = [], [], 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        parts.append(text[at:start])
        within = text[start + 2 : end]
        if executed := _EXECUTED.match(within):
            parts.append(within[executed.end() :])
        elif not within.strip("*").isalnum():
            held.append(within)
        at = end + 2
    plain = " ".join([*parts, text[at:]])
    aside = " ".join(held).strip("* ")
    return f"{plain}&comment={aside}" if aside else plain


def _base64_texts(text: str) -> list[str]:
    runs = _BASE64.finditer(text)
    found = (plausible(run[1]) for run, _ in zip(runs, range(MOST_BASE64), strict=False))
    return [peeled(one) for one in found if one]


def plausible(run: str) -> str:
    """What a run of base64 holds if that is text somebody wrote, else nothing."""
    if run == run.lower() or run == run.upper():
        return ""  # a word, a number, a hash
    bare = run.rstrip("=").translate(_URL_SAFE)
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    written = all(letter.isprintable() or letter in "\t\r\n" for letter in text)
    return text if written and not text.isalnum() else ""
