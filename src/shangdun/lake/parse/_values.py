r"""One line of JSON as a flat mapping: names joined with dots, scalars kept with their type.

orjson reads nearly every line. What it refuses and Python's own reader takes (a lone surrogate, a
raw tab inside a string, an integer beyond 64 bits, NaN) is read by that, and an escape that JSON
does not know stands for itself, so that a sloppy producer's event is not lost. Strings stay valid
UTF-8; bytes that are not are shown as ``\xNN``.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import orjson

from shangdun.lake.block import LENGTH, LINE, OFFSET

Scalar = str | int | float | bool
Flat = dict[str, Scalar]

MAX_DEPTH = 64
"""Objects nested deeper than this are not taken apart further."""
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
RESERVED = frozenset({LINE, OFFSET, LENGTH})
"""Names of ours that an event must not overwrite; its raw line keeps its own."""

NUL = b"\\u0000"
"""Lines with it are read one by one, see ``valid_text``."""

_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})?')
_LONG_NUMBER = re.compile(rb"\d{19}")
_I64 = 1 << 63
EXACT = 1 << 53
"""From here on a float no longer tells whole numbers apart."""


class Unreadable(Exception):
    """Why a line cannot be read as its format."""


def _escape_bytes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  registered for decoding only
    bad = error.object[error.start : error.end]
    return "".join(f"\\\\x{byte:02x}" for byte in bad), error.end


codecs.register_error("shangdun.json", _escape_bytes)


def load_object(line: bytes) -> dict[str, Any]:
    """The object on a line. Raises ``Unreadable`` with the reader's own words."""
    try:
        if _LONG_NUMBER.search(line):
            return _as_object(_load_leniently(line))
        return _as_object(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        try:
            return _as_object(_load_leniently(line))
        except (ValueError, RecursionError):
            raise Unreadable(f"is not JSON: {error}") from error
    except RecursionError as error:
        raise Unreadable("is not JSON: nested too deep") from error
    except ValueError as error:
        raise Unreadable(f"is not JSON: {error}") from error


def _load_leniently(line: bytes) -> Any:  # noqa: ANN401  any JSON value
    text = line.decode("utf-8", "shangdun.json")
    try:
        return json.loads(text, strict=False, parse_constant=str)
    except json.JSONDecodeError:
        return json.loads(repaired(text), strict=False, parse_constant=str)


def repaired(text: str) -> str:
    """JSON text in which a backslash that begins no escape is a backslash."""
    return _ESCAPE.sub(lambda match: match[0] if len(match[0]) > 1 else "\\\\", text)


def _as_object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    if isinstance(value, dict):
        return value
    raise Unreadable("is JSON, but not an object")


def flatten(event: dict[str, Any], wanted: frozenset[str] | None = None) -> Flat:
    """Nested names joined with dots; null is left out, a list becomes its JSON text.

    Where a name comes twice, the last one counts. JSON has one kind of number: ``1.0`` is the
    integer 1. Integers beyond 64 bits become text.
    """
    flat: Flat = {}
    _flatten_into(flat, "", event, wanted, 1)
    return flat


def _flatten_into(
    flat: Flat, prefix: str, level: dict[str, Any], wanted: frozenset[str] | None, depth: int
) -> None:
    for key, value in level.items():
        name = prefix + key
        if isinstance(value, dict) and depth < MAX_DEPTH:
            _flatten_into(flat, name + ".", value, wanted, depth + 1)
        elif value is not None and (wanted is None or name in wanted):
            flat.pop(name, None)
            flat[name] = value if type(value) in _PLAIN else scalar_of(value)


_PLAIN = frozenset({bool})


def scalar_of(value: Any) -> Scalar:  # noqa: ANN401  any JSON value
    """A value that is not null as a column holds it."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else valid_text(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < EXACT else value
    if isinstance(value, int):
        return value if -_I64 <= value < _I64 else str(value)
    return json_text(value)


def json_text(value: Any) -> str:  # noqa: ANN401  any JSON value
    """A value as compact JSON; the limit of the writer is far beyond any honest event."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        try:
            return valid_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        except RecursionError:
            return TOO_DEEP


def valid_text(text: str) -> str:
    r"""Text that every store takes: a surrogate without its partner as ``\udNNN``, NUL as ``\x00``.

    PostgreSQL takes no NUL; the raw line keeps it.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
