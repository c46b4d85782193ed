"""Changes are posted whole, signed, and again until they were taken."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading

import pytest
from tests.protect.enforcers.decisions import NOW, decision

from shangdun.kernel.errors import UsageError
from shangdun.protect.enforcers.due import Due
from shangdun.protect.enforcers.enforcer import EnforcerError
from shangdun.protect.enforcers.webhook import build
from shangdun.protect.enforcers.webhook.settings import WebhookSettings
from shangdun.runtime.enforce_post import Poster
from shangdun.runtime.monitor.addresses import AddressGuard

SECRET = "s" * 32


class Receiver:
    """A server on loopback that keeps what it was sent."""

    def __init__(self) -> None:
        receiver = self
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/decisions?for=edge"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self) -> list[dict]:
        return [json.loads(body) for _headers, body in self.got]


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def hook(url: str, **given):
    return build(
        WebhookSettings(url=url, secret=SECRET, **given), Poster(AddressGuard(), timeout=2)
    )


def test_everything_then_changes_each_with_a_signature(receiver):
    webhook = hook(receiver.url)
    due = Due(webhook.able)
    first = decision(1, "session", "abc", "challenge")
    due.fill([first], NOW)
    webhook.replace(due, NOW)
    webhook.apply(due.take([decision(2, "address", "203.0.113.9")], [first.uid], NOW), due, NOW)
    whole, change = receiver.bodies()
    assert whole == {
        "full": True,
        "part": 1,
        "parts": 1,
        "put": [
            {
                "measure": "challenge",
                "kind": "session",
                "value": "abc",
                "until": NOW / 1000 + 3600,
                "appeal": first.appeal,
            }
        ],
        "drop": [],
    }
    assert [put["value"] for put in change["put"]] == ["203.0.113.9"]
    assert change["drop"] == [{"measure": "challenge", "kind": "session", "value": "abc"}]
    for headers, body in receiver.got:
        stamp, _, given = headers["X-ShangDun-Signature"].partition(",v1=")
        assert stamp == f"t={NOW // 1000}"
        told = f"{NOW // 1000}.".encode() + body
        assert hmac.compare_digest(
            given, hmac.new(SECRET.encode(), told, hashlib.sha256).hexdigest()
        )


def test_a_long_list_comes_in_parts(receiver):
    webhook = hook(receiver.url, most=10)
    due = Due(webhook.able)
    due.fill([decision(n, "account", f"a{n}") for n in range(1, 26)], NOW)
    webhook.replace(due, NOW)
    assert [(body["part"], body["parts"], len(body["put"])) for body in receiver.bodies()] == [
        (1, 3, 10), (2, 3, 10), (3, 3, 5),
    ]  # fmt: skip
    webhook.clear(NOW)
    assert receiver.bodies()[-1]["put"] == []


@pytest.mark.parametrize("status", [302, 401, 500])
def test_any_other_answer_means_that_it_was_not_taken(receiver, status):
    receiver.status = status
    webhook = hook(receiver.url)
    with pytest.raises(EnforcerError, match=str(status)):
        webhook.replace(Due(webhook.able), NOW)
    assert len(receiver.got) == 1, "no redirect is followed"


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "100.100.100.200", "0.0.0.0"])
def test_addresses_that_hold_a_clouds_keys_are_not_reached(host):
    webhook = hook(f"http://{host}/latest/meta-data")
    with pytest.raises(EnforcerError, match="reached"):
        webhook.replace(Due(webhook.able), NOW)
    with pytest.raises(UsageError, match="metadata"):
        Poster(AddressGuard())(f"http://{host}/", {}, b"")


def test_nobody_answers():
    with pytest.raises(EnforcerError, match="cannot be reached"):
        hook("http://127.0.0.1:1/").replace(Due(hook("http://127.0.0.1:1/").able), NOW)
