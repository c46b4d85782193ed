"""Slow bodies: who sends a byte a second holds nobody up, and half a form is none."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from shangdun.runtime.patience import BODIES, BODIES_OF_ONE, LARGEST_FORM, Patient


class Slow(io.BytesIO):
    """A body whose end comes when somebody says so."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.asked, self.come = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        assert self.come.wait(10)
        return super().read(size)


class Shop:
    """An application that says what it read, and notices when two are in it at once."""

    def __init__(self) -> None:
        self.inside, self.most, self.bodies = 0, 0, list[bytes]()
        self._count = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._count:
            self.inside += 1
            self.most = max(self.most, self.inside)
        threading.Event().wait(0.02)
        self.bodies.append(environ["wsgi.input"].read())
        with self._count:
            self.inside -= 1
        start_response("200 OK", [])
        return [b"ok"]


def ask(application: Any, body: io.BytesIO, length: object = "", **more: str) -> str:
    told: list[str] = []
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": body, **more}
    application(environ, lambda status, _headers: told.append(status))
    return told[0]


def test_a_slow_body_holds_nobody_up():
    shop = Shop()
    patient = Patient(shop)
    slow = Slow(b"login=a")
    thread = threading.Thread(target=ask, args=(patient, slow, 7))
    thread.start()
    assert slow.asked.wait(10)
    assert ask(patient, io.BytesIO()) == "200 OK"
    assert shop.bodies == [b""]
    slow.come.set()
    thread.join(10)
    assert shop.bodies == [b"", b"login=a"]


def test_slow_bodies_take_up_neither_all_threads_nor_all_places_of_others():
    shop = Shop()
    patient = Patient(shop)
    slow = [Slow(b"a") for _ in range(BODIES)]
    whose = ["192.0.2.1"] * BODIES_OF_ONE + ["192.0.2.2"] * (BODIES - BODIES_OF_ONE)
    threads = [
        threading.Thread(target=ask, args=(patient, body, 1), kwargs={"REMOTE_ADDR": address})
        for body, address in zip(slow, whose, strict=True)
    ]
    for thread in threads[:BODIES_OF_ONE]:
        thread.start()
    assert all(body.asked.wait(10) for body in slow[:BODIES_OF_ONE])
    again = "503 Service Unavailable"
    assert ask(patient, io.BytesIO(b"a"), 1, REMOTE_ADDR="192.0.2.1") == again
    assert ask(patient, io.BytesIO(b"a"), 1, REMOTE_ADDR="192.0.2.3") == "200 OK"
    for thread in threads[BODIES_OF_ONE:]:
        thread.start()
    assert all(body.asked.wait(10) for body in slow)
    assert ask(patient, io.BytesIO(b"a"), 1, REMOTE_ADDR="192.0.2.3") == again
    assert ask(patient, io.BytesIO()) == "200 OK"
    for body, thread in zip(slow, threads, strict=True):
        body.come.set()
        thread.join(10)
    assert ask(patient, io.BytesIO(b"a"), 1, REMOTE_ADDR="192.0.2.1") == "200 OK"


def test_requests_take_their_turn():
    shop = Shop()
    patient = Patient(shop)
    threads = [threading.Thread(target=ask, args=(patient, io.BytesIO(b"a"), 1)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (shop.most, len(shop.bodies)) == (1, 6)


def test_an_upload_is_read_while_it_is_worked_on_and_takes_no_turn():
    shop = Shop()
    patient = Patient(shop)
    for length, more in ((LARGEST_FORM + 1, {}), ("", {"HTTP_TRANSFER_ENCODING": "chunked"})):
        slow, told = Slow(b"evidence"), {"CONTENT_TYPE": "Multipart/form-data; x", **more}
        thread = threading.Thread(target=ask, args=(patient, slow, length), kwargs=told)
        thread.start()
        assert slow.asked.wait(10)  # the application itself reads it
        assert shop.inside == 1
        assert ask(patient, io.BytesIO()) == "200 OK"
        slow.come.set()
        thread.join(10)


def test_half_a_form_is_none():
    """«amount=100» of «amount=10000»: who broke off did not say a hundred."""
    shop = Shop()
    assert ask(Patient(shop), io.BytesIO(b"amount=100"), 12) == "400 Bad Request"
    assert not shop.bodies


@pytest.mark.parametrize("length", ["-1", "a", "９", "1" * 40])
def test_a_length_that_is_none_is_no_body(length: str):
    shop = Shop()
    assert ask(Patient(shop), io.BytesIO(), length) == "200 OK"
