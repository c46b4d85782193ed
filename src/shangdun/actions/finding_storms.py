"""Fresh findings against what their rules have said lately: storms become one finding each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from shangdun.actions.finding_rows import Extras, Standing, earliest, standing_findings
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.records import models
from shangdun.records.models import FindingState
from shangdun.respond.folding import WINDOW_MS, fold, fold_key
from shangdun.respond.storm import gather, storm_key

_RECENT_AT_MOST = 20_000


class Settled(msgspec.Struct):
    """A batch after folding: new findings, standing ones that grew, and what that saved."""

    fresh: list[Finding]
    grown: dict[str, Finding]
    before: dict[str, Finding]
    """The standing findings as they were, by uid."""
    standing: Standing
    sketches: dict[str, list[int]]
    gathered: int
    """Findings that went into a storm which stood or had just begun."""

    def pairs(self) -> list[tuple[Finding, Finding]]:
        """What grew, before and after."""
        return [(self.before[uid], finding) for uid, finding in self.grown.items()]


def settle(findings: list[Finding], *, suppression: int | None = None) -> Settled:
    """Fold by subject, then by rule; ``suppression`` settles among what that one withheld."""
    wanted = earliest(findings, fold_key)
    for key, time in earliest(findings, lambda one: storm_key(one.rule_uid)).items():
        wanted[key] = time
    standing = standing_findings(wanted, suppression=suppression)
    folding = fold(findings, standing.by_key)
    by_rule = {storm_key(finding.rule_uid): finding.rule_uid for finding in folding.fresh}
    storms = {
        by_rule[key]: (finding, standing.rows[finding.uid].sketch)
        for key, finding in standing.by_key.items()
        if key in by_rule
    }
    gathering = gather(folding.fresh, _recent(folding.fresh, suppression), storms)
    return Settled(
        fresh=[*gathering.apart, *gathering.fresh],
        grown=folding.grown | gathering.grown,
        before={finding.uid: finding for finding in standing.by_key.values()},
        standing=standing,
        sketches=gathering.sketches,
        gathered=gathering.gathered - len(gathering.fresh),
    )


def extras_of(settled: Settled, **more: object) -> Extras:
    """What the rows of a settled batch hold beside the findings."""
    return msgspec.structs.replace(Extras(sketches=settled.sketches), **more)


def _recent(fresh: Iterable[Finding], suppression: int | None) -> dict[str, list[int]]:
    """Times of the findings that stand for a rule's own subjects about when these happened."""
    since = earliest(fresh, lambda finding: finding.rule_uid)
    if not since:
        return {}
    states = FindingState.values if suppression is None else [FindingState.WITHHELD]
    rows = models.Finding.objects.filter(
        rule_uid__in=since,
        state__in=[state for state in states if suppression or state != FindingState.WITHHELD],
        suppression=suppression,
        time__gte=from_millis(min(since.values()) - WINDOW_MS),
        subjects=1,
    )
    times: dict[str, list[int]] = defaultdict(list)
    for rule_uid, time in rows.values_list("rule_uid", "time")[:_RECENT_AT_MOST]:
        times[rule_uid].append(to_millis(time))
    return times
