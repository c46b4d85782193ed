"""How letters leave, as it is set; the only place where its passwords are opened."""

from __future__ import annotations

from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import LetterSettings
from shangdun.records.roles import Capability
from shangdun.records.sealing import seal, unseal

ID = 1


def letter_settings() -> LetterSettings:
    """The one row; unsaved defaults before anybody set anything."""
    return LetterSettings.objects.filter(pk=ID).first() or LetterSettings(pk=ID)


def visible_letter_settings(actor: Actor) -> LetterSettings:
    """For the page; its passwords stay sealed."""
    require(actor, Capability.VIEW_CHANNELS)
    return letter_settings()


def sealed_secret(name: str, secret: str) -> bytes:
    """A password as it is stored; empty stays empty."""
    return seal(secret, f"letters {name}") if secret else b""


def secret_of(row: LetterSettings, name: str) -> str:
    """``smtp_password`` or ``gateway_secret`` in plain; ``""`` where none is set."""
    sealed = bytes(getattr(row, name))
    return unseal(sealed, f"letters {name}") if sealed else ""
