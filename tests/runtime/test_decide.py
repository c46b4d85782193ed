"""From findings to decisions with the lake beside them; DNS; and kill -9 at any moment."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import dns.message
import dns.resolver
import dns.rrset
import pytest
from tests.protect.lake_of_a_day import NOON, Day

from shangdun.actions.record_findings import do_record_findings
from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import Config
from shangdun.protect.crawlers import is_genuine
from shangdun.protect.decision import Measure
from shangdun.protect.simulation import Wish
from shangdun.protect.target import target
from shangdun.records.actor import WATCH
from shangdun.records.models import Decision, NeverBlock, OffenceBatch, RuleList, RuleListEntry
from shangdun.runtime.decide import Decider
from shangdun.runtime.lake_answers import simulate, simulate_many
from shangdun.runtime.resolver import DnsResolver

SCRIPT = Path(__file__).with_name("decide_and_die.py")
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def attack(address: str, number: int, *, severity: int = 4) -> Finding:
    time = to_millis(NOON) + number
    return Finding(
        uid=f"{number:064}",
        rule_uid="sqli",
        title="SQL injection",
        severity_id=severity,
        time=time,
        first_time=time,
        entities=[Entity("address", address)],
    )


@pytest.fixture
def decider(home: Path, db: None) -> Decider:
    del db
    day = Day(home / "lake")
    day.asks("203.0.113.9", "/search", times=30)
    day.asks("198.51.100.20", "/", times=4)
    day.orders("198.51.100.20", "li", 99.0)
    day.store()
    config = Config(protect={"mode": "act", "customers": {"slowed_at_most": 0}})
    return Decider(home, config, clock=FixedClock(NOON))


@pytest.mark.django_db
def test_an_attacker_is_slowed_and_a_customer_is_asked_about(decider: Decider) -> None:
    assert decider.refresh_customers().total == 1
    findings = [attack("203.0.113.9", 1), attack("198.51.100.20", 2)]
    do_record_findings(WATCH, batch=1, findings=findings, clock=FixedClock(NOON))
    assert decider.answer() == 2
    slowed = Decision.objects.get(value="203.0.113.9")
    assert (slowed.state, slowed.measure) == ("in_force", "throttle")
    assert (slowed.simulation["requests"], slowed.simulation["orders"]) == (30, 0)
    asked = Decision.objects.get(value="198.51.100.20")
    assert (asked.state, asked.held, asked.payers) == ("proposed", "customers", 1)
    assert (asked.simulation["orders"], asked.simulation["payers"]) == (1, 1)
    assert not OffenceBatch.objects.exists()
    assert decider.answer() == 0


@pytest.mark.django_db
def test_what_waited_to_know_who_pays_is_judged_when_it_is_known(decider: Decider) -> None:
    findings = [attack("203.0.113.9", 1)]
    do_record_findings(WATCH, batch=1, findings=findings, clock=FixedClock(NOON))
    decider.answer()
    assert Decision.objects.get(level__gt=0).held == "unknown"
    assert decider.answer() == 0
    decider.refresh_customers()
    assert decider.answer() == 1
    standing = Decision.objects.get(level__gt=0, state="in_force")
    assert (standing.measure, standing.simulation["requests"]) == ("throttle", 30)
    assert standing.finding is not None
    assert Decision.objects.get(level__gt=0, held="unknown").state == "replaced"
    assert decider.answer() == 0


@pytest.mark.django_db
def test_neighbours_over_several_batches_become_their_range(decider: Decider) -> None:
    decider.refresh_customers()
    for number in range(1, 10):
        found = [attack(f"192.0.3.{number}", number)]
        do_record_findings(WATCH, batch=number, findings=found, clock=FixedClock(NOON))
        decider.answer()
    standing = Decision.objects.filter(state="in_force", level__gt=0)
    assert standing.filter(value="192.0.3.0/24", measure="throttle").count() == 1
    assert standing.filter(kind="address").count() == 7


@pytest.mark.django_db
def test_lists_are_followed_and_what_ran_out_ends(decider: Decider) -> None:
    assert decider.follow() > 0
    assert decider.follow() == 0
    ours = RuleList.objects.create(name="our_addresses", changed=NOON)
    RuleListEntry.objects.create(
        belongs_to=ours, value="203.0.113.0/28", reason="office", by="li", added=NOON
    )
    decider.refresh_customers()
    findings = [attack("203.0.113.9", 1)]
    do_record_findings(WATCH, batch=1, findings=findings, clock=FixedClock(NOON))
    decider.answer()
    assert NeverBlock.objects.filter(value="203.0.113.0/28", purpose="own", derived=True).exists()
    assert not Decision.objects.filter(level__gt=0).exists()
    ours.entries.all().delete()
    decider.follow()
    assert not NeverBlock.objects.filter(value="203.0.113.0/28").exists()
    assert decider.expire() == 0


def test_accounts_are_simulated_beside_addresses(decider: Decider) -> None:
    customers = decider.refresh_customers()
    li, attacker = target("account", "li"), target("address", "203.0.113.9")
    found = simulate_many(decider._lake, [li, attacker], NOON, customers)
    assert (found[li].orders, found[li].payers) == (1, 1)
    assert found[attacker].requests == 30


def test_a_simulation_says_when_nothing_can_be_counted(decider: Decider) -> None:
    customers = decider.refresh_customers()
    wish = Wish(target=target("network", "64500"), measure=Measure.BLOCK)
    assert not simulate(decider._lake, wish, NOON, customers).counted
    wish = Wish(target=target("address", "198.51.100.20"), measure=Measure.BLOCK)
    found = simulate(decider._lake, wish, NOON, customers)
    assert (found.orders, found.payers, found.share) == (1, 1, 1.0)


@contextmanager
def name_server(records: dict[str, list[str]]) -> Iterator[DnsResolver]:
    """A DNS server on loopback for A and PTR records, and a resolver that asks it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    data, who = server.recvfrom(2048)
                except TimeoutError:
                    continue
                query = dns.message.from_wire(data)
                asked = query.question[0]
                answer = dns.message.make_response(query)
                found = records.get(f"{asked.name} {dns.rdatatype.to_text(asked.rdtype)}", [])
                if found:
                    answer.answer.append(
                        dns.rrset.from_text(asked.name, 60, "IN", asked.rdtype, *found)
                    )
                server.sendto(answer.to_wire(), who)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.getsockname()[1]
        try:
            yield DnsResolver(resolver)
        finally:
            stop.set()
            thread.join()


def test_search_engines_are_verified_by_dns_and_never_turned_away(home: Path, db: None) -> None:
    del db
    records = {
        "1.66.249.66.in-addr.arpa. PTR": ["crawl-66-249-66-1.googlebot.com."],
        "crawl-66-249-66-1.googlebot.com. A": ["66.249.66.1"],
        "9.113.0.203.in-addr.arpa. PTR": ["crawl-66-249-66-1.googlebot.com."],
    }
    day = Day(home / "lake")
    for address in ("66.249.66.1", "203.0.113.9", "203.0.113.10"):
        day.asks(address, "/", minute=30, agent=BOT)
    day.store()
    with name_server(records) as resolver:
        assert is_genuine("66.249.66.1", "googlebot", resolver)
        decider = Decider(home, Config(), clock=FixedClock(NOON), resolver=resolver)
        assert decider.verify_crawlers() == 1
        assert decider.verify_crawlers() == 0
    (entry,) = NeverBlock.objects.filter(purpose="search")
    assert (entry.value, entry.note) == ("66.249.66.1", "dns: googlebot")
    assert entry.until == NOON + timedelta(days=1)


def test_no_decision_and_no_offence_is_lost_by_kill_9(tmp_path: Path) -> None:
    environ = {**os.environ, "SHANGDUN_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}
    dice, lines = random.Random(4), list[str]()
    for first in (0, 1_000, 2_000):
        command = [sys.executable, str(SCRIPT), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, text=True) as process:
            assert process.stdout is not None
            lines.append(process.stdout.readline().strip())  # it has begun
            threading.Timer(0.3 + dice.random(), process.kill).start()
            lines += [line.strip() for line in process.stdout if line.endswith("\n")]
    checked = subprocess.run(
        [sys.executable, str(SCRIPT), "check"], env=environ, capture_output=True, check=True
    )
    there = json.loads(checked.stdout)
    decided = {line for line in lines if line and not line.startswith("offence")}
    offences = {line.removeprefix("offence ") for line in lines if line.startswith("offence")}
    assert len(decided) > 3
    assert decided <= set(there["decisions"])
    assert there["decisions"] == there["told"]
    assert offences <= set(there["addresses"])
    assert len(there["addresses"]) == len(set(there["addresses"]))  # none was answered twice
    assert there["batches"] == 0
