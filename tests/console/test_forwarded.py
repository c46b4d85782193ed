"""Who is counted: the address of the person, whatever the person claims it to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import RequestFactory

from shangdun.console.accounts import AccountAdapter
from shangdun.console.middleware.presence import address_of, neighbourhood_of
from shangdun.console.proxies import networks_of
from shangdun.kernel.errors import ConfigError

Ask = Callable[[str, str], str]


@pytest.fixture
def ask() -> Ask:
    def asked(peer: str, header: str) -> str:
        more = {"HTTP_X_FORWARDED_FOR": header} if header else {}
        return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **more))

    return asked


def configured(monkeypatch: pytest.MonkeyPatch, proxies: list[str] | None, https: bool) -> None:
    monkeypatch.setattr(settings.CONFIG.web, "proxies", proxies)
    monkeypatch.setattr(settings.CONFIG.web, "https", https)
    monkeypatch.setattr(settings, "PROXIES", networks_of(proxies or ()))


@pytest.mark.parametrize(
    ("proxies", "https", "peer", "header", "who"),
    [
        # nothing said: one proxy on this machine
        (None, False, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (None, False, "127.0.0.1", "", "127.0.0.1"),
        (None, False, "::1", "203.0.113.9", "203.0.113.9"),
        # a colleague in the office network claims what he likes: not believed
        (None, False, "192.168.1.20", "6.6.6.6", "192.168.1.20"),
        (None, False, "203.0.113.9", "6.6.6.6", "203.0.113.9"),
        # a TLS proxy in another container
        (None, True, "172.18.0.2", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        # one hop alone: who comes from inside cannot stand behind another
        (None, True, "172.18.0.2", "6.6.6.6, 192.168.1.20", "192.168.1.20"),
        # two named hops; what is left of them is a claim
        (["10.0.0.0/24"], True, "10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (["10.0.0.0/24"], True, "10.0.0.2", "10.0.0.7, 10.0.0.1", "10.0.0.7"),
        (["10.0.0.0/24"], True, "10.0.1.2", "6.6.6.6", "10.0.1.2"),
        (["10.0.0.0/24"], True, "::ffff:10.0.0.2", "203.0.113.9", "203.0.113.9"),
        # named: nobody, not even this machine
        ([], True, "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        # what is no address
        (None, False, "127.0.0.1", "6.6.6.6, unknown", ""),
        (None, False, "", "6.6.6.6", ""),
        (["10.0.0.0/24"], True, "10.0.0.2", ",".join(["10.0.0.1"] * 9000), "10.0.0.1"),
    ],
)
def test_the_header_is_read_as_far_as_proxies_wrote_it(
    monkeypatch: pytest.MonkeyPatch, ask: Ask, proxies, https, peer, header, who
):
    configured(monkeypatch, proxies, https)
    assert ask(peer, header) == who


def test_whoever_fails_to_sign_in_behind_the_proxy_is_counted_alone(monkeypatch):
    configured(monkeypatch, None, https=False)
    adapter = AccountAdapter()
    who = {
        adapter.get_client_ip(
            RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=address)
        )
        for address in ("203.0.113.9", "203.0.113.10", "2001:db8::1", "2001:db8::2")
    }
    assert who == {"203.0.113.9", "203.0.113.10", "2001:db8::/64"}


def test_no_address_at_all_is_one_neighbourhood(monkeypatch):
    configured(monkeypatch, None, https=False)
    assert neighbourhood_of(RequestFactory().get("/", REMOTE_ADDR="")) == "unknown"


def test_a_network_that_is_none_is_told_before_the_console_starts():
    with pytest.raises(ConfigError) as error:
        networks_of(["10.0.0.1/8"])
    assert error.value.where == "web.proxies"
