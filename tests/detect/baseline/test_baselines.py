"""The engine of baselines alone: exactness over restarts, poisoning, memory, hostile clocks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.detect.baseline.alarm import Alarm
from shangdun.detect.baseline.baselines import Baselines
from shangdun.detect.baseline.columns import Columns
from shangdun.detect.baseline.links import MOST_LINKS, LinkedGauge
from shangdun.detect.baseline.sale import Sale, raised_by
from shangdun.detect.baseline.season import Season, hour_of_week
from shangdun.detect.baseline.spec import BaselineSpec, read_baseline
from shangdun.kernel.errors import RuleError, StoreError

HOUR, DAY = 3_600_000, 86_400_000
START = 1_767_571_200_000


def spec(uid: str = "b", **section: Any) -> BaselineSpec:
    given_section = {"measure": "count", "rules": ["r"], "every": "1h", "against": "own"}
    given_section |= {"least": 10, "warm-up": "2d"}
    named = {name.replace("_", "-"): value for name, value in section.items()}
    return read_baseline({"baseline": given_section | named}, uid=uid)


def frame(times: Any, **columns: Any) -> pl.DataFrame:
    size = len(times)
    places = {"_line": np.arange(1, size + 1), "_offset": np.arange(size) * 100}
    return pl.DataFrame({"time": np.asarray(times, np.int64), **places, **columns})


def feed(baselines: Baselines, events: pl.DataFrame, **rows: Any) -> list[Alarm]:
    every = np.arange(len(events))
    matches = [
        SimpleNamespace(rule=SimpleNamespace(uid=uid), rows=np.asarray(found))
        for uid, found in ({"r": every} | rows).items()
    ]
    return baselines.feed(events, matches, file="f", source="s")


def hours(counts: list[int], *, start: int = START) -> pl.DataFrame:
    """So many events in each hour, all of account ``a``."""
    times = [start + n * HOUR + k * 10 for n, count in enumerate(counts) for k in range(count)]
    return frame(times, **{"user.name": ["a"] * len(times)})


SPECS = [
    spec("count", per="user.name", against=["own", "peers"], least=4, warm_up="3h"),
    spec("season", against="season", least=4, warm_up="3h"),
    spec("sum", measure="sum", field="size", per="user.name", against=["own", "peers"], least=4,
         warm_up="3h"),
    spec("distinct", measure="distinct", field="item", per="user.name", least=3, warm_up="3h"),
    spec("ratio", measure="ratio", rules=["bad"], of=["r"], least=3, against="season",
         warm_up="3h"),
    spec("mix", measure="mix", field="item", least=3, least_of=5, warm_up="3h"),
    spec("linked", measure="linked", per="user.name", links={"item": 5}, against="peers", least=2,
         warm_up="3h", factor=1),
    spec("few", per="item", most=100, least=4, warm_up="3h"),
]  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> list[pl.DataFrame]:
    seed, time, frames = draw(st.integers(0, 2**32)), START, []
    random = np.random.default_rng(seed)
    for _ in range(draw(st.integers(2, 12))):
        size = int(random.integers(1, 120))
        time += int(random.integers(HOUR // 4, 3 * HOUR))
        skew = random.integers(-HOUR, HOUR, size)
        names = [f"u{n}" for n in random.integers(0, 5, size)]
        items = [f"i{n}" for n in random.integers(0, 150, size)]
        frames.append(
            frame(
                np.sort(time + skew),
                **{"user.name": names, "item": items, "size": random.integers(0, 50, size)},
            )
        )
    return frames


def run(baselines: Baselines, events: pl.DataFrame) -> list[str]:
    bad = np.flatnonzero(events["size"].to_numpy() > 40)
    return [repr(alarm) for alarm in feed(baselines, events, bad=bad)]


@settings(max_examples=40, deadline=None)
@given(streams(), st.data())
def test_a_restart_at_any_cut_changes_nothing(
    frames: list[pl.DataFrame], data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(0, len(frames) - 1)))
    straight, broken = Baselines(SPECS), Baselines(SPECS)
    for n, events in enumerate(frames):
        if n in cuts:
            again = Baselines(SPECS)
            assert again.restore(broken.snapshot()) == []
            broken = again
        assert run(straight, events) == run(broken, events)
    assert straight.snapshot() == broken.snapshot()
    assert straight.figures == broken.figures


def test_a_changed_baseline_begins_anew_and_the_others_go_on() -> None:
    first = Baselines([spec("a"), spec("b")])
    feed(first, hours([20] * 60))
    second = Baselines([spec("a"), spec("b", least=11)])
    assert second.restore(first.snapshot()) == ["b"]
    assert second.figures["a"]["entities"] == 1
    assert second.figures["b"]["entities"] == 0


def test_what_is_no_memory_is_refused() -> None:
    with pytest.raises(StoreError):
        Baselines([spec()]).restore(b"nonsense")


def test_nothing_is_said_before_the_warm_up() -> None:
    assert feed(Baselines([spec()]), hours([20] * 40 + [900])) == []
    (alarm,) = feed(Baselines([spec()]), hours([20] * 60 + [900]))
    assert alarm.value == 900
    (usual,) = alarm.usual
    assert usual.low < 20 < usual.high < 60
    assert usual.periods == 60


def test_an_alarm_comes_in_the_middle_of_its_period_and_once() -> None:
    baselines = Baselines([spec()])
    feed(baselines, hours([20] * 60))
    start = START + 60 * HOUR
    alarms = [
        alarm for n in range(10) for alarm in feed(baselines, hours([40], start=start + n * 60_000))
    ]
    assert len(alarms) == 1
    assert 60 < alarms[0].value < 400
    assert alarms[0].earlier
    assert alarms[0].first_time == start


def test_a_value_raised_slowly_does_not_become_usual() -> None:
    """Ten per cent more every day; who follows that closely never sees anything."""
    baselines = Baselines([spec(least=50)])
    feed(baselines, hours([100] * 24 * 14))
    for day in range(40):
        count = int(100 * 1.1**day)
        start = START + (14 + day) * DAY
        if any(feed(baselines, hours([count], start=start + hour * HOUR)) for hour in range(24)):
            break
    assert 300 <= count < 3000


def test_an_attack_is_not_learned_but_what_lasts_is_the_new_usual() -> None:
    baselines = Baselines([spec()])
    feed(baselines, hours([20] * 100))
    fired = [
        bool(feed(baselines, hours([400], start=START + (100 + n) * HOUR))) for n in range(150)
    ]
    assert all(fired[:90])
    assert not any(fired[-20:])


def test_memory_is_bounded_and_evictions_are_counted() -> None:
    baselines = Baselines([spec(per="user.name", most=1000)])
    for n in range(20):
        names = [f"u{n}-{k}" for k in range(500)]
        feed(baselines, frame(START + n * HOUR + np.arange(500), **{"user.name": names}))
    figures = baselines.figures["b"]
    assert figures["entities"] <= 1000
    assert figures["entities"] + figures["evicted"] == 10_000


def test_what_links_an_account_is_bounded_by_attribute() -> None:
    links = {"device.uid": 0, "src_endpoint.ip": 4}
    linked = spec("l", measure="linked", links=links, per="user.name", against="peers", members=2)
    gauge = LinkedGauge(linked)
    size = 40
    columns = {
        "user.name": ["a"] * size,
        "device.uid": ["phone", *[f"d{n}" for n in range(size - 1)]],
        "src_endpoint.ip": [f"2001:db8::{n}" for n in range(size)],
    }
    events = Columns(frame([START + n for n in range(size)], **columns))
    gauge.feed(events, {"r": np.arange(size)}, ("s", "f"), lambda *_: 1.0)
    for many in ("src_endpoint.ip", "device.uid"):
        kind = list(links).index(many)
        held = [value for of, value in gauge.save()["links"][0][1] if of == kind]
        assert held == columns[many][-MOST_LINKS:]


def test_deeds_of_one_period_are_bounded_and_what_is_left_out_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shangdun.detect.baseline.links.MOST_DEEDS", 30)
    linked = spec("l", measure="linked", links={"device.uid": 0}, per="user.name", against="peers")
    gauge = LinkedGauge(linked)
    names = [f"u{n}" for n in range(40)]
    columns = {"user.name": names, "device.uid": [f"d{n}" for n in range(40)]}
    events = Columns(frame([START + n for n in range(40)], **columns))
    gauge.feed(events, {"r": np.arange(40)}, ("s", "f"), lambda *_: 1.0)
    kept = gauge.save()
    assert sum(map(len, kept["deeds"].values())) == 30
    assert kept["figures"][0] == 10


def test_a_hundred_thousand_entities_fit_into_64_megabytes() -> None:
    import tracemalloc  # noqa: PLC0415  it slows what runs after it

    tracemalloc.start()
    baselines = Baselines([spec(per="user.name", most=100_000)])
    before = tracemalloc.get_traced_memory()[0]
    for n in range(10):
        names = [f"user-{n}-{k}" for k in range(10_000)]
        feed(baselines, frame(START + n * HOUR + np.arange(10_000), **{"user.name": names}))
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert baselines.figures["b"]["entities"] == 100_000
    assert held < 64 << 20


def test_one_event_from_the_future_closes_no_period() -> None:
    baselines = Baselines([spec()])
    feed(baselines, hours([20] * 60))
    start = START + 60 * HOUR
    feed(baselines, frame([start, start + 1, start + 400 * DAY]))
    assert baselines.figures["b"]["now"] == start


def test_what_comes_late_is_counted_and_an_older_file_is_taken_up() -> None:
    baselines = Baselines([spec()])
    feed(baselines, hours([20] * 60))
    feed(baselines, hours([5], start=START))
    assert baselines.figures["b"]["late"] == 5
    feed(baselines, hours([600], start=START))
    assert baselines.figures["b"]["now"] == START


def test_events_without_time_or_entity_harm_nothing() -> None:
    baselines = Baselines([spec(per="user.name")])
    odd = pl.DataFrame({"time": [None, START], "user.name": ["a", None], "_line": [1, 2]})
    assert feed(baselines, odd) == []
    assert feed(baselines, pl.DataFrame({"x": [1]})) == []


def test_the_hour_of_the_week_is_learned() -> None:
    season = Season()
    for day in range(28):
        for hour in range(24):
            season.learn(START + day * DAY + hour * HOUR, 300 if hour == 20 else 100, 108)
    assert season.factor(START + 28 * DAY + 20 * HOUR) > 2.2
    assert season.factor(START + 28 * DAY + 3 * HOUR) < 1.1
    assert hour_of_week(START) == 0


def test_a_sale_is_about_what_it_names() -> None:
    sale = Sale(name="s", since=0, until=10, which="routes", names=("/product",), factor=5)
    assert raised_by([sale], 5, 15, ["/product/*/"]) == 5
    assert raised_by([sale], 5, 15, ["/products"]) == 1
    assert raised_by([sale], 10, 15, ["/product"]) == 1
    product = Sale(name="s", since=0, until=10, which="products", names=("p7",), factor=3)
    assert raised_by([product], 0, 1, ["p7"]) == 3
    assert raised_by([product], 0, 1, ["p70"]) == 1


@pytest.mark.parametrize(("raised", "told"), [(1, 1), (20, 0), (200, 0)])
def test_a_sale_raises_the_bound_and_what_it_holds_back_is_counted(raised: int, told: int) -> None:
    baselines = Baselines([spec()], calm=["b"])
    feed(baselines, hours([20] * 60))
    start = START + 60 * HOUR
    if raised > 1:
        baselines.announce([Sale(name="s", since=start, until=start + HOUR, factor=raised)])
    assert len(feed(baselines, hours([900], start=start))) == told
    assert baselines.figures["b"]["withheld"] == 1 - told


def test_beyond_what_was_announced_is_told() -> None:
    baselines = Baselines([spec()], calm=["b"])
    feed(baselines, hours([20] * 60))
    start = START + 60 * HOUR
    baselines.announce([Sale(name="s", since=start, until=start + HOUR, factor=2)])
    (alarm,) = feed(baselines, hours([900], start=start))
    assert alarm.sale == 2


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"measure": "guess"}, "none of"),
        ({"measure": "sum"}, "needs a field"),
        ({"measure": "ratio"}, "needs `of`"),
        ({"against": "peers"}, "no peers"),
        ({"every": "soon"}, "no time"),
        ({"least": 0}, "below 1"),
        ({"factor": 0.5}, "below 1"),
        ({"nonsense": 1}, "unknown: nonsense"),
        ({"last": "5s"}, "belong together"),
        ({"per": "f(x)"}, "no field"),
        ({"rules": []}, "refers to no rules"),
        ({"least": float("nan")}, "no number"),
    ],
)
def test_a_wrong_document_is_refused(section: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        spec(**section)
