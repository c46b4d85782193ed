"""The one way in which every enforcer learns what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from shangdun.kernel.clock import to_millis
from shangdun.protect.decision import Decision as Due
from shangdun.protect.decision import Measure, Scope, scope
from shangdun.protect.target import Target, TargetKind
from shangdun.records.models import Decision, DecisionChange, DecisionState

MOST_CHANGES = 10_000
"""Taken at once by default; whoever is further behind asks again."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """What changed since a place in the stream.

    Take away ``removed`` first, then put in ``added``: those are upserts, a decision whose end
    moved comes again under its uid. With ``full`` everything that is in force is in ``added`` and
    what the enforcer has beside it goes.
    """

    head: int
    """The place to ask from the next time."""
    full: bool
    added: list[Due]
    removed: list[str]
    more: bool = False
    """Whether changes after ``head`` are there already: ask again at once."""


def feed(after: int, limit: int = MOST_CHANGES, *, now: datetime | None = None) -> Feed:
    """What an enforcer that has seen the stream up to ``after`` has to do.

    ``full`` when ``after`` is 0, older than the stream is kept, or from a stream that is not this
    one (records restored from a backup). A delta looks at ``limit`` changes; a full answer is
    always whole. Two queries for a delta, one for an enforcer that is up to date.
    """
    moment = now or datetime.now(UTC)
    changes = list(
        DecisionChange.objects.filter(seq__gte=after)
        .order_by("seq")
        .values_list("seq", "decision_id")[: limit + 2]
    )
    # The change seen last is still there: nothing between it and the next was cut off.
    if after <= 0 or not changes or changes[0][0] != after:
        return _full(moment)
    later = changes[1 : limit + 1]
    if not later:
        return Feed(head=after, full=False, added=[], removed=[])
    head = later[-1][0]
    latest = {decision: seq for seq, decision in later}
    added, removed = [], []
    for chunk in _chunks(list(latest)):
        for row in Decision.objects.filter(pk__in=chunk).values(*_FIELDS, "pk", "state"):
            if row["state"] == DecisionState.IN_FORCE and not _over(row, moment):
                added.append(_due(row, latest[row["pk"]]))
            else:
                removed.append(row["uid"])
    return Feed(
        head=head,
        full=False,
        added=sorted(added, key=lambda decision: decision.seq),
        removed=removed,
        more=len(changes) > limit + 1,
    )


def head() -> int:
    """The number of the newest change; 0 in an empty stream."""
    return DecisionChange.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def in_force(now: datetime) -> QuerySet[Decision]:
    """What is to be enforced at ``now``: also without anybody marking what ran out."""
    standing = Decision.objects.filter(state=DecisionState.IN_FORCE)
    return standing.filter(Q(until=None) | Q(until__gt=now))


_FIELDS = (
    "uid",
    "measure",
    "kind",
    "value",
    "scope",
    "reason",
    "author",
    "since",
    "until",
    "rate",
    "appeal",
)


def due(rows: Iterable[Decision]) -> list[Due]:
    """Stored decisions as enforcers take them, with ``seq`` 0: for looking, not for following."""
    return [_due({name: getattr(row, name) for name in _FIELDS}, 0) for row in rows]


def _full(now: datetime) -> Feed:
    # The head first: a change that lands in between is then told again, never left out.
    newest = head()
    last = DecisionChange.objects.filter(decision=OuterRef("pk")).order_by("-seq").values("seq")
    rows = in_force(now).annotate(last=Subquery(last[:1])).order_by(F("last").asc(), "pk")
    added = [_due(row, row["last"] or 0) for row in rows.values(*_FIELDS, "last").iterator()]
    return Feed(head=newest, full=True, added=added, removed=[])


def _over(row: dict[str, object], now: datetime) -> bool:
    until = row["until"]
    return isinstance(until, datetime) and until <= now


def _due(row: dict[str, object], seq: int) -> Due:
    since, until = row["since"], row["until"]
    return Due(
        uid=str(row["uid"]),
        seq=seq,
        measure=Measure(str(row["measure"])),
        target=Target(TargetKind(str(row["kind"])), str(row["value"])),
        scope=_SCOPES.get(str(row["scope"])) or scope(str(row["scope"])),
        reason=str(row["reason"]),
        author=str(row["author"]),
        since=to_millis(since) if isinstance(since, datetime) else 0,
        until=to_millis(until) if isinstance(until, datetime) else None,
        rate=int(str(row["rate"])),
        appeal=str(row["appeal"]),
    )


_SCOPES = {"": Scope()}


def _chunks(keys: list[int], size: int = 5_000) -> Iterable[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
