"""Where the built assets are: names with their content's hash, from the build's manifest."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from shangdun.kernel.errors import ConfigError


class BuiltAssets(StaticFilesStorage):
    """Gives ``{% static "app.css" %}`` the address of what was built from it."""

    def url(self, name: str | None) -> str:
        found = _manifest().get(str(name))
        if found is None:
            raise ConfigError(
                "there is no such asset", where=str(name), fix="look into dist/manifest.json"
            )
        return super().url(found)


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads(_read("manifest.json"))
    return manifest


@cache
def icon_shapes() -> dict[str, str]:
    """The inner markup of every icon, by name."""
    shapes: dict[str, str] = json.loads(_read("icons.json"))
    return shapes


def _read(name: str) -> str:
    path = Path(settings.STATIC_ROOT) / name
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            "the pages' assets are not built", where=str(path), fix="run `make setup`"
        ) from error
