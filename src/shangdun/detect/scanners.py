"""The scanners of a plan, one a field, compiled once and kept on disk as one file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import hyperscan as hs
import msgspec

from shangdun.detect.plan import Plan
from shangdun.detect.rule_cache import DiskCache
from shangdun.detect.scan import Compiled, Noise, Scanner, compile_matchers, platform

SCANNER_VERSION = b"7"
"""Raise it when the same matchers are scanned for in another way than before."""


class Scanners:
    """``of`` gives a field's scanner, ``quieter`` one that leaves frequent matchers out."""

    def __init__(self, plan: Plan, *, key: str = "", cache_dir: str = "") -> None:
        self._matchers = plan.matchers
        self._cache = DiskCache(Path(cache_dir)) if key and cache_dir else None
        self._key = key
        self._scanners = self._obtain("", dict.fromkeys(self._matchers, Noise()))
        self._quieter: dict[str, tuple[Noise, Scanner]] = {}

    def of(self, group: str) -> Scanner | None:
        """The scanner of a group of fields; None where no rule asks for a text there."""
        return self._scanners.get(group)

    def quieter(self, group: str, noise: Noise) -> Scanner:
        """A scanner of a group that reports less; what it leaves out is asked value by value.

        Columns of one group share it: what is frequent in one of them is left out for all.
        """
        known = self._quieter.get(group)
        if known is None or not noise.within(known[0]):
            all_noise = noise.with_more(known[0]) if known else noise
            scanner = self._obtain("quieter", {group: all_noise})[group]
            known = self._quieter[group] = (all_noise, scanner)
        return known[1]

    def _obtain(self, kind: str, noise: dict[str, Noise]) -> dict[str, Scanner]:
        name = self._name(msgspec.msgpack.encode((kind, noise if kind else {}), order="sorted"))
        stored = self._cache.get(name) if self._cache else None
        if stored is not None:
            try:
                return self._made(msgspec.msgpack.decode(stored, type=dict[str, Compiled]))
            except (msgspec.DecodeError, hs.error, LookupError):
                pass  # of another machine or damaged: compile again
        compiled = {
            group: compile_matchers(self._matchers[group], one) for group, one in noise.items()
        }
        if self._cache:
            self._cache.put(name, msgspec.msgpack.encode(compiled))
        return self._made(compiled)

    def _made(self, compiled: dict[str, Compiled]) -> dict[str, Scanner]:
        return {group: Scanner(self._matchers[group], one) for group, one in compiled.items()}

    def _name(self, part: bytes) -> str:
        digest = hashlib.blake2b(digest_size=16)
        for one in (SCANNER_VERSION, platform(), self._key.encode(), part):
            digest.update(b"%d:" % len(one) + one)
        return f"{digest.hexdigest()}.hsdb"
