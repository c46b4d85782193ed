"""kill -9 in the middle of a notice to 2,000 people, twice: nobody is written to twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from .mail_server import MailServer

SCRIPT = Path(__file__).with_name("send_and_die.py")
MAILING = Path(__file__).with_name("mail_and_die.py")
PEOPLE = 2_000
KILLS_AT = (611, 1_389)


def start(home: Path, *words: object, script: Path = SCRIPT) -> subprocess.Popen[bytes]:
    environment = os.environ | {"SHANGDUN_HOME": str(home), "SHANGDUN_WEB__MFA": "offered"}
    command = [sys.executable, str(script), *map(str, words)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def finish(home: Path, *words: object, script: Path = SCRIPT) -> bytes:
    process = start(home, *words, script=script)
    said, _ = process.communicate(timeout=200)
    assert process.returncode == 0
    return said


@pytest.mark.slow
def test_nobody_is_written_to_twice_though_the_sender_is_killed_twice(tmp_path: Path) -> None:
    with MailServer() as server:
        finish(tmp_path, "seed", PEOPLE, server.port)
        for moment in KILLS_AT:
            reached = threading.Event()
            server.on_taken = lambda total, at=moment, told=reached: (
                told.set() if total >= at else None
            )
            process = start(tmp_path, "run")
            assert reached.wait(120)
            process.kill()
            process.communicate()
        server.on_taken = lambda _: None
        finish(tmp_path, "run")
        told: dict[str, Any] = json.loads(finish(tmp_path, "tell"))
    letters = told["tally"]
    assert max(server.taken.values()) == 1
    assert told["state"] == "sent"
    assert letters["uncertain"] <= len(KILLS_AT)
    assert letters["sent"] + letters["uncertain"] == PEOPLE == told["letters"]
    # Whoever is called sent was reached, and at most the uncertain ones were not.
    assert letters["sent"] <= len(server.taken) <= PEOPLE


@pytest.mark.slow
def test_nobody_is_invited_twice_though_the_sender_is_killed(tmp_path: Path) -> None:
    people = 400
    with MailServer() as server:
        server.keep = True
        finish(tmp_path, "seed", people, server.port, script=MAILING)
        reached = threading.Event()
        server.on_taken = lambda total: reached.set() if total >= 137 else None
        process = start(tmp_path, "run", script=MAILING)
        assert reached.wait(120)
        process.kill()
        process.communicate()
        finish(tmp_path, "run", script=MAILING)
        told: dict[str, Any] = json.loads(finish(tmp_path, "tell", script=MAILING))
        letter = server.message("c0@mail.example")
    letters = told["tally"]
    assert max(server.taken.values()) == 1
    assert (told["state"], told["letters"], told["invitations"]) == ("sent", people, people)
    assert letters["uncertain"] <= 1
    assert letters["sent"] + letters["uncertain"] == people
    assert letters["sent"] <= len(server.taken) <= people
    assert letter["List-Unsubscribe"].startswith("<https://notice.shop.example/u/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
