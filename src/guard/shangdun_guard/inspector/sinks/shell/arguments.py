"""What the arguments of a command look like when somebody means the command and not the word."""

from __future__ import annotations

import re
from typing import Callable

NONE, POSSIBLE, PROBABLE, SURE = 0, 1, 2, 3
Check = Callable[["tuple[str, ...]"], int]

_HOST = re.compile(
    r"(?:[a-z]{2,8}://)?(?:[\w.-]{1,64}@)?"
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|\[?[0-9a-f]*::?[0-9a-f:.]+\]?"
    r"|(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,18})"
    r"(?:[:/?#]|$)",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:/|~/|\.{1,2}/|[a-z]:(?:[\\/]|$)|\\\\|\.\.\\|%\w+%)|[\w.*-]*\*|[\w-]+/[\w./-]+",
    re.IGNORECASE,
)
_FILE = re.compile(r"[\w-]{1,64}(?:\.[\w-]{1,24})*\.[a-z]\w{0,4}$", re.IGNORECASE)
_FLAG = re.compile(r"(?:--?[A-Za-z]|/[A-Za-z]{1,9}$|-\d)")
_SPAN = re.compile(r"\d+(?:\.\d+)?[smhd]?$")
_OPEN = re.compile(r"(?:/|~/|\.{1,2}[/\\]|[a-z]:(?:[\\/]|$)|\\\\|%\w+%)", re.IGNORECASE)


def flagged(args: tuple[str, ...]) -> bool:
    """Whether an option stands among them."""
    return any(_FLAG.match(arg) for arg in args)


def written(args: tuple[str, ...]) -> int:
    """How many are plain words, as prose would have behind a verb."""
    return sum(1 for arg in args if arg.isalpha() and len(arg) > 1)


def alone(args: tuple[str, ...]) -> int:
    """Commands that nobody writes by chance: no argument, or options."""
    if not args or flagged(args[:2]) or args[0][:1] in "<>0123456789":
        return SURE
    return SURE if _PATH.match(args[0]) else NONE if written(args) else POSSIBLE


def word_alone(args: tuple[str, ...]) -> int:
    """Commands that are words too: what stands around them decides, unless options follow."""
    if not args:
        return PROBABLE
    if args[0].startswith("#") or args[0] in {">", "<", ">>", "//", "--"}:
        return SURE
    if written(args) > 1:
        return NONE
    return SURE if flagged(args[:2]) or _PATH.match(args[0]) else NONE


def reads(args: tuple[str, ...]) -> int:
    """Commands that take files."""
    if not args or written(args) > 2:
        return NONE
    if any(_OPEN.match(arg) for arg in args[:4]):
        return SURE
    if args[0] == "<" or any(_PATH.match(arg) for arg in args[:4]):
        return PROBABLE
    if any(_FILE.match(arg) for arg in args[:3]):
        return PROBABLE
    return POSSIBLE if flagged(args[:2]) else NONE


def connects(args: tuple[str, ...]) -> int:
    """Commands that talk to a host."""
    if not args or written(args) > 2:
        return NONE
    host = any(_HOST.match(arg) for arg in args[:8])
    if host:
        return SURE if flagged(args[:6]) or len(args) <= 2 else PROBABLE
    return POSSIBLE if flagged(args[:2]) and not written(args[1:]) else NONE


def waits(args: tuple[str, ...]) -> int:
    """``sleep 5``, ``sleep 0.5s``, ``timeout /t 5``; and nothing behind it."""
    if not args:
        return NONE
    number = next((arg for arg in args[:2] if _SPAN.match(arg)), None)
    if number is None:
        return SURE if args[0].startswith("$((") else NONE
    return NONE if written(args) else SURE


def interprets(args: tuple[str, ...]) -> int:
    """Shells and languages: a program as option, a script, or nothing (their input is piped)."""
    if not args:
        return PROBABLE
    if written(args) > 2 and not flagged(args[:1]):
        return NONE
    first = args[0].lower()
    if first in {"-c", "-e", "-r", "-i", "-p", "/c", "/k", "-enc", "-nop", "-ec", "-w", "-ne"}:
        return SURE
    if first.startswith(("-enc", "-exec", "-nop", "-win", "-com", "-c", "-e")):
        return SURE
    if first in {"<", "<<<", "-"} or _OPEN.match(first):
        return SURE
    return PROBABLE if flagged(args[:1]) or _FILE.match(first) else NONE


def writes(args: tuple[str, ...]) -> int:
    """Commands that change files or the system: options or paths."""
    if not args or written(args) > 2:
        return NONE
    if any(_OPEN.match(arg) for arg in args[:4]):
        return SURE if flagged(args[:2]) or args[0][:1] in "/~" else PROBABLE
    if ">" in args or ">>" in args:
        return PROBABLE
    return POSSIBLE if flagged(args[:1]) or _FILE.match(args[0]) else NONE


def prints(args: tuple[str, ...]) -> int:
    """``echo``: sums, redirections and variables show that somebody waits for the answer."""
    if not args:
        return NONE
    if any("$((" in arg or arg.startswith(("$", "%")) for arg in args[:4]):
        return SURE
    if any(arg in {">", ">>"} for arg in args):
        return SURE
    return NONE if written(args) > 1 else POSSIBLE


def builds(args: tuple[str, ...]) -> int:
    """Tools of developers: an attack seldom, a ticket often."""
    return POSSIBLE if args and (flagged(args) or args[0] in {"install", "run"}) else NONE


def windows_net(args: tuple[str, ...]) -> int:
    """``net user``, ``reg query HKLM`` and the like: a known verb."""
    verbs = {"user", "localgroup", "start", "view", "use", "share", "query", "add", "accounts"}
    if not args or args[0].lower() not in verbs:
        return NONE
    return SURE if len(args) == 1 or flagged(args) or "\\" in args[1] else PROBABLE
