"""From what detection found to decisions, and from decisions that ran out to none.

A thread of the jobs process. What it works on is in the records (``OffenceBatch``, decisions with
their end), so that whoever dies here loses nothing and does nothing twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.protect.crawlers import REMEMBERED, Crawlers, Resolver
from shangdun.protect.customers import Customers
from shangdun.protect.fold import fold, range_of
from shangdun.protect.policy import Offence, gathered
from shangdun.protect.settings import ProtectConfig, protect_config
from shangdun.protect.target import Target
from shangdun.runtime import lake_answers
from shangdun.runtime.resolver import DnsResolver

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
FOLLOW_SECONDS = 10.0
"""How soon a changed list or a console address is protected without anybody deciding."""

CUSTOMERS_SECONDS = 60.0
UNKNOWN_SECONDS = 5.0
"""The same while nobody is known to pay."""
CRAWLERS_SECONDS = 300.0
FORGET_SECONDS = 600.0
HOUR = 3_600_000
MOST_REMEMBERED = 200_000
BATCHES_AT_ONCE = 50
OFFENCES_AT_ONCE = 2_000
"""Of one transaction: it takes a few tenths of a second, and others wait meanwhile."""


class Recent:
    """What the last hour had that was not answered, and who misbehaved in which range."""

    def __init__(self) -> None:
        self._counts: OrderedDict[Target, tuple[int, int]] = OrderedDict()
        self._neighbours: OrderedDict[Target, dict[Target, int]] = OrderedDict()

    def note_waiting(self, offences: Iterable[Offence]) -> None:
        """Count offences that were too few."""
        for one in offences:
            count, _ = self._counts.pop(one.target, (0, 0))
            self._counts[one.target] = count + one.count, one.time
        while len(self._counts) > MOST_REMEMBERED:
            self._counts.popitem(last=False)

    def earlier(self, offences: Iterable[Offence]) -> dict[Target, int]:
        """What was counted of these within an hour."""
        return {
            one.target: known[0]
            for one in offences
            if (known := self._counts.get(one.target)) and one.time - known[1] < HOUR
        }

    def neighbours(self, offences: Iterable[Offence]) -> dict[Target, int]:
        """How many subscribers of each range misbehaved within an hour, these included."""
        found = {}
        for one in offences:
            around = range_of(one.target)
            if around is None:
                continue
            members = self._neighbours.setdefault(around, {})
            self._neighbours.move_to_end(around)
            members[one.target] = one.time
            if len(members) > 256:
                members.pop(next(iter(members)))
            found[around] = sum(one.time - seen < HOUR for seen in members.values())
        while len(self._neighbours) > MOST_REMEMBERED // 10:
            self._neighbours.popitem(last=False)
        return found


class Decider:
    """The work of one home directory; each part safe to be done again at any time."""

    def __init__(
        self,
        home: Path,
        config: Config,
        *,
        clock: Clock | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self._home = home
        self._config: ProtectConfig = protect_config(config)
        self._lake = Lake(lake_folder(home, config))
        self._clock = clock or SystemClock()
        self._recent = Recent()
        self._knew = False
        self._crawlers = Crawlers(resolver or DnsResolver())

    def answer(self) -> int:
        """Answer what waits; gives how many offences."""
        from shangdun.actions.answer_offences import Answering, do_answer_offences, to_be_decided  # noqa: PLC0415  needs records.boot.start
        from shangdun.actions.note_offences import offences_of  # noqa: PLC0415  as above
        from shangdun.records.actor import POLICY  # noqa: PLC0415  as above
        from shangdun.records.customers_file import customers  # noqa: PLC0415  as above
        from shangdun.records.models import OffenceBatch  # noqa: PLC0415  as above

        batches = list(OffenceBatch.objects.order_by("pk")[:BATCHES_AT_ONCE])
        now = self._clock.now()
        known = customers(self._home)
        again = self._to_judge_again(known, now)
        if not batches and not again:
            return 0
        alone = gathered([*again, *(one for batch in batches for one in offences_of(batch))])
        offences = self._folded(list(alone.values()), known, now)
        for start in range(0, len(offences), OFFENCES_AT_ONCE):
            part = offences[start : start + OFFENCES_AT_ONCE]
            last = start + OFFENCES_AT_ONCE >= len(offences)
            answering = Answering(
                offences=part,
                batches=[batch.pk for batch in batches] if last else [],
                earlier=self._recent.earlier(part),
                customers=known,
                config=self._config,
            )
            if wanted := to_be_decided(answering, now):
                answering.simulations = lake_answers.simulate_many(self._lake, wanted, now, known)
            done = do_answer_offences(POLICY, answering, clock=self._clock)
            self._recent.note_waiting(done.waiting)
            if done.dropped:
                log.warning("%d decisions had no room: the bounds are reached", done.dropped)
        return len(offences)

    def _to_judge_again(self, known: Customers, now: datetime) -> list[Offence]:
        """Offences of the last hour that wait only because nobody knew who pays, once it is known.

        Asked for once: what waits from then on waits for other reasons.
        """
        from shangdun.records.decisions import waiting_for_customers  # noqa: PLC0415  needs records.boot.start

        if self._config.mode != "act" or self._knew or not known.known(to_millis(now)):
            return []
        self._knew = True
        return waiting_for_customers(now)

    def expire(self) -> int:
        """End what ran out; gives how many."""
        from shangdun.actions.expire_decisions import (  # noqa: PLC0415  needs records.boot.start
            do_expire_decisions,
            of_dismissed_findings,
            run_out,
        )
        from shangdun.records.actor import POLICY  # noqa: PLC0415  as above

        due = run_out(self._clock.now()).exists() or of_dismissed_findings().exists()
        return do_expire_decisions(POLICY, clock=self._clock) if due else 0

    def follow(self) -> int:
        """Take up who is never to be turned away by now."""
        from shangdun.actions.change_never_block import do_follow_never_block  # noqa: PLC0415  needs records.boot.start
        from shangdun.records.actor import POLICY  # noqa: PLC0415  as above
        from shangdun.records.protected import to_follow  # noqa: PLC0415  as above

        if not to_follow(self._clock.now(), self._config):
            return 0
        return do_follow_never_block(POLICY, clock=self._clock)

    def refresh_customers(self) -> Customers:
        """Ask the lake where paying customers are, for every process, once a minute."""
        from shangdun.records.customers_file import customers, customers_path  # noqa: PLC0415  needs records.boot.start

        known = customers(self._home)
        age = to_millis(self._clock.now()) - known.taken
        if known.total and 0 <= age < CUSTOMERS_SECONDS * 1000:
            return known
        found = lake_answers.ask_customers(
            self._lake, self._config.customers.days, self._clock.now()
        )
        found.save(customers_path(self._home))
        return found

    def verify_crawlers(self) -> int:
        """Never turn away search engines that prove who they are; gives how many are new."""
        from shangdun.actions.change_never_block import do_verify_crawlers  # noqa: PLC0415  needs records.boot.start
        from shangdun.records.actor import POLICY  # noqa: PLC0415  as above

        if not self._config.search_engines:
            return 0
        now = self._clock.now()
        claims = lake_answers.ask_claims(self._lake, now)
        verified = self._crawlers.verified(claims, now.timestamp())
        if not verified:
            return 0
        lasts = timedelta(seconds=REMEMBERED)
        return do_verify_crawlers(POLICY, verified=verified, lasts=lasts, clock=self._clock)

    def forget(self) -> int:
        """Let the stream and old decisions go."""
        from shangdun.actions.expire_decisions import forget_changes  # noqa: PLC0415  needs records.boot.start

        return forget_changes(self._clock.now())

    def _folded(self, offences: list[Offence], known: Customers, now: datetime) -> list[Offence]:
        from shangdun.records.protected import protected  # noqa: PLC0415  needs records.boot.start

        entries = protected(now)
        certain = known.known(to_millis(now))

        def may_fold(around: Target) -> bool:
            return certain and not known.met_by(around) and not entries.met_by(around)

        folded = fold(offences, self._recent.neighbours(offences), may_fold)
        return sorted(gathered(folded).values(), key=lambda one: (-one.severity, -one.time))


class DecideRunner(threading.Thread):
    """Does the work in turn until it is told to stop; a part that fails is tried again."""

    def __init__(self, home: Path, config: Config, stop: threading.Event) -> None:
        super().__init__(name="decisions", daemon=True)
        self._decider = Decider(home, config)
        self._stop_event = stop

    def run(self) -> None:
        """Until ``stop`` is set."""
        decider = self._decider
        parts = [
            _Part(decider.answer, LOOK_SECONDS),
            _Part(decider.expire, LOOK_SECONDS),
            _Part(decider.follow, FOLLOW_SECONDS),
            _Part(decider.refresh_customers, UNKNOWN_SECONDS, share=0.05),
            _Part(decider.forget, FORGET_SECONDS),
        ]
        # DNS may take seconds for each address: nothing else waits for it.
        slow = threading.Thread(
            target=self._do, args=([_Part(decider.verify_crawlers, CRAWLERS_SECONDS)],), daemon=True
        )
        slow.start()
        self._do(parts)
        slow.join(5.0)

    def _do(self, parts: list[_Part]) -> None:
        while not self._stop_event.wait(LOOK_SECONDS):
            for part in parts:
                if self._stop_event.is_set():
                    return
                part.do()


class _Part:
    """One piece of work: due again so many seconds after its end, or later to keep its share."""

    def __init__(self, work: Callable[[], object], every: float, *, share: float = 1.0) -> None:
        self._work, self._every, self._share = work, every, share
        self._due = 0.0
        self._failed = False

    def do(self) -> None:
        """Do it if it is due."""
        began = time.monotonic()
        if began < self._due:
            return
        try:
            self._work()
            self._failed = False
        except ShangdunError as error:
            log.warning("%s: %s", self._work.__name__, error)
        except Exception:
            if not self._failed:
                log.exception("%s failed and is tried again", self._work.__name__)
            self._failed = True
            connection.close()  # it may be what is broken: the next try begins with a fresh one
        ended = time.monotonic()
        self._due = ended + max(self._every, (ended - began) / self._share - (ended - began))
