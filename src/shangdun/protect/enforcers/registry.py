"""The kinds of enforcers that are there, and the section ``[[protect.enforcers]]``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Union

import msgspec

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.protect.enforcers.enforcer import Enforcer, Post
from shangdun.protect.enforcers.settings import EnforcerSettings

PLACE = "[[protect.enforcers]]"


@cache
def kinds() -> dict[str, ModuleType]:
    """Kind → its folder's module, in the order of their names."""
    package = __package__ or ""
    folder = str(Path(__file__).parent)
    found = [one.name for one in pkgutil.iter_modules([folder]) if one.ispkg]
    return {name: importlib.import_module(f"{package}.{name}") for name in sorted(found)}


def enforcer_settings(config: Config) -> list[EnforcerSettings]:
    """The section, checked; raises ``ConfigError`` naming the key."""
    any_kind: Any = Union[tuple(module.SETTINGS for module in kinds().values())]  # noqa: UP007  made of a list
    try:
        found: list[EnforcerSettings] = msgspec.convert(
            config.protect.get("enforcers", []), list[any_kind], strict=False
        )
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where=PLACE, fix="see docs/enforcers.md for every key"
        ) from error
    names = [settings.called for settings in found]
    if len(set(names)) < len(names):
        raise ConfigError("two enforcers have one name", where=PLACE, fix="give each a name")
    return found


def build(settings: EnforcerSettings, post: Post) -> Enforcer:
    """The enforcer of these settings; ``post`` is how it may reach another server."""
    module = kinds()[str(settings.__struct_config__.tag)]
    made: Enforcer = module.build(settings, post)
    return made
