"""How long a response takes: medians, what is missing, quarters at home, drills apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond.figures import Course, Span, figures, quarter_of, span_of, spread
from shangdun.respond.phases import Milestones

CHINA = ZoneInfo("Asia/Shanghai")
REPORTED = datetime(2026, 2, 3, 4, tzinfo=UTC)


def course(number: int = 1, *, reported: datetime = REPORTED, **minutes: int) -> Course:
    moments = {f"{name}_at": reported + timedelta(minutes=count) for name, count in minutes.items()}
    return Course(
        number=number,
        type="data_breach",
        grade=2,
        occurred_at=reported - timedelta(minutes=30),
        moments=Milestones(reported_at=reported, **moments),
        kept=1,
        missed=2,
    )


def test_each_span_is_measured_from_what_it_says() -> None:
    one = course(acknowledged=5, activated=10, contained=60, recovered=90)
    assert [span_of(one, span) for span in Span] == [1800, 300, 600, 3600, 5400]


def test_what_has_not_happened_is_missing_and_not_nought() -> None:
    found = figures([course(contained=60), course(2)], CHINA)
    contain = found.all.spans[Span.CONTAIN]
    assert (contain.count, contain.missing, contain.median, contain.p90) == (1, 1, 3600, 3600)
    recover = found.all.spans[Span.RECOVER]
    assert (recover.count, recover.missing, recover.median, recover.p90) == (0, 2, None, None)


def test_drills_are_in_their_own_figures_alone() -> None:
    drill = msgspec.structs.replace(course(2, contained=1), drill=True)
    both = [course(contained=60), drill]
    assert figures(both, CHINA).all.spans[Span.CONTAIN].median == 3600
    rehearsed = figures(both, CHINA, drills=True)
    assert (rehearsed.all.incidents, rehearsed.all.spans[Span.CONTAIN].median) == (1, 60)


def test_a_quarter_begins_at_midnight_at_home() -> None:
    last = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    assert quarter_of(last, CHINA) == "2026Q1"
    assert quarter_of(last + timedelta(seconds=1), CHINA) == "2026Q2"
    assert quarter_of(datetime(2028, 2, 29, 16, tzinfo=UTC), CHINA) == "2028Q1"


def test_clocks_are_added_up_by_group() -> None:
    found = figures([course(), course(2), course(3, reported=REPORTED.replace(month=5))], CHINA)
    assert [(row.key, row.kept, row.missed) for row in found.by_quarter] == [
        ("2026Q1", 2, 4), ("2026Q2", 1, 2),
    ]  # fmt: skip
    assert [row.key for row in found.by_grade] == ["2"]


@given(st.lists(st.floats(0, 1e8), min_size=1))
def test_a_spread_is_of_what_occurred(values: list[float]) -> None:
    found = spread(values)
    assert found.median is not None
    assert found.p90 is not None
    assert found.p90 in values
    assert min(values) <= found.median <= max(values)
    assert sum(value <= found.p90 for value in values) >= 0.9 * len(values)


def test_nothing_is_nothing() -> None:
    assert figures([], CHINA).all.spans[Span.DETECT].median is None
