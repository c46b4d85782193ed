"""Plays actors against the running shop: the requests are real, the shop writes its own logs."""

from __future__ import annotations

import http.client
import re
import threading
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from crowd.actor import Actor
from crowd.patience import answer
from crowd.people import Client
from crowd.step import Step
from crowd.writer import Logs

_ORDER_NUMBER = re.compile(rb"\b1\d{5}\b")
_TIMEOUT = 20.0
_FORM = "application/x-www-form-urlencoded"


class Browser:
    """Keeps cookies, fills in the CSRF token, knows the number of the last order."""

    def __init__(self, port: int, host: str) -> None:
        self._port = port
        self._host = host
        self._cookies: dict[str, str] = {}

    def send(
        self, step: Step, client: Client, order: str, *, patient: bool = True
    ) -> tuple[int, bytes]:
        """The response's status and body; who is patient passes a challenge and asks again."""
        body, headers = None, self._headers(step, client)
        if step.form is not None:
            token = {"csrfmiddlewaretoken": self._cookies.get("csrftoken", "")}
            body = urlencode(step.form | token)
            headers["Content-Type"] = _FORM
        target = step.target.replace("{order}", order)
        status, page = self._ask(step.method, target, body, headers)
        asked = answer(page) if patient and status == 403 else None
        if asked is None:
            return status, page
        self._ask("POST", asked[0], asked[1], {**headers, "Content-Type": _FORM})
        headers["Cookie"] = self._cookie_header()
        return self._ask(step.method, target, body, headers)

    def _ask(
        self, method: str, target: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    self._keep(value)
            return response.status, response.read()
        finally:
            connection.close()

    def _headers(self, step: Step, client: Client) -> dict[str, str]:
        headers = {
            "Host": self._host,
            "User-Agent": client.agent,
            "X-Forwarded-For": client.address,
            "X-Country-Code": client.country,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        }
        if step.referrer != "-":
            headers["Referer"] = step.referrer
        if self._cookies:
            headers["Cookie"] = self._cookie_header()
        return headers

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            if morsel.value:
                self._cookies[name] = morsel.coded_value
            else:
                self._cookies.pop(name, None)


class Driver:
    """At most `at_once` actors of a kind at the shop; takes no more than it can play."""

    def __init__(self, port: int, logs: Logs, *, pace: float = 1.0, at_once: int = 4) -> None:
        self._port = port
        self._logs = logs
        self._pace = pace
        self._free = {kind: threading.Semaphore(at_once) for kind in ("honest", "attack")}
        self._stop = threading.Event()
        self._threads: set[threading.Thread] = set()

    def take(self, actor: Actor) -> bool:
        """Play the actor if she is one for the real shop and there is room."""
        if not actor.real or self._stop.is_set():
            return False
        if not self._free[actor.kind].acquire(blocking=False):
            return False
        thread = threading.Thread(target=self._play, args=(actor,), daemon=True)
        self._threads = {one for one in self._threads if one.is_alive()} | {thread}
        thread.start()
        return True

    def stop(self) -> None:
        """End all visits and wait for them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=_TIMEOUT)

    def _play(self, actor: Actor) -> None:
        browser = Browser(self._port, actor.visit.host)
        finished = False
        try:
            finished = self._visit(actor, browser)
        except (OSError, http.client.HTTPException):
            pass  # the shop is going down, or refused what an attacker sent: the visit is over
        finally:
            if actor.requests:
                self._logs.label(actor.label(replayed=False, finished=finished))
            self._free[actor.kind].release()

    def _visit(self, actor: Actor, browser: Browser) -> bool:
        for step in actor.steps:
            if self._stop.wait(step.after / self._pace):
                return False
            client = step.client or actor.visit.client
            patient = actor.kind == "honest"
            _, body = browser.send(step, client, actor.visit.order, patient=patient)
            if step.target == "/checkout/thank-you/" and (number := _ORDER_NUMBER.search(body)):
                actor.visit.order = number[0].decode()
            actor.saw(step, time.time())
        return True
