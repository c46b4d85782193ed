"""The markup in which people write documents: a small part of Markdown, read into blocks.

Headings (``##`` is a section), paragraphs, lists, tables, **bold**, *emphasis*, ``code``, links to
web and mail addresses, fences, ``---`` for a new page, and ``> [!warning] Title`` for a box. HTML
and pictures are not read: they come out as the text they are. A line with nothing but
``{{name}}`` is a slot, filled by whoever shows the document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

import msgspec
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from shangdun.papers.blocks import (
    Block,
    Bullets,
    Callout,
    Heading,
    Item,
    Literally,
    Numbered,
    PageBreak,
    Span,
    Table,
    Text,
    Tone,
    safe_link,
)
from shangdun.papers.errors import PaperError

LONGEST = 400_000
"""Characters of one text; a plan of 200 pages has about half of it."""
LINE, PADDING = 96, 6
"""How many narrow letters a table's line takes, and how many a cell's edges."""
_SLOT = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")
_BOX = re.compile(r"\[!([a-z]+)\][ \t]*(.*)")


class Slot(msgspec.Struct, frozen=True, tag="slot"):
    """A place that is filled when the document is shown; ``line`` counts from 1."""

    name: str
    line: int = 0


Part = Block | Slot


def read(text: str) -> tuple[Part, ...]:
    """The text as blocks and slots.

    Raises ``PaperError`` (``paper.long``, ``paper.box``) with the line where a box is of no known
    kind.
    """
    if len(text) > LONGEST:
        raise PaperError(
            f"the text has {len(text):,} characters",
            code="paper.long",
            fix=f"at most {LONGEST:,}: make two documents of it",
        )
    tree = SyntaxTreeNode(_parser().parse(text))
    return tuple(part for node in tree.children for part in _part(node))


def fill(parts: Iterable[Part], filled: Mapping[str, tuple[Block, ...]]) -> tuple[Block, ...]:
    """The blocks with each slot replaced by what fills it; one without a filling is left out."""
    blocks: list[Block] = []
    for part in parts:
        blocks.extend(filled.get(part.name, ()) if isinstance(part, Slot) else (part,))
    return tuple(blocks)


def slots(parts: Iterable[Part]) -> list[Slot]:
    """The slots in the order of the text."""
    return [part for part in parts if isinstance(part, Slot)]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).enable("table")
    parser.disable(["image", "html_block", "html_inline", "reference", "code"])
    parser.validateLink = safe_link  # type: ignore[method-assign, assignment]  # its own door
    return parser


def _part(node: SyntaxTreeNode) -> Iterator[Part]:
    match node.type:
        case "paragraph":
            yield _paragraph(node)
        case "heading":
            yield Heading(_inline(node), min(4, max(1, int(node.tag[1]) - 1)))
        case "bullet_list" | "ordered_list":
            yield _list(node)
        case "table":
            yield _table(node)
        case "fence":
            yield Literally(node.content.rstrip("\n"))
        case "hr":
            yield PageBreak()
        case "blockquote":
            yield _box(node)
        case _:  # a kind of block that a later version of the library may bring
            yield Literally(node.content)


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0


def _paragraph(node: SyntaxTreeNode) -> Part:
    slot = _SLOT.fullmatch(node.children[0].content.strip())
    return Slot(slot[1], _line(node)) if slot else Text(_inline(node))


def _list(node: SyntaxTreeNode) -> Bullets | Numbered:
    items = tuple(_item(child) for child in node.children)
    if node.type == "bullet_list":
        return Bullets(items)
    return Numbered(items, start=min(int(node.attrs.get("start", 1)), 9_999))


def _item(node: SyntaxTreeNode) -> Item:
    text: list[Span] = []
    below: list[Bullets | Numbered] = []
    for child in node.children:
        if child.type in {"bullet_list", "ordered_list"}:
            below.append(_list(child))
            continue
        told = _all_spans(child)
        text += [Span("\n"), *told] if text and told else told
    return Item(tuple(text), tuple(below))


def _table(node: SyntaxTreeNode) -> Table:
    rows = [cells.children for part in node.children for cells in part.children]
    head, body = rows[0], rows[1:]
    right = tuple(
        number for number, cell in enumerate(head) if "right" in str(cell.attrs.get("style", ""))
    )
    return Table(
        tuple("".join(span.text for span in _inline(cell)) for cell in head),
        tuple(tuple(_inline(cell) for cell in cells) for cells in body),
        widths=_widths(head, body),
        right=right,
    )


def _widths(head: list[SyntaxTreeNode], body: list[list[SyntaxTreeNode]]) -> tuple[int, ...]:
    """Shares: short columns as they need, the others what is left, the longer the more."""
    longest = [
        max(_breadth(cells[number]) for cells in [head, *body] if number < len(cells))
        for number in range(len(head))
    ]
    fair = LINE // len(longest)
    short = sum(breadth + PADDING for breadth in longest if breadth + PADDING <= fair)
    long = sum(math.sqrt(breadth) for breadth in longest if breadth + PADDING > fair) or 1.0
    return tuple(
        breadth + PADDING
        if breadth + PADDING <= fair
        else max(fair, round((LINE - short) * math.sqrt(breadth) / long))
        for breadth in longest
    )


def _breadth(cell: SyntaxTreeNode) -> int:
    text = "".join(span.text for span in _inline(cell))
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)


def _box(node: SyntaxTreeNode) -> Callout:
    first, rest = _first_line(node.children[0]) if node.children else ("", [])
    others = [span for child in node.children[1:] for span in (Span("\n"), *_all_spans(child))]
    found = _BOX.fullmatch(first)
    if not found:
        told = [span for child in node.children for span in (Span("\n"), *_all_spans(child))]
        return Callout(tuple(told[1:]))
    if found[1] not in get_args(Tone):
        raise PaperError(
            f"there is no box of the kind {found[1]}",
            code="paper.box",
            where=f"line {_line(node)}",
            fix=f"one of {', '.join(get_args(Tone))}",
        )
    told = [*_joined(rest), *others] if rest else others[1:]
    return Callout(tuple(told), title=found[2].strip(), tone=cast("Tone", found[1]))


def _first_line(node: SyntaxTreeNode) -> tuple[str, list[Span]]:
    """The first line of a paragraph as text, and the runs of the lines after it."""
    runs = [run for child in node.children for run in _raw(child)]
    line = ""
    for number, run in enumerate(runs):
        before, end, after = run.text.partition(_SOFT)
        line += before
        if end:
            rest = [msgspec.structs.replace(run, text=after), *runs[number + 1 :]]
            return line, [one for one in rest if one.text]
    return line, []


def _raw(node: SyntaxTreeNode) -> list[Span]:
    children = node.children if node.type == "inline" else [node]
    return [run for child in children for run in _runs(child, Span(""))]


def _all_spans(node: SyntaxTreeNode) -> list[Span]:
    """Texts anywhere below: what stands where no block may stand is still read."""
    if node.type in {"paragraph", "heading", "th", "td"}:
        return list(_inline(node))
    if node.type in {"fence", "code_block"}:
        return [Span(node.content.rstrip("\n"), code=True)]
    gathered = [span for child in node.children for span in (*_all_spans(child), Span("\n"))]
    return gathered[:-1]


def _inline(node: SyntaxTreeNode) -> tuple[Span, ...]:
    made: list[Span] = []
    for child in node.children:
        made += _runs(child, Span(""))
    return tuple(_joined(made))


def _runs(node: SyntaxTreeNode, look: Span) -> Iterator[Span]:
    match node.type:
        case "text":
            yield msgspec.structs.replace(look, text=node.content)
        case "softbreak" | "hardbreak":
            yield msgspec.structs.replace(look, text="\n" if node.type == "hardbreak" else _SOFT)
        case "code_inline":
            yield msgspec.structs.replace(look, text=node.content, code=True)
        case _:
            yield from _below(node, look)


_SOFT = "\x1f"
"""Stands for a line's end in the source until it is known what stands before and after."""


def _below(node: SyntaxTreeNode, look: Span) -> Iterator[Span]:
    changed: dict[str, str | bool] = {}
    if node.type in {"strong", "em"}:
        changed = {"strong" if node.type == "strong" else "emphasis": True}
    elif node.type == "link":
        address = str(node.attrs.get("href", ""))
        changed = {"link": address if safe_link(address) else ""}
    look = msgspec.structs.replace(look, **changed)
    for child in node.children:
        yield from _runs(child, look)


def _joined(runs: list[Span]) -> Iterator[Span]:
    """Neighbours that look alike as one; a line's end becomes a space, but none between Chinese."""
    whole: list[Span] = []
    for run in runs:
        if whole and msgspec.structs.replace(run, text="") == msgspec.structs.replace(
            whole[-1], text=""
        ):
            whole[-1] = msgspec.structs.replace(run, text=whole[-1].text + run.text)
        elif run.text:
            whole.append(run)
    for number, run in enumerate(whole):
        after = whole[number + 1].text[:1] if number + 1 < len(whole) else ""
        yield msgspec.structs.replace(run, text=_softened(run.text, after))


def _softened(text: str, after: str) -> str:
    pieces = text.split(_SOFT)
    made = pieces[0]
    for number, piece in enumerate(pieces[1:], 2):
        follows = piece[:1] or (after if number == len(pieces) else "")
        wide = made and follows and ord(made[-1]) >= 0x2E80 and ord(follows) >= 0x2E80
        made += piece if wide or not follows else f" {piece}"
    return made
