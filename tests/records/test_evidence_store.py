"""The evidence store under a killed process, a full disk, large files and hands that meddle."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from shangdun.kernel.errors import NotFound, StoreError, UsageError
from shangdun.records import evidence_store as store

LONGEST = 1 << 30


def files(home: Path) -> list[Path]:
    return [path for path in (home / "evidence").rglob("*") if path.is_file()]


def test_content_is_kept_once_and_read_only(home):
    first, second = store.put(b"log", longest=LONGEST), store.put(b"log", longest=LONGEST)
    assert first == second == (hashlib.sha256(b"log").hexdigest(), 3)
    (path,) = files(home)
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.stat().st_mode & 0o077 == 0
    with store.open_content(first.sha256) as content:
        assert content.read() == b"log"


def test_a_large_file_costs_no_memory(home, tmp_path):
    large = tmp_path / "disk.img"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    tracemalloc.start()
    stored = store.put(large, longest=LONGEST)
    assert store.is_intact(*stored)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stored.size == 200 << 20
    assert peak < 8 << 20


def test_more_than_the_limit_is_refused_whole(home):
    with pytest.raises(UsageError) as caught:
        store.put([b"x" * 600, b"y" * 600], longest=1000)
    assert caught.value.code == "evidence.large"
    assert files(home) == []


FILLING = """
import resource, signal, sys
from pathlib import Path
from shangdun.kernel.errors import StoreError
from shangdun.records import evidence_store as store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    store.put((b"x" * 65536 for _ in range(64)), longest=1 << 30)
except StoreError as error:
    print(error.code)
"""


def test_a_full_disk_is_said_and_leaves_nothing_half(home):
    done = subprocess.run(
        [sys.executable, "-c", FILLING], env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "evidence.full"
    assert files(home) == []


KILLED = """
import time
from shangdun.records import evidence_store as store
def endless():
    while True:
        yield b"x" * 65536
        print("writing", flush=True)
        time.sleep(0.01)
store.put(endless(), longest=1 << 40)
"""


def test_a_killed_process_leaves_nothing_that_looks_like_evidence(home):
    writer = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
    for _ in range(5):
        writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    (left,) = files(home)
    assert left.parent.name == "incoming"
    assert store.sweep(lambda _: True, before=time.time() - 3600) == 0  # it may still be written
    assert store.sweep(lambda _: True, before=time.time() + 1) == 1
    assert files(home) == []


def test_content_without_a_record_is_swept_and_the_rest_stays(home):
    kept, orphan = store.put(b"kept", longest=LONGEST), store.put(b"orphan", longest=LONGEST)
    assert store.sweep(lambda sha256: sha256 == kept.sha256, before=time.time() + 1) == 1
    assert store.is_there(kept.sha256)
    assert not store.is_there(orphan.sha256)


def test_one_changed_byte_is_found_and_a_fresh_copy_heals_it(home):
    stored = store.put(b"log of the night", longest=LONGEST)
    (path,) = files(home)
    path.chmod(0o600)
    path.write_bytes(b"log of the Night")
    assert not store.is_intact(*stored)
    assert store.put(b"log of the night", longest=LONGEST) == stored
    assert store.is_intact(*stored)
    assert [one.read_bytes() for one in files(home) if one.parent.name == "damaged"] == [
        b"log of the Night"
    ]


def test_what_is_gone_is_said(home):
    stored = store.put(b"log", longest=LONGEST)
    assert store.discard(stored.sha256)
    assert not store.is_intact(*stored)
    with pytest.raises(NotFound):
        store.open_content(stored.sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32, "z" * 64])
def test_no_name_reaches_another_place(home, name):
    with pytest.raises(UsageError):
        store.open_content(name)


def test_a_stream_that_breaks_leaves_nothing(home):
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise StoreError("the line broke")

    with pytest.raises(StoreError):
        store.put(broken(), longest=LONGEST)
    assert files(home) == []
