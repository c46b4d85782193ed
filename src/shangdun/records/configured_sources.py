"""The sources that ``shangdun.toml`` names, beside those that were added on a page."""

from __future__ import annotations

from functools import lru_cache

from shangdun.kernel.config import SourceConfig, home_directory, load_config


@lru_cache(maxsize=1)
def configured_sources() -> dict[str, SourceConfig]:
    """By name; read once a process. Of two sources with one name it is this one that is watched."""
    return {source.name: source for source in load_config(home_directory()).sources}
