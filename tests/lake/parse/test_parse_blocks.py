"""Cutting streams into blocks: whole lines, right places, flat memory."""

from __future__ import annotations

import gzip
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import ParseError
from shangdun.lake.block import KEPT, Block, BlockCutter, read_blocks


def cut(chunks: list[bytes], **settings: int) -> list[Block]:
    cutter = BlockCutter(**settings)  # type: ignore[arg-type]  # sizes only
    blocks = [block for chunk in chunks for block in cutter.feed(chunk)]
    return blocks + list(cutter.finish())


@given(
    st.binary(max_size=300).map(lambda data: data.replace(b"\x01", b"\n")),
    st.lists(st.integers(0, 300), max_size=6),
    st.integers(1, 60),
    st.integers(2, 40),
)
def test_nothing_is_lost_whatever_the_chunks(
    data: bytes, cuts: list[int], block_bytes: int, max_line: int
) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(places)]
    seen: dict[int, bytes] = {}
    for block in cut(chunks, block_bytes=block_bytes, max_line=max_line):
        line, offset = block.first_line, block.offset
        for letter in block.dead:
            seen[letter.line] = data[letter.offset :].split(b"\n", 1)[0]
            assert letter.raw == seen[letter.line][:KEPT]
            assert len(seen[letter.line]) > max_line
        for text in block.data.splitlines(keepends=True) if b"\r" not in block.data else ():
            assert data[offset : offset + len(text)] == text
            offset += len(text)
        last = line + block.data.count(b"\n")
        numbered = enumerate(block.data.split(b"\n"), line)
        seen |= {number: text for number, text in numbered if text or number < last}
    lines = data.split(b"\n")
    assert seen == {
        number: text for number, text in enumerate(lines, 1) if text or number < len(lines)
    }


def test_a_block_ends_where_a_line_ends() -> None:
    blocks = cut([b"one\ntwo\nthr", b"ee\nfour"], block_bytes=4)
    assert [block.data for block in blocks] == [b"one\ntwo\n", b"three\n", b"four"]
    assert [(block.first_line, block.offset) for block in blocks] == [(1, 0), (3, 8), (4, 14)]


def test_a_long_line_becomes_a_dead_letter_with_its_head_and_length() -> None:
    long = b"x" * 5000
    blocks = cut([b"a\n" + long[:100], long[100:] + b"\nb\n"], max_line=1000, block_bytes=64)
    assert b"".join(block.data for block in blocks) == b"a\nb\n"
    (letter,) = (letter for block in blocks for letter in block.dead)
    assert (letter.line, letter.offset, letter.raw) == (2, 2, b"x" * KEPT)
    assert "5000 bytes" in letter.reason
    assert [block.first_line for block in blocks] == [1, 3]


def test_a_long_line_at_the_end_of_the_file_is_not_lost() -> None:
    blocks = cut([b"a\n", b"x" * 5000], max_line=1000, block_bytes=64)
    assert [letter.line for block in blocks for letter in block.dead] == [2]


def test_memory_does_not_grow_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "one-line.log"
    with path.open("wb") as file:
        for _ in range(40):
            file.write(b"y" * (1 << 20))
    tracemalloc.start()
    letters = [letter for block in read_blocks(path) for letter in block.dead]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(letter.raw) for letter in letters] == [KEPT]
    assert peak < 32 << 20


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(gzip.compress(b"a\nb\n") + gzip.compress(b"c\n"))
    assert b"".join(block.data for block in read_blocks(path)) == b"a\nb\nc\n"


def test_a_gzip_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "access.log.gz"
    lines = b"".join(b"line %d\n" % number for number in range(50_000))
    path.write_bytes(gzip.compress(lines)[:-2000])
    blocks: list[Block] = []
    with pytest.raises(ParseError, match="gzip stream is broken"):
        blocks.extend(read_blocks(path))
    seen = b"".join(block.data for block in blocks)
    assert len(seen) > 10_000
    assert lines.startswith(seen)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"missing\.log"):
        list(read_blocks(tmp_path / "missing.log"))
