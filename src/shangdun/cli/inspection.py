"""Verdicts over requests, one a line: for people, and as JSON."""

from __future__ import annotations

from typing import IO, Any, NamedTuple

import click
import msgspec

from shangdun.cli.output import plain
from shangdun_guard.inspector import Hit, Verdict

MOST_SHOWN = 200
"""Characters of a value on a terminal's line."""
MOST_TOLD = 4096
"""Characters of a value, its decoded form and its bytes in JSON."""
_KEPT = 1 << 16


class Seen(NamedTuple):
    """One request's verdict and where the request stood."""

    file: str
    request: int
    """From 1, in its file."""
    line: int
    """Of the request line, from 1."""
    offset: int
    """Of the request in its file, in bytes."""
    verdict: Verdict


class _Report:
    """Lines are gathered and written in blocks: a write each would cost as much as a verdict."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._lines: list[str] = []
        self._size = 0
        self._at_once = out.isatty()

    def _write(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)
        if self._at_once or self._size > _KEPT:
            self.close()

    def close(self) -> None:
        """Write what is gathered."""
        if self._lines:
            click.echo("\n".join(self._lines), file=self._out)
        self._lines.clear()
        self._size = 0

    def trouble(self, name: str, reason: str) -> None:
        click.echo(f"{plain(name)}: {reason}", err=True)

    def figures(self, figures: dict[str, Any]) -> None:
        click.echo(msgspec.json.encode(figures).decode(), err=True)


class TextReport(_Report):
    """file, verdict, score, classes, value, reason; set off by tabs, nothing steers a terminal."""

    def add(self, seen: Seen) -> None:
        verdict = seen.verdict
        place = plain(seen.file) if seen.request == 1 else f"{plain(seen.file)}:{seen.line}"
        word = "attack" if verdict.attack else "clean"
        value, reason = "", ""
        if verdict.attack:
            value, reason = shown(verdict.hits[0]), verdict.hits[0].reason
        if verdict.partial:
            reason = f"{reason} (not looked at: {plain('; '.join(verdict.partial))})".strip()
        classes = ",".join(verdict.classes) or "-"
        self._write("\t".join((place, word, f"{verdict.score:.3f}", classes, value, reason)))


def shown(hit: Hit) -> str:
    """Where the value stood, and the sign in its decoded form with what surrounds it."""
    start = max(0, min(hit.sign_start, len(hit.form) - MOST_SHOWN))
    text = hit.form[start : start + MOST_SHOWN]
    name = f" {hit.slot.name}" if hit.slot.name else ""
    before, after = "…" if start else "", "…" if start + MOST_SHOWN < len(hit.form) else ""
    return plain(f"{hit.slot.place}{name}={before}{text}{after}")


class JsonReport(_Report):
    """One object a request; bytes are told as characters of the same number (latin-1)."""

    def add(self, seen: Seen) -> None:
        verdict = seen.verdict
        record: dict[str, Any] = {
            "file": seen.file.encode("utf-8", "replace").decode(),
            "request": seen.request,
            "line": seen.line,
            "verdict": "attack" if verdict.attack else "clean",
            "score": round(verdict.score, 6),
            "classes": verdict.classes,
        }
        if verdict.hits:
            record |= _first(verdict.hits[0], seen.offset)
        record["partial"] = verdict.partial
        self._write(msgspec.json.encode(record).decode())


def _first(hit: Hit, offset: int) -> dict[str, Any]:
    return {
        "value": f"{hit.slot.place} {hit.slot.name}".strip(),
        "place": hit.slot.place,
        "name": hit.slot.name,
        "decoded": _sound(hit.form[:MOST_TOLD]),
        "raw": hit.raw[:MOST_TOLD].decode("latin-1"),
        "offset": offset + hit.start,
        "length": hit.end - hit.start,
        "layers": hit.layers,
        "reason": hit.reason,
        "code": hit.code,
    }


def _sound(text: str) -> str:
    """Without lone surrogates, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()
