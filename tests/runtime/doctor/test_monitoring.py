"""The doctor on probes, clock and disks that fill."""

from __future__ import annotations

from datetime import UTC, datetime

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import Config
from shangdun.lake.health import Health, RuleCost, SourceHealth, write_health
from shangdun.observe.host import HostHistory
from shangdun.observe.probe import Check, Probe, ProbeKind, ProbeState
from shangdun.observe.state import Observed, ProbeStates, observed_path, probes_path, save
from shangdun.runtime.doctor import Place, check_names, clock, examine, forecast, probes, watching

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
AT = to_millis(NOW)
HOUR = 3_600_000


def place(home, **config) -> Place:
    return Place(home, Config(**config), FixedClock(NOW))


def said(symptoms) -> str:
    return "\n".join(f"{s.kind} {s.what} {s.fix}" for s in symptoms)


def test_the_checks_are_found():
    assert {"probes", "clock", "forecast"} <= set(check_names())


def test_a_shop_that_nobody_probes(home):
    assert "nothing asks whether the shop answers" in said(probes.check(place(home)))


def test_a_probe_that_is_down_a_certificate_that_ends_a_prober_that_stands_still(home):
    probe = Probe(uid=3, name="x", kind=ProbeKind.TLS, target="shop.example:443", retries=0)
    state = ProbeState(uid=3)
    state.take(Check(at=AT, ok=False, detail="refused", days_left=5.2), probe)
    save(probes_path(home), ProbeStates(written=AT - 10 * 60_000, probes={3: state}))
    text = said(probes.check(place(home)))
    assert "broken probe 3: refused" in text
    assert "good for 5 days" in text
    assert "no probe was asked for 10 minutes" in text


def test_a_wrong_section_is_a_symptom(home):
    found = dict(examine(place(home, monitor={"hung": 1})))
    assert "hung" in said(found["probes"])


def test_a_disk_that_fills_is_foreseen(home):
    points = [(AT - (100 - n) * HOUR, 60 + n / 4) for n in range(100)]
    observed = Observed(hosts={"web-1": HostHistory(disks={"/var": points, "/": [(AT, 40.0)]})})
    save(observed_path(home), observed)
    (symptom,) = forecast.check(place(home))
    assert symptom.what == "web-1: /var is 85 % used and full in 3 days"


def test_a_clock_that_nobody_keeps_and_one_that_is_off(home, monkeypatch):
    for offset, text in ((None, "nothing keeps the clock"), (2000.0, "2.0 s off"), (1.0, "")):
        monkeypatch.setattr(clock, "clock_offset", lambda offset=offset: offset)
        found = said(clock.check(place(home)))
        assert text in found
        assert bool(found) is bool(text)


def test_sources_of_our_own_are_no_sources_and_cut_off_rules_are_said(home):
    own = SourceHealth(name="shangdun-probes", format="json")
    cost = RuleCost(uid="r", title="Slow", seconds=1.0, cut_off=4)
    write_health(home, Health(written=AT, sources=[own], costs=[cost]))
    text = said(watching.check(place(home)))
    assert "there is no source" in text
    assert "shangdun-probes" not in text
    assert "rule Slow: 4 values took too long" in text
