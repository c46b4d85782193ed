"""Health: ten seconds tell what is wrong; probes are set up, changed, paused and removed."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import pytest

from shangdun.console.reasons import reason
from shangdun.kernel.clock import to_millis
from shangdun.lake.health import Health, SourceHealth, write_health
from shangdun.observe.state import Observed, observed_path, save
from shangdun.records.models import LedgerEntry, Probe

FORM = {
    "kind": "http", "name": "new", "target": "https://shop.example/", "status": "200", "text": "",
    "redirects": "5", "record": "A", "answers": "", "resolver": "", "interval": "60",
    "timeout": "10", "retries": "2", "latency_ms": "0",
}  # fmt: skip


def test_what_is_wrong_stands_first_with_what_to_do(shop, client_of):
    page = client_of(shop["technical_support"]).get("/health/").content.decode()
    assert "payment gateway does not answer: no answer within 10 s" in page
    assert "firewall is silent, which it usually is not at this time." in page
    assert "The jobs process does not run." in page
    assert "The certificate of img.shop.example is good for 12 days." in page
    assert "The error budget of shop burns" in page
    assert "/product/:id" in page


def test_when_everything_is_well_it_says_so(people, console, client_of):
    now = to_millis(datetime.now(UTC))
    source = SourceHealth(name="shop-access", format="combined", last_received=now)
    write_health(console, Health(written=now, sources=[source]))
    (console / "run" / "jobs.beat").write_text("1 1\n")
    page = client_of(people["technical_support"]).get("/health/").content.decode()
    assert "Everything is well." in page
    os.utime(console / "run" / "jobs.beat", (time.time() - 300,) * 2)
    assert "The jobs process does not run." in (
        client_of(people["technical_support"]).get("/health/now/").content.decode()
    )


def test_pages_without_any_figures(people, console, client_of):
    client = client_of(people["administrator"])
    for path in ("/health/", "/health/routes/", "/health/machines/"):
        assert client.get(path).status_code == 200
    for path in ("/health/routes.json?route=/x", "/health/machines.json?host=x"):
        answer = client.get(path).json()
        assert answer["labels"] == []


def test_figures_that_cannot_be_read_break_no_page(people, console, client_of):
    save(observed_path(console), Observed())
    observed_path(console).write_bytes(b"\xc1 torn")
    assert client_of(people["administrator"]).get("/health/").status_code == 200


def test_charts_hold_the_day(shop, client_of):
    client = client_of(shop["auditor"])
    route = client.get("/health/routes.json", {"route": "/search"}).json()
    assert len(route["labels"]) == len(route["series"][0]["values"]) == 288
    assert max(filter(None, route["series"][2]["values"])) > 500
    host = client.get("/health/machines.json", {"host": "shop-web-1"}).json()
    assert 300 < len(host["labels"]) <= 720
    probe = Probe.objects.get(name="payment gateway")
    answers = client.get(f"/health/probes/{probe.pk}/answers.json").json()
    assert answers["series"][0]["values"][-1] is None


def test_a_probe_is_added_changed_paused_and_removed(people, console, client_of):
    client = client_of(people["administrator"])
    answer = client.post("/health/probes/add/", {**FORM, "answers": ""})
    probe = Probe.objects.get()
    assert answer.headers["Location"] == f"/health/probes/{probe.pk}/"
    assert "Not asked yet" in client.get(answer.headers["Location"]).content.decode()
    edit = f"/health/probes/{probe.pk}/edit/"
    client.post(edit, {**FORM, "text": "立即支付", "version": "1"})
    probe.refresh_from_db()
    assert (probe.text, probe.version, probe.status) == ("立即支付", 2, "200")
    stale = client.post(edit, {**FORM, "text": "x", "version": "1"})
    assert stale.status_code == 422
    assert "Somebody else changed it" in stale.content.decode()
    client.post(f"/health/probes/{probe.pk}/switch/")
    assert "Paused" in client.get(f"/health/probes/{probe.pk}/").content.decode()
    client.post(f"/health/probes/{probe.pk}/remove/")
    assert not Probe.objects.exists()
    actions = LedgerEntry.objects.order_by("seq").values_list("action", flat=True)
    assert [a for a in actions if "probe" in a] == [
        "add_probe", "change_probe", "change_probe", "remove_probe",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "ftp://shop.example/"},
        {"target": "javascript:alert(1)"},
        {"target": "https://user:secret@shop.example/"},
        {"target": "https://shop.example:99999/"},
        {"kind": "tcp", "target": "shop.example"},
        {"kind": "tcp", "target": "shop.example:0"},
        {"kind": "dns", "target": "https://shop.example/"},
        {"kind": "dns", "target": "shop.example", "resolver": "dns.example"},
        {"status": "abc"},
        {"interval": "1"},
        {"interval": "5", "timeout": "10"},
        {"retries": "99"},
        {"name": " "},
        {"kind": "icmp"},
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(people, console, client_of, wrong):
    answer = client_of(people["administrator"]).post("/health/probes/add/", FORM | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Probe.objects.exists()


def test_two_probes_have_two_names(people, console, client_of):
    client = client_of(people["administrator"])
    client.post("/health/probes/add/", FORM)
    assert client.post("/health/probes/add/", FORM).status_code == 422
    assert Probe.objects.count() == 1


def test_reasons_of_the_prober_are_told_in_the_pages_language():
    assert reason("no answer within 2.5 s") == "no answer within 2.5 s"
    assert reason("took 812 ms, at most 500 are good") == "took 812 ms of 500"
    assert reason("something new") == "something new"
