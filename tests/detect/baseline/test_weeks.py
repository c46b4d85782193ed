"""Weeks of a made-up shop through the whole detector: quiet while honest, loud when attacked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shangdun.detect.baseline.sale import Sale
from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rule import RuleSet
from shangdun.detect.rules import builtin_folders, load_rules

from .stream import (
    COUPON,
    DAY,
    EXPORT,
    HOUR,
    MONDAY,
    ORDER,
    PAYMENT,
    SIGN_UP,
    Event,
    HonestShop,
    deed,
    login,
    request,
    shop_frame,
    web_frame,
)

WEEKS = 3
END = WEEKS * 7 * 24
ATTACK = MONDAY + END * HOUR + 3 * HOUR
"""Three at night on the first Monday after the honest weeks."""


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    cache = tmp_path_factory.mktemp("cache")
    loaded = load_rules([builtin_folders()[1]], builtin=False, cache_dir=cache)
    assert not loaded.errors
    assert len(loaded.baselines) > 15
    return loaded


class Watch:
    """A detector that was fed, and what it found."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.names = {rule.uid: rule.name for rule in ruleset.baselines}
        self.detector = Detector(ruleset)
        self.events = 0
        self.findings: list[Finding] = []

    def feed(self, web: list[Event], shop: list[Event]) -> None:
        for events, frame in ((web, web_frame), (shop, shop_frame)):
            if events:
                self.events += len(events)
                self.findings += self.detector.process(
                    frame(events), source="s", file_id=frame.__name__, path="log"
                )

    @property
    def found(self) -> Counter[str]:
        return Counter(self.names[finding.rule_uid] for finding in self.findings)


@pytest.fixture(scope="module")
def learned(ruleset: RuleSet) -> tuple[bytes, int, Counter[str]]:
    """The memory after three honest weeks, the events in them, and what was found."""
    watch = Watch(ruleset)
    for _, web, shop in HonestShop(7).hours(0, END):
        watch.feed(web, shop)
    return watch.detector.snapshot(), watch.events, watch.found


@pytest.fixture
def watch(ruleset: RuleSet, learned: tuple[bytes, int, Counter[str]]) -> Watch:
    fresh = Watch(ruleset)
    fresh.detector.restore(learned[0])
    return fresh


def test_three_honest_weeks_are_quiet(
    learned: tuple[bytes, int, Counter[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a campus, a busy customer, a price crawler and staff who export, and no finding."""
    _, events, found = learned
    with capsys.disabled():
        print(f"\nfalse findings of baselines: {found.total()} in {events:,} honest events")
    assert events > 50_000
    assert found == Counter()


def test_an_unannounced_rush_that_converts_is_no_attack(watch: Watch) -> None:
    shop = HonestShop(8)
    shop.rush = {END + hour: 15.0 for hour in (20, 21)}
    for _, web, deeds in shop.hours(END, END + 24):
        # the product that everybody wants is what baseline_product_orders is about: low
        watch.feed(web, deeds)
    assert watch.found - Counter({"baseline_product_orders": 2}) == Counter()


def test_an_announced_flash_sale_is_left_in_peace_and_counted(watch: Watch) -> None:
    start = MONDAY + (END + 20) * HOUR
    watch.detector.announce(
        [Sale(name="11.11", since=start, until=start + 2 * HOUR, which="all", factor=50)]
    )
    shop = HonestShop(8)
    shop.rush = {END + hour: 15.0 for hour in (20, 21)}
    for _, web, deeds in shop.hours(END, END + 24):
        watch.feed(web, deeds)
    assert watch.found == Counter()
    assert watch.detector.withheld() > 0


def _stuffing() -> Iterator[Event]:
    for n in range(150):
        yield login(ATTACK + n * 9_000, f"leak{n}", ok=False, src_endpoint__ip=f"198.18.{n}.7")


def _web_stuffing() -> Iterator[Event]:
    for n in range(300):
        yield request(
            ATTACK + n * 9_000,
            f"198.18.{n % 250}.{n}",
            "/login",
            http_request__http_method="POST",
            http_response__code=403,
            http_request__user_agent="python-requests/2.31",
        )


def _fingerprints() -> Iterator[Event]:
    for n, path in enumerate(("/server-status", "/composer.json", "/swagger.json", "/phpinfo.php")):
        yield request(ATTACK + n * 1_000, "198.18.0.9", path, http_response__code=404)


def _cashing_out() -> Iterator[Event]:
    for n in range(12):
        own = {"device__uid": f"farm{n // 4}", "card__fingerprint": f"stolen{n % 5}"}
        time = ATTACK + n * 60_000
        yield deed(time, PAYMENT, f"mule{n}", payment__amount=1999.0, **own)


def _one_card() -> Iterator[Event]:
    for n in range(8):
        card = {"card__fingerprint": "stolen"}
        yield deed(ATTACK + n * 60_000, PAYMENT, f"m{n}", payment__amount=9.0, **card)


def _declines() -> Iterator[Event]:
    for n in range(60):
        card = {"card__fingerprint": f"stolen{n}"}
        event = deed(ATTACK + n * 30_000, PAYMENT, f"m{n}", payment__amount=1.0, **card)
        yield event | {"status_id": 2}


def _sniping() -> Iterator[Event]:
    for n in range(8):
        time = ATTACK // 60_000 * 60_000 + n * 600_000 + 58_500
        yield deed(time, ORDER, "sniper", product__uid=f"p{n}")


def _skewing() -> Iterator[Event]:
    for n in range(1500):
        yield request(ATTACK + n * 2_000, f"198.18.{n % 200}.1", "/product/39")


def _route() -> Iterator[Event]:
    for n in range(4000):
        yield request(ATTACK + n * 100, f"198.18.{n % 200}.1", f"/product/{n % 40}")


def _address() -> Iterator[Event]:
    for n in range(5000):
        yield request(ATTACK + n * 100, "198.18.0.1", f"/search/{n}")


def _aggregation() -> Iterator[Event]:
    for n in range(10):
        yield login(ATTACK + n * 60_000, f"client{n}", device__uid="collector")


def _countries() -> Iterator[Event]:
    for n, country in enumerate(("CN", "VN", "BR", "RU")):
        time = ATTACK + n * HOUR
        yield login(time, "victim", src_endpoint__location__country=country)


def _coupons() -> Iterator[Event]:
    for n in range(12):
        own = {"device__uid": f"farm{n // 3}", "src_endpoint__ip": f"198.18.0.{n // 4}"}
        yield deed(ATTACK + n * 600_000, COUPON, f"wool{n}", 2, coupon__code="NEW10", **own)


def _fake_orders() -> Iterator[Event]:
    for n in range(12):
        own = {"device__uid": f"farm{n // 3}", "src_endpoint__ip": f"198.18.0.{n // 4}"}
        yield deed(ATTACK + n * 60_000, ORDER, f"shill{n}", product__uid="p39", **own)


def _coupon_guesses() -> Iterator[Event]:
    for n in range(80):
        event = deed(ATTACK + n * 30_000, COUPON, f"g{n}", 1, coupon__code=f"X{n}")
        yield event | {"status_id": 2}


def _export() -> Iterator[Event]:
    for n in range(3):
        export = {"export__record_count": 4000}
        yield deed(ATTACK + n * 60_000, EXPORT, "staff1", **export) | {"user.type": "staff"}


def _exports() -> Iterator[Event]:
    for n in range(25):
        export = {"export__record_count": 20}
        yield deed(ATTACK + n * 60_000, EXPORT, "staff1", **export) | {"user.type": "staff"}


def _reserved() -> Iterator[Event]:
    for n in range(120):
        yield deed(ATTACK + n * 20_000, ORDER, f"hold{n}", 2, product__uid="p20")


def _ordered() -> Iterator[Event]:
    for n in range(200):
        yield deed(ATTACK + n * 10_000, ORDER, f"scalper{n}", product__uid="p20")


def _sign_ups() -> Iterator[Event]:
    for n in range(120):
        yield deed(ATTACK + n * 20_000, SIGN_UP, f"bot{n}")


ATTACKS: dict[str, tuple[Callable[[], Iterator[Event]], bool]] = {
    "baseline_login_failures": (_stuffing, False),
    "baseline_web_login_failures": (_web_stuffing, True),
    "baseline_login_agents": (_web_stuffing, True),
    "baseline_fingerprinting": (_fingerprints, True),
    "baseline_cashing_out": (_cashing_out, False),
    "baseline_card_accounts": (_one_card, False),
    "baseline_card_declines": (_declines, False),
    "baseline_sniping_orders": (_sniping, False),
    "baseline_skewing": (_skewing, True),
    "baseline_route_rate": (_route, True),
    "baseline_address_rate": (_address, True),
    "baseline_account_aggregation": (_aggregation, False),
    "baseline_account_countries": (_countries, False),
    "baseline_linked_coupons": (_coupons, False),
    "baseline_linked_orders": (_fake_orders, False),
    "baseline_coupon_failures": (_coupon_guesses, False),
    "baseline_staff_export_volume": (_export, False),
    "baseline_staff_export_count": (_exports, False),
    "baseline_product_reserved": (_reserved, False),
    "baseline_product_orders": (_ordered, False),
    "baseline_sign_ups": (_sign_ups, False),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_and_explained(watch: Watch, name: str) -> None:
    attack, web = ATTACKS[name]
    events = list(attack())
    for _, honest_web, honest_shop in HonestShop(9).hours(END, END + 6):
        since = honest_web[0]["time"] // HOUR * HOUR if honest_web else 0
        mine = [event for event in events if since <= event["time"] < since + HOUR]
        watch.feed(honest_web + mine * web, honest_shop + mine * (not web))
    assert watch.found[name] >= 1, watch.found
    finding = next(one for one in watch.findings if watch.names[one.rule_uid] == name)
    assert finding.evidences
    assert ATTACK - DAY < finding.first_time <= finding.time < ATTACK + DAY
    reason = finding.reasons[0]
    assert reason.operator.startswith("usual ")
    assert "–" in reason.pattern
    assert "periods=" in reason.note


def test_every_baseline_has_its_attack(ruleset: RuleSet) -> None:
    # what nobody bids on in the made-up shop cannot be learned there
    assert {rule.name for rule in ruleset.baselines} - set(ATTACKS) == {"baseline_sniping_bids"}


def test_content_is_complete(ruleset: RuleSet) -> None:
    for rule in ruleset.baselines:
        content = rule.content
        assert all(
            part.get(lang)
            for part in (content.title, content.meaning, content.response)
            for lang in ("zh", "en")
        ), rule.name
        assert rule.tags
        assert rule.falsepositives
        assert Path(rule.path).is_relative_to(builtin_folders()[1])
