"""A network of its own: a firewall to try things on, and loopback that nobody else hears."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NFT = "/usr/sbin/nft"


class Namespace:
    """A network namespace that lives as long as a process that sleeps in it."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.enter = ["nsenter", "-t", str(pid), "-n"]
        self.nft = folder / "nft-in-namespace"
        self.nft.write_text(f'#!/bin/sh\nexec {" ".join(self.enter)} {NFT} "$@"\n')
        self.nft.chmod(0o755)

    def run(self, *words: str, check: bool = True) -> str:
        """A command in there; gives what it printed."""
        return subprocess.run(
            [*self.enter, *words], check=check, capture_output=True, text=True, timeout=60
        ).stdout

    def start(self, *words: str, **options) -> subprocess.Popen[bytes]:
        """A process in there."""
        return subprocess.Popen([*self.enter, *words], **options)

    def elements(self, table: str, name: str, family: str = "inet") -> set[str]:
        """The elements of a set."""
        listed = json.loads(self.run(NFT, "-j", "list", "set", family, table, name))
        found = next(e["set"] for e in listed["nftables"] if "set" in e)
        return {e["elem"]["val"] if isinstance(e, dict) else e for e in found.get("elem", [])}


@contextmanager
def namespace(folder: Path) -> Iterator[Namespace]:
    """One with loopback up; skips the test where this is not allowed or nftables is missing."""
    for needed in ("unshare", "nsenter", "ip", NFT):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    holder = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != b"up\n":
            pytest.skip("network namespaces are not allowed here")
        made = Namespace(holder.pid, folder)
        if subprocess.call([str(made.nft), "list", "tables"]):
            pytest.skip("nftables cannot be used here")
        yield made
    finally:
        holder.kill()
        holder.wait()
        for pipe in (holder.stdout, holder.stderr):
            if pipe:
                pipe.close()


def until(condition, seconds: float = 10.0, every: float = 0.02) -> float:
    """Wait until something holds; gives how long that took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(every)
    return time.monotonic() - began


def alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
