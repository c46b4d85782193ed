"""Where things are in a home directory."""

from __future__ import annotations

from pathlib import Path

from shangdun.kernel.config import Config


def lake_folder(home: Path, config: Config) -> Path:
    """The lake: ``lake.path``, taken from the home directory on, else ``lake`` in it."""
    return home / Path(config.lake.path or "lake").expanduser()


def spool_folder(home: Path) -> Path:
    """What was pushed and is not yet in the lake."""
    return home / "spool"


def watch_folder(home: Path) -> Path:
    """The watch's journal and memory."""
    return home / "watch"


def rejected_folder(home: Path) -> Path:
    """Findings that the records refused for good, a JSON file a batch."""
    return watch_folder(home) / "rejected"
