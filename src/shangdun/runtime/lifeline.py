"""A child that does not outlive its parent, even where the parent is killed without warning."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # prctl(2)


def tied_to_parent(number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """What a child runs between fork and exec so that the kernel signals it at its parent's end.

    Made in the parent, since loading a library in a forked child is not safe. Elsewhere than on
    Linux it does nothing: there only a clean stop ends the children.
    """
    parent = os.getpid()
    prctl = _prctl()
    return lambda: _tie(prctl, parent, number)


def tie_to(parent: int, number: signal.Signals) -> None:
    """The same for a process that was started otherwise: called in it, with its parent's id."""
    _tie(_prctl(), parent, number)


def _prctl() -> Callable[..., int]:
    if not sys.platform.startswith("linux"):
        return lambda *_: 0
    call: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    return call


def _tie(prctl: Callable[..., int], parent: int, number: signal.Signals) -> None:
    prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew of the wish
        os.kill(os.getpid(), number)
