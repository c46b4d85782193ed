"""kill -9 while messages are on their way: none is lost, and what comes twice says so."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import until
from .servers import Hook, http_server

SCRIPT = Path(__file__).with_name("carry_and_die.py")
MESSAGES = 25


def run(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        env={**os.environ, "SHANGDUN_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def shown(home: Path) -> list[tuple[str, str, str, int]]:
    """Key, channel, state, repeated."""
    query = """select m.key, c.name, d.state, d.repeated from records_delivery d
        join records_message m on m.id = d.message_id
        join records_channel c on c.id = d.channel_id"""
    with closing(sqlite3.connect(home / "records.sqlite3")) as database:
        return database.execute(query).fetchall()


@pytest.mark.slow
def test_killed_on_the_way(tmp_path):
    home = tmp_path / "home"
    a, b = Hook(seconds=0.05), Hook(seconds=0.05)

    def arrived() -> int:
        return len(a.got) + len(b.got)

    with http_server(a=a, b=b) as web:
        run(home, "queue", f"json://127.0.0.1:{web}/", str(MESSAGES)).communicate(timeout=180)
        for goal in (6, 20):
            courier = run(home, "carry")
            until(lambda goal=goal: arrived() >= goal, 120)
            courier.send_signal(signal.SIGKILL)
            courier.communicate()
        courier = run(home, "carry")
        until(lambda: {state for _, _, state, _ in shown(home)} == {"sent"}, 120)
        courier.communicate(timeout=60)
    rows = shown(home)
    assert len(rows) == 2 * MESSAGES
    repeated = {(key, name) for key, name, _, again in rows if again}
    # two postmen, killed twice: no more than four were on their way
    assert len(repeated) <= 4
    for name, hook in (("a", a), ("b", b)):
        times = Counter(re.search(r"n(\d+)n", one["message"])[1] for one in hook.got)
        assert set(times) == {str(n) for n in range(MESSAGES)}
        twice = {key for key, number in times.items() if number > 1}
        assert twice <= {key for key, channel in repeated if channel == name}
        assert max(times.values()) <= 3  # on its way at both deaths, then sent
        for one in hook.got:
            key = re.search(r"n(\d+)n", one["message"])[1]
            if "可能重复送达" in one["message"]:
                assert (key, name) in repeated
