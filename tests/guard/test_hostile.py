"""Bad nights: floods from everywhere, many threads, and the oldest Python that is promised."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.guard.conftest import decide, resident
from tests.guard.shangdun_server import KEY, SOURCE, TOKEN
from tests.guard.test_guard import met

from shangdun_guard.addresses import read_address
from shangdun_guard.config import read_config
from shangdun_guard.guard import Guard
from shangdun_guard.reports import MOST_FOLDS
from shangdun_guard.throttle import MOST


@pytest.mark.slow
def test_a_flood_from_a_hundred_thousand_addresses_does_not_fill_memory(tmp_path: Path) -> None:
    config = {
        "url": "http://127.0.0.1:9", "key": KEY, "source": SOURCE, "token": TOKEN,
        "folder": tmp_path, "inspect": False, "buffer_bytes": 8 << 20,
    }  # fmt: skip
    guard = Guard(read_config(config, {}))
    decide(guard, "throttle", "range", "11.0.0.0/8", rate=0.1)
    for n in range(2000):  # what is made once is made
        met(guard, peer=str(IPv4Address(0x0B000000 + n)))
    before = resident()
    for n in range(100_000):
        met(guard, peer=str(IPv4Address(0x0B000000 + n)))
    held = resident() - before
    assert len(guard.throttle) == MOST
    assert len(guard.reports._folds) <= MOST_FOLDS
    assert read_address.cache_info().currsize <= 8192
    assert held < 60_000_000, "bytes, and not more for a million addresses"
    assert guard.connection.buffer
    assert guard.connection.buffer.size() <= 8 << 20
    guard.close()


@pytest.mark.slow
def test_many_threads_at_once_lose_no_event_and_count_right(tmp_path: Path) -> None:
    config = {
        "url": "http://127.0.0.1:9", "source": SOURCE, "token": TOKEN, "folder": tmp_path,
        "poll_seconds": 60,
    }  # fmt: skip
    guard = Guard(read_config(config, {}))
    kept: list[int] = []

    def work() -> None:
        kept.append(sum(guard.event("order.created", order={"uid": "1"}) for _ in range(500)))
        for _ in range(100):
            met(guard)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    guard.close()
    lines = b"".join(path.read_bytes() for path in tmp_path.rglob("*.events")).splitlines()
    assert len(lines) == sum(kept) == 4000
    assert guard.counters["requests"] == 800


def test_telling_costs_a_request_little(tmp_path: Path) -> None:
    config = {"url": "http://127.0.0.1:9", "source": SOURCE, "token": TOKEN, "folder": tmp_path}
    guard = Guard(read_config(config, {}))
    guard.event("order.created", order={"uid": "0"})
    began = time.process_time()
    for _ in range(1000):
        guard.event("order.created", order={"uid": "1", "total": 129.0})
    assert (time.process_time() - began) / 1000 < 1e-3, "typically 30 µs, the write included"
    guard.close()


SMOKE = ROOT / "tests" / "guard" / "smoke.py"


@pytest.mark.slow
def test_the_oldest_python_that_is_promised_runs_it(tmp_path: Path) -> None:
    found = shutil.which("pypy3")  # Debian's speaks Python 3.9
    if found is None:
        pytest.skip("there is no pypy3 on this machine")
    done = subprocess.run(
        [found, str(SMOKE), str(tmp_path)], capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src" / "guard")}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["200", "200", "403", "403", "429", "303", "200", "kept", "1"]
