"""A lake of one day in a shop: what visitors asked for, who ordered, who attacked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Day:
    """Collects events and stores them."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(folder, clock=FixedClock(NOON))
        self._shop: list[dict[str, object]] = []
        self._access: list[str] = []

    def asks(
        self,
        address: str,
        path: str,
        *,
        times: int = 1,
        minute: int = 0,
        agent: str = "Mozilla/5.0",
    ) -> None:
        """Requests in the access log, all within one minute of the last hour."""
        moment = f"04/Mar/2026:11:{minute:02d}:00 +0000"
        line = f'{address} - - [{moment}] "GET {path} HTTP/1.1" 200 512 "-" "{agent}"'
        self._access += [line] * times

    def orders(self, address: str, account: str, amount: float, **more: object) -> None:
        """An order that was placed."""
        self._event(
            92006001, 1, address, account,
            **{"order.uid": f"o{len(self._shop)}", "order.total": amount,
               "order.currency": "CNY", "session.uid": f"s-{account}", **more},
        )  # fmt: skip

    def signs_in(self, address: str, account: str, *, works: bool = True) -> None:
        """A login, or a try."""
        self._event(3002, 1, address, account, status_id=1 if works else 2)

    def store(self) -> Lake:
        """Bring everything into the lake."""
        for version, (name, lines) in enumerate(
            (
                ("combined", [line.encode() for line in self._access]),
                ("shop", [msgspec.json.encode(event) for event in self._shop]),
            ),
            start=1,
        ):
            if lines:
                parser = get_parser(name, clock=FixedClock(NOON))
                parsed = parser.parse(Block(b"\n".join(lines) + b"\n"))
                assert not parsed.dead
                frame = conform(parsed, source=name, observed=to_millis(NOON), file_id=name)
                self.lake.append(frame, app_id="test", version=version)
        return self.lake

    def _event(
        self, class_uid: int, activity: int, address: str, account: str, **more: object
    ) -> None:
        self._shop.append(
            {
                "class_uid": class_uid,
                "activity_id": activity,
                "time": to_millis(NOON) - 3_600_000 + len(self._shop),
                "src_endpoint.ip": address,
                "user.name": account,
                "status_id": 1,
            }
            | more
        )
