"""Shell: would a separator, a substitution or the value itself run a command that exists? CWE-78.

A separator counts wherever it stands, as the quotes around the value are the program's and the
value may close them. What follows it must be a command of the table with arguments of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.shell.arguments import NONE, POSSIBLE, PROBABLE, SURE
from shangdun_guard.inspector.sinks.shell.commands import (
    IDLE,
    INTERPRETERS,
    could_run,
    known,
    strength,
)
from shangdun_guard.inspector.sinks.shell.lines import telling_line
from shangdun_guard.inspector.sinks.shell.words import Command, read_command

MAX_COMMANDS = 400
"""Separators of one text that are followed."""

_ODD = re.compile(r"[;|&`\n\r$^<>/\\{]| -")
# Each alternative begins with one fixed character: the engine jumps from one to the next.
_SEPARATOR = re.compile(r"\|\|?|&&?|;|\r[\r\n]*|\n[\r\n]*|`|\$\((?!\()|<\(|>\(")
_PLAIN_WORD = re.compile(r"[ \t]{0,40}([\w./:,@+=~-]{1,80})(?=[\s;|&)<>]|`(?!`)|$)")
"""A first word without any disguise: most need no closer look."""
_REFERENCE = re.compile(r"#?\w{1,10};")
_LISTED = re.compile(r"(?:^|[\s(|:,;=\"'])[A-Za-z_][\w-]+\s{0,2}$")
_FIGURES = re.compile(r"\s{0,4}[\d.:]{1,40}\s{0,4}$")
_BROKEN_OUT = re.compile(r"[\"')\]}]\s{0,4}$")
_REMARK = re.compile(r"; ?[A-Za-z]{2}(?:[-_][A-Za-z]{2})?(?=[;)])")
"""A language among the remarks of a browser: ``(Linux; U; Android 9; id; …)`` is Indonesian."""
_TABLE = re.compile(r"^[ \t]{0,8}\|?[ \t]{0,8}:?-{3,}:?[ \t]{0,8}\|", re.MULTILINE)
"""Below the head of a table in Markdown: a shell gives up on such a line."""
_HARMLESS = frozenset(["pwd", "date", "nproc", "dirname", "basename", "seq"])
_SENSITIVE = re.compile(
    r"/(?:etc|proc|root|dev/tcp|var/log|home/)\b|/(?:usr/|local/)*s?bin/|\.ssh|passwd|win\.ini"
    r"|(?:^|[\s;|&])[a-z]:[\\/]|\\windows",
    re.IGNORECASE,
)
_FETCHES = frozenset(
    ["wget", "curl", "fetch", "lynx", "certutil", "bitsadmin", "nslookup", "dig", "tftp", "aria2c"]
)
_PROBES = frozenset(["ping", "ping6", "sleep", "usleep", "timeout"])


class _Ran(NamedTuple):
    """A command that would run."""

    name: str
    how: str
    """chain, substitution, newline or command."""
    sure: int
    disguised: bool
    start: int
    end: int


def may(text: str) -> bool:
    """Without any of these characters no command is chained, substituted, or given a path."""
    return _ODD.search(text) is not None


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of commands that would run, less what is plainly written for people."""
    if "+" in text and " " not in text:
        text = text.replace("+", " ")
    ran = max(_ran(text, slot), key=lambda one: (one.sure, one.disguised, -one.start), default=None)
    line = telling_line(text)
    if ran is None and line is None:
        return []
    signs = []
    if ran is not None:
        signs += _signs_of(text, ran, slot)
    if line is not None:
        signs.append(Sign(line.code, line.start, line.end))
    first = min(sign.start for sign in signs)
    signs += _honesty(text, first, max(sign.end for sign in signs))
    return signs


def _ran(text: str, slot: Slot) -> list[_Ran]:
    names: dict[str, str] = {}
    found = []
    is_agent = slot.name == "user-agent"
    is_table = "--" in text and _TABLE.search(text) is not None
    for how, start, place in _starts(text):
        if how == "chain" and (
            (is_agent and _REMARK.match(text, start)) or (is_table and text[start] == "|")
        ):
            continue
        plain = _PLAIN_WORD.match(text, place)
        if plain is not None and not known(plain.group(1)) and not _sets(text, plain):
            continue
        command = read_command(text, place, names, could_run)
        if command is None or (command.stop == "(" and not command.args):
            continue  # a call of a function
        sure, name, disguised = strength(command)
        if sure == NONE:
            continue
        # ``id|`` and ``dir c:;``: the separator stands behind it
        ended = how == "command" and command.stop and not text[command.end :].strip(" ;|&")
        standing = "chain" if ended else how
        sure = _as_placed(text, standing, start, command, sure)
        if sure > NONE and standing == "chain" and _idles(text, start, name, command):
            sure = POSSIBLE
        if sure > NONE:
            found.append(_Ran(name, standing, sure, disguised, start, command.end))
    return found


def _starts(text: str) -> Iterator[tuple[str, int, int]]:
    """Where a command could begin: how, place of what separates it, place behind that."""
    yield "command", 0, 0
    for count, match in enumerate(_SEPARATOR.finditer(text)):
        if count >= MAX_COMMANDS:
            return
        mark = match.group()
        if mark == "`" and "``" in text[max(0, match.start() - 1) : match.end() + 1]:
            continue  # a fence of Markdown
        if mark[0] in "`$" or mark in {"<(", ">("}:
            how = "substitution"
        elif mark[0] in "\r\n":
            how = "newline"
        elif _in_reference(text, match):
            continue
        else:
            how = "chain"
        yield how, match.start(), match.end()


def _sets(text: str, word: re.Match[str]) -> bool:
    """Whether it is an assignment that a later command, or the one behind it, could need."""
    if "=" not in word.group():
        return False
    return "$" in text or text[word.end() : word.end() + 1] in {" ", "\t"}


def _idles(text: str, start: int, name: str, command: Command) -> bool:
    """Whether it does nothing by itself: ``|| exit 1``, or an interpreter that gets no input."""
    return name in IDLE or (name in INTERPRETERS and not command.args and text[start] != "|")


def _in_reference(text: str, mark: re.Match[str]) -> bool:
    """Whether ``&`` or ``;`` belongs to an HTML character reference such as ``&amp;``."""
    if mark.group() == "&":
        return _REFERENCE.match(text, mark.end()) is not None
    return mark.group() == ";" and "&" in text[max(0, mark.start() - 9) : mark.start()]


def _as_placed(text: str, how: str, start: int, command: Command, sure: int) -> int:
    """What its surroundings make of a command that could also be a word."""
    before = text[max(0, start - 60) : start]
    if how == "command":
        return sure if sure == SURE and (command.args or "/" in command.name) else NONE
    if how == "substitution":
        return _as_substituted(text, start, command, sure)
    if how == "chain" and text[start] == "&" and ("=" in before or "?" in before):
        return sure if command.args and sure == SURE else NONE
    return sure if sure != PROBABLE or command.args else _as_word(text, how, before, command)


def _as_word(text: str, how: str, before: str, command: Command) -> int:
    """A command without arguments that is a word too: lists of fields and regexes hold such."""
    group = command.stop in {")", "]", "}"} and "(" in before
    if how == "newline" and _FIGURES.match(before):
        return SURE
    if how != "newline" and not group and not _LISTED.search(before):
        return SURE
    ended = command.stop and command.stop in ";|&" and not text[command.end + 1 :].strip(" ;|&#")
    return PROBABLE if ended and not group else POSSIBLE


def _as_substituted(text: str, start: int, command: Command, sure: int) -> int:
    """Backticks also quote code in Markdown, and ``$()`` selects in jQuery."""
    before = text[max(0, start - 60) : start]
    if command.name in _HARMLESS and before.count(" ") > 2:
        return POSSIBLE  # as in ``docker run -v $(pwd):/app``
    if sure == SURE and text[start] == "`" and before[-1:] == " ":
        return PROBABLE if prose.words(before) else sure
    if sure != PROBABLE or command.args:
        return sure
    if text[command.end : command.end + 2] == ").":
        return NONE
    rest = text[command.end : command.end + 40]
    return POSSIBLE if prose.words(before) or prose.words(rest) else SURE


def _signs_of(text: str, ran: _Ran, slot: Slot) -> list[Sign]:
    span = (ran.start, ran.end)
    code = f"shell.{ran.how}" if ran.sure == SURE else f"shell.{ran.how}_{_GRADES[ran.sure]}"
    signs = [Sign(code, *span)]
    if ran.disguised:
        signs.append(Sign("shell.disguised", *span))
    if ran.sure < PROBABLE:
        return signs
    begin = ran.start
    if ran.how == "command" and slot.place == "json":  # telemetry and manifests tell programs so
        begin += len(text[ran.start : ran.end].split(None, 1)[0])
    if _SENSITIVE.search(text, begin, ran.end):
        signs.append(Sign("shell.sensitive", *span))
    if ran.name in _FETCHES:
        signs.append(Sign("shell.fetch", *span))
    elif ran.name in _PROBES:
        signs.append(Sign("shell.probe", *span))
    if ran.how == "chain" and _BROKEN_OUT.search(text[max(0, ran.start - 5) : ran.start]):
        signs.append(Sign("shell.breakout", *span))
    return signs


_GRADES = {POSSIBLE: "possible", PROBABLE: "probable"}


def _honesty(text: str, start: int, end: int) -> list[Sign]:
    """What is written for people around the command: nobody's sentence starts with a separator."""
    opening = text[:start].strip(" \t\"')")
    if not opening and text[start] in ";|&":
        return []
    spoken = prose.words(text, 0, start) + prose.words(text, min(end, len(text)))
    written = prose.lines(text)
    if spoken >= 20 or written >= 6:
        return [Sign("shell.document", 0, len(text))]
    if spoken >= 5 or written >= 4:
        return [Sign("shell.prose", 0, len(text))]
    return []


SINK = Sink(
    name="shell",
    weights={
        "shell.chain": 6.5,
        "shell.chain_probable": 4.2,
        "shell.chain_possible": 1.5,
        "shell.substitution": 6.5,
        "shell.substitution_probable": 4.2,
        "shell.substitution_possible": 1.0,
        "shell.newline": 4.5,
        "shell.newline_probable": 2.5,
        "shell.newline_possible": 0.5,
        "shell.command": 3.3,
        "shell.disguised": 2.5,
        "shell.sensitive": 2.5,
        "shell.fetch": 1.0,
        "shell.probe": 1.0,
        "shell.breakout": 1.5,
        "shell.reverse": 7.0,
        "shell.piped": 6.5,
        "shell.include": 7.0,
        "shell.powershell": 6.5,
        "shell.prose": -3.5,
        "shell.document": -11.0,
    },
    sentences={
        "shell.chain": "A separator ends the command it lands in and starts another one.",
        "shell.chain_probable": "A separator is followed by what is likely a command.",
        "shell.chain_possible": "A separator is followed by a word that is also a command.",
        "shell.substitution": "A substitution runs a command and puts its output in place.",
        "shell.substitution_probable": "A substitution likely runs a command.",
        "shell.substitution_possible": "A substitution holds a word that is also a command.",
        "shell.newline": "A new line starts a command with its arguments.",
        "shell.newline_probable": "A new line starts what is likely a command.",
        "shell.newline_possible": "A new line starts with a word that is also a command.",
        "shell.command": "The whole value is a command line.",
        "shell.disguised": "The command is disguised with what the shell removes or expands.",
        "shell.sensitive": "The command touches system files or names a program by its full path.",
        "shell.fetch": "The command connects to an outside host.",
        "shell.probe": "The command only takes time: a probe whether commands run.",
        "shell.breakout": "Quotes or brackets are closed right before the separator.",
        "shell.reverse": "The command line connects a shell to an outside host.",
        "shell.piped": "What was downloaded or decoded is piped into an interpreter.",
        "shell.include": "A server-side include runs a command or reads a file.",
        "shell.powershell": "PowerShell runs an encoded or downloaded program.",
        "shell.prose": "Sentences stand around it.",
        "shell.document": "It stands in a long text with many sentences or lines.",
    },
    may=may,
    judge=judge,
)
