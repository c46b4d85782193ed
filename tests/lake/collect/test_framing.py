"""Messages in a stream, however its bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.lake.collect.framing import Framer


def framed(data: bytes, *, limit: int = 100, sizes: list[int] | None = None) -> list[bytes]:
    framer = Framer(limit)
    messages = []
    at = 0
    for size in [*(sizes or []), len(data)]:
        messages += framer.feed(data[at : at + size])
        at += size
    return messages + framer.close()


@pytest.mark.parametrize(
    ("stream", "messages"),
    [
        (b"<13>one\n<13>two\n", [b"<13>one", b"<13>two"]),
        (b"<13>one\r\n", [b"<13>one\r"]),
        (b"7 <13>one7 <13>two", [b"<13>one", b"<13>two"]),
        (b"8 <13>a\nbc<14>line\n", [b"<13>a\nbc", b"<14>line"]),
        (b"<14>line\n7 <13>one", [b"<14>line", b"<13>one"]),
        (b"2026 was the year\n", [b"2026 was the year"]),
        (b"12\n", [b"12"]),
        (b"\n\n \n<13>x\n\0", [b"<13>x"]),
        (b"<13>no end", [b"<13>no end"]),
        (b"50 <13>the connection ended", [b"<13>the connection ended"]),
        (b"99999999999 <13>x\n", [b"99999999999 <13>x"]),
        (b"0 <13>x\n", [b"0 <13>x"]),
        (b"", []),
    ],
)
def test_cases(stream, messages):
    assert framed(stream) == messages
    assert framed(stream, sizes=[1] * len(stream)) == messages


def test_long_messages_are_cut_and_what_follows_is_whole():
    stream = b"<13>" + b"x" * 500 + b"\n<13>after\n" + b"504 <14>" + b"y" * 500 + b"7 <15>end"
    framer = Framer(100)
    messages = framer.feed(stream)
    assert messages == [
        b"<13>" + b"x" * 96,
        b"<13>after",
        b"<14>" + b"y" * 96,
        b"<15>end",
    ]
    assert framer.cut == 2


TEXT = st.binary(max_size=150).map(lambda body: b"<13>a" + body.replace(b"\n", b" "))


@given(
    st.lists(st.tuples(TEXT, st.booleans()), max_size=8),
    st.lists(st.integers(0, 40), max_size=60),
)
def test_any_way_of_arriving_gives_the_same(messages, sizes):
    stream = b"".join(
        b"%d %s" % (len(text), text) if counted else text + b"\n" for text, counted in messages
    )
    assert framed(stream, sizes=sizes) == [text[:100] for text, _ in messages]


@given(st.binary(max_size=400), st.lists(st.integers(0, 30), max_size=40))
def test_any_bytes_at_all_do_no_harm_and_memory_stays_bounded(data, sizes):
    framer = Framer(50)
    messages = []
    at = 0
    for size in [*sizes, len(data)]:
        messages += framer.feed(data[at : at + size])
        at += size
        assert len(framer._buffer) <= 50 + 12
    messages += framer.close()
    assert messages == framed(data, limit=50)
    assert all(len(message) <= 62 for message in messages)
