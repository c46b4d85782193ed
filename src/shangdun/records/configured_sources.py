"""The sources that ``shangdun.toml`` names, beside those that were added on a page."""

from __future__ import annotations

from functools import lru_cache

from django.db import DatabaseError

from shangdun.kernel.config import SourceConfig, home_directory, load_config
from shangdun.records.models.sources import Source


@lru_cache(maxsize=1)
def configured_sources() -> dict[str, SourceConfig]:
    """By name; read once a process. Of two sources with one name it is this one that is watched."""
    return {source.name: source for source in load_config(home_directory()).sources}


def watched_paths() -> frozenset[str]:
    """Patterns of files that any source follows; of a home without a database those of the file."""
    patterns = {source.path for source in configured_sources().values() if source.path}
    try:
        stored = set(
            Source.objects.filter(enabled=True).exclude(path="").values_list("path", flat=True)
        )
    except DatabaseError:
        stored = set()
    return frozenset(patterns | stored)
