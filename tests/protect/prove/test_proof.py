"""Canaries against a shop that is protected well, badly, or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

import pytest

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError, UsageError
from shangdun.protect.prove.ask import ask, target_of
from shangdun.protect.prove.catalogue import Canary, MeasureKind, measures
from shangdun.protect.prove.proof import (
    Outcome,
    Result,
    mark_of,
    new_token,
    prove,
    share,
    sightings,
)
from shangdun.protect.prove.settings import ProofConfig, proof_config
from shangdun_guard.inspector import Inspector
from shangdun_guard.request import Request

PROOF = ProofConfig(coupon="/coupon")
Refuse = Callable[[Request], int]


@contextmanager
def shop(refuse: Refuse, log: list[str]) -> Iterator[str]:
    """A shop whose every answer ``refuse`` decides: a status, or 0 for the page."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int((self.headers.get("Content-Length") or "0").strip() or 0))
            log.append(str(self.headers.get("User-Agent")))
            headers = tuple((name.lower(), value) for name, value in self.headers.items())
            status = refuse(Request(self.command, self.path, headers, body)) or 200
            self.send_response(status)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("X-Frame-Options", "DENY")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"page")

        do_GET = do_POST = _answer  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(url: str, log: list[str], *, watched: bool = True, seconds: float = 3) -> list[Result]:
    token = new_token()
    target = target_of(url)

    def look() -> dict[int, float]:
        seen = {number for line in log for number in sightings(token, line)}
        return dict.fromkeys(seen, time.time())

    return prove(
        measures(PROOF, https=False),
        token,
        lambda canary, mark: ask(target, canary, mark, lambda host, port: (host, port)),
        look if watched else None,
        see_seconds=seconds,
    )


def outcomes(results: list[Result], *kinds: MeasureKind) -> dict[str, Outcome]:
    return {one.measure: one.outcome for one in results if not kinds or one.kind in kinds}


class Protected:
    """Inspects like the guard does, limits log-ins and coupons, closes doors."""

    def __init__(self) -> None:
        self._inspector = Inspector()
        self._tried: dict[str, int] = {}
        self.off: set[str] = set()

    def __call__(self, request: Request) -> int:
        host = dict(request.headers).get("host", "")
        path = request.target.partition("?")[0]
        if not host.startswith("127.") or "/." in path or path.endswith(".sql"):
            return 404
        if request.method == "POST" and request.target in {"/login", "/coupon"}:
            self._tried[request.target] = self._tried.get(request.target, 0) + 1
            return 429 if self._tried[request.target] > 20 else 0
        if "chunked" in dict(request.headers).get("transfer-encoding", ""):
            return 400
        verdict = self._inspector.inspect(request)
        return 403 if set(verdict.classes) - self.off else 0


def test_a_protected_shop_is_proven_measure_by_measure() -> None:
    log: list[str] = []
    with shop(Protected(), log) as url:
        results = run(url, log)
    assert {name: one for name, one in outcomes(results).items() if one != Outcome.WORKS} == {}
    assert share(results) == 1.0
    assert all(one.seconds_to_see is not None for one in results if one.kind is MeasureKind.ATTACK)


def test_a_measure_that_does_not_work_is_named_with_its_evidence() -> None:
    protected = Protected()
    protected.off = {"xss"}
    log: list[str] = []
    with shop(protected, log) as url:
        results = run(url, log)
    failing = [one for one in results if one.outcome is Outcome.FAILS]
    assert [one.measure for one in failing] == ["xss"]
    assert any("script" in unquote_plus(one.request) for one in failing[0].exchanges)
    assert {one.status for one in failing[0].exchanges} == {200}
    part = share(results)
    assert part is not None
    assert 0.9 < part < 1


def test_what_is_stopped_but_not_seen_does_not_count() -> None:
    with shop(Protected(), []) as url:
        results = run(url, [], seconds=0.5)
    assert set(outcomes(results, MeasureKind.ATTACK).values()) == {Outcome.UNSEEN}


def test_where_nobody_watches_stopping_is_judged_alone() -> None:
    with shop(Protected(), []) as url:
        results = run(url, [], watched=False)
    assert set(outcomes(results, MeasureKind.ATTACK).values()) == {Outcome.WORKS}


def test_a_shop_that_refuses_everybody_is_not_called_safe() -> None:
    log: list[str] = []
    with shop(lambda _: 403, log) as url:
        results = run(url, log)
    assert set(outcomes(results, MeasureKind.JOURNEY).values()) == {Outcome.FAILS}


def test_an_open_shop_fails_and_its_journeys_pass() -> None:
    log: list[str] = []
    with shop(lambda _: 0, log) as url:
        results = run(url, log)
    attacks = outcomes(results, MeasureKind.ATTACK, MeasureKind.BEHAVIOUR)
    assert set(attacks.values()) == {Outcome.FAILS}
    assert set(outcomes(results, MeasureKind.JOURNEY).values()) == {Outcome.WORKS}


def test_a_shop_that_is_away_proves_nothing() -> None:
    with shop(lambda _: 0, []) as url:
        pass
    results = run(url, [], seconds=0.1)
    assert set(outcomes(results).values()) == {Outcome.UNKNOWN}
    assert share(results) is None


def test_only_the_token_of_the_run_is_a_sighting() -> None:
    token, other = new_token(), new_token()
    line = f'"GET / HTTP/1.1" "Mozilla {mark_of(token, 7)}" {mark_of(other, 8)}'
    assert sightings(token, line) == {7}


def test_a_run_can_be_called_off() -> None:
    sent: list[Canary] = []

    def send(canary: Canary, mark: str) -> object:
        sent.append(canary)
        return ask(target_of("http://127.0.0.1:9"), canary, mark, lambda host, port: (host, port))

    prove(
        measures(PROOF, https=False), new_token(), send, None,  # type: ignore[arg-type]  # an Answer
        see_seconds=1, told=lambda _: len(sent) < 5,
    )  # fmt: skip
    assert len(sent) == 5


def test_canaries_are_harmless_by_their_place() -> None:
    """What looks like an attack stands where no shop reads it; nothing is bought or sent."""
    for measure in measures(PROOF, https=True):
        assert set(measure.title) == {"zh", "en"}
        for canary in measure.canaries:
            assert canary.method in {"GET", "POST", "TRACE"}
            assert "{" not in canary.target.split("?")[0]
            if measure.kind is MeasureKind.ATTACK:
                assert canary.target.startswith("/?") or canary.target == "/"


@pytest.mark.parametrize(
    "url", ["ftp://x", "shop.example.com", "http://", "http://a:b@c/", "http://a:99999"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        target_of(url)


@pytest.mark.parametrize(
    "section", [{"search": "q"}, {"login": "/a b"}, {"see_seconds": 0}, {"x": 1}]
)
def test_the_section_is_checked(section: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"protect\.proof"):
        proof_config(Config(protect={"proof": section}))


def test_a_shop_that_goes_down_in_the_middle_is_not_taken_for_one_that_refuses() -> None:
    from shangdun.protect.prove.ask import Answer  # noqa: PLC0415  only here

    sent = 0

    def send(canary: Canary, mark: str) -> Answer:
        nonlocal sent
        del canary, mark
        sent += 1
        if sent <= 8:  # the journeys
            return Answer(status=200)
        return Answer(status=0, error="RemoteDisconnected: closed")

    results = prove(measures(PROOF, https=False), new_token(), send, None, see_seconds=1)
    attacks = outcomes(results, MeasureKind.ATTACK, MeasureKind.DOOR, MeasureKind.BEHAVIOUR)
    assert set(attacks.values()) == {Outcome.UNKNOWN}


def test_a_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket  # noqa: PLC0415  only here

    monkeypatch.setattr("shangdun.protect.prove.ask.SECONDS", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            link, _ = server.accept()
            with link:
                for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100:
                    try:
                        link.send(bytes([letter]))
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        begun = time.monotonic()
        answer = ask(
            target_of(url), Canary(method="GET", target="/"), "x", lambda host, port: (host, port)
        )
        assert answer.status == 0
        assert time.monotonic() - begun < 5
        thread.join(15)
