"""What a document is made of: blocks, in the order they are read.

Text in blocks is ``Inline``: a string, or spans where something is bold or a link. A newline in it
is a line break. No text is markup: ``*``, ``#``, ``<`` and ``=`` come out as they were typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

Language = Literal["zh-hans", "en"]
NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)
Tone = Literal["note", "good", "warning", "danger"]


class Span(msgspec.Struct, frozen=True):
    """A run of text that looks alike; ``link`` is an http, https or mailto address, or empty."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str = ""


Inline = str | tuple[Span, ...]


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """Level 1 (a section) to 4; levels 1 to 3 stand in the table of contents."""

    text: Inline
    level: int = 1


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A paragraph; ``quiet`` in grey, for remarks."""

    text: Inline
    quiet: bool = False


class Item(msgspec.Struct, frozen=True):
    """One item of a list, with what hangs below it."""

    text: Inline
    below: tuple[Bullets | Numbered, ...] = ()


class Bullets(msgspec.Struct, frozen=True, tag="bullets"):
    """A list without order."""

    items: tuple[Inline | Item, ...]


class Numbered(msgspec.Struct, frozen=True, tag="numbered"):
    """A list in order, counted from ``start``."""

    items: tuple[Inline | Item, ...]
    start: int = 1


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows below a header that is repeated on each page.

    ``widths`` are shares, one a column; empty: by content. ``right`` names the columns (from 0)
    whose cells are figures. Rows that are too short are filled up with empty cells.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    widths: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    caption: str = ""


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Labels and values, one pair a row."""

    rows: tuple[tuple[str, Inline], ...]


class Callout(msgspec.Struct, frozen=True, tag="callout"):
    """What must not be overlooked, in a box."""

    text: Inline
    title: str = ""
    tone: Tone = "note"


class Literally(msgspec.Struct, frozen=True, tag="literally"):
    """Text in its own lines, spaces kept: a command, a log line."""

    text: str


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A PNG over at most ``width`` per cent of the line."""

    png: bytes
    caption: str = ""
    width: int = 100


class Signature(msgspec.Struct, frozen=True):
    """One line to sign: whose office, who, when; empty: a line for a pen."""

    office: str
    name: str = ""
    at: str = ""
    remark: str = ""


class Signatures(msgspec.Struct, frozen=True, tag="signatures"):
    """Who signs, kept together on one page."""

    lines: tuple[Signature, ...]


class PageBreak(msgspec.Struct, frozen=True, tag="pagebreak"):
    """What follows begins on a new page."""


Block = (
    Heading | Text | Bullets | Numbered | Table | Facts | Callout | Literally | Picture
    | Signatures | PageBreak
)  # fmt: skip


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document.

    ``meta`` are label and value pairs below the title (number, version, date …); ``marking`` is its
    classification or 【演练】, on every page; ``contents`` asks for a table of contents; ``cover``
    gives title and meta a page of their own. ``version`` and ``date`` stand in the footer.
    """

    title: str
    language: Language
    blocks: tuple[Block, ...]
    subtitle: str = ""
    marking: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    version: str = ""
    date: str = ""
    author: str = ""
    written: datetime | None = None
    """The moment in the file's properties; None: none, which files say as 1 January 1980."""
    contents: bool = False
    cover: bool = False


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Whose document it is: ``logo`` is a PNG or empty, ``footer`` a line on every page."""

    company: str = ""
    logo: bytes = b""
    footer: str = ""


def spans(text: Inline) -> tuple[Span, ...]:
    """The text as spans, whichever way it was given; links that are no web or mail address drop."""
    if isinstance(text, str):
        return (Span(text),)
    return tuple(
        span if not span.link or safe_link(span.link) else msgspec.structs.replace(span, link="")
        for span in text
    )


def safe_link(address: str) -> bool:
    """Whether a reader may be sent there: http, https or mailto, without spaces or controls."""
    scheme = address.partition(":")[0].lower()
    return scheme in {"http", "https", "mailto"} and address.isprintable() and " " not in address


def plain(text: Inline) -> str:
    """The text without its looks."""
    return text if isinstance(text, str) else "".join(span.text for span in text)


def item(entry: Inline | Item) -> Item:
    """The entry of a list as an item."""
    return entry if isinstance(entry, Item) else Item(entry)


def bullets(entries: Iterable[Inline | Item]) -> Bullets:
    """A list without order, of anything that can be gone through."""
    return Bullets(tuple(entries))


def spanned(paper: Paper) -> Paper:
    """The same paper with every ``Inline`` as spans and full rows: what writers draw."""
    return msgspec.structs.replace(paper, blocks=tuple(map(spanned_block, paper.blocks)))


def spanned_block(block: Block) -> Block:
    """One block with every ``Inline`` as spans."""
    if isinstance(block, (Heading, Text, Callout)):
        return msgspec.structs.replace(block, text=spans(block.text))
    if isinstance(block, (Bullets, Numbered)):
        items = tuple(_spanned_item(item(entry)) for entry in block.items)
        return msgspec.structs.replace(block, items=items)
    if isinstance(block, Table):
        count = len(block.columns)
        rows = tuple(
            tuple(map(spans, (*row, *("",) * (count - len(row)))))[:count] for row in block.rows
        )
        return msgspec.structs.replace(block, rows=rows)
    if isinstance(block, Facts):
        pairs = tuple((label, spans(value)) for label, value in block.rows)
        return msgspec.structs.replace(block, rows=pairs)
    return block


def _spanned_item(entry: Item) -> Item:
    below = tuple(
        more for more in map(spanned_block, entry.below) if isinstance(more, Bullets | Numbered)
    )
    return Item(spans(entry.text), below)
