"""Alarms, levels, probes, hosts, disks over time, and files that hold them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.lake.health import Health, RuleCost, RuleMemory, SourceHealth
from shangdun.observe.alarm import REMIND_MS, Alarms, Change, Levels
from shangdun.observe.forecast import days_until_full
from shangdun.observe.host import (
    Disk,
    HostHistory,
    Sample,
    from_fields,
    from_otel,
    levels,
    to_fields,
)
from shangdun.observe.own import Figures
from shangdun.observe.probe import (
    Check,
    Condition,
    Probe,
    ProbeKind,
    ProbeState,
    allowed_statuses,
    host_and_port,
)
from shangdun.observe.settings import monitor_config
from shangdun.observe.state import Observed, load, read, save

HOUR = 3_600_000
PROBE = Probe(uid=1, name="shop", kind=ProbeKind.HTTP, target="https://shop.example/", retries=2)


def test_a_condition_is_said_at_its_begin_each_hour_and_at_its_end():
    alarms = Alarms()
    said = [alarms.update("x", holds=10 <= minute < 150, now=minute * 60_000)
            for minute in range(200)]  # fmt: skip
    assert {minute: what for minute, what in enumerate(said) if what} == {
        10: Change.RAISED, 70: Change.STANDING, 130: Change.STANDING, 150: Change.CLEARED,
    }  # fmt: skip
    assert not alarms.standing


def test_a_figure_is_told_when_it_moves_and_once_an_hour():
    told = Levels()
    later = 120_000 + REMIND_MS
    steps = [(91.2, 0), (91.9, 60_000), (92.0, 120_000), (92.5, REMIND_MS), (92.5, later)]
    asked = [told.due("disk", value, now) for value, now in steps]
    assert asked == [True, False, True, False, True]


def checks(pattern: str, *, every: int = 60_000) -> tuple[ProbeState, list[Change | None]]:
    state = ProbeState(uid=1)
    said = [state.take(Check(at=n * every, ok=letter == "."), PROBE)
            for n, letter in enumerate(pattern, 1)]  # fmt: skip
    return state, said


def test_a_probe_is_down_after_its_retries_and_says_so_once():
    state, said = checks("..x.xx.xxxxx..")
    assert [n for n, what in enumerate(said) if what is Change.RAISED] == [9]
    assert [n for n, what in enumerate(said) if what is Change.CLEARED] == [12]
    assert state.condition is Condition.UP
    assert state.uptime(24, 14 * 60_000) == pytest.approx(100 * 10 / 13)


def test_a_long_outage_is_said_every_hour():
    _, said = checks("." + "x" * 200)
    assert said.count(Change.STANDING) == 3


def test_time_in_which_nothing_was_asked_is_neither_up_nor_down():
    state, _ = checks("..")
    state.take(Check(at=10 * HOUR, ok=True), PROBE)
    assert sum(hour.up + hour.down for hour in state.hours.values()) == 60_000 + 120_000
    assert ProbeState(uid=1).uptime(24, HOUR) is None


def test_a_failure_is_looked_at_again_sooner():
    state, _ = checks(".x")
    assert state.wait(PROBE) == 15.0
    state, _ = checks(".xxxx")
    assert state.wait(PROBE) == 60.0


@pytest.mark.parametrize("text", ["", "abc", "200-", "99", "200,700", "300-200"])
def test_what_is_no_status_is_refused(text):
    with pytest.raises(ValueError, match=r"invalid literal|no range"):
        allowed_statuses(text)


def test_places():
    assert host_and_port("[::1]:443") == ("::1", 443)
    assert host_and_port("shop.example", 443) == ("shop.example", 443)
    assert (
        Probe(uid=0, name="", kind=ProbeKind.TLS, target="[2001:db8::1]:443").host == "2001:db8::1"
    )
    assert PROBE.host == "shop.example"
    for wrong in ("shop.example", ":443", "shop:x", "2001:db8::1"):
        with pytest.raises(ValueError, match="host:port"):
            host_and_port(wrong)


def test_a_disk_that_fills_is_foreseen_and_noise_is_not():
    dice = random.Random(1)
    filling = [(hour * HOUR, 50 + hour / 12 + dice.gauss(0, 0.2)) for hour in range(240)]
    assert days_until_full(filling) == pytest.approx(15, rel=0.1)
    steady = [(hour * HOUR, 50 + dice.gauss(0, 0.5)) for hour in range(240)]
    assert days_until_full(steady) is None or days_until_full(steady) > 100
    backup = [(at, value + (30 if 100 <= n < 110 else 0)) for n, (at, value) in enumerate(steady)]
    assert days_until_full(backup) is None or days_until_full(backup) > 100
    assert days_until_full(filling[:3]) is None
    assert days_until_full([(n * HOUR, 100.0) for n in range(9)]) == 0.0


def test_a_peak_of_a_minute_is_not_sustained():
    history = HostHistory()
    for minute, memory in enumerate([50, 50, 99, 50, 50, 97, 98, 99, 97, 99]):
        history.take(Sample(host="a", at=minute * 60_000, memory=float(memory)))
        if minute == 6:
            assert {name: value for name, _, value in levels(history)}["memory"] == 50.0
    assert [value for name, _, value in levels(history) if name == "memory"] == [97.0]


def test_a_sample_survives_its_event():
    sample = Sample(host="web-1", at=5, cpu=1.5, disks=[Disk("/", 91.0, 1 << 30, 3.0)], clock_ms=-2)
    assert from_fields(to_fields(sample), "web-1", 5) == sample
    assert from_fields({"host.cpu": "many", "host.disks": 3}, "x", 1) is None


def test_metrics_of_a_collector_become_a_sample():
    used, free = {"state": "used", "mountpoint": "/"}, {"state": "free", "mountpoint": "/"}
    sample = from_otel({
        "system.cpu.utilization": [({"state": "idle"}, 0.9), ({"state": "user"}, 0.1)],
        "system.memory.usage": [({"state": "used"}, 900.0), ({"state": "free"}, 100.0)],
        "system.filesystem.usage": [(used, 30.0), (free, 10.0)],
        "system.cpu.load_average.1m": [({}, 3.0)], "system.cpu.logical.count": [({}, 2.0)],
    }, "web-1", 7)  # fmt: skip
    assert sample is not None
    assert sample.memory == 90.0
    assert sample.cpu == pytest.approx(10.0)
    assert sample.load == 150.0
    assert sample.disks == [Disk("/", 75.0, 10)]
    assert from_otel({"http.server.duration": [({}, 1.0)]}, "web-1", 7) is None


def test_counts_of_the_watch_become_what_a_minute_brought():
    figures = Figures()
    health = Health(sources=[SourceHealth(name="a", format="json", dead_letters=5, events=100)])
    assert {f.name for f in figures.minute(health)} == {"backlog", "lag"}
    health.evicted_events = 7
    health.sources[0].dead_letters, health.sources[0].events = 35, 130
    health.costs = [RuleCost(uid="r", title="Rule", seconds=9.0)]
    second = {(f.name, f.subject): f.value for f in figures.minute(health)}
    assert second["given_up", ""] == 7
    assert second["unreadable", "a"] == 50.0
    health.costs = [RuleCost(uid="r", title="Rule", seconds=21.0, cut_off=2)]
    third = {(f.name, f.subject): f.value for f in figures.minute(health)}
    assert third["rule_time", "Rule"] == 20.0
    assert third["cut_off", "Rule"] == 2.0
    assert ("given_up", "") not in third


def test_state_survives_and_a_torn_file_begins_anew(tmp_path: Path, caplog):
    path = tmp_path / "monitor" / "observed"
    assert load(path, Observed) == Observed()
    save(path, Observed(batch=7))
    assert read(path, Observed).batch == load(path, Observed).batch == 7
    path.write_bytes(path.read_bytes()[:-3])
    assert load(path, Observed) == Observed()
    assert "begins anew" in caplog.text


def test_unknown_and_doubled_settings_are_refused():
    assert monitor_config(Config(monitor={"hung_seconds": "30"})).hung_seconds == 30
    for wrong in ({"hung": 3}, {"objectives": [{"name": "a"}, {"name": "a"}]}, {"hung_seconds": 0}):
        with pytest.raises(ConfigError, match=r"monitor|one name"):
            monitor_config(Config(monitor=wrong))


def test_what_a_baseline_left_out_is_told_under_its_name():
    figures = Figures()
    health = Health(memories=[RuleMemory(uid="b", title="Usual orders", baseline=True, late=3)])
    assert {f.name for f in figures.minute(health)} == {"backlog"}
    health.memories = [
        RuleMemory(uid="b", title="Usual orders", baseline=True, late=15, evicted=2),
        RuleMemory(uid="c", title="A correlation, told as part of all", evicted=9),
    ]
    second = {(f.name, f.subject): f.value for f in figures.minute(health)}
    assert second["late", "Usual orders"] == 12.0
    assert second["given_up", "Usual orders"] == 2.0
    assert not any("correlation" in subject for _name, subject in second)
