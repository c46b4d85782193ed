"""Playbooks are ready for every type of incident, and were rehearsed within a year."""

from __future__ import annotations

from datetime import timedelta

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

REHEARSED = timedelta(days=366)


def check(asked: Asked) -> Seen:
    """Fails where a type has no usable playbook, or none of its playbooks ran within a year."""
    from shangdun.records.models import IncidentType, PlaybookRun  # noqa: PLC0415  needs boot
    from shangdun.records.playbooks import usable_versions  # noqa: PLC0415  as above

    missing: list[str] = []
    untried: list[str] = []
    facts: list[SeenFact] = []
    ran = PlaybookRun.objects.filter(began_at__gt=asked.now - REHEARSED)
    kinds = set(ran.values_list("incident__type", flat=True))
    for kind in IncidentType.values:
        usable = usable_versions(kind)
        tried = kind in kinds
        value = f"{len(usable)} / {'✓' if tried else '—'}"
        facts.append(SeenFact(kind, value, "/playbooks/"))
        if not usable:
            missing.append(kind)
        elif not tried:
            untried.append(kind)
    if missing:
        return failed("missing", *facts, count=len(missing))
    if untried:
        return failed("untried", *facts, count=len(untried))
    return passed("good", *facts)
