"""The playbooks that come with the product, read once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from shangdun.respond.playbook.model import Playbook
from shangdun.respond.playbook.yaml_form import from_yaml

UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Of one that names no date; ours all do."""


@cache
def built_in() -> tuple[Playbook, ...]:
    """All of them, those that are called by others first. Raises ``ValueError`` for a wrong one."""
    found = [_read(file.name, file.read_text("utf-8")) for file in _files()]
    return tuple(sorted(found, key=lambda playbook: (bool(playbook.types), playbook.name.en)))


def sources() -> dict[str, str]:
    """File name → text, as written."""
    return {file.name: file.read_text("utf-8") for file in _files()}


def _files() -> list[Traversable]:
    folder = files("shangdun.content").joinpath("playbooks")
    return sorted((f for f in folder.iterdir() if f.name.endswith(".yml")), key=lambda f: f.name)


def _read(name: str, text: str) -> Playbook:
    reading = from_yaml(text, UNDATED)
    if reading.playbook is None:
        first = reading.problems[0]
        raise ValueError(f"{name}:{first.line}: {first.message}")
    return reading.playbook
