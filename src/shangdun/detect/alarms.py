"""The findings of baselines: what was usual, what was seen, and whom it is about."""

from __future__ import annotations

from shangdun.detect.baseline.alarm import Alarm, Usual
from shangdun.detect.baseline.spec import BaselineSpec, source_of
from shangdun.detect.entities import DEFAULTS, columns_for, entities_in
from shangdun.detect.evidence import MOST_EVIDENCES, Where, evidences_of
from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.detect.rule import BaselineRule
from shangdun.kernel.ids import content_id
from shangdun.lake.block import Parsed

USUAL = "usual "
"""How the operator of a baseline's reasons begins; after it comes what it was compared with."""


def finding_of_alarm(rule: BaselineRule, alarm: Alarm, parsed: Parsed, where: Where) -> Finding:
    """The finding of one entity in one period; its uid is made of these."""
    rows = alarm.rows.tolist()
    room = max(0, MOST_EVIDENCES - len(rows))
    earlier = [
        Evidence(
            source=place.source,
            file=place.file,
            line=place.line,
            offset=place.offset,
            time=place.time,
            raw="",
        )
        for place in alarm.earlier[len(alarm.earlier) - room :]
    ]
    return Finding(
        uid=content_id(rule.uid, alarm.key, alarm.start, *alarm.members[:1]),
        rule_uid=rule.uid,
        title=rule.title,
        severity_id=rule.severity_id,
        time=alarm.last_time,
        first_time=min(alarm.first_time, alarm.last_time),
        count=max(alarm.count, len(rows)),
        entities=_entities(rule, alarm, parsed),
        evidences=[*earlier, *evidences_of(rows, parsed, where)],
        reasons=[_reason(rule.spec, alarm, usual) for usual in alarm.usual],
        tags=list(rule.tags),
    )


def _entities(rule: BaselineRule, alarm: Alarm, parsed: Parsed) -> list[Entity]:
    """The entity measured, then those that the document names, of the last event.

    What happened in the whole shop is about nobody: the last event would be as good as any.
    """
    kinds = {field: kind for kind, fields in DEFAULTS.items() for field in fields}
    kinds |= {field: kind for kind, field in rule.content.entities.items()}
    found: dict[Entity, None] = {}
    if alarm.members:
        kind = kinds.get(rule.spec.per[0], "account")
        found |= dict.fromkeys(Entity(kind, member) for member in alarm.members)
    if not rule.spec.per or not rule.content.entities or not len(alarm.rows):
        return list(found)
    last = parsed.events.row(int(alarm.rows[-1]), named=True)
    measured = [source_of(field) for field in (*rule.spec.per, rule.spec.same)]
    wanted = columns_for(rule, parsed.events.columns)
    wanted.sort(key=lambda one: not set(one[1]).intersection(measured))
    return list(found | dict.fromkeys(entities_in(last, wanted)))


def _reason(spec: BaselineSpec, alarm: Alarm, usual: Usual) -> Reason:
    share = bool(alarm.whole)
    seen = alarm.value / alarm.whole if share else alarm.value
    note = {"every": spec.every, "periods": usual.periods, "over": usual.over}
    if usual.hour >= 0:
        note["hour"] = usual.hour
    texts = [f"{name}={value}" for name, value in note.items()]
    if usual.high > 0 and seen > usual.high:
        texts.append(f"times={seen / usual.high:.3g}")
    if share:
        texts.append(f"whole={alarm.whole:.15g}")
        texts.append(f"part={alarm.value:.15g}")
    if alarm.sale > 1:
        texts.append(f"sale={alarm.sale:g}")
    if alarm.key and (spec.measure in {"mix", "linked"} or spec.per):
        texts.append("key=" + alarm.key.replace(";", ",")[:200])
    return Reason(
        field=" ".join(filter(None, [spec.measure, spec.field])),
        operator=USUAL + usual.against,
        pattern=f"{_number(usual.low, share=share)}–{_number(usual.high, share=share)}",
        value=_number(seen, share=share),
        note=";".join(texts),
    )


def _number(value: float, *, share: bool) -> str:
    if share:
        return f"{100 * value:.2g}%" if value < 0.1 else f"{100 * value:.0f}%"
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
