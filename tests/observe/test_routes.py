"""Paths become routes, their number is bounded, percentiles are within their error."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.observe import sketch
from shangdun.observe.requests import MOST_GROUPS, requests_in
from shangdun.observe.routes import (
    MOST_ROUTES,
    OTHER,
    SLICE_MS,
    STATIC,
    RouteTable,
    Seen,
    normalise,
)

NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("", "/"),
        ("/product/4711", "/product/:id"),
        ("/Product/4711/?ref=1", "/Product/:id"),
        ("/order/2026-11-22", "/order/:id"),
        ("/api/orders/6f3c1d2e-0000-4000-8000-000000000003/items", "/api/orders/:id/items"),
        ("/p/red-shoes-41.html", "/p/:id"),
        ("/account/wang@example.com/edit", "/account/:id/edit"),
        ("/t/eyJhbGciOiJIUzI1NiJ9", "/t/:id"),
        ("/static/app.4f3c.css", STATIC),
        ("/catalogue/jackets/", "/catalogue/jackets"),
        ("/product/红色外套/", "/product/红色外套"),
        ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/…"),
        ("/checkout;jsessionid=1", "/checkout"),
        ("/x/" + "y" * 300, "/x/:id"),
    ],
)
def test_paths_become_routes(path, route):
    assert normalise(path) == route


@given(st.text(max_size=400))
def test_any_path_has_a_short_route_that_is_its_own(path):
    route = normalise(path)
    assert len(route) <= 300
    assert normalise(route) == route or route.endswith("…")


@given(st.lists(st.floats(0.02, 500_000), min_size=1, max_size=300), st.floats(0, 1))
def test_percentiles_are_within_the_error(values, share):
    buckets: dict[int, int] = {}
    for value in values:
        sketch.add(buckets, {sketch.bucket(value): 1})
    exact = float(np.quantile(values, share, method="lower"))
    found = sketch.percentile(buckets, share)
    assert found == pytest.approx(exact, rel=sketch.ERROR + 1e-6)


def seen(path: str, status: int = 2, count: int = 1, back: int = 0) -> Seen:
    return Seen(path, NOW // 60_000 - back, status, sketch.bucket(100), count)


def test_a_scanner_adds_no_routes():
    table = RouteTable()
    table.take([seen("/"), *(seen(f"/{word:x}.php", status=4) for word in range(5000))])
    assert set(table.routes) == {"/", OTHER}
    assert table.refused == 5000


def test_names_of_things_below_a_route_become_one():
    dice, table = random.Random(1), RouteTable()
    names = ["".join(dice.choices("abcdefgxyz", k=7)) for _ in range(3000)]
    table.take(seen(f"/brand/{name}") for name in names)
    assert "/brand/:id" in table.routes
    assert len(table.routes) < 60


def test_routes_and_their_memory_are_bounded_whatever_answers_200():
    dice, table = random.Random(2), RouteTable()
    for back in range(2000, 0, -1):
        path = "/" + "/".join("".join(dice.choices("ghijkl", k=6)) for _ in range(3))
        table.take([seen(path, back=back)])
        table.forget(NOW - back * 60_000)
        assert len(table.routes) <= MOST_ROUTES + 1
    table.forget(NOW + 2 * 86_400_000)
    assert not table.routes
    assert not table.children


def test_figures_of_the_last_hour_and_the_trend():
    table = RouteTable()
    table.take([seen("/cart", count=90, back=2), seen("/cart", status=5, count=10, back=2)])
    table.take([seen("/cart", count=1000, back=90)])
    (cart,) = table.figures(NOW)
    assert (cart.requests, cart.errors, cart.error_percent) == (100, 10, 10.0)
    assert cart.p99 == pytest.approx(100, rel=0.06)
    assert sum(cart.trend) * 5 in (0, 100)  # by when within its five minutes it is now
    assert sum(table.figures(NOW + SLICE_MS)[0].trend) * 5 == 100
    table.forget(NOW)
    moments = table.history("/cart", NOW + SLICE_MS)
    assert len(moments) == 288
    assert max(p95 or 0 for *_rest, p95 in moments) == pytest.approx(100, rel=0.06)


def frame(paths: list[str], codes: list[int]) -> pl.DataFrame:
    n = len(paths)
    data = {
        "time": [NOW] * n,
        "http_request.url.path": paths,
        "http_response.code": codes,
        "http_response.latency": [None if n == 1 else 12.5] * n,
    }
    kinds = {"http_response.latency": pl.Float64, "http_response.code": pl.Int32}
    return pl.DataFrame(data, schema_overrides=kinds)


def test_rows_are_counted_whatever_they_hold():
    rows = requests_in(frame(["/a", "/a", None, "/b"], [200, 200, 200, 503]))
    assert sum(row.requests for row in rows) == 3
    assert {(row.path, row.status) for row in rows} == {("/a", 2), ("/b", 5)}
    assert requests_in(frame(["/a"], [None])) == []
    assert requests_in(pl.DataFrame({"time": [1]})) == []
    (untimed,) = requests_in(frame(["/a"], [200]))
    assert untimed.bucket is None


def test_a_flood_of_different_paths_costs_bounded_groups_and_loses_none():
    dice = random.Random(3)
    words = ["/" + "".join(dice.choices("abcdefgh", k=9)) for _ in range(20_000)]
    rows = requests_in(frame(words, [200] * len(words)))
    assert len(rows) <= MOST_GROUPS + 1
    assert sum(row.requests for row in rows) == len(words)
