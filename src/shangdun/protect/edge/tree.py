"""An nginx configuration as nginx reads it: directives in their blocks, includes followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crossplane

from shangdun.kernel.errors import UsageError

MOST_FILES = 2000
_INHERITED_AS_A_WHOLE = {"add_header", "proxy_set_header", "limit_req", "limit_conn"}
"""A level with one of its own loses all of those above it."""


@dataclass(eq=False)
class Directive:
    """One directive, with what stands in its block; the root has no name."""

    name: str
    args: list[str]
    file: str
    line: int
    parent: Directive | None = None
    inside: list[Directive] = field(default_factory=list)

    @property
    def where(self) -> str:
        """``file:line``, as editors take it."""
        return f"{self.file}:{self.line}"

    def own(self, *names: str) -> list[Directive]:
        """Directives of these names that stand directly in this block."""
        return [one for one in self.inside if one.name in names]

    def every(self, *names: str) -> Iterator[Directive]:
        """Directives of these names anywhere beneath."""
        for one in self.inside:
            if one.name in names:
                yield one
            yield from one.every(*names)

    def above(self) -> Iterator[Directive]:
        """Itself and the blocks around it, from the inside outwards."""
        place: Directive | None = self
        while place is not None:
            yield place
            place = place.parent

    def effective(self, name: str) -> list[Directive]:
        """What holds here: of the nearest level that has this directive at all."""
        for level in self.above():
            if found := level.own(name):
                return found if name in _INHERITED_AS_A_WHOLE else found[-1:]
        return []

    def value(self, name: str, default: str = "") -> str:
        """First argument of what holds here."""
        found = self.effective(name)
        return found[-1].args[0] if found and found[-1].args else default


@dataclass(frozen=True)
class NginxConfig:
    """A whole configuration."""

    root: Directive
    files: tuple[str, ...]
    problems: tuple[tuple[str, int, str], ...]
    """What nginx could not read: file, line, words."""

    def servers(self) -> list[Directive]:
        """The servers of ``http``, in the order in which nginx meets them."""
        return [server for http in self.root.own("http") for server in http.own("server")]


def read_config(path: Path) -> NginxConfig:
    """Read ``nginx.conf`` with all it includes. Raises ``UsageError`` where it is missing."""
    if not path.is_file():
        raise UsageError(
            "there is no nginx configuration",
            code="edge.file",
            where=str(path),
            fix="give its place: shangdun edge check /etc/nginx/nginx.conf",
        )
    payload = crossplane.parse(str(path), check_ctx=False, check_args=False)
    configs = payload["config"][:MOST_FILES]
    root = Directive("", [], str(path), 0)
    _hang(configs[0]["parsed"], root, configs, 0, seen=(0,))
    problems = [
        (str(error.get("file") or path), int(error.get("line") or 0), str(error["error"]))
        for error in payload["errors"]
    ]
    return NginxConfig(root, tuple(one["file"] for one in configs), tuple(problems))


def _hang(
    parsed: list[dict[str, Any]],
    under: Directive,
    configs: list[dict[str, Any]],
    file: int,
    *,
    seen: tuple[int, ...],
) -> None:
    for raw in parsed:
        if raw["directive"] == "include":
            for index in raw.get("includes", []):
                if index < len(configs) and index not in seen:
                    _hang(configs[index]["parsed"], under, configs, index, seen=(*seen, index))
        if raw["directive"] == "#":
            continue
        one = Directive(raw["directive"], raw["args"], configs[file]["file"], raw["line"], under)
        under.inside.append(one)
        _hang(raw.get("block") or [], one, configs, file, seen=seen)
