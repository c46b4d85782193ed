"""What a verdict meets on its route."""

from __future__ import annotations

import pytest

from shangdun_guard.inspector.modes import (
    BLOCK,
    CHALLENGE,
    EVERYWHERE,
    OBSERVE,
    PASS,
    Route,
    action_for,
    mildest,
    plain_path,
    route_for,
    strictest,
)
from shangdun_guard.inspector.verdict import Verdict

ROUTES = (
    Route("/"),
    Route("/cart", CHALLENGE),
    Route("/cart", OBSERVE, methods=("POST",)),
    Route("/admin/editor/", OBSERVE),
)


@pytest.mark.parametrize(
    ("method", "target", "mode"),
    [
        ("GET", "/", BLOCK),
        ("GET", "/cart", CHALLENGE),
        ("GET", "/cart/add?x=/", CHALLENGE),
        ("post", "/cart/add", OBSERVE),
        ("GET", "/carts", BLOCK),
        ("GET", "/admin/editor", OBSERVE),
        ("GET", "/admin/editor/7", OBSERVE),
        ("GET", "/admin", BLOCK),
        ("GET", "//admin//editor/7", OBSERVE),
        ("GET", "/x/../%63art", CHALLENGE),
        ("GET", "http://shop.example/cart?a", CHALLENGE),
        ("GET", "/admin/editor/../x", BLOCK),
        ("OPTIONS", "*", BLOCK),
    ],
)
def test_the_most_specific_route_decides(method: str, target: str, mode: str) -> None:
    assert route_for(method, target, ROUTES).mode == mode


def test_without_routes_everything_is_blocked() -> None:
    assert route_for("GET", "/", ()) is EVERYWHERE
    assert EVERYWHERE.mode == BLOCK


@pytest.mark.parametrize(
    ("target", "path"),
    [("/a/./b/../c/", "/a/c/"), ("/a//b", "/a/b"), ("/../..", "/"), ("a", "/a"), ("", "/")],
)
def test_plain_paths(target: str, path: str) -> None:
    assert plain_path(target) == path


def verdict(*classes: str) -> Verdict:
    return Verdict(bool(classes), 0.99 if classes else 0.0, classes, (), {})


def test_actions() -> None:
    strict = Route("/", BLOCK, learned=CHALLENGE)
    assert action_for(verdict(), strict) == PASS
    assert action_for(verdict("sql"), strict) == BLOCK
    assert action_for(verdict("anomaly"), strict) == CHALLENGE
    assert action_for(verdict("anomaly", "sql"), strict) == BLOCK
    assert action_for(verdict("anomaly"), Route("/", OBSERVE, learned=BLOCK)) == OBSERVE


def test_order_of_actions() -> None:
    assert strictest((OBSERVE, BLOCK, PASS)) == BLOCK
    assert strictest(()) == PASS
    assert mildest((CHALLENGE, OBSERVE)) == OBSERVE


def test_wrong_routes_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="slash"):
        Route("cart")
    with pytest.raises(ValueError, match="mode 'watch'"):
        Route("/cart", "watch")
