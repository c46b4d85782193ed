"""The communication matrix that comes with the product (``content/communication/matrix.yml``)."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import yaml

from shangdun.govern.communication.due import MOST_DAYS
from shangdun.govern.communication.lines import Audience, Content, Frequency, Way
from shangdun.govern.rhythm.windows import Place
from shangdun.kernel.errors import UsageError


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Chinese for ``zh…``, else English."""
        return self.zh if language.startswith("zh") else self.en


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line; ``days`` and ``grace`` as ``due.Rhythm`` counts them."""

    key: str
    title: Words
    content: Content
    audiences: tuple[Audience, ...]
    ways: tuple[Way, ...]
    frequency: Frequency
    place: Place = Place.END
    days: int = 7
    grace: int = 3
    maker: str = ""
    note: Words = Words("", "")


@cache
def matrix() -> tuple[Line, ...]:
    """All lines in their order. Raises ``UsageError`` (``communication.matrix``) for a bad file."""
    path = resources.files("shangdun.content") / "communication" / "matrix.yml"
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), tuple[Line, ...])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise _bad(str(error)) from error
    keys = [line.key for line in found]
    if len(set(keys)) != len(keys):
        raise _bad("a key stands there twice")
    for line in found:
        if not line.audiences or not line.ways or not 0 <= line.days <= MOST_DAYS:
            raise _bad(f"{line.key} lacks an audience, a way or a deadline")
    return found


def _bad(message: str) -> UsageError:
    return UsageError(
        message,
        code="communication.matrix",
        where="content/communication/matrix.yml",
        fix="mend the file",
    )
