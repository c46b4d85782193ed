"""How each log source is recognised, in words: for the page that lists it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shangdun.detect.log_signatures import SIGNATURES
from shangdun.detect.routing import CLASS_LOGSOURCES, FORMAT_LOGSOURCES
from shangdun.detect.windows_events import CATEGORIES, SERVICES
from shangdun.lake.block import Logsource


class Recognition(NamedTuple):
    """One way to know events of a log source."""

    logsource: Logsource
    by: str
    """``format``, ``class``, ``channel``, ``number`` or ``fields``."""
    sign: str
    """The format's name, the class, the channel, the event number, or the fields."""


def recognitions() -> list[Recognition]:
    """Every way that routing knows, in a fixed order.

    Besides these an event may say itself what it is, in fields ``product``, ``category`` and
    ``service``.
    """
    return [*_formats(), *_classes(), *_windows(), *_signatures()]


def _formats() -> Iterator[Recognition]:
    for name, logsource in FORMAT_LOGSOURCES.items():
        yield Recognition(logsource, "format", name)


def _classes() -> Iterator[Recognition]:
    for uid, logsource in CLASS_LOGSOURCES.items():
        yield Recognition(logsource, "class", f"class_uid {uid}")


def _windows() -> Iterator[Recognition]:
    for channel, service in SERVICES.items():
        source = Logsource("windows", "", service)
        yield Recognition(source, "channel", f"Channel {channel}")
    for (service, number), category in CATEGORIES.items():
        source = Logsource("windows", category, service)
        yield Recognition(source, "number", f"{service}, EventID {number}")


def _signatures() -> Iterator[Recognition]:
    for one in SIGNATURES:
        first, *others = one.fields
        look = f"{first} {one.words}" if one.words else first
        yield Recognition(one.logsource, "fields", ", ".join([look, *others]))
