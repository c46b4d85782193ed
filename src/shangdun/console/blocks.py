"""Blocks of a document as a template draws them."""

from __future__ import annotations

import msgspec

from shangdun.papers.blocks import Block, Language, spanned_block

LANGUAGES: dict[str, Language] = {"zh-hans": "zh-hans", "en": "en"}
"""Of documents, as papers have them."""


class Shown(msgspec.Struct, frozen=True):
    """A block as a template draws it: its kind beside it."""

    kind: str
    block: Block


def shown(blocks: tuple[Block, ...]) -> list[Shown]:
    """Blocks for ``documents/blocks.html``."""
    return [Shown(str(type(one).__struct_config__.tag), one) for one in map(spanned_block, blocks)]
