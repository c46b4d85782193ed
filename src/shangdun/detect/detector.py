"""From parsed events to findings: single-event rules, correlations, and what people need to see.

Deterministic: the same frames in the same order give the same findings with the same identifiers.
Time is that of the events; nothing here looks at a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from shangdun.detect.alarms import finding_of_alarm
from shangdun.detect.baseline.alarm import Alarm
from shangdun.detect.baseline.baselines import Baselines
from shangdun.detect.baseline.sale import Sale
from shangdun.detect.calm import CalmSales
from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.hit import CorrelationHit, EventRef
from shangdun.detect.correlation.spec import ABSENCE
from shangdun.detect.correlation.state import Figures, Limits
from shangdun.detect.correlation.wording import span_in_words
from shangdun.detect.engine import Engine
from shangdun.detect.entities import columns_for, entities_in, entity_columns, group_entities
from shangdun.detect.evidence import MOST_EVIDENCES, TIME, Where, evidences_of, offset_of, times_of
from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.detect.match import Match
from shangdun.detect.pipelines import mapped_columns
from shangdun.detect.rule import CorrelationRule, Rule, RuleSet
from shangdun.kernel.ids import content_id
from shangdun.lake.block import Logsource, Parsed


class Detection(NamedTuple):
    """What was seen in one frame, before it is put into words."""

    matches: list[Match]
    """Of rules that give findings themselves; those that only feed correlations are left out."""
    hits: list[CorrelationHit]
    alarms: list[Alarm] = []  # noqa: RUF012  never changed: a tuple of lists as they came
    """Of baselines."""


class Memory(msgspec.Struct):
    """What a detector knows, as bytes of its parts."""

    correlations: bytes
    baselines: bytes
    withheld: int = 0


class Detector:
    """All rules of a set over a stream of frames; its state is that of the open windows."""

    def __init__(self, ruleset: RuleSet, *, limits: Limits | None = None) -> None:
        self.engine = Engine(ruleset)
        self._correlations = {rule.uid: rule for rule in ruleset.correlations}
        named = {field for rule in ruleset.correlations for field in rule.content.entities.values()}
        self._correlator = Correlator(
            [rule.spec for rule in ruleset.correlations],
            limits=limits,
            kept=named | entity_columns(),
        )
        self._baselines = Baselines(
            [rule.spec for rule in ruleset.baselines],
            calm=[rule.uid for rule in ruleset.baselines if rule.content.sale == "calm"],
        )
        self._baseline_rules = {rule.uid: rule for rule in ruleset.baselines}
        self._sales = CalmSales()
        self.titles = {uid: rule.title for uid, rule in ruleset.by_uid().items()}
        self._quiet = ruleset.quiet()

    def fields_for(self, logsource: Logsource | None) -> frozenset[str] | None:
        """Columns to ask a parser for: of rules, windows, entities and time; None: all."""
        asked = self.engine.fields_for(logsource)
        if asked is None:
            return None
        grouped = self._correlator.fields | self._baselines.fields
        own = {
            field
            for rule in [
                *self.engine.plan.rules,
                *self._correlations.values(),
                *self._baseline_rules.values(),
            ]
            for field in rule.content.entities.values()
        }
        return asked | mapped_columns(grouped | own | entity_columns()) | {TIME}

    def detect(self, parsed: Parsed, *, source: str = "", file_id: str = "") -> Detection:
        """Evaluate a frame and move the windows on; give what was seen, unexplained."""
        matches = self.engine.evaluate(parsed)
        hits: list[CorrelationHit] = []
        if self._correlations:
            hits = self._correlator.feed(parsed.events, matches, file=file_id, source=source)
            hits = self._sales.pass_on(hits, self._correlations)
        alarms: list[Alarm] = []
        if self._baselines:
            alarms = self._baselines.feed(parsed.events, matches, file=file_id, source=source)
        loud = [match for match in matches if match.rule.uid not in self._quiet]
        return Detection(loud, hits, alarms)

    def announce(self, sales: Sequence[Sale]) -> None:
        """These sales are announced, and no others: while one runs, a rush is taken for one."""
        self._sales.announce(sales)
        self._baselines.announce(sales)

    def process(self, parsed: Parsed, *, source: str, file_id: str, path: str) -> list[Finding]:
        """The findings of a frame in the order of their last events.

        Matches of one rule in one frame that have the same main entity are one finding.
        """
        detection = self.detect(parsed, source=source, file_id=file_id)
        where = Where(source, file_id, path)
        findings = [
            finding
            for match in detection.matches
            for finding in self.findings_of(match, parsed, where)
        ]
        findings += [self.finding_of(hit, parsed, where) for hit in detection.hits]
        findings += [self.alarm_finding(alarm, parsed, where) for alarm in detection.alarms]
        return sorted(findings, key=lambda finding: finding.time)

    def advance(self, now: int, *, sources: Collection[str] | None = None) -> list[Finding]:
        """What is certain as nothing has come by ``now`` (milliseconds): absences.

        ``sources`` are those that were read to their end and are silent; None: all.
        """
        hits = self._correlator.advance(now, sources=sources)
        return [self.finding_of(hit, None, Where("", "", "")) for hit in hits]

    def figures(self) -> Figures:
        """What all correlations hold and what they left out, since their windows began."""
        return Figures.total(self.rule_figures().values())

    def rule_figures(self) -> dict[str, Figures]:
        """The same for each correlation, by the rule's uid."""
        return self._correlator.figures

    def correlation_costs(self) -> dict[str, float]:
        """Seconds spent on each correlation since the start, by the rule's uid."""
        return self._correlator.costs()

    def baseline_figures(self) -> dict[str, dict[str, int]]:
        """What every baseline holds and left out, by its uid."""
        return self._baselines.figures

    def withheld(self) -> int:
        """Findings not raised because a sale was announced, since the memory began."""
        return self._sales.withheld + sum(
            figures["withheld"] for figures in self._baselines.figures.values()
        )

    def snapshot(self) -> bytes:
        """The open windows and the baselines, for ``restore``."""
        memory = Memory(
            self._correlator.snapshot(), self._baselines.snapshot(), self._sales.withheld
        )
        return msgspec.msgpack.encode(memory)

    def restore(self, state: bytes) -> None:
        """Take up what a snapshot left; rules that changed begin anew.

        Raises ``StoreError`` or ``msgspec.DecodeError`` if the bytes are no snapshot.
        """
        memory = msgspec.msgpack.decode(state, type=Memory)
        self._correlator.restore(memory.correlations)
        self._baselines.restore(memory.baselines)
        self._sales.withheld = memory.withheld

    def alarm_finding(self, alarm: Alarm, parsed: Parsed, where: Where) -> Finding:
        """The finding of a baseline."""
        return finding_of_alarm(self._baseline_rules[alarm.baseline], alarm, parsed, where)

    def findings_of(self, match: Match, parsed: Parsed, where: Where) -> list[Finding]:
        """One finding for every main entity among the rows of a match."""
        frame, rule = parsed.events, match.rule
        kinds = columns_for(rule, frame.columns)
        names = [name for name in _names(kinds) if name in frame.columns]
        events = frame.select(names)[match.rows].to_dicts() if names else [{}] * len(match.rows)
        groups: dict[Entity | None, tuple[list[int], dict[Entity, None]]] = {}
        for row, event in zip(match.rows.tolist(), events, strict=True):
            entities = entities_in(event, kinds)
            rows, seen = groups.setdefault(entities[0] if entities else None, ([], {}))
            rows.append(row)
            if len(rows) <= MOST_EVIDENCES:
                seen.update(dict.fromkeys(entities))
        return [
            self._matched(rule, rows, list(seen), parsed, where) for rows, seen in groups.values()
        ]

    def finding_of(self, hit: CorrelationHit, parsed: Parsed | None, where: Where) -> Finding:
        """The finding of a correlation: of its beginning, or of what a frame added to it.

        Counts of one episode add up: the first finding counts the whole window, the later ones
        what came since. A hit without rows needs no frame: absences of events that came before.
        """
        rule = self._correlations[hit.rule]
        entities = dict.fromkeys(group_entities(rule, hit.group))
        for ref in hit.earlier:
            entities |= dict.fromkeys(entities_in(ref.fields, columns_for(rule, ref.fields)))
        rows = hit.rows.tolist()
        first: tuple[str, str, int] = (where.source, where.file_id, 0)
        evidences: list[Evidence] = []
        if rows and parsed is not None:
            kinds = columns_for(rule, parsed.events.columns)
            last = parsed.events.row(rows[-1], named=True)
            entities |= dict.fromkeys(entities_in(last, kinds))
            first = (where.source, where.file_id, offset_of(parsed, rows[0]))
            evidences = evidences_of(rows, parsed, where)
        elif hit.earlier:
            first = (hit.earlier[0].source, hit.earlier[0].file, hit.earlier[0].offset)
        room = max(0, MOST_EVIDENCES - len(rows))
        earlier = [_seen_before(ref) for ref in hit.earlier[len(hit.earlier) - room :]]
        return Finding(
            uid=content_id(rule.uid, hit.episode, *first),
            rule_uid=rule.uid,
            title=rule.title,
            severity_id=rule.severity_id,
            time=hit.last_time,
            first_time=hit.first_time,
            count=hit.added,
            entities=list(entities),
            evidences=[*earlier, *evidences],
            reasons=self._reasons(rule, hit),
            tags=list(rule.tags),
        )

    def _reasons(self, rule: CorrelationRule, hit: CorrelationHit) -> list[Reason]:
        spec, value = rule.spec, f"{hit.value:.15g}"
        if spec.type == ABSENCE:
            asked, awaited = (self.titles.get(uid, uid) for uid in spec.rules)
            within = f"{awaited} within {span_in_words(spec.span)}"
            return [Reason(asked, spec.type, within, value)]
        if spec.condition.expression:
            return [Reason("", spec.type, spec.condition.expression, value)]
        fields = ", ".join(spec.condition.fields)
        return [
            Reason(fields, f"{spec.type} {operator}", f"{number:.15g}", value)
            for operator, number in spec.condition.bounds
        ]

    def _matched(
        self, rule: Rule, rows: list[int], entities: list[Entity], parsed: Parsed, where: Where
    ) -> Finding:
        times = times_of(parsed.events, rows)
        main = entities[0] if entities else Entity("", "")
        first, offset = parsed.events.row(rows[0], named=True), offset_of(parsed, rows[0])
        return Finding(
            uid=content_id(
                rule.uid,
                where.source,
                where.file_id,
                offset,
                main.kind,
                main.value,
            ),
            rule_uid=rule.uid,
            title=rule.title,
            severity_id=rule.severity_id,
            time=max(times),
            first_time=min(times),
            count=len(rows),
            entities=entities,
            evidences=evidences_of(rows, parsed, where),
            reasons=self.engine.explain(rule, first),
            tags=list(rule.tags),
        )


def _names(kinds: list[tuple[str, tuple[str, ...]]]) -> list[str]:
    return list(dict.fromkeys([*(name for _, names in kinds for name in names), "user.type"]))


def _seen_before(ref: EventRef) -> Evidence:
    """An event of a frame before: its place is known, its line can be read there."""
    return Evidence(
        source=ref.source,
        file=ref.file,
        line=ref.line,
        offset=ref.offset,
        time=ref.time,
        raw="",
        fields=dict(ref.fields),
    )
