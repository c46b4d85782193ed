"""The guard of one shop: it meets requests, rules over them, and reports; adapters feed it."""

from __future__ import annotations

import logging
import os
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from shangdun_guard import answers
from shangdun_guard.answers import Answer, Reader
from shangdun_guard.config import CLOSED, Config, GuardRoute, Routes, read_config
from shangdun_guard.connection import Connection
from shangdun_guard.counters import Counters
from shangdun_guard.decisions import ALLOW, BLOCK, CHALLENGE, THROTTLE
from shangdun_guard.incoming import (
    FORM_BYTES,
    NOBODY,
    Identity,
    Incoming,
    cookie_of,
    local_target,
)
from shangdun_guard.inspector.modes import OBSERVE, PASS
from shangdun_guard.passes import COOKIE, Passes
from shangdun_guard.reports import appeal_code
from shangdun_guard.request import Request
from shangdun_guard.ruling import Inspects, Judgement, Now, Ruling, enforce, rule, told_of, weigh
from shangdun_guard.throttle import Throttle
from shangdun_guard.tuned import inspector_for, retuned
from shangdun_guard.words import language

OWN_PATH = "/.shangdun/pass"
"""Where answers to challenges are posted; never reaches the shop."""
OWN_BYTES = 16 * 1024
log = logging.getLogger("shangdun.guard")


class Guard:
    """Everything a shop's process needs; safe for many threads, and behind a fork."""

    def __init__(
        self,
        config: Config | Mapping[str, Any] | None = None,
        *,
        inspector: Inspects | None = None,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Reads the last known decisions; threads begin with the first request.

        Raises ``ConfigError``.
        """
        self.config = config if isinstance(config, Config) else read_config(config or {})
        self._wall, self._clock = wall, clock
        self._proxies = self.config.proxies
        self.counters = Counters()
        self.throttle = Throttle()
        self.routes = Routes.of(self.config)
        self.observe_only = False
        """Set by ShangDun: everything is told and nothing is done."""
        self._contact = self.config.contact
        self.inspector: Inspects | None = inspector
        self._is_given, self._is_tuned = inspector is not None, False
        if inspector is None and self.config.inspect:
            self.inspector = inspector_for(self.config)
        self.connection = Connection(self.config, self._set, wall=wall, clock=clock)
        self.passes = Passes(
            self.connection.secret,
            bits=self.config.difficulty,
            pass_seconds=self.config.pass_seconds,
            wait_seconds=self.config.wait_seconds,
        )
        self.decisions = self.connection.decisions
        self.reports = self.connection.reports
        self.connection.remember()
        _ALL.add(self)

    def event(
        self, name: str, *, success: bool = True, request: Incoming | None = None, **parts: object
    ) -> bool:
        """Tell ShangDun what happened: ``guard.event("order.created", order={"uid": "10017"})``.

        Names are those of ``events.KINDS``; address, session and device come from the request that
        is being served. Never raises and never waits for the network. True: the event is on disk
        and will arrive, whatever becomes of this process.
        """
        self.start()
        return self.reports.business(name, parts, request, success=success)

    def start(self) -> None:
        """Begin following in this process, if it has not begun; requests do it by themselves."""
        self.connection.start()

    def close(self) -> None:
        """Stop the threads; what was not sent stays on disk for the next process."""
        self.connection.close()

    def meet(
        self,
        request: Request,
        *,
        peer: str,
        path: str,
        scheme: str,
        identify: Callable[[Incoming], Identity] | None = None,
    ) -> Incoming:
        """A request as it came, with its client found across the trusted hops.

        ``peer`` is the address of who connected, "" over a Unix socket.
        """
        wanted = self._proxies.header
        client = self._proxies.client(
            peer, (value for name, value in request.headers if name == wanted)
        )
        headers, config, country, network = dict(request.headers), self.config, "", ""
        if client.believed:
            if config.country_header:
                country = headers.get(config.country_header.lower(), "")[:2].upper()
            if config.network_header:
                network = headers.get(config.network_header.lower(), "")[:16]
            if headers.get("x-forwarded-proto", "").lower() == "https":
                scheme = "https"
        identity = NOBODY if identify or "cookie" not in headers else self._identity(headers)
        incoming = Incoming(request, path, scheme, client, country, network, identity)
        return replace(incoming, identity=identify(incoming)) if identify else incoming

    def rule(self, incoming: Incoming) -> Ruling:
        """What decisions say, before the body is read."""
        self.start()
        self.counters.add("requests")
        now = Now(self._wall(), self._clock(), is_away=self.connection.is_away())
        route = self._route(incoming)
        ruling = rule(incoming, route, self.decisions, self.passes, self.throttle, now)
        return self._only_observed(incoming, ruling)

    def rule_known(self, incoming: Incoming) -> Ruling | None:
        """What decisions about accounts and sessions say, once the shop knows them.

        None where none counts: also where one about the address counts more, which has been ruled.
        """
        kinds = ("account", "session")
        if not any(self.decisions.knows(kind) for kind in kinds):
            return None
        now = Now(self._wall(), self._clock())
        decision = self.decisions.find(incoming.who, incoming.host, incoming.path, now.wall)
        if decision is None or decision.kind not in kinds:
            return None
        route = self._route(incoming)
        ruling = enforce(incoming, route, decision, self.passes, self.throttle, now)
        return self._only_observed(incoming, ruling)

    def act(
        self, incoming: Incoming, ruling: Ruling, body: bytes = b"", body_size: int = -1
    ) -> Answer | None:
        """The answer that a ruling of ``rule_known`` asks for; the inspector is not asked again."""
        if ruling.action in (PASS, ALLOW):
            return None
        told = {"because": "decision"}
        return self._act(incoming, ruling, ruling.action, told, (body, body_size))

    def _route(self, incoming: Incoming) -> GuardRoute:
        return self.routes.find(incoming.request.method, incoming.request.target)

    def _only_observed(self, incoming: Incoming, ruling: Ruling) -> Ruling:
        if self.observe_only and ruling.action in (THROTTLE, CHALLENGE, BLOCK):
            self._tell(incoming, OBSERVE, 0, {"because": "decision", **_decided(ruling)})
            return ruling._replace(action=PASS)
        return ruling

    def wants_body(self, incoming: Incoming, ruling: Ruling) -> int:
        """How many bytes of the body are to be read before ``settle``."""
        if ruling.action in (BLOCK, THROTTLE, CLOSED) or not incoming.may_have_body:
            return 0
        inspected = self.config.body_limit if self._looks_into(ruling) else 0
        return max(inspected, FORM_BYTES) if ruling.action == CHALLENGE else inspected

    def settle(
        self, incoming: Incoming, ruling: Ruling, body: bytes = b"", body_size: int = 0
    ) -> Answer | None:
        """The answer in the shop's place, or None: the shop shall have the request.

        ``body`` is its beginning, ``body_size`` what the whole has, as far as is known.
        """
        action, verdict = ruling.action, None
        told: dict[str, Any] = {"because": "decision"}
        if action == CLOSED:
            told = {"because": "away"}
        elif action in (PASS, ALLOW, CHALLENGE) and self._looks_into(ruling):
            try:
                verdict = self._look(incoming, body, body_size)
            except Exception as error:  # noqa: BLE001  whatever it is, the shop goes on; told below
                return self._failed(incoming, ruling, error)
            if verdict is not None and verdict.attack:
                action = weigh(ruling, verdict, has_pass=self._has_pass(incoming, ruling))
                told = {"because": "verdict", "verdict": told_of(verdict)}
                if self.observe_only:
                    action = OBSERVE
        if action in (PASS, ALLOW):
            return None
        return self._act(incoming, ruling, action, told, (body, body_size))

    def own(self, incoming: Incoming) -> bool:
        """Whether this answers a challenge, and is for ``take_answer``."""
        return incoming.path == OWN_PATH

    def take_answer(self, incoming: Incoming, body: bytes) -> Answer:
        """A posted answer to a challenge: a pass and onwards, or the challenge anew."""
        now, reader = self._wall(), self._reader(incoming)
        try:
            fields = parse_qs(body.decode("ascii"), max_num_fields=10)
        except ValueError:
            fields = {}
        text, answer, onwards = (
            fields.get(name, [""])[0] for name in ("challenge", "answer", "next")
        )
        good = (
            self.passes.solved(text, answer, incoming.sender, now)
            if answer
            else self.passes.waited(text, incoming.sender, now)
        )
        held = incoming.held(OWN_PATH, b"", 0)._replace(method="GET", target="/", form=None)
        if onwards:
            held = held._replace(target=local_target(onwards))
        if not good or incoming.request.method != "POST":
            self.counters.add("challenge_unsolved")
            asked = self.passes.ask(incoming.sender, now)
            return answers.challenged(
                reader, asked.text, asked.bits, self.passes.wait_seconds, held
            )
        self.counters.add("challenge_passed")
        how = "script" if answer else "waiting"
        self._tell(incoming, "passed", 303, {"because": "challenge", "how": how})
        return answers.passed(reader, self._cookie(incoming, now), held.target if onwards else "")

    def status(self) -> dict[str, Any]:
        """How the guard of this process is: for a health page, or a test."""
        return {
            **self.connection.status(),
            "decisions": len(self.decisions),
            "buckets": len(self.throttle),
            "counters": self.counters.as_dict(),
        }

    def after_fork(self) -> None:
        """Called in a child process: threads and locks of the parent are gone."""
        self.throttle.after_fork()
        self.counters.after_fork()
        self.connection.after_fork()

    def _looks_into(self, ruling: Ruling) -> bool:
        return self.inspector is not None and ruling.route.inspect

    def _look(self, incoming: Incoming, body: bytes, body_size: int) -> Judgement | None:
        if self.inspector is None:
            return None
        request = incoming.request
        if body:
            request = replace(request, body=body, body_size=body_size)
        return self.inspector.inspect(request)

    def _failed(self, incoming: Incoming, ruling: Ruling, error: Exception) -> Answer | None:
        log.error("the inspector failed on a request", exc_info=error)
        self.counters.add("inspector_failed")
        told = {"because": "inspector_failed", "error": repr(error)[:200]}
        if ruling.action == CHALLENGE:
            return self._act(incoming, ruling, CHALLENGE, told, (b"", -1))
        if ruling.route.failing == CLOSED and ruling.action == PASS:
            return self._act(incoming, ruling, CLOSED, told, (b"", 0))
        self._tell(incoming, OBSERVE, 0, told)
        return None

    def _act(
        self,
        incoming: Incoming,
        ruling: Ruling,
        action: str,
        told: dict[str, Any],
        body: tuple[bytes, int],
    ) -> Answer | None:
        reader, uid = self._reader(incoming), os.urandom(16).hex()
        answer: Answer | None = None
        if action == BLOCK:
            decided = ruling.action == BLOCK and ruling.decision is not None
            code = (ruling.decision.appeal if decided and ruling.decision else "") or (
                appeal_code(uid)
            )
            told = {**told, "appeal": code}
            answer = answers.blocked(reader, code)
        elif action == CHALLENGE:
            asked = self.passes.ask(incoming.sender, self._wall())
            wait = self.passes.wait_seconds
            held = incoming.held(OWN_PATH, *body)
            answer = answers.challenged(reader, asked.text, asked.bits, wait, held)
        elif action == THROTTLE:
            answer = answers.throttled(reader, max(1, round(ruling.wait + 0.5)))
        elif action == CLOSED:
            answer = answers.unavailable(reader)
        about = {**told, "mode": ruling.route.mode, "route": ruling.route.prefix}
        status = answer.status if answer else 0
        self._tell(incoming, action, status, {**about, **_decided(ruling)}, uid)
        return answer

    def _tell(
        self, incoming: Incoming, action: str, status: int, told: dict[str, Any], uid: str = ""
    ) -> None:
        self.counters.add(action)
        self.reports.action(incoming, action, status, {"action": action, **told}, uid)

    def _has_pass(self, incoming: Incoming, ruling: Ruling) -> bool:
        if ruling.has_pass:
            return True
        return self.passes.holds(incoming.cookie(COOKIE), incoming.sender, self._wall())

    def _identity(self, headers: Mapping[str, str]) -> Identity:
        session = cookie_of(headers, self.config.session_cookie)
        return Identity(
            session=self.digest(session) if session else "",
            device=cookie_of(headers, self.config.device_cookie)[:128],
        )

    def digest(self, secret: str) -> str:
        """A keyed hash of a session key or card number: tells them apart and opens nothing."""
        return self.connection.digest(secret)

    def _reader(self, incoming: Incoming) -> Reader:
        accepted = incoming.headers.get("accept-language", "")
        return Reader(language(accepted), incoming.is_program, self._contact)

    def _cookie(self, incoming: Incoming, now: float) -> str:
        secure = "; Secure" if incoming.scheme == "https" else ""
        value = self.passes.grant(incoming.sender, now)
        return (
            f"{COOKIE}={value}; Path=/; Max-Age={self.passes.pass_seconds}; "
            f"HttpOnly; SameSite=Lax{secure}"
        )

    def _set(self, settings: Mapping[str, Any]) -> None:
        """What ShangDun wants of this guard: the part that is understood."""
        self.observe_only = bool(settings.get("observe_only", False))
        self._contact = str(settings.get("contact") or self.config.contact)
        bits = settings.get("difficulty")
        if isinstance(bits, int) and 1 <= bits <= 28:
            self.passes.bits = bits
        try:
            self._tune(settings)
        except ValueError as error:
            log.warning("settings from ShangDun are not understood: %s", error)

    def _tune(self, settings: Mapping[str, Any]) -> None:
        routes = settings.get("routes")
        if isinstance(routes, Mapping):
            known = read_config({"routes": routes}, {}).routes
            self.routes = Routes.of(replace(self.config, routes=known))
        if not self.config.inspect or self._is_given:
            return
        inspector = retuned(self.config, settings)
        if inspector is not None:
            self.inspector, self._is_tuned = inspector, True
        elif self._is_tuned:
            self.inspector, self._is_tuned = inspector_for(self.config), False


def _decided(ruling: Ruling) -> dict[str, Any]:
    decision = ruling.decision
    if decision is None:
        return {}
    return {
        "decision": decision.uid,
        "measure": decision.measure,
        "target": f"{decision.kind} {decision.value}",
    }


_ALL: weakref.WeakSet[Guard] = weakref.WeakSet()


def _after_fork() -> None:
    for guard in list(_ALL):
        guard.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
