"""The figures of this machine."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from shangdun.observe.host import Disk, Sample

FILE_SYSTEMS = frozenset(
    {"btrfs", "ext2", "ext3", "ext4", "f2fs", "ntfs", "overlay", "vfat", "xfs", "zfs"}
)
_STA_UNSYNC, _STA_NANO = 0x0040, 0x2000
_TIME_ERROR = 5


class Figures:
    """Takes samples; rates are those since the sample before."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._network = _traffic()
        self._at = monotonic()
        psutil.cpu_percent()  # counts from here

    def sample(self, now: int) -> Sample:
        """The figures at ``now`` (ms); what this system does not tell is None."""
        moment, network = self._monotonic(), _traffic()
        passed = max(0.001, moment - self._at)
        received, sent = (
            (new - old) / passed for new, old in zip(network, self._network, strict=True)
        )
        self._network, self._at = network, moment
        swap = psutil.swap_memory()
        return Sample(
            host=socket.gethostname(),
            at=now,
            cpu=psutil.cpu_percent(),
            load=round(100 * psutil.getloadavg()[0] / (psutil.cpu_count() or 1), 1),
            memory=psutil.virtual_memory().percent,
            swap=swap.percent if swap.total else None,
            disks=disks(),
            received=round(max(0.0, received), 1),
            sent=round(max(0.0, sent), 1),
            files=_open_files(),
            clock_ms=clock_offset(),
        )


def disks() -> list[Disk]:
    """Every file system that holds data, once, by its shortest mount."""
    found: dict[str, Disk] = {}
    for part in sorted(psutil.disk_partitions(all=True), key=lambda part: len(part.mountpoint)):
        if part.fstype not in FILE_SYSTEMS or "ro" in part.opts.split(",") or part.device in found:
            continue
        with contextlib.suppress(OSError):
            usage, status = psutil.disk_usage(part.mountpoint), os.statvfs(part.mountpoint)
            if Path(part.mountpoint).is_dir() and usage.total:
                inodes = 100 * (1 - status.f_ffree / status.f_files) if status.f_files else None
                found[part.device] = Disk(
                    part.mountpoint,
                    usage.percent,
                    usage.free,
                    None if inodes is None else round(inodes, 1),
                )
    return list(found.values())


class _Timex(ctypes.Structure):
    """``struct timex`` of Linux, adjtimex(2); what is not read here is padding."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 64),
    )


def clock_offset() -> float | None:
    """Milliseconds between our clock and what it is disciplined by (chrony, ntpd, timesyncd).

    As the kernel tells it. None where nothing disciplines the clock, or it cannot be asked.
    """
    if not sys.platform.startswith("linux"):
        return None
    state = _Timex()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    except (OSError, AttributeError):
        return None
    if answer < 0 or answer == _TIME_ERROR or state.status & _STA_UNSYNC:
        return None
    unit = 1e6 if state.status & _STA_NANO else 1e3
    return round(float(state.offset) / unit, 3)


def _traffic() -> tuple[int, int]:
    counters = psutil.net_io_counters(pernic=True, nowrap=True)
    outer = [value for name, value in counters.items() if name != "lo"]
    return sum(one.bytes_recv for one in outer), sum(one.bytes_sent for one in outer)


def _open_files() -> float | None:
    try:
        used, _, most = Path("/proc/sys/fs/file-nr").read_text().split()
    except (OSError, ValueError):
        return None
    return round(100 * int(used) / max(1, int(most)), 3)
