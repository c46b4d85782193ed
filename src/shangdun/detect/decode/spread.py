"""A condition on any part of a request as conditions on each part."""

from __future__ import annotations

import msgspec

from shangdun.detect import ir
from shangdun.detect.decode.columns import COLUMNS, WHOLES


def spread(node: ir.Node) -> ir.Node:
    """The same condition with the name of a whole replaced by the columns it stands for."""
    if isinstance(node, ir.Not):
        return ir.Not(spread(node.arg))
    if isinstance(node, ir.And | ir.Or):
        kind = type(node)
        parts = [spread(arg) for arg in node.args]
        # alternatives stay in one list, which is asked column by column
        flat = [one for part in parts for one in (part.args if isinstance(part, kind) else [part])]
        return kind(tuple(flat))
    if node.field not in WHOLES:
        return node
    columns = [name for name, column in COLUMNS.items() if column.whole == node.field]
    each = tuple(msgspec.structs.replace(node, column=name) for name in columns)
    return ir.And(each) if isinstance(node, ir.Null) else ir.Or(each)
