"""A reader that checks what every reader of a tail relies on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from shangdun.lake.collect.position import Chunk, Positions
from shangdun.lake.collect.tail import Tail


class Reader:
    """Polls a tail in time of its own, restarts it, and collects the lines."""

    def __init__(self, glob: str | Path) -> None:
        self.glob = str(glob)
        self.moment = 0.0
        self.lines: list[bytes] = []
        self.chunks: list[Chunk] = []
        self._at: dict[str, tuple[int, int]] = {}
        self.tail = Tail("shop", self.glob, tick=lambda: self.moment)

    def poll(self, max_bytes: int = 8 << 20) -> list[bytes]:
        """One poll; the lines that came, after checking that their places are right."""
        fresh: list[bytes] = []
        for chunk in self.tail.poll(max_bytes):
            data = chunk.block.data
            end, lines = self._at.get(chunk.file_id, (chunk.start, chunk.block.first_line - 1))
            assert (chunk.start, chunk.block.first_line) == (end, lines + 1)
            assert chunk.block.offset == chunk.start
            assert chunk.end == chunk.start + len(data)
            self._at[chunk.file_id] = (chunk.end, lines + data.count(b"\n"))
            fresh += data.removesuffix(b"\n").split(b"\n")
            self.chunks.append(chunk)
        self.lines += fresh
        return fresh

    def read(self, seconds: float = 3.0) -> list[bytes]:
        """Poll for a while until nothing comes any more; the lines that came."""
        fresh: list[bytes] = []
        quiet_until = self.moment + seconds
        while self.moment < quiet_until:
            got = self.poll()
            fresh += got
            if got:
                quiet_until = self.moment + seconds
            else:
                self.moment += 0.5
        return fresh

    def restart(self) -> None:
        """As a new process would, from positions as JSON."""
        saved = msgspec.json.encode(self.tail.positions())
        self.tail.close()
        positions = msgspec.json.decode(saved, type=Positions)
        self.tail = Tail("shop", self.glob, positions, tick=lambda: self.moment)

    def assert_exactly_once(self, expected: list[bytes]) -> None:
        got, wanted = Counter(self.lines), Counter(expected)
        assert not wanted - got, "lost"
        assert not got - wanted, "twice, or never written"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder / "access.log"


def append(path: Path, *lines: bytes) -> list[bytes]:
    """Write whole lines as a server does, opened for appending."""
    with path.open("ab") as stream:
        stream.write(b"".join(line + b"\n" for line in lines))
    return list(lines)


@pytest.fixture(name="append")
def append_fixture():
    return append


@pytest.fixture
def reader_of():
    readers: list[Reader] = []

    def make(glob: str | Path) -> Reader:
        readers.append(Reader(glob))
        return readers[-1]

    yield make
    for reader in readers:
        reader.tail.close()
