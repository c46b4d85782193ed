"""Accounts that share cards, devices or addresses, and what they do together in a period.

Links are a graph of accounts and attribute values. A value that too many accounts share (the
address of a campus) links nobody; a value without a bound (a device, a card) always does. Both
sides are bounded, the longest unused go first, and what goes is counted.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from shangdun.detect.baseline.alarm import Alarm, Place, Usual
from shangdun.detect.baseline.clock import PeriodClock
from shangdun.detect.baseline.columns import Columns, Ints
from shangdun.detect.baseline.gauge import MOST_ROWS, NO_ROWS, Lift, union
from shangdun.detect.baseline.peers import Peers
from shangdun.detect.baseline.spec import BaselineSpec

REMEMBERED = 30 * 86_400_000
"""An account unseen for so long is linked to nobody."""
MOST_MEMBERS = 500
"""A larger group is cut: the finding is the same."""
MOST_NAMED = 50
MOST_DEEDS = 100_000
"""Accounts, by value of ``same``, whose deeds are remembered in the open period; deeds of more
are not counted, but told."""
MOST_LINKS = 8
"""Values of one attribute remembered for one account, newest first."""


class _Deed:
    """What one account did in the open period, with one value of ``same``."""

    __slots__ = ("amount", "count", "first", "refs")

    def __init__(self, first: int) -> None:
        self.count = 0
        self.amount = 0.0
        self.first = first
        self.refs: deque[Place] = deque(maxlen=5)


class LinkedGauge:
    """One baseline over groups of linked accounts."""

    def __init__(self, spec: BaselineSpec) -> None:
        self.spec = spec
        self._clock = PeriodClock(spec.every)
        self._peers = Peers()
        self._attributes = list(spec.links)
        self._bounds = list(spec.links.values())
        self._links: OrderedDict[str, dict[tuple[int, str], None]] = OrderedDict()
        self._members: dict[tuple[int, str], dict[str, None]] = {}
        self._seen: dict[str, int] = {}
        self._deeds: dict[str, dict[str, _Deed]] = {}
        """By value of ``same``, then by account."""
        self._doers = 0
        self._fired: dict[tuple[str, str], None] = {}
        self._evicted = 0
        self.withheld = 0

    @property
    def figures(self) -> dict[str, int]:
        """What is held, and what was left out."""
        return {
            "entities": len(self._links),
            "evicted": self._evicted,
            "late": self._clock.late,
            "withheld": self.withheld,
            "began": self._clock.began,
            "knows": self._clock.began + self.spec.warm_up,
            "now": (self._clock.current or 0) * self.spec.every,
        }

    def feed(
        self, columns: Columns, matched: Mapping[str, Ints], file: tuple[str, str], lift: Lift
    ) -> list[Alarm]:
        """Link accounts, count deeds; give the groups that are out of the usual by now."""
        linking = union(matched, (*self.spec.rules, *self.spec.of))
        if not len(linking):
            return []
        self._link(columns, linking)
        rows = union(matched, self.spec.rules)
        if not len(rows):
            return []
        periods = self._clock.periods(columns.times[rows])
        alarms: list[Alarm] = []
        for period in np.unique(periods[periods >= 0]).tolist():
            if period != self._clock.current:
                self._close()
                self._clock.current = period
            touched = self._count(columns, rows[periods == period], file)
            for (same, account), own in touched.items():
                alarms += self._look(same, account, own, columns, lift)
        return alarms

    def _link(self, columns: Columns, rows: Ints) -> None:
        accounts = columns.keys(self.spec.per)
        named = rows[accounts.codes[rows] >= 0]
        names = accounts.texts.gather(accounts.codes[named]).to_list()
        times = columns.times[named].tolist()
        values = []
        for field in self._attributes:
            keys = columns.keys((field,))
            codes = keys.codes[named]
            known = keys.texts.gather(np.maximum(codes, 0)).to_list() if len(keys.texts) else []
            values.append([known[n] if code >= 0 else "" for n, code in enumerate(codes.tolist())])
        for n, (name, time) in enumerate(zip(names, times, strict=True)):
            links = self._links.setdefault(name, {})
            self._links.move_to_end(name)
            self._seen[name] = max(time, self._seen.get(name, 0))
            for kind, texts in enumerate(values):
                if texts[n]:
                    links.pop((kind, texts[n]), None)
                    links[kind, texts[n]] = None
                    self._members.setdefault((kind, texts[n]), {})[name] = None
            self._bound(name, links)
        while len(self._links) > self.spec.most:
            self._forget(next(iter(self._links)))
            self._evicted += 1

    def _bound(self, name: str, links: dict[tuple[int, str], None]) -> None:
        """Forget the values of each attribute that were unused for longest.

        By attribute: who changes addresses must not make us forget the card behind them.
        """
        if len(links) <= MOST_LINKS:
            return
        held = Counter(kind for kind, _ in links)
        for attribute in list(links):
            if held[attribute[0]] > MOST_LINKS:
                held[attribute[0]] -= 1
                self._unlink(name, attribute)

    def _unlink(self, name: str, attribute: tuple[int, str]) -> None:
        self._links[name].pop(attribute, None)
        members = self._members.get(attribute, {})
        members.pop(name, None)
        if not members:
            self._members.pop(attribute, None)

    def _forget(self, name: str) -> None:
        for attribute in list(self._links[name]):
            self._unlink(name, attribute)
        del self._links[name]
        self._seen.pop(name, None)

    def _count(
        self, columns: Columns, rows: Ints, file: tuple[str, str]
    ) -> dict[tuple[str, str], list[int]]:
        """Add deeds; the rows of every account that did something, by ``same`` and account."""
        spec = self.spec
        accounts = columns.keys(spec.per)
        same = columns.keys((spec.same,) if spec.same else ())
        amounts = columns.numbers(spec.field) if spec.field else np.zeros(len(columns))
        touched: dict[tuple[str, str], list[int]] = {}
        for row in rows.tolist():
            if accounts.codes[row] < 0 or same.codes[row] < 0:
                continue
            name = accounts.text(int(accounts.codes[row]))
            value = same.text(int(same.codes[row])) if spec.same else ""
            time = int(columns.times[row])
            deed = self._deed(value, name, time)
            if deed is None:
                self._evicted += 1
                continue
            deed.count += 1
            deed.amount += float(amounts[row])
            deed.refs.append(Place(*file, int(columns.lines[row]), int(columns.offsets[row]), time))
            touched.setdefault((value, name), []).append(row)
        return touched

    def _deed(self, value: str, name: str, time: int) -> _Deed | None:
        by_name = self._deeds.get(value, {})
        if name in by_name:
            return by_name[name]
        if self._doers >= MOST_DEEDS:
            return None
        self._doers += 1
        return self._deeds.setdefault(value, {}).setdefault(name, _Deed(time))

    def group(self, account: str, among: Mapping[str, Any]) -> list[str]:
        """Of the accounts given those that are linked with one, over any number of steps."""
        reached, queue = {account: None}, deque([account])
        while queue and len(reached) < MOST_MEMBERS:
            for attribute in self._links.get(queue.popleft(), ()):
                members, bound = self._members.get(attribute, {}), self._bounds[attribute[0]]
                if bound and len(members) > bound:
                    continue
                for name in members:
                    if name not in reached:
                        reached[name] = None
                        queue.append(name)
        return sorted(name for name in reached if name in among)

    def _value(self, deeds: Mapping[str, _Deed], group: Iterable[str]) -> float:
        if self.spec.field:
            return sum(deeds[name].amount for name in group)
        return float(sum(1 for _ in group))

    def _look(
        self, same: str, account: str, rows: list[int], columns: Columns, lift: Lift
    ) -> list[Alarm]:
        spec, start = self.spec, int(self._clock.current or 0) * self.spec.every
        deeds = self._deeds[same]
        if start - self._clock.began < spec.warm_up or not self._peers.known:
            return []
        if len(deeds) < spec.members or (same, account) in self._fired:
            return []
        group = self.group(account, deeds)
        value = self._value(deeds, group)
        usual = self._peers.usual()
        past = value >= spec.least and value > spec.factor * usual
        if len(group) < spec.members or not past or self._told(same, group):
            return []
        self._fired.update({(same, name): None for name in group})
        raised = lift(spec.uid, start, same)
        if raised > 1 and value <= raised * spec.factor * usual:
            self.withheld += 1
            return []
        return [self._alarm(same, group, value, rows, columns, raised)]

    def _told(self, same: str, group: list[str]) -> bool:
        return any((same, name) in self._fired for name in group)

    def _alarm(
        self,
        same: str,
        group: list[str],
        value: float,
        rows: list[int],
        columns: Columns,
        raised: float,
    ) -> Alarm:
        deeds = self._deeds[same]
        start = int(self._clock.current or 0) * self.spec.every
        places = {(int(columns.lines[row]), int(columns.offsets[row])) for row in rows}
        refs = sorted((ref for name in group for ref in deeds[name].refs), key=lambda ref: ref.time)
        earlier = [ref for ref in refs if (ref.line, ref.offset) not in places]
        over = min(start - self._clock.began, 28 * 86_400_000)
        usual = Usual("peers", self._peers.half(), self._peers.usual(), int(self._peers.size), over)
        return Alarm(
            baseline=self.spec.uid,
            key=same,
            start=start,
            first_time=min(deeds[name].first for name in group),
            last_time=int(columns.times[rows[-1]]),
            count=sum(deeds[name].count for name in group),
            value=value,
            whole=0.0,
            usual=(usual,),
            rows=np.array(rows, np.int64) if rows else NO_ROWS,
            earlier=tuple(earlier[-MOST_ROWS:]),
            sale=raised,
            members=tuple(group[:MOST_NAMED]),
        )

    def _close(self) -> None:
        """Learn how large groups are, and forget who was not seen for long."""
        if self._clock.current is None:
            return
        self._peers.fade(self.spec.every)
        for same, deeds in self._deeds.items():
            left = dict.fromkeys(deeds)
            while left:
                name = next(iter(left))
                group = self.group(name, deeds)
                for one in [name, *group]:
                    left.pop(one, None)
                if not self._told(same, group):
                    self._peers.learn(np.array([self._value(deeds, group)]))
        self._deeds, self._fired, self._doers = {}, {}, 0
        horizon = self._clock.current * self.spec.every - REMEMBERED
        for name in [one for one, time in self._seen.items() if time < horizon]:
            self._forget(name)

    def save(self) -> dict[str, Any]:
        """All state, as plain data."""
        deeds = {
            same: {
                name: [one.count, one.amount, one.first, [list(ref) for ref in one.refs]]
                for name, one in by_name.items()
            }
            for same, by_name in self._deeds.items()
        }
        return {
            "clock": self._clock.save(),
            "peers": self._peers.save(),
            "links": [[name, list(map(list, links))] for name, links in self._links.items()],
            "members": [[*key, list(names)] for key, names in self._members.items()],
            "seen": self._seen,
            "deeds": deeds,
            "fired": list(map(list, self._fired)),
            "figures": [self._evicted, self.withheld],
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Take up what ``save`` gave."""
        self._clock.load(saved["clock"])
        self._peers.load(saved["peers"])
        self._links = OrderedDict(
            (name, dict.fromkeys(map(tuple, links))) for name, links in saved["links"]
        )
        self._members = {
            (kind, value): dict.fromkeys(names) for kind, value, names in saved["members"]
        }
        self._seen = dict(saved["seen"])
        self._fired = dict.fromkeys(map(tuple, saved["fired"]))
        self._deeds = {
            same: {name: _deed(parts) for name, parts in by_name.items()}
            for same, by_name in saved["deeds"].items()
        }
        self._doers = sum(map(len, self._deeds.values()))
        self._evicted, self.withheld = saved["figures"]


def _deed(parts: list[Any]) -> _Deed:
    count, amount, first, refs = parts
    deed = _Deed(first)
    deed.count, deed.amount = count, amount
    deed.refs.extend(Place(*ref) for ref in refs)
    return deed
