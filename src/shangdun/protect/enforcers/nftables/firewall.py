"""The firewall: transactions into the kernel by ``nft``, and what the kernel says is there."""

from __future__ import annotations

import logging
import subprocess
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import msgspec

from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Change, Due, Range, Slot
from shangdun.protect.enforcers.enforcer import EnforcerError, Present, refused
from shangdun.protect.enforcers.nftables import script
from shangdun.protect.enforcers.nftables.script import SetName
from shangdun.protect.enforcers.nftables.settings import NftablesSettings
from shangdun.protect.enforcers.wire import Prefix, value_of
from shangdun.protect.target import TargetKind

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60.0
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
ABSENT = "No such file or directory"


class Firewall:
    """The table ``inet shangdun`` of this network namespace."""

    able = Range(frozenset(script.MEASURES), frozenset({TargetKind.ADDRESS, TargetKind.RANGE}))
    rest_seconds = 0.0

    def __init__(self, settings: NftablesSettings) -> None:
        self._settings = settings
        self._sets: set[SetName] = set()
        self.left_out: set[Slot] = set()

    def replace(self, due: Due, now: int) -> None:
        """The table anew, in one transaction: at no moment is anybody let through by it."""
        wanted, wrong = script.elements(due.slots())
        self.left_out = set()
        self._leave_out(wrong)
        self._run(script.anew(self._settings, wanted, now))
        self._sets = set(wanted)

    def apply(self, change: Change, due: Due, now: int) -> None:
        """Only what changes, in one transaction."""
        del due
        put, wrong = script.elements(change.put.items())
        drop, _unknown = script.elements((slot, None) for slot in change.drop)
        self.left_out -= change.drop
        self._leave_out(wrong)
        needed = self._sets | put.keys() | drop.keys()
        parts: list[str] = []
        if needed != self._sets:
            parts += script.frame(self._settings, needed)
        parts += script.changed(self._settings.table, put, drop, now)
        self._run(parts)
        self._sets = needed

    def present(self) -> Present:
        """What the kernel has; trouble where our rules were taken away or others put between."""
        done = self._nft("-j", "list", "table", "inet", self._settings.table)
        if done.returncode:
            if ABSENT in done.stderr.decode("utf-8", "replace"):
                return Present(frozenset(), "the table is not there")
            raise _failed(done)
        listed = msgspec.json.decode(done.stdout)["nftables"]
        slots: set[Slot] = set()
        rules: Counter[str] = Counter()
        for entry in listed:
            if found := entry.get("set"):
                slots |= _slots(found)
            elif found := entry.get("rule"):
                rules[found["chain"]] += 1
        wanted = Counter({"decide": len(self._sets)})
        wanted |= Counter(
            dict.fromkeys(self._settings.hooks, len(script.conditions(self._settings.ports)))
        )
        trouble = "" if rules == wanted else "the rules are not those that were put there"
        return Present(frozenset(slots), trouble)

    def clear(self, now: int) -> None:
        """Take the table away."""
        del now
        table = self._settings.table
        self._run([f"add table inet {table}\n", f"delete table inet {table}\n"])
        self._sets = set()

    def _leave_out(self, wrong: list[Slot]) -> None:
        self.left_out.update(wrong)
        if wrong:
            log.error("%s: %s", self._settings.called, refused(wrong))

    def _run(self, parts: Iterable[str]) -> None:
        text = "".join(parts)
        if not text:
            return
        done = self._nft("-f", "-", given=text.encode("ascii"))
        if done.returncode:
            raise _failed(done)

    def _nft(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603  our own words; values come by its standard input
                [self._settings.command, *words],
                input=given,
                capture_output=True,
                check=False,
                env=ENVIRONMENT,
                timeout=TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnforcerError(
                f"nft cannot be run: {error}",
                where=self._settings.command,
                fix="apt install nftables, or name it as `command`",
            ) from error


def _failed(done: subprocess.CompletedProcess[bytes]) -> EnforcerError:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    told = said[0][:300] if said else f"exit code {done.returncode}"
    fix = "nothing was changed; see the log"
    if "Operation not permitted" in told:
        fix = "run `shangdun enforce` with CAP_NET_ADMIN, see docs/enforcers.md"
    return EnforcerError(f"nft refused: {told}", fix=fix)


def _slots(found: dict[str, Any]) -> set[Slot]:
    """The elements of one of our sets; those of ``pace4`` are no decisions."""
    measure, _, length = str(found["name"]).partition("_")
    if measure[:-1] not in Measure.__members__.values() or not length.isdecimal():
        return set()
    chosen, version = Measure(measure[:-1]), int(measure[-1])
    slots = set()
    for element in found.get("elem", ()):
        value = element["elem"]["val"] if isinstance(element, dict) else element
        first = value if version == 4 else str(ip_address(value))
        slots.add(Slot(chosen, *value_of(Prefix(version, int(length), first))))
    return slots
