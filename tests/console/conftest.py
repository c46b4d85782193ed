"""A console of the tests' own: its home, its rules, people of every role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from django.core.cache import cache
from django.test import Client

from shangdun.console import rulebook
from shangdun.console.rulebook import RULEBOOK
from shangdun.kernel.config import Config
from shangdun.records.models import User

from . import kept_day, seed
from .pulse import health

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def console(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, our two rules and nothing else."""
    home = tmp_path / "console-home"
    home.mkdir()
    settings.HOME = home
    monkeypatch.setenv("SHANGDUN_HOME", str(home))
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": str(home),
        }
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LANGUAGE_CODE = "en"
    configure(settings, mfa="offered", log_folders=[str(tmp_path / "logs")])
    monkeypatch.setattr(RULEBOOK, "_stamp", None)
    # looked for by the clock, one query more or less would depend on how quick the machine is
    monkeypatch.setattr(rulebook, "GENERATION_SECONDS", 3600.0)
    cache.clear()
    return home


def configure(settings, **web: object) -> None:
    """A configuration with our rules and these web settings."""
    config = Config()
    config.detect.builtin = False
    config.detect.rules = [str(HERE / "rules")]
    config.web = msgspec.structs.replace(config.web, **web)
    settings.CONFIG = config


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person a role, by the role's name, and `everybody` who has them all."""
    return english(seed.people())


def english(made: dict[str, User]) -> dict[str, User]:
    """The same people, who read English."""
    for user in made.values():
        user.language = "en"
        user.save()
    return made


@pytest.fixture
def shop(db: None, console: Path) -> dict[str, User]:
    """The people, and a day of the shop in the records."""
    kept_day.day(console, lambda: seed.day_of(english(seed.people()), console))
    health(console, datetime.now(UTC))
    return seed.known_people()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which the person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
