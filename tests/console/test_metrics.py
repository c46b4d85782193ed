"""What Prometheus is told: by its own parsers, not to strangers, without the words of traffic."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_open_metrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from shangdun.lake.health import Health, RuleCost, SourceHealth, write_health
from shangdun.observe.exposition import Family, Kind, render

from .conftest import configure

pytestmark = pytest.mark.django_db

NAMES = {
    "shangdun_watch_up", "shangdun_findings", "shangdun_source_events", "shangdun_source_lag_bytes",
    "shangdun_objective_burn", "shangdun_probe_up", "shangdun_probe_certificate_days",
    "shangdun_store_bytes", "shangdun_correlation_evicted_events",
}  # fmt: skip
OPEN = {"HTTP_ACCEPT": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}


def samples(families) -> dict[tuple[str, tuple], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_both_formats_say_the_same(shop, console):
    text = Client().get("/metrics")
    cache.clear()
    strict = Client().get("/metrics", **OPEN)
    assert text.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert strict.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    plain = list(parse_text(text.content.decode()))
    opened = list(parse_open_metrics(strict.content.decode()))
    assert {family.name for family in plain} >= NAMES
    assert {family.name for family in opened} >= NAMES
    assert samples(plain).keys() == samples(opened).keys()
    found = samples(plain)
    assert found["shangdun_watch_up", ()] == 1
    assert found["shangdun_source_events_total", (("source", "shop-access"),)] == 4_812_901
    assert found["shangdun_probe_up", (("probe", "payment gateway"),)] == 0
    assert found["shangdun_probe_up", (("probe", "checkout"),)] == 1


def test_no_label_comes_from_traffic(shop, console):
    """Routes, addresses, accounts and hosts are made up by whoever sends requests."""
    text = Client().get("/metrics").content.decode()
    labels = {name for family in parse_text(text) for s in family.samples for name in s.labels}
    assert labels <= {"source", "rule", "objective", "kind", "window", "probe", "process", "store",
                      "version"}  # fmt: skip
    assert "198.51.100" not in text
    assert "/product" not in text


def test_hostile_names_stay_labels(console):
    name = 'a"} 1\nevil{x="\\'
    now = int(datetime.now(UTC).timestamp() * 1000)
    write_health(console, Health(
        written=now, sources=[SourceHealth(name=name, format="json", events=3)],
        costs=[RuleCost(uid="u", title=name, seconds=1.5, cut_off=1)],
    ))  # fmt: skip
    for parse, headers in ((parse_text, {}), (parse_open_metrics, OPEN)):
        cache.clear()
        found = samples(parse(Client().get("/metrics", **headers).content.decode()))
        assert found["shangdun_source_events_total", (("source", name),)] == 3
        assert found["shangdun_rule_cut_off_total", (("rule", "u"),)] == 1
        assert not any("evil" in key[0] for key in found)


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_strangers_and_proxies_are_turned_away(console, headers):
    response = Client().get("/metrics", **headers)
    assert response.status_code == 401
    assert b"shangdun_" not in response.content


def test_the_token_opens_it_from_anywhere(console, settings):
    settings.CONFIG.monitor = {"metrics_token": "s3cret-of-the-scraper"}
    given = {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer s3cret-of-the-scraper"}
    assert Client().get("/metrics", **given).status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 401


def test_behind_a_tls_proxy_this_machine_is_no_proof(console, settings):
    configure(settings, https=True)
    assert Client().get("/metrics", secure=True).status_code == 401


def test_scraping_is_cheap(shop, console, django_assert_num_queries):
    Client().get("/metrics")
    with django_assert_num_queries(0):
        assert Client().get("/metrics").status_code == 200


def test_numbers_are_written_as_the_format_asks():
    family = (
        Family("x", Kind.GAUGE, "Help \\ me").add(1.5).add(float("nan"), a="b").add(None, a="c")
    )
    lines = render([family, Family("empty", Kind.COUNTER, "none")]).splitlines()
    assert lines == ["# HELP x Help \\\\ me", "# TYPE x gauge", "x 1.5", 'x{a="b"} NaN']
