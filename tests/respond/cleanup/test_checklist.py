"""Every type of incident has what the plan asks: system normal, data whole, audit done."""

from __future__ import annotations

import pytest

from shangdun.respond.classify import Type
from shangdun.respond.cleanup.checklist import CheckKind, points, points_for
from shangdun.respond.groups import Group


@pytest.mark.parametrize("kind", list(Type))
def test_the_plan_s_points(kind):
    keys = [point.key for point in points_for(kind)]
    assert {"system_normal", "data_whole", "entities_quiet"} <= set(keys)
    assert ("attack_repelled" in keys) == (kind in {Type.NETWORK_ATTACK, Type.DATA_BREACH})
    assert ("access_withdrawn" in keys) == (kind is Type.INSIDER_THREAT)
    assert {point.group for point in points_for(kind)} >= set(Group) - {Group.LEADERSHIP}


def test_what_is_measured_says_for_how_long():
    for point in points().values():
        assert bool(point.minutes) == (point.check in {CheckKind.PROBES, CheckKind.QUIET})
        assert point.zh.title != point.en.title
