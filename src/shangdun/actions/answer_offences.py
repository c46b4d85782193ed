"""What the policy makes of what detection found: one batch, one transaction, one ledger entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from shangdun.actions import never_block_sync
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decide import customers_met
from shangdun.actions.decision_causes import causes
from shangdun.actions.decision_rows import Wanted, end, write
from shangdun.kernel.clock import Clock, to_millis
from shangdun.kernel.ids import content_id
from shangdun.protect import policy
from shangdun.protect.customers import Customers, Guard
from shangdun.protect.decision import Author, AuthorKind
from shangdun.protect.escalation import Past
from shangdun.protect.never_block import NeverBlock
from shangdun.protect.policy import Hold, Offence, Ruling
from shangdun.protect.settings import ProtectConfig
from shangdun.protect.simulation import Outcome as Simulated
from shangdun.protect.target import Target, TargetKind
from shangdun.records.actor import System
from shangdun.records.models import Decision, DecisionState, OffenceBatch
from shangdun.records.protected import protected
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

REMEMBERED = timedelta(days=8)
"""How far back the ladder looks: the longest step and a quiet day."""

RESPECTED = timedelta(days=1)
"""How long what a person undid or refused is not decided again by itself."""

AT_ONCE = 1_000


class Answered(msgspec.Struct, kw_only=True):
    """What became of a batch of offences."""

    decided: int = 0
    proposed: int = 0
    simulated: int = 0
    protected: int = 0
    """Of somebody who is never turned away."""
    dropped: int = 0
    """There was no room for more."""
    waiting: list[Offence] = msgspec.field(default_factory=list)
    """Too few so far."""


class Answering(msgspec.Struct, kw_only=True):
    """A batch as the runtime has prepared it: one offence a target, neighbours folded."""

    offences: list[Offence]
    batches: list[int] = []
    """Rows of ``OffenceBatch`` that end with this."""
    earlier: Mapping[Target, int] = {}
    """Offences of the last hour that were too few."""
    simulations: Mapping[Target, Simulated] = {}
    customers: Customers
    config: ProtectConfig


@action(Capability.DECIDE_BY_POLICY)
def do_answer_offences(
    actor: System, answering: Answering, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Answered]:
    """Decide, propose or note what the policy asks for, within its bounds.

    What a person decided, undid or refused lately is left alone; the never-block list, the guard
    for paying customers and the bounds on how many at once are asked last.
    """
    now = clock.now()
    never_block_sync.follow(now)
    OffenceBatch.objects.filter(pk__in=answering.batches).delete()
    found = Answered()
    known = _Known(answering, now)
    entries = protected(now)
    wanted, repeated = [], []
    guard = Guard(
        answering.customers,
        answering.config.customers,
        now=to_millis(now),
        met_already=customers_met(),
    )
    room = _Room(answering.config, now)
    for offence in answering.offences:
        if standing := known.answered_already(offence.target):
            repeated.append((standing, offence))
            continue
        ruling = _ruling(offence, known, answering, found, entries)
        if ruling is not None:
            judged = room.judged(guard.judged(ruling))
            if judged is None:
                found.dropped += 1
            else:
                wanted.append(judged)
    _repeat(repeated)
    rows = _write(actor, wanted, known, answering, now)
    _count(found, rows)
    if not rows:
        return Unchanged(found)
    return Done(found, ("decisions", "policy"), now, _told(found, rows))


def to_be_decided(answering: Answering, now: datetime) -> list[Target]:
    """Whom ``do_answer_offences`` would decide about: for these a simulation is worth its time."""
    known = _Known(answering, now)
    entries, ignored = protected(now), Answered()
    return [
        one.target
        for one in answering.offences
        if not known.answered_already(one.target)
        and _ruling(one, known, answering, ignored, entries) is not None
    ]


def _ruling(
    offence: Offence,
    known: _Known,
    answering: Answering,
    found: Answered,
    entries: NeverBlock,
) -> Ruling | None:
    if known.is_left_alone(offence.target):
        return None
    if entries.met_by(offence.target):
        found.protected += 1
        return None
    past = known.past(offence.target)
    earlier = answering.earlier.get(offence.target, 0)
    ruling = policy.ruling(offence, past, earlier, answering.config.throttle_rate)
    if ruling is None:
        if past is None:
            found.waiting.append(offence)
        return None
    undone = known.was_undone(offence.target)
    return policy.held(ruling, answering.config.mode, undone=undone)


class _Known:
    """What has been decided about these targets, in a few queries."""

    def __init__(self, answering: Answering, now: datetime) -> None:
        self._now = now
        self._simulates = answering.config.mode == "simulate"
        self._knows = answering.config.mode == "act" and answering.customers.known(to_millis(now))
        self._rows: dict[Target, list[Decision]] = {}
        wanted = {one.target for one in answering.offences}
        values = sorted({one.value for one in wanted})
        for start in range(0, len(values), AT_ONCE):
            rows = Decision.objects.filter(
                kind__in=list(TargetKind),
                value__in=values[start : start + AT_ONCE],
                created__gt=now - timedelta(days=400),
                scope="",
            ).order_by("created", "pk")
            for row in rows.defer("simulation"):
                one = Target(TargetKind(row.kind), row.value)
                if one in wanted:
                    self._rows.setdefault(one, []).append(row)

    def in_force(self, target: Target) -> Decision | None:
        return self._of(target, DecisionState.IN_FORCE)

    def answered_already(self, target: Target) -> Decision | None:
        """A proposal that waits: another offence only makes it weightier.

        One that waited only until customers are known is judged anew when they are.
        """
        row = self._of(target, DecisionState.PROPOSED)
        return None if row and self._is_outdated(row) else row

    def outdated(self, target: Target) -> Decision | None:
        """A proposal that another ruling takes the place of."""
        row = self._of(target, DecisionState.PROPOSED)
        return row if row and self._is_outdated(row) else None

    def _is_outdated(self, row: Decision) -> bool:
        return self._knows and row.held == Hold.UNKNOWN

    def is_left_alone(self, target: Target) -> bool:
        """Whether a person has decided about it, or lately said no."""
        standing = self.in_force(target)
        if standing is not None and standing.level == 0:
            return True
        return any(
            row.state == DecisionState.REFUSED
            and row.ended is not None
            and row.ended > self._now - RESPECTED
            for row in self._rows.get(target, ())
        )

    def was_undone(self, target: Target) -> bool:
        return any(
            row.state == DecisionState.UNDONE
            and row.level > 0
            and row.ended is not None
            and row.ended > self._now - RESPECTED
            for row in self._rows.get(target, ())
        )

    def past(self, target: Target) -> Past | None:
        """The last automatic decision that was carried out, or noted where that is the mode."""
        counted = {DecisionState.IN_FORCE, DecisionState.EXPIRED, DecisionState.REPLACED}
        if self._simulates:
            counted = {DecisionState.SIMULATED}
        for row in reversed(self._rows.get(target, ())):
            recent = row.until is not None and row.until > self._now - REMEMBERED
            if row.level > 0 and row.state in counted and recent and row.until is not None:
                ended = min(row.until, row.ended or row.until)
                standing = ended > self._now and row.state != DecisionState.REPLACED
                return Past(row.level, to_millis(row.since), to_millis(ended), standing)
        return None

    def _of(self, target: Target, state: DecisionState) -> Decision | None:
        rows = self._rows.get(target, ())
        return next((row for row in rows if row.state == state), None)


class _Room:
    """How many more automatic decisions there may be, in this minute and at a time."""

    def __init__(self, config: ProtectConfig, now: datetime) -> None:
        automatic = Decision.objects.filter(level__gt=0)
        recent = automatic.filter(created__gt=now - timedelta(minutes=1))
        taken = recent.filter(state__in=(DecisionState.IN_FORCE, DecisionState.EXPIRED)).count()
        self._this_minute = config.most_a_minute - taken
        self._in_force = (
            config.most_in_force - automatic.filter(state=DecisionState.IN_FORCE).count()
        )
        self._proposals = (
            config.most_in_force - automatic.filter(state=DecisionState.PROPOSED).count()
        )
        self._simulates = config.mode == "simulate"

    def judged(self, ruling: Ruling) -> Ruling | None:
        """The ruling, held where there are too many at once; None where there is no room."""
        if (
            ruling.hold is None
            and not self._simulates
            and min(self._this_minute, self._in_force) <= 0
        ):
            ruling = msgspec.structs.replace(ruling, hold=Hold.STORM)
        if ruling.hold is None:
            self._this_minute -= 1
            self._in_force -= 1
        elif self._proposals <= 0:
            return None
        else:
            self._proposals -= 1
        return ruling


def _write(
    actor: System, rulings: Sequence[Ruling], known: _Known, answering: Answering, now: datetime
) -> list[Decision]:
    replaced = [
        standing
        for one in rulings
        if one.hold is None and answering.config.mode == "act"
        if (standing := known.in_force(one.target)) is not None
    ]
    replaced += [row for one in rulings if (row := known.outdated(one.target)) is not None]
    end(replaced, DecisionState.REPLACED, by=actor.name, now=now)
    findings = causes(rulings, now)
    return write(
        [_wanted(one, answering, findings.get(one.target, (None, None)), now) for one in rulings],
        now,
    )


def _wanted(
    ruling: Ruling,
    answering: Answering,
    finding: tuple[int | None, int | None],
    now: datetime,
) -> Wanted:
    state = DecisionState.IN_FORCE if ruling.hold is None else DecisionState.PROPOSED
    if answering.config.mode == "simulate":
        state = DecisionState.SIMULATED
    simulated = answering.simulations.get(ruling.target)
    return Wanted(
        target=ruling.target,
        measure=ruling.measure,
        reason=clean_text(ruling.title)[:500],
        author=Author(AuthorKind.RULE, ruling.rule[:180]),
        until=now + timedelta(milliseconds=ruling.lasts),
        state=state,
        rate=ruling.rate,
        level=ruling.level,
        held=str(ruling.hold or ""),
        offences=ruling.offences,
        payers=ruling.payers,
        finding_id=finding[0],
        incident_id=finding[1],
        simulation=msgspec.to_builtins(simulated) if simulated else {},
    )


def _repeat(repeated: Sequence[tuple[Decision, Offence]]) -> None:
    for row, offence in repeated:
        row.offences += offence.count
    rows = [row for row, _ in repeated]
    Decision.objects.bulk_update(rows, ["offences"], batch_size=500)


def _count(found: Answered, rows: Sequence[Decision]) -> None:
    states = Counter(row.state for row in rows)
    found.decided = states[DecisionState.IN_FORCE]
    found.proposed = states[DecisionState.PROPOSED]
    found.simulated = states[DecisionState.SIMULATED]


def _told(found: Answered, rows: Sequence[Decision]) -> dict[str, object]:
    uids = sorted(row.uid for row in rows)
    rules = Counter(row.author for row in rows)
    measures = Counter(str(row.measure) for row in rows)
    return {
        "decided": found.decided,
        "proposed": found.proposed,
        "simulated": found.simulated,
        "authors": dict(rules.most_common(10)),
        "measures": dict(measures),
        "targets": [f"{row.kind} {row.value}" for row in rows[:20]],
        "decisions": content_id(*uids),
    }
