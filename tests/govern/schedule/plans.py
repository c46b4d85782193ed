"""Plans made up by Hypothesis: any links that cannot make a circle, summaries, facts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from shangdun.govern.schedule.activity import Activity, Link, LinkKind

START = date(2026, 1, 5)
Plan = tuple[list[Activity], list[Link]]
DAYS = st.integers(0, 400).map(lambda n: START + timedelta(days=n))


@st.composite
def plans(
    draw: st.DrawFn, *, facts: bool = True, lags: int = 6
) -> tuple[list[Activity], list[Link]]:
    """Leaves in order, some below summaries; links only forwards among leaves."""
    count = draw(st.integers(1, 14))
    groups = draw(st.integers(0, 3))
    activities = [Activity(f"g{n}", f"Group {n}") for n in range(groups)]
    parents = st.sampled_from([None, *(f"g{n}" for n in range(groups))])
    held = set()
    for n in range(count):
        parent = draw(parents)
        held.add(parent)
        one = Activity(n, f"Task {n}", days=draw(st.integers(0, 12)), parent=parent)
        if draw(st.booleans()):
            one = one._replace(not_before=draw(DAYS))
        if facts and draw(st.integers(0, 5)) == 0:
            began = draw(DAYS)
            one = one._replace(began_on=began, progress=draw(st.integers(0, 100)))
            if draw(st.booleans()):
                one = one._replace(done_on=began + timedelta(days=draw(st.integers(0, 40))))
        activities.append(one)
    activities = [one for one in activities if isinstance(one.key, int) or one.key in held]
    pairs = draw(
        st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=24)
    )
    kinds = st.sampled_from(LinkKind)
    links = [
        Link(before, after, draw(kinds), draw(st.integers(-lags, lags)))
        for before, after in sorted(pairs)
        if before < after
    ]
    return activities, links
