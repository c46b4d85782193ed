"""A real mail server on loopback that remembers what it took, and refuses whom it is told to."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from typing import Any, Self

from aiosmtpd.controller import Controller


class MailServer:
    """``taken`` counts recipients whose letter it answered with 250."""

    def __init__(self, *, refuse: dict[str, str] | None = None) -> None:
        self.taken: Counter[str] = Counter()
        self.messages: dict[str, bytes] = {}
        self.keep = False
        self.connections = 0
        self.refuse = refuse or {}
        """Address → reply to RCPT, or ``data:`` and the reply after the text."""
        self.on_taken: Callable[[int], None] = lambda _: None
        self.lock = threading.Lock()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        reply = self.refuse.get(address, "")
        if reply and not reply.startswith("data:"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        (address,) = envelope.rcpt_tos
        if reply := self.refuse.get(address, ""):
            return reply.removeprefix("data:")
        with self.lock:
            self.taken[address] += 1
            total = self.taken.total()
            if self.keep:
                self.messages[address] = envelope.content
        self.on_taken(total)
        return f"250 2.0.0 Ok: queued as Q{total:08X}"

    def message(self, address: str) -> Any:
        return message_from_bytes(self.messages[address])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
