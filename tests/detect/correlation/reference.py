"""What correlations mean, written to be read: slow, event by event, nothing forgotten.

It shares no code with what it judges but the rules as they were read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import product

from shangdun.detect.correlation.spec import Condition, CorrelationSpec

COMPARE = {
    "gt": lambda number, bound: number > bound,
    "gte": lambda number, bound: number >= bound,
    "lt": lambda number, bound: number < bound,
    "lte": lambda number, bound: number <= bound,
    "eq": lambda number, bound: number == bound,
    "neq": lambda number, bound: number != bound,
}


@dataclass(frozen=True)
class Event:
    line: int
    group: str | None
    time: int
    value: str | None = ""
    stage: int | None = 0
    """Which of the single rules it matches; None: none."""
    also: int | None = None
    """Another one."""
    buyer: str | None = None
    """Another name that some rules group by."""
    source: str = "s"

    @property
    def fields(self) -> dict[str, str | None]:
        return {"group": self.group, "value": self.value, "buyer": self.buyer}


@dataclass(frozen=True)
class Happening:
    """An event, or an absence that became certain, with the rules it stands for."""

    time: int
    fields: dict[str, str | None]
    rules: set[str]


@dataclass(frozen=True)
class Entry:
    """What a happening is for one group of one rule."""

    time: int
    stages: frozenset[int]
    value: object = ""


@dataclass
class Episode:
    rule: str
    group: tuple[str, ...]
    first_time: int
    last_time: int
    count: int
    value: float
    pending: int = 0


@dataclass
class Group:
    entries: list[Entry] = field(default_factory=list)
    """In order of time; of equal times, in order of arrival."""
    episode: Episode | None = None
    newest: int = 0


@dataclass(frozen=True)
class Question:
    """An event that waits for its answer."""

    happening: Happening
    group: tuple[str, ...]
    source: str


class Reference:
    """All rules of ``specs``, which are in an order that each comes after those it refers to.

    ``stages`` are the names of the single rules.
    """

    def __init__(
        self, specs: list[CorrelationSpec], stages: tuple[str, ...], lateness: int
    ) -> None:
        self.specs = specs
        self.stages = stages
        self.lateness = lateness
        self.groups: dict[tuple[str, tuple[str, ...]], Group] = {}
        self.episodes: list[Episode] = []
        self.clocks: dict[str, int] = {}
        self.questions: dict[str, list[Question]] = {spec.uid: [] for spec in specs}
        self.answers: dict[str, list[tuple[int, tuple[str, ...]]]] = {s.uid: [] for s in specs}

    def feed(self, events: Iterable[Event]) -> list[Episode]:
        for event in events:
            self.take(event)
        return self.episodes

    def take(self, event: Event) -> None:
        """The time of the source goes on, then absences are certain, then comes the event."""
        before = self.clocks.get(event.source, 0)
        self.clocks[event.source] = max(before, event.time)
        stages = [stage for stage in (event.stage, event.also) if stage is not None]
        itself = Happening(event.time, event.fields, {self.stages[stage] for stage in stages})
        certain: list[Happening] = []
        for spec in self.specs:
            if spec.type == "absence":
                for happening in certain:
                    self.ask(spec, happening, event.source, before)
                self.ask(spec, itself, event.source, self.clocks[event.source])
                certain += self.certain(spec, event.source)
            else:
                for happening in [*certain, itself]:
                    self.count(spec, happening)

    def advance(self, source: str, now: int) -> None:
        """Time goes on though nothing comes."""
        self.clocks[source] = max(self.clocks.get(source, 0), now)
        certain: list[Happening] = []
        for spec in self.specs:
            for happening in certain:
                if spec.type == "absence":
                    self.ask(spec, happening, source, 0)
                else:
                    self.count(spec, happening)
            if spec.type == "absence":
                certain += self.certain(spec, source)

    def ask(self, spec: CorrelationSpec, happening: Happening, source: str, clock: int) -> None:
        """An absence rule takes in a question, an answer, or both."""
        for stage, group in reversed(list(groups_of(spec, happening))):
            if happening.time < clock - self.lateness:
                continue
            if stage == 1:
                self.answers[spec.uid].append((happening.time, group))
            else:
                self.questions[spec.uid].append(Question(happening, group, source))

    def certain(self, spec: CorrelationSpec, source: str) -> list[Happening]:
        """Questions of a source whose time is over, and that nobody answered."""
        passed = self.clocks[source] - self.lateness
        over = [
            question
            for question in self.questions[spec.uid]
            if question.source == source and question.happening.time + spec.span < passed
        ]
        found = []
        for question in sorted(over, key=lambda question: question.happening.time):
            self.questions[spec.uid].remove(question)
            asked = question.happening.time
            if any(
                group == question.group and asked <= time <= asked + spec.span
                for time, group in self.answers[spec.uid]
            ):
                continue
            absence = Happening(asked + spec.span, question.happening.fields, {spec.uid})
            found.append(absence)
            once = replace_condition(spec, Condition((("gte", 1.0),)))
            entry = Entry(absence.time, frozenset({0}))
            self.place(once, question.group, entry, shift=spec.span)
        return found

    def count(self, spec: CorrelationSpec, happening: Happening) -> None:
        """Any other rule takes in a happening."""
        by_group: dict[tuple[str, ...], list[tuple[int, object]]] = {}
        for stage, group in groups_of(spec, happening):
            value = value_of(spec, happening, stage)
            if value is not None:
                by_group.setdefault(group, []).append((stage, value))
        held = False
        for group, found in by_group.items():
            stages = [stage for stage, _ in found]
            if spec.type == "temporal_ordered":
                for stage in sorted(stages, reverse=True):
                    held |= self.place(spec, group, Entry(happening.time, frozenset({stage})))
            else:
                # of several counted fields the later rule's is taken
                value = max(found)[1]
                held |= self.place(spec, group, Entry(happening.time, frozenset(stages), value))
        if held:
            happening.rules.add(spec.uid)

    def place(
        self, spec: CorrelationSpec, key: tuple[str, ...], entry: Entry, *, shift: int = 0
    ) -> bool:
        """Put an entry in its place, and fold what its windows say into episodes."""
        group = self.groups.setdefault((spec.uid, key), Group())
        if entry.time < group.newest - self.lateness:
            return False
        group.newest = max(group.newest, entry.time)
        number, window = put(spec, group, entry)
        end = window[-1].time
        if not satisfied(spec.condition, number):
            if group.episode:
                group.episode.pending += 1
            return False
        episode = group.episode
        if episode and end <= episode.last_time + spec.span:
            episode.count += episode.pending + 1
            episode.pending = 0
            episode.last_time = max(episode.last_time, end)
            least = all(operator in {"lt", "lte"} for operator, _ in spec.condition.bounds)
            episode.value = (min if least else max)(episode.value, number)
        else:
            members = members_of(spec, window)
            first = min(member.time for member in members) - shift
            group.episode = Episode(spec.uid, key, first, end, len(members), number)
            self.episodes.append(group.episode)
        if spec.type == "absence":
            group.episode.value = group.episode.count
        return True


def replace_condition(spec: CorrelationSpec, condition: Condition) -> CorrelationSpec:
    return CorrelationSpec(
        uid=spec.uid, type=spec.type, rules=spec.rules, span=spec.span, condition=condition,
        group_by=spec.group_by,
    )  # fmt: skip


def groups_of(spec: CorrelationSpec, happening: Happening) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The stages a happening stands for, each with its group."""
    for stage, rule in enumerate(spec.rules):
        if rule in happening.rules:
            names = [spec.field_of(name, rule) for name in spec.group_by]
            group = [happening.fields.get(name) for name in names]
            if None not in group:
                yield stage, tuple(str(part) for part in group)


def value_of(spec: CorrelationSpec, happening: Happening, stage: int) -> object:
    """What is counted; None: nothing."""
    values = [
        happening.fields.get(spec.field_of(name, spec.rules[stage]))
        for name in spec.condition.fields
    ]
    if None in values:
        return None
    if spec.type in {"value_sum", "value_avg", "value_percentile", "value_median"}:
        return number_in(str(values[0]))
    return tuple(values)


def number_in(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= Decimal(10) ** 13 else None


def satisfied(condition: Condition, number: float) -> bool:
    return all(COMPARE[name](number, bound) for name, bound in condition.bounds)


def number_of(spec: CorrelationSpec, window: list[Entry]) -> float:
    values = [entry.value for entry in window]
    present = {stage for entry in window for stage in entry.stages}
    match spec.type:
        case "event_count" | "absence":
            return len(window)
        case "value_count":
            return len(set(values))
        case "temporal":
            if not spec.condition.expression:
                return len(present)
            names = {name: place in present for place, name in enumerate(spec.rules)}
            return len(present) if eval(spec.condition.expression, {}, names) else 0
        case "temporal_ordered":
            return number_of_order(spec, window, present)
        case "value_sum":
            return rounded(sum(values))
        case "value_avg":
            return rounded(sum(values) / len(values))
        case _:
            return percentile(sorted(values), Decimal(str(spec.condition.percentile)))


def rounded(number: Decimal) -> float:
    return float(round(number, 9))


def percentile(ranked: list[Decimal], share: Decimal) -> float:
    place = (len(ranked) - 1) * share / 100
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return rounded(ranked[below] + (ranked[above] - ranked[below]) * (place - below))


def number_of_order(spec: CorrelationSpec, window: list[Entry], present: set[int]) -> int:
    stages = [next(iter(entry.stages)) for entry in window]
    if not spec.condition.expression:
        return longest_chain(stages)
    found = 0
    tree = ast.parse(spec.condition.expression, mode="eval").body
    for wanted, unwanted in alternatives_of(tree, positive=True):
        places = sorted(spec.rules.index(name) for name in wanted)
        excluded = {spec.rules.index(name) for name in unwanted}
        if not present & excluded and (not places or ends_chain(stages, places)):
            found = max(found, len(places), 1)
    return found


def longest_chain(stages: list[int]) -> int:
    """Of the chains of growing stages that the last one ends."""
    lengths: list[int] = []
    for at, stage in enumerate(stages):
        shorter = [lengths[before] for before in range(at) if stages[before] < stage]
        lengths.append(1 + max(shorter, default=0))
    return lengths[-1]


def ends_chain(stages: list[int], wanted: list[int]) -> bool:
    """Whether the last stage is the last one wanted, and the others come before it in order."""
    if stages[-1] != wanted[-1]:
        return False
    rest = iter(stages[:-1])
    return all(stage in rest for stage in wanted[:-1])


def alternatives_of(node: ast.expr, *, positive: bool) -> list[tuple[set[str], set[str]]]:
    """An expression multiplied out."""
    if isinstance(node, ast.UnaryOp):
        return alternatives_of(node.operand, positive=not positive)
    if isinstance(node, ast.BoolOp):
        parts = [alternatives_of(value, positive=positive) for value in node.values]
        if isinstance(node.op, ast.Or) is positive:
            return [alternative for part in parts for alternative in part]
        return [
            (set().union(*(a for a, _ in choice)), set().union(*(b for _, b in choice)))
            for choice in product(*parts)
            if not set().union(*(a for a, _ in choice)) & set().union(*(b for _, b in choice))
        ]
    assert isinstance(node, ast.Name)
    return [({node.id}, set()) if positive else (set(), {node.id})]


def members_of(spec: CorrelationSpec, window: list[Entry]) -> list[Entry]:
    """The events that a window's number rests on."""
    if spec.type == "value_count":
        return list({entry.value: entry for entry in window}.values())
    if spec.type == "temporal":
        last = {stage: at for at, entry in enumerate(window) for stage in entry.stages}
        return [window[at] for at in sorted(set(last.values()))]
    if spec.type == "temporal_ordered":
        return chain_of(spec, window)
    return window


def chain_of(spec: CorrelationSpec, window: list[Entry]) -> list[Entry]:
    """Any chain that the number speaks of, of events as late as can be."""
    stages = [next(iter(entry.stages)) for entry in window]
    number = number_of(spec, window)
    best: list[Entry] = []
    for wanted in chains_of(spec, stages):
        if len(wanted) == number and ends_chain(stages, wanted):
            picked: list[Entry] = []
            left = list(wanted)
            for entry in reversed(window):
                if left and next(iter(entry.stages)) == left[-1]:
                    picked.append(entry)
                    left.pop()
            if not best or picked[-1].time > best[0].time:
                best = picked[::-1]
    return best


def chains_of(spec: CorrelationSpec, stages: list[int]) -> list[list[int]]:
    if not spec.condition.expression:
        every = [
            [at for at in range(len(spec.rules)) if bits >> at & 1]
            for bits in range(1, 1 << len(spec.rules))
        ]
        return [chain for chain in every if chain[-1] == stages[-1]]
    tree = ast.parse(spec.condition.expression, mode="eval").body
    present = set(stages)
    return [
        sorted(spec.rules.index(name) for name in wanted) or [stages[-1]]
        for wanted, unwanted in alternatives_of(tree, positive=True)
        if not present & {spec.rules.index(name) for name in unwanted}
    ]


def put(spec: CorrelationSpec, group: Group, entry: Entry) -> tuple[float, list[Entry]]:
    """Put an entry in its place; number and entries of the window that counts for it."""
    place = sum(other.time <= entry.time for other in group.entries)
    group.entries.insert(place, entry)
    measured: list[tuple[float, list[Entry]]] = []
    for position in range(place, len(group.entries)):
        end = group.entries[position].time
        if end > entry.time + spec.span:
            break
        window = [other for other in group.entries[: position + 1] if other.time >= end - spec.span]
        measured.append((number_of(spec, window), window))
    holding = [pair for pair in measured if satisfied(spec.condition, pair[0])]
    return holding[-1] if holding else measured[0]


def lasting(episodes: list[Episode]) -> list[Episode]:
    """Copies, so that what comes later does not change them."""
    return [replace(episode) for episode in episodes]
