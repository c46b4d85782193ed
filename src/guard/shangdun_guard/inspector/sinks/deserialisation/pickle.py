"""Walks pickle opcodes without running them (Python's pickletools documents the machine)."""

from __future__ import annotations

import re
from itertools import islice

MAX_STEPS = 1500
MAX_LOOKS = 16

# Opcodes by what follows them: a fixed number of bytes, a line, or a length and as many bytes.
_FIXED = {
    **dict.fromkeys("().012abdeloqstuR}]NQ\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x93\x94\x97\x98", 0),
    **dict.fromkeys("Khq\x80\x82", 1),
    **dict.fromkeys("M\x83", 2),
    **dict.fromkeys("Jjr\x84", 4),
    **dict.fromkeys("G\x95", 8),
}
_LINES = frozenset("FILPSVgp")
_COUNTED = {"U": 1, "C": 1, "\x8c": 1, "T": 4, "X": 4, "B": 4, "\x8a": 1, "\x8b": 4}
_COUNTED.update({"\x8d": 8, "\x8e": 8, "\x96": 8})
_GLOBAL = re.compile(r"[ci]([A-Za-z_][\w.]{0,80})\n([A-Za-z_][\w.]{0,80})\n")
_HEAD = re.compile(r"\x80[\x02-\x05]|\x80\x01")

DANGEROUS = re.compile(
    r"(?:os|posix|nt|subprocess|commands|builtins|__builtin__|sys|socket|pty|shutil|runpy|code"
    r"|timeit|importlib|operator|functools|pickle|marshal|types|webbrowser|platform|pip|bdb|pdb"
    r"|asyncio|ctypes|multiprocessing|codecs|linecache|numpy\.testing)(?:\.\w{1,40}){0,3}$"
)


class _Machine:
    """What a pickle would call, as far as that shows without running it."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.module = ""
        self.calls = False

    def step(self, opcode: str, argument: str) -> None:
        if opcode in _COUNTED:
            self.strings.append(argument)
        elif opcode == "\x93" and len(self.strings) > 1:
            self.module = self.module or self.strings[-2]
        elif opcode in "Rob\x81\x92i":
            self.calls = self.calls or opcode != "b"


def module_called(text: str) -> tuple[str, int, int] | None:
    """Module of the first global that a pickle in the text calls, with its place; or None.

    The text holds a byte a character (latin-1). Tried where a protocol header or a protocol-0
    global stands, at most ``MAX_LOOKS`` places.
    """
    for start in _starts(text):
        found = _run(text, start)
        if found is not None:
            module, end = found
            return module, start, end
    return None


def _starts(text: str) -> list[int]:
    places = [match.start() for match in islice(_HEAD.finditer(text), MAX_LOOKS)]
    first = _GLOBAL.search(text)
    if first is not None:
        before = text[max(0, first.start() - 1) : first.start()]
        places.append(first.start() - (before == "("))
    return places


def _run(text: str, place: int) -> tuple[str, int] | None:
    machine = _Machine()
    for _ in range(MAX_STEPS):
        opcode = text[place : place + 1]
        if opcode == ".":
            break
        named = _GLOBAL.match(text, place)
        if named is not None:
            machine.module = machine.module or named.group(1)
            machine.step(opcode, "")
            place = named.end()
            continue
        end = _argument(text, opcode, place + 1)
        if end is None:
            break
        machine.step(opcode, text[end[0] : end[1]])
        place = end[1]
    return (machine.module, min(place + 1, len(text))) if machine.module and machine.calls else None


def _argument(text: str, opcode: str, place: int) -> tuple[int, int] | None:
    """Where the argument of an opcode starts and ends; None: no opcode, or it is cut."""
    if opcode in _FIXED and opcode:
        return place, place + _FIXED[opcode]
    if opcode in _LINES and opcode:
        end = text.find("\n", place, place + 2000)
        return None if end < 0 else (place, end + 1)
    width = _COUNTED.get(opcode, 0)
    if not width or place + width > len(text):
        return None
    try:
        size = int.from_bytes(text[place : place + width].encode("latin-1"), "little")
    except UnicodeEncodeError:
        return None
    end = place + width + size
    return (place + width, end) if end <= len(text) else None
