"""Freed memory kept for the next block instead of given back and asked for anew."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's ``mallopt``, see malloc.h."""
_KEPT = 256 << 20
_MAPPED = 64 << 20


def keep_freed_memory() -> None:
    """Where the C library is glibc: blocks of some megabytes come from memory that is at hand.

    Without it every block's buffers are mapped, faulted in page by page and unmapped again, a
    tenth of the time of a run. For a process that ends with its work, not for one that stays.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _MAPPED)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)
