"""Where recently paying customers are, so that no automatic decision turns many of them away.

An index from address (IPv6: /64), account, session, device and country to the customers seen there,
in sorted arrays: twelve bytes a place. A range is one slice of the addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from shangdun.kernel.errors import UsageError
from shangdun.kernel.ids import content_id
from shangdun.lake.store.disk import replace_file
from shangdun.protect.decision import Measure
from shangdun.protect.policy import Hold, Ruling
from shangdun.protect.settings import CustomersConfig
from shangdun.protect.target import Network, Target, TargetKind, parse_address

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]

MOST_PLACES = 4_000_000
"""48 MB; of more the newest customers' places are kept."""

STALE = 3_600_000
"""Milliseconds after which what is known of customers counts as unknown."""

_KIND_OF_COLUMN = {
    "account": TargetKind.ACCOUNT,
    "session": TargetKind.SESSION,
    "device": TargetKind.DEVICE,
    "country": TargetKind.COUNTRY,
}


class Customers:
    """Who paid lately, and where they are; asked without a query."""

    def __init__(
        self, v4: _Places, v6: _Places, names: _Places, *, total: int = 0, taken: int = 0
    ) -> None:
        self._v4, self._v6, self._names = v4, v6, names
        self.total = total
        """Recently paying customers."""
        self.taken = taken
        """When the lake was asked, ms; 0: never."""

    @classmethod
    def unknown(cls) -> Customers:
        """Nothing is known: as if the lake had never been asked."""
        nowhere = _Places.of([])
        return cls(nowhere, nowhere, nowhere)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], taken: int) -> Customers:
        """The index of ``QUERY``'s rows, newest first; what is no address is left out."""
        v4: list[tuple[int, int]] = []
        v6: list[tuple[int, int]] = []
        names: list[tuple[int, int]] = []
        numbers: dict[str, int] = {}
        for row in rows:
            if len(v4) + len(v6) + len(names) >= MOST_PLACES:
                break
            number = numbers.setdefault(str(row["customer"]), len(numbers))
            version, key = _address_key(row.get("address"))
            if version:
                (v4 if version == 4 else v6).append((key, number))
            for column, kind in _KIND_OF_COLUMN.items():
                if text := row.get(column):
                    names.append((_name_key(kind, str(text)), number))
        return cls(
            _Places.of(v4), _Places.of(v6), _Places.of(names), total=len(numbers), taken=taken
        )

    def known(self, now: int) -> bool:
        """Whether anybody is known to pay, as of an hour ago or later."""
        return self.total > 0 and now - self.taken <= STALE

    def met_by(self, target: Target) -> int:
        """How many recently paying customers a decision about the target meets.

        Of a network (AS) nothing is known: none, which ``held`` does not take for an answer.
        """
        network = target.network
        if network is not None:
            return self._in_network(network)
        if target.kind is TargetKind.NETWORK:
            return 0
        key = _name_key(target.kind, target.value)
        return self._names.between(key, key)

    def _in_network(self, network: Network) -> int:
        first, last = int(network.network_address), int(network.broadcast_address)
        if network.version == 4:
            return self._v4.between(first, last)
        return self._v6.between(first >> 64, last >> 64)

    def save(self, path: Path) -> None:
        """Write it for other processes, all or nothing."""
        document = {
            "total": self.total,
            "taken": self.taken,
            "arrays": [
                [places.keys.tobytes(), places.numbers.tobytes()]
                for places in (self._v4, self._v6, self._names)
            ],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, msgspec.msgpack.encode(document))

    @classmethod
    def load(cls, path: Path) -> Customers:
        """What was saved last; nothing known where there is none or it cannot be read."""
        try:
            document = msgspec.msgpack.decode(path.read_bytes())
            places = [
                _Places(np.frombuffer(keys, np.uint64), np.frombuffer(numbers, np.uint32))
                for keys, numbers in document["arrays"]
            ]
            return cls(*places, total=int(document["total"]), taken=int(document["taken"]))
        except (OSError, msgspec.DecodeError, ValueError, KeyError, TypeError):
            return cls.unknown()


class _Places:
    """Pairs of place and customer, sorted by place."""

    def __init__(self, keys: Keys, numbers: Numbers) -> None:
        self.keys, self.numbers = keys, numbers

    @classmethod
    def of(cls, pairs: list[tuple[int, int]]) -> _Places:
        keys = np.fromiter((key for key, _ in pairs), np.uint64, len(pairs))
        numbers = np.fromiter((number for _, number in pairs), np.uint32, len(pairs))
        order = np.lexsort((numbers, keys))
        keys, numbers = keys[order], numbers[order]
        if len(keys):
            fresh = np.ones(len(keys), bool)
            fresh[1:] = (keys[1:] != keys[:-1]) | (numbers[1:] != numbers[:-1])
            keys, numbers = keys[fresh], numbers[fresh]
        return cls(keys, numbers)

    def between(self, first: int, last: int) -> int:
        """Customers whose place is from ``first`` to ``last``, each once."""
        start = int(np.searchsorted(self.keys, np.uint64(first), "left"))
        stop = int(np.searchsorted(self.keys, np.uint64(last), "right"))
        if stop - start < 2:
            return stop - start
        seen = np.zeros(int(self.numbers.max()) + 1, bool)
        seen[self.numbers[start:stop]] = True
        return int(seen.sum())


def _address_key(value: object) -> tuple[int, int]:
    """(version, number): of IPv4 the address, of IPv6 the upper half; (0, 0) for no address."""
    try:
        address = parse_address(str(value)) if value else None
    except UsageError:
        address = None
    if address is None:
        return 0, 0
    return address.version, int(address) >> (0 if address.version == 4 else 64)


def _name_key(kind: TargetKind, text: str) -> int:
    return int(content_id(kind, text)[:16], 16)


class Guard:
    """Has the last word on decisions that no person looked at."""

    def __init__(
        self, customers: Customers, config: CustomersConfig, *, now: int, met_already: int = 0
    ) -> None:
        """``met_already``: customers whom automatic decisions in force meet, added up."""
        self._customers, self._config = customers, config
        self._known = customers.known(now)
        self._met = met_already

    def judged(self, ruling: Ruling) -> Ruling:
        """The ruling with the customers it meets, held where these are too many or not known.

        Those that are let pass add up over the life of this guard.
        """
        met = self._customers.met_by(ruling.target)
        hold = ruling.hold or self._hold(ruling, met)
        if hold is None and self._turns_away(ruling):
            self._met += met
        return msgspec.structs.replace(ruling, payers=met, hold=hold)

    def _hold(self, ruling: Ruling, met: int) -> Hold | None:
        if not self._turns_away(ruling):
            return None
        if not self._known or ruling.target.kind is TargetKind.NETWORK:
            return None if self._config.unknown == "act" else Hold.UNKNOWN
        config = self._config
        blocks = ruling.measure is Measure.BLOCK
        if met > (config.blocked_at_most if blocks else config.slowed_at_most):
            return Hold.CUSTOMERS
        budget = max(config.share_percent / 100 * self._customers.total, config.slowed_at_most)
        return Hold.SHARE if met and self._met + met > budget else None

    @staticmethod
    def _turns_away(ruling: Ruling) -> bool:
        return ruling.measure is not Measure.ALLOW


QUERY = """
WITH suspect AS (
  SELECT "src_endpoint.ip" AS address FROM events
  WHERE time >= $recent AND status_id = 2 AND class_uid IN (3002, 92006002)
  GROUP BY 1
  HAVING count(DISTINCT "user.name") FILTER (WHERE class_uid = 3002) >= 5
      OR count(DISTINCT "card.fingerprint") >= 5
), paid AS (
  SELECT coalesce("user.name", "user.uid", "card.fingerprint", "session.uid", "src_endpoint.ip")
           AS customer,
         "src_endpoint.ip" AS address, "user.name" AS account, "session.uid" AS session,
         "device.uid" AS device, "src_endpoint.location.country" AS country, max(time) AS seen
  FROM events
  WHERE (class_uid = 92006002 AND activity_id IN (1, 2) OR class_uid = 92006001 AND activity_id = 1)
    AND coalesce(status_id, 1) = 1
    AND ("src_endpoint.ip" IS NULL OR "src_endpoint.ip" NOT IN (SELECT address FROM suspect
                                                               WHERE address IS NOT NULL))
  GROUP BY ALL
), also AS (
  SELECT "user.name" AS customer, "src_endpoint.ip" AS address, NULL AS account,
         "session.uid" AS session, "device.uid" AS device,
         "src_endpoint.location.country" AS country, max(time) AS seen
  FROM events
  WHERE time >= $recent AND "user.name" IN (SELECT account FROM paid)
    AND (class_uid = 3002 AND status_id = 1
         OR class_uid >= 92006000 AND coalesce(status_id, 1) = 1)
    AND "src_endpoint.ip" NOT IN (SELECT address FROM suspect WHERE address IS NOT NULL)
  GROUP BY ALL
)
SELECT * EXCLUDE seen FROM (SELECT * FROM paid UNION ALL SELECT * FROM also)
WHERE customer IS NOT NULL ORDER BY seen DESC
"""
"""Places of customers, newest first: where they paid (class 92006002 ``Authorise``, ``Capture``;
92006001 ``Place``), and where their accounts were used since ``$recent`` (ms).

Only what succeeded counts. Addresses from which five accounts were tried in vain, or five cards
declined, count for nobody: else whoever guesses one password, or finds one card that works, would
hide behind the customer whose it is.
"""
