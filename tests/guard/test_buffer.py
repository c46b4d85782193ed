"""Events on disk: what was acknowledged arrives, whatever dies; a full disk never raises."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT
from tests.guard.shangdun_server import SOURCE, TOKEN, State

from shangdun_guard.buffer import Buffer, Segment
from shangdun_guard.client import Away, Link
from shangdun_guard.sender import Sender

MEGABYTE = 1 << 20


def buffer(folder: Path, **more: Any) -> Buffer:
    return Buffer(folder, **{"max_bytes": MEGABYTE, **more})


@pytest.fixture
def link(server: tuple[str, State]) -> Iterator[Link]:
    made = Link(server[0], timeout=5, agent="test")
    yield made
    made.close()


def drain(held: Buffer, lines: int = 1000) -> list[bytes]:
    """Everything, as a sender takes it."""
    found: list[bytes] = []
    while (batch := held.next(lines, MEGABYTE)) is not None:
        found += batch[1].lines
        held.done(batch[0], batch[1].end)
    return found


def test_lines_come_out_in_their_order_and_leave_nothing(tmp_path: Path) -> None:
    held = buffer(tmp_path, max_bytes=64 * 1024)
    lines = [b'{"n": %d, "x": "%s"}' % (n, b"x" * 100) for n in range(300)]
    assert all(held.append(line) for line in lines)
    assert len(list(tmp_path.glob("*.events"))) > 3
    assert drain(held, 7) == lines
    held.close()
    assert list(tmp_path.iterdir()) == []


def test_a_line_longer_than_a_batch_is_sent_all_the_same(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    lines = [b"x" * 5000, b"y"]
    assert all(held.append(line) for line in lines)
    segment, batch = held.next(10, 1000) or pytest.fail("nothing to send")
    assert batch.lines == [lines[0]]
    held.done(segment, batch.end)
    assert drain(held) == lines[1:]


def test_the_next_process_sends_what_the_last_one_left(tmp_path: Path) -> None:
    first = buffer(tmp_path)
    for n in range(10):
        assert first.append(b"%d" % n)
    segment, batch = first.next(4, MEGABYTE) or pytest.fail("nothing to send")
    first.done(segment, batch.end)
    second = buffer(tmp_path)
    assert second.next(9, MEGABYTE) is None, "while the first lives, its segment is its own"
    first.close()
    assert drain(second) == [b"%d" % n for n in range(4, 10)]


def test_half_a_line_was_promised_to_nobody(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    assert held.append(b"whole")
    path = next(tmp_path.glob("*.events"))
    held.close()
    with path.open("ab") as file:
        file.write(b"ha")
    assert drain(buffer(tmp_path)) == [b"whole"]
    assert not path.exists()


def test_a_damaged_place_sends_again_rather_than_never(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    assert held.append(b"a")
    assert held.append(b"b")
    segment, batch = held.next(1, MEGABYTE) or pytest.fail("nothing to send")
    held.done(segment, batch.end)
    held.close()
    next(tmp_path.glob("*.sent")).write_text("nonsense")
    assert drain(buffer(tmp_path)) == [b"a", b"b"]


@pytest.mark.parametrize("oldest", [True, False])
def test_a_full_buffer_drops_what_it_was_told_to_and_counts(tmp_path: Path, oldest: bool) -> None:
    held = buffer(tmp_path, max_bytes=64 * 1024, drop_oldest=oldest)
    kept = [held.append(b"%06d" % n + b"x" * 93) for n in range(2000)]
    assert held.size() <= 64 * 1024
    assert all(kept) == oldest
    numbers = [int(line[:6]) for line in drain(held)]
    assert len(numbers) == 2000 - held.dropped
    assert numbers == (list(range(held.dropped, 2000)) if oldest else list(range(len(numbers))))


def test_a_disk_that_is_full_never_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = buffer(tmp_path)
    assert held.append(b"before")
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[: len(data) // 2]))
    refused = held.append(b"0123456789")
    monkeypatch.setattr(os, "write", write)
    assert not refused
    assert "no room" in held.problem
    assert held.append(b"after")
    assert not held.problem
    assert drain(held) == [b"after"], "the oldest went to make room, and was counted"
    assert held.dropped == 2


def test_a_folder_that_cannot_be_written_never_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    held = buffer(tmp_path / "file" / "events")
    assert not held.append(b"x")
    assert held.dropped == 1
    assert held.next(1, 1) is None


def test_what_is_dropped_while_it_is_sent_does_no_harm(tmp_path: Path) -> None:
    held = buffer(tmp_path, max_bytes=32 * 1024)
    held.append(b"first" + b"x" * 4000)
    segment, batch = held.next(1, MEGABYTE) or pytest.fail("nothing to send")
    for n in range(40):
        assert held.append(b"%d" % n + b"x" * 4000)
    held.done(segment, batch.end)
    assert drain(held)[-1][:2] == b"39"


def test_a_fork_leaves_the_parents_segments_to_the_parent(tmp_path: Path) -> None:
    held = buffer(tmp_path)
    assert held.append(b"parent")
    child = os.fork()
    if child == 0:
        held.after_fork()
        held.append(b"child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert held.append(b"parent again")
    assert sorted(drain(held)) == [b"child", b"parent", b"parent again"]


WRITER = """
import sys
from pathlib import Path
from shangdun_guard.buffer import Buffer
held = Buffer(Path(sys.argv[1]), max_bytes=1 << 28)
n = 0
while True:
    if held.append(b"%d %d" % (int(sys.argv[2]), n)):
        n += 1
        if n % 50 == 0:
            print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    for attempt in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(attempt)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src" / "guard")}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(0.05 * attempt)
            os.kill(writer.pid, signal.SIGKILL)
            told = [50, *map(int, writer.stdout.read().split())]
        numbers = [int(line.split()[1]) for line in drain(buffer(tmp_path, max_bytes=1 << 28))]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= max(told)


def sent(link: Link, held: Buffer) -> Sender:
    sender = Sender(held, SOURCE, TOKEN)
    while sender.step(link):
        if sender.problem:
            break
    return sender


def test_events_arrive_in_order_and_once(
    tmp_path: Path, server: tuple[str, State], link: Link
) -> None:
    held = buffer(tmp_path)
    for n in range(2500):
        assert held.append(json.dumps({"n": n}).encode())
    sender = sent(link, held)
    assert [event["n"] for event in server[1].events] == list(range(2500))
    assert (sender.sent, server[1].pushes) == (2500, 3)


def test_an_event_that_is_refused_does_not_hold_up_the_others(
    tmp_path: Path, server: tuple[str, State], link: Link
) -> None:
    server[1].refuse_line = b'"bad"'
    held = buffer(tmp_path)
    for n in range(100):
        held.append(b'"bad"' if n == 37 else b"%d" % n)
    sender = sent(link, held)
    assert (sender.sent, sender.refused) == (99, 1)
    assert server[1].events == [n for n in range(100) if n != 37]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_while_shangdun_does_not_take_them_events_wait(
    tmp_path: Path, server: tuple[str, State], link: Link, status: int
) -> None:
    held = buffer(tmp_path)
    held.append(b"1")
    sender = Sender(held, SOURCE, TOKEN)
    server[1].status = status
    waits = [sender.step(link) for _ in range(9)]
    assert waits == sorted(waits)
    assert waits[-1] == 30.0, "seconds, at most"
    assert str(status) in sender.problem
    server[1].status = 0
    sender.step(link)
    assert server[1].events == [1]
    assert not sender.problem


def test_an_answer_that_was_lost_sends_twice_and_the_uid_tells(
    tmp_path: Path, server: tuple[str, State], link: Link
) -> None:
    held = buffer(tmp_path)
    held.append(b'{"metadata":{"uid":"u1"}}')
    server[1].acknowledge = False
    sender = Sender(held, SOURCE, TOKEN)
    sender.step(link)
    server[1].acknowledge = True
    sender.step(link)
    assert {event["metadata"]["uid"] for event in server[1].events} == {"u1"}
    assert len(server[1].events) >= 2


def test_a_server_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(Away, match="refused"):
        Link("http://127.0.0.1:9", timeout=1, agent="test").feed(0, "key")


def test_a_segment_of_a_living_process_is_not_adopted(tmp_path: Path) -> None:
    mine = Segment.begin(tmp_path)
    assert Segment.adopt(mine.path) is None
    mine.close()
    theirs = Segment.adopt(mine.path)
    assert theirs is not None
    theirs.delete()
