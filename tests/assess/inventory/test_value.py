"""What an asset is worth, and by what it is recognised."""

from __future__ import annotations

import pytest

from shangdun.assess.inventory.layers import KINDS_OF, AssetKind, Layer, MarkKind, layer_of
from shangdun.assess.inventory.marks import Book, Mark, mark_of
from shangdun.assess.inventory.starter import suggested_for, suggestions
from shangdun.assess.inventory.value import (
    Borne,
    Rating,
    borne_value,
    business_value,
    component_value,
    mean_of,
    system_value,
)
from shangdun.kernel.errors import UsageError


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ((1, 1, 1), 1),
        ((5, 5, 5), 5),
        ((5, 1, 1), 4),  # one property rated 5 is not averaged away: log2(36 / 3) = 3.58
        ((3, 3, 3), 3),
        ((4, 2, 1), 3),  # log2(22 / 3) = 2.87
        ((5, None, 5), None),
    ],
)
def test_the_mean_is_logarithmic(rating, expected):
    assert mean_of(Rating(*rating)) == expected
    assert component_value(Rating(*rating)) == expected


def test_a_system_is_worth_at_least_what_it_bears():
    low = Rating(1, 1, 2)
    assert system_value(low, []) == 1
    assert system_value(low, [Borne(5, 5)]) == 5
    assert system_value(low, [Borne(5, 3), Borne(2, 5)]) == 3
    assert system_value(Rating(5, 5, 5), [Borne(1, 1)]) == 5
    assert system_value(Rating(None, 5, 5), [Borne(5, 5)]) is None
    assert borne_value([Borne(1, 1)]) == 1
    assert borne_value([]) is None
    assert business_value(4) == 4
    assert business_value(None) is None


@pytest.mark.parametrize("wrong", [0, 6, -1])
def test_ratings_go_from_one_to_five(wrong):
    with pytest.raises(UsageError) as caught:
        mean_of(Rating(wrong, 1, 1))
    assert caught.value.code == "asset.rating"


def test_every_category_has_one_layer():
    assert sorted(kind for kinds in KINDS_OF.values() for kind in kinds) == sorted(AssetKind)
    assert layer_of(AssetKind.DATA) is Layer.SYSTEM


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("host", "Shop.Example.", "shop.example"),
        ("host", "*.shop.example", "*.shop.example"),
        ("host", "[2001:DB8::0:1]", "2001:db8::1"),
        ("host", "10.0.0.7/24", "10.0.0.0/24"),
        ("host", "商城.example", "xn--czru2d.example"),
        ("route", "/Checkout/pay/?a=1", "/Checkout/pay"),
        ("route", "/checkout/*", "/checkout/*"),
        ("service", "  order  service ", "order service"),
        ("code", "git.example/shop:main", "git.example/shop:main"),
    ],
)
def test_marks_have_one_writing(kind, text, value):
    assert mark_of(MarkKind(kind), text).value == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("host", "???"),
        ("host", "a..b"),
        ("host", ""),
        ("host", "x" * 300),
        ("host", "<script>"),
        ("route", "checkout"),
        ("route", "/a*b/c"),
        ("service", "a\x00b"),
        ("code", "$(reboot)"),
    ],
)
def test_what_is_no_mark_is_said(kind, text):
    with pytest.raises(UsageError) as caught:
        mark_of(MarkKind(kind), text)
    assert caught.value.code == "asset.mark"


def test_the_closest_mark_decides():
    book = Book(
        (mark_of(MarkKind(kind), text), asset)
        for kind, text, asset in [
            ("host", "10.0.0.0/8", 1),
            ("host", "10.0.0.0/24", 2),
            ("host", "10.0.0.5", 3),
            ("host", "*.shop.example", 4),
            ("route", "/api/*", 5),
            ("route", "/api/pay/*", 6),
        ]
    )

    def of(kind: str, text: str) -> int | None:
        return book.asset_of(Mark(MarkKind(kind), text))

    assert of("host", "10.9.9.9") == 1
    assert of("host", "10.0.0.9") == 2
    assert of("host", "10.0.0.5") == 3
    assert of("host", "192.168.0.1") is None
    assert of("host", "www.shop.example") == 4
    assert of("host", "shop.example") is None
    assert of("host", "evilshop.example") is None
    assert of("route", "/api/orders") == 5
    assert of("route", "/api/pay/:id") == 6
    assert of("route", "/api") == 5
    assert of("route", "/apis") is None


def test_suggestions_fit_together():
    known: dict[str, Layer] = {}
    order = [Layer.COMPONENT, Layer.SYSTEM, Layer.BUSINESS]
    for one in suggestions():
        assert one.id not in known
        for upper, bearing in one.bears.items():
            assert order.index(known[upper]) > order.index(layer_of(one.kind)), one.id
            assert 1 <= bearing <= 5
        known[one.id] = layer_of(one.kind)
        assert one.name("zh") != one.name("en")
    web = {one.id for one in suggested_for({"web"})}
    assert "web" in web
    assert "pay" not in web
    assert len(suggested_for(set())) == len(suggestions())
