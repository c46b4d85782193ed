"""A made-up shop over weeks: its access log and its business events, hour by hour, by a seed.

Honest life has what honest life has: nights and evenings, mistyped passwords, households, a
campus behind one address, a customer who buys much, staff who export, products that sell better.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from shangdun.lake.block import LINE, OFFSET, Block, Logsource, Parsed

HOUR = 3_600_000
DAY = 24 * HOUR
MONDAY = 1_767_571_200_000
"""2026-01-05 00:00 UTC."""
ORDER, PAYMENT, COUPON, EXPORT = 92006001, 92006002, 92006003, 92006006
LOGIN, SIGN_UP = 3002, 3001
CUSTOMERS = 600
PRODUCTS = 40
BROWSERS = tuple(f"Mozilla/5.0 browser {n}" for n in range(12))

Event = dict[str, Any]


def shop_frame(events: list[Event]) -> Parsed:
    """Business events as the parser of the format ``shop`` gives them."""
    events = sorted(events, key=lambda event: event["time"])
    frame = pl.DataFrame(events, infer_schema_length=None).with_columns(
        pl.int_range(1, len(events) + 1, dtype=pl.UInt32).alias(LINE),
        pl.int_range(len(events), dtype=pl.UInt64).alias(OFFSET),
    )
    return Parsed(frame, block=Block(b""), format="shop")


def web_frame(events: list[Event]) -> Parsed:
    """Requests as the parser of access logs gives them."""
    parsed = shop_frame([{"http_request.referrer": None} | event for event in events])
    return Parsed(parsed.events, logsource=Logsource(category="webserver"), block=Block(b""))


def login(time: int, account: str, *, ok: bool = True, **more: Any) -> Event:
    return {
        "time": time,
        "class_uid": LOGIN,
        "activity_id": 1,
        "status_id": 1 if ok else 2,
        "user.name": account,
        "user.type": "customer",
    } | {name.replace("__", "."): value for name, value in more.items()}


def deed(time: int, kind: int, account: str, activity: int = 1, **more: Any) -> Event:
    return {
        "time": time,
        "class_uid": kind,
        "activity_id": activity,
        "status_id": 1,
        "user.name": account,
    } | {name.replace("__", "."): value for name, value in more.items()}


def request(time: int, address: str, path: str, **more: Any) -> Event:
    return {
        "time": time,
        "src_endpoint.ip": address,
        "http_request.http_method": "GET",
        "http_request.url.path": path,
        "http_request.url.url_string": path,
        "http_response.code": 200,
        "http_request.user_agent": BROWSERS[0],
    } | {name.replace("__", "."): value for name, value in more.items()}


class HonestShop:
    """An endless honest shop; ``rush`` multiplies its customers in some hours."""

    def __init__(self, seed: int, *, visitors: float = 12.0) -> None:
        self.random = np.random.default_rng(seed)
        self.visitors = visitors
        self.rush: dict[int, float] = {}
        self.weights = 1.0 / np.arange(1, PRODUCTS + 1)
        self.weights /= self.weights.sum()

    def hours(self, first: int, last: int) -> Iterator[tuple[int, list[Event], list[Event]]]:
        """Hour by hour: its number, the requests, the business events."""
        for hour in range(first, last):
            web, shop = self._hour(hour)
            yield hour, web, shop

    def customers(self, hour: int) -> int:
        of_day, weekend = hour % 24, hour // 24 % 7 >= 5
        shape = 0.15 + max(0.0, np.sin((of_day - 6) / 18 * np.pi)) + 0.8 * (20 <= of_day <= 22)
        mean = self.visitors * shape * (1.4 if weekend else 1.0) * self.rush.get(hour, 1.0)
        return int(self.random.poisson(mean * self.random.gamma(30, 1 / 30)))

    def _hour(self, hour: int) -> tuple[list[Event], list[Event]]:
        start, web, shop = MONDAY + hour * HOUR, list[Event](), list[Event]()
        for _ in range(self.customers(hour)):
            self._visit(start + int(self.random.integers(HOUR)), hour, web, shop)
        self._busy_customer(start, hour, shop)
        self._staff(start, hour, shop)
        self._crawler(start, web)
        return web, shop

    def _visit(self, time: int, hour: int, web: list[Event], shop: list[Event]) -> None:
        random = self.random
        number = int(random.integers(CUSTOMERS))
        if hour in self.rush:
            number += CUSTOMERS * int(random.integers(1, 40))  # people who never came before
        account, household = f"customer{number}", number // 2
        campus = number % 10 == 0
        address = "203.0.113.1" if campus else f"10.{household >> 8 & 255}.{household & 255}.1"
        agent = BROWSERS[number % len(BROWSERS)]
        place = {"src_endpoint__ip": address, "device__uid": f"device{number}"}
        place["src_endpoint__location__country"] = "CN"
        product = int(random.choice(PRODUCTS, p=self.weights)) if hour not in self.rush else 3
        page = f"/product/{product}"
        for path in ("/", "/list", page):
            web.append(request(time, address, path, http_request__user_agent=agent))
            for asset in ("/static/a.css", "/media/b.jpg"):
                referrer = f"https://shop.example{path}"
                web.append(request(time, address, asset, http_request__referrer=referrer))
            time += int(random.integers(3_000, 30_000))
        if random.random() < 0.5:
            failed = random.random() < 0.08
            if failed:
                shop.append(login(time, account, ok=False, **place))
                web.append(_sent(time, address, "/login", 403, agent))
                time += 9_000
            shop.append(login(time, account, **place))
            web.append(_sent(time, address, "/login", 302, agent))
        if random.random() < 0.3:
            card = {"card__fingerprint": f"card{household}"}
            amount = float(np.round(random.lognormal(4.5, 0.8), 2))
            shop.append(deed(time, ORDER, account, 2, product__uid=f"p{product}", **place))
            shop.append(deed(time + 20_000, ORDER, account, product__uid=f"p{product}", **place))
            paid = deed(time + 30_000, PAYMENT, account, payment__amount=amount, **card, **place)
            shop.append(paid | {"status_id": 2 if random.random() < 0.04 else 1})
        if random.random() < 0.08:
            bad = random.random() < 0.2
            tried = deed(time, COUPON, account, 1 if bad else 2, coupon__code="NEW10", **place)
            shop.append(tried | {"status_id": 2 if bad else 1})
        if random.random() < 0.03:
            shop.append(deed(time, SIGN_UP, f"new{number}"))

    def _busy_customer(self, start: int, hour: int, shop: list[Event]) -> None:
        """Buys for a village: ten orders on many days, from one device, with one card."""
        if hour % 24 == 19 and self.random.random() < 0.5:
            for n in range(int(self.random.integers(4, 12))):
                time, own = start + n * 90_000, {"device__uid": "village"}
                amount = float(np.round(self.random.lognormal(4.5, 0.6), 2))
                product = int(self.random.integers(PRODUCTS))
                shop.append(deed(time, ORDER, "busy", product__uid=f"p{product}", **own))
                shop.append(
                    deed(
                        time,
                        PAYMENT,
                        "busy",
                        payment__amount=amount,
                        card__fingerprint="cardbusy",
                        **own,
                    )
                )

    def _staff(self, start: int, hour: int, shop: list[Event]) -> None:
        if hour % 24 != 9 or hour // 24 % 7 >= 5:
            return
        for n in range(6):
            for _ in range(int(self.random.integers(0, 4))):
                count = int(self.random.lognormal(3.5 + 0.3 * n, 0.5))
                time = start + int(self.random.integers(HOUR))
                shop.append(
                    deed(time, EXPORT, f"staff{n}", export__record_count=count)
                    | {"user.type": "staff"}
                )

    def _crawler(self, start: int, web: list[Event]) -> None:
        """A price comparison that was always there and reads every product every hour."""
        web += [request(start + n * 60_000, "192.0.2.80", f"/product/{n}") for n in range(PRODUCTS)]


def _sent(time: int, address: str, path: str, code: int, agent: str) -> Event:
    return request(
        time,
        address,
        path,
        http_request__http_method="POST",
        http_response__code=code,
        http_request__user_agent=agent,
    )
