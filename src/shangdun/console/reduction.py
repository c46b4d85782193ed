"""Events → findings → incidents, for the overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.places import lake_folder
from shangdun.lake.store import DataFile, Lake
from shangdun.records.actor import Actor
from shangdun.records.reduction import Reduced, reduced

KEPT_SECONDS = 60
SPANS = ((24, _("Last 24 hours")), (7 * 24, _("Last 7 days")))


@dataclass
class Span:
    """One line of the overview; ``events`` None: the lake could not be read."""

    label: Promise
    events: int | None
    figures: Reduced


def spans(actor: Actor) -> list[Span]:
    """Day and week; the lake is asked at most once a minute."""
    now = timezone.now()
    counts = _events(now)
    figures = reduced(actor, now, [hours for hours, _label in SPANS])
    return [Span(label, counts.get(hours), figures[hours]) for hours, label in SPANS]


def _events(now: datetime) -> dict[int, int | None]:
    kept: dict[int, int | None] | None = cache.get("reduction:events")
    if kept is None:
        kept = _count(now)
        cache.set("reduction:events", kept, KEPT_SECONDS)
    return kept


def _count(now: datetime) -> dict[int, int | None]:
    """Events taken in, from what the lake's log says of its files; no file is opened.

    A file that begins before the span counts by the share of its time that lies in it.
    """
    try:
        files = Lake(lake_folder(settings.HOME, settings.CONFIG)).files()
    except StoreError:
        return {}
    last = to_millis(now)
    return {
        hours: round(
            sum(_share(file, to_millis(now - timedelta(hours=hours)), last) for file in files)
        )
        for hours, _label in SPANS
    }


def _share(file: DataFile, since: int, until: int) -> float:
    first, last = max(file.first_logged, since), min(file.last_logged, until)
    if last < first:
        return 0.0
    whole = file.last_logged - file.first_logged
    return file.rows * ((last - first) / whole if whole else 1.0)
