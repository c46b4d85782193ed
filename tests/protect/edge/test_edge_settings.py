"""``[edge]``: each value is written into another program's language, so each is held to a shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.protect.edge.render import render, sources_toml
from shangdun.protect.edge.routes import route_pattern
from shangdun.protect.edge.settings import edge_config

INJECTIONS: list[dict[str, Any]] = [
    {"hosts": ["shop.test; return 200 x"]},
    {"upstream": ["127.0.0.1:80; }"]},
    {"listen": "80 default_server"},
    {"certificate": "/etc/a.pem; include /tmp/x"},
    {"log_folder": "/var/log\n}"},
    {"most_body": "1m; return 200"},
    {"classes": [{"name": "a", "routes": ['/x" 1; }'], "per_minute": 1}]},
    {"classes": [{"name": "a b", "routes": ["/x"], "per_minute": 1}]},
    {"classes": [{"name": "a", "routes": ["/x"], "per_minute": 1}] * 2},
    {"trusted_proxies": ["0.0.0.0/0"]},
    {"trusted_proxies": ["everybody"]},
    {"unknown": 1},
    {"paranoia": 9},
]


@pytest.mark.parametrize("section", INJECTIONS, ids=str)
def test_what_would_say_more_than_it_may_is_refused_with_its_key(section: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as refused:
        edge_config(Config(edge=section))
    assert "edge" in str(refused.value)


@given(st.text(max_size=30))
def test_no_host_reaches_the_file_that_is_more_than_a_host(host: str) -> None:
    try:
        edge = edge_config(Config(edge={"hosts": [host]}))
    except ConfigError:
        return
    (line,) = {one.strip() for one in _server(render(edge)) if "server_name " in one}
    assert line == f"server_name {host};"


def _server(files: dict[str, str]) -> list[str]:
    return files["conf.d/shangdun-shop.conf"].splitlines()


@pytest.mark.parametrize(
    ("route", "inside", "outside"),
    [
        ("/login", ["/login", "/login/step"], ["/loginx", "/a/login"]),
        ("*/login", ["/login", "/zh/account/login"], ["/login2", "/login-x"]),
        ("/static/*", ["/static/a.css"], ["/statics/a.css"]),
        ("/favicon.ico", ["/favicon.ico"], ["/faviconxico"]),
        ("/a+b", ["/a+b"], ["/aab"]),
    ],
)
def test_a_route_means_what_it_says(route: str, inside: list[str], outside: list[str]) -> None:
    import re  # noqa: PLC0415  nginx's PCRE reads these as Python does

    pattern = re.compile(route_pattern(route))
    assert all(pattern.match(path) for path in inside)
    assert not any(pattern.match(path) for path in outside)


def test_the_same_settings_give_the_same_bytes_and_sources_that_are_understood() -> None:
    import tomllib  # noqa: PLC0415  only here

    edge = edge_config(Config())
    assert render(edge) == render(edge)
    found = tomllib.loads(sources_toml(edge))["sources"]
    assert [one["format"] for one in found] == ["combined", "modsecurity"]
