from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from shangdun.kernel.config import SourceConfig
from shangdun.lake.collect.spool import Spool
from shangdun.lake.collect.syslog_listener import listen
from shangdun.runtime.intake import SourceIntake
from shangdun.runtime.journal import Piece
from shangdun.runtime.pulse import Pulse


@pytest.fixture
def pulse(home: Path) -> Pulse:
    return Pulse(home)


@pytest.fixture
def intake(home: Path, pulse: Pulse) -> SourceIntake:
    return SourceIntake(Spool(home / "spool"), listen, pulse)


def source(name: str, path: Path) -> SourceConfig:
    return SourceConfig(name=name, format="json", path=str(path))


def polled(intake: SourceIntake, seconds: float = 5) -> list[Piece]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pieces = intake.poll(1 << 20)
        if pieces:
            return pieces
        time.sleep(0.05)
    raise AssertionError("nothing came")


def errors(pulse: Pulse) -> dict[str, str]:
    return {name: meter.health.error for name, meter in pulse._meters.items()}


def test_sources_come_go_and_come_back_where_they_were(
    intake: SourceIntake, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.log", tmp_path / "two.log"
    one.write_bytes(b"1\n")
    two.write_bytes(b"2\n")
    intake.configure([source("one", one)])
    intake.start({})
    assert [piece.data for piece in polled(intake)] == [b"1\n"]
    intake.configure([source("one", one), source("two", two)])
    assert [(piece.source, piece.data) for piece in polled(intake)] == [("two", b"2\n")]
    intake.configure([source("two", two)])
    with one.open("ab") as file:
        file.write(b"3\n")
    assert intake.poll(1 << 20) == []
    assert set(intake.positions()) == {"one", "two"}
    intake.configure([source("two", two), source("one", one)])
    assert [(piece.source, piece.data) for piece in polled(intake)] == [("one", b"3\n")]
    intake.close()


def test_a_source_of_an_unknown_format_is_said_and_stops_no_other(
    intake: SourceIntake, pulse: Pulse, tmp_path: Path
) -> None:
    good = tmp_path / "good.log"
    good.write_bytes(b"1\n")
    bad = SourceConfig(name="bad", format="cobol", path=str(good))
    intake.configure([bad, source("good", good)])
    intake.start({})
    assert [piece.source for piece in polled(intake)] == ["good"]
    intake.inspect()
    assert "there is no format 'cobol'" in errors(pulse)["bad"]
    assert errors(pulse)["good"] == ""
    intake.close()


def test_a_busy_source_leaves_the_others_their_turn(intake: SourceIntake, tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    for name in names:
        (tmp_path / name).write_bytes(b"x" * 99 + b"\n")
    (tmp_path / "a").write_bytes((b"x" * 99 + b"\n") * 20_000)
    intake.configure([source(name, tmp_path / name) for name in names])
    intake.start({})
    came = {piece.source for _ in range(3) for piece in intake.poll(300_000)}
    assert came == set(names)
    intake.close()


def test_syslog_is_spooled_and_the_spool_forgets_what_the_lake_has(
    home: Path, intake: SourceIntake
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    syslog = SourceConfig(name="fw", format="syslog", listen=f"tcp://127.0.0.1:{port}")
    intake.configure([syslog])
    intake.start({})
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(b"<34>Mar  4 10:00:00 fw su: hello\n")
    assert b"su: hello" in polled(intake)[0].data
    intake.release(intake.positions())
    intake.close()


def test_an_address_that_is_taken_is_said_and_tried_again(
    intake: SourceIntake, pulse: Pulse
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        syslog = SourceConfig(name="fw", format="syslog", listen=f"tcp://127.0.0.1:{port}")
        intake.configure([syslog])
        intake.start({})
        intake.inspect()
        assert errors(pulse)["fw"]
    intake.inspect()
    intake.inspect()
    assert errors(pulse)["fw"] == ""
    intake.close()
