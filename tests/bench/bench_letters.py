"""A notice to 50,000 customers over a real mail server on loopback, killed twice on the way."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from tests.bench.row import Row
from tests.runtime.letters.mail_server import MailServer

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "tests" / "runtime" / "letters" / "send_and_die.py"
PEOPLE = 50_000
KILLS_AT = (13_713, 38_219)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as home, MailServer() as server:
        seeding = _cpu_of(_start(home, "seed", PEOPLE, server.port))
        began, sending = time.monotonic(), 0.0
        for at in KILLS_AT:
            reached = threading.Event()
            server.on_taken = lambda total, at=at, told=reached: told.set() if total >= at else None
            process = _start(home, "run")
            if not reached.wait(1800):
                raise TimeoutError(f"{at} letters did not leave")
            process.kill()
            sending += _cpu_of(process, well=False)
        server.on_taken = lambda _: None
        sending += _cpu_of(_start(home, "run"))
        lasted = time.monotonic() - began
        told = _told(home)
        twice = sum(count > 1 for count in server.taken.values())
    tally = told["tally"]
    note = f"{len(KILLS_AT)} times killed; server in Python on the same machine"
    return [
        Row("recipients of one notice", told["letters"], "letters", PEOPLE),
        Row("written to twice", twice, "people", 0, at_least=False, note=note),
        Row("uncertain after the kills", tally["uncertain"], "letters", 2, at_least=False),
        Row("never reached, none of them called sent", PEOPLE - len(server.taken), "people"),
        Row("letters a minute", round(60 * PEOPLE / lasted), "letters/min", 1_000, note=note),
        Row("CPU of handing one over", round(1000 * sending / PEOPLE, 2), "ms"),
        Row("CPU of adding one affected", round(1000 * seeding / PEOPLE, 2), "ms"),
    ]


def _start(home: str, *words: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {"SHANGDUN_HOME": home, "SHANGDUN_WEB__MFA": "offered"}
    environment.pop("SHANGDUN_RECORDS__POSTGRES", None)
    command = [sys.executable, str(SCRIPT), *map(str, words)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)


def _cpu_of(process: subprocess.Popen[bytes], *, well: bool = True) -> float:
    """Seconds of CPU of a child, waited for to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process.communicate()
    if well and process.returncode:
        raise ChildProcessError(process.args)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _told(home: str) -> dict[str, Any]:
    said, _ = _start(home, "tell").communicate()
    told: dict[str, Any] = msgspec.json.decode(said)
    return told
