"""A predicate as a SQL condition: names from the schema, every value bound, none spliced in."""

from __future__ import annotations

from shangdun.lake.query.predicate import Either, Equals, Like, Predicate, Present, Value

_ESCAPE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def to_sql(predicate: Predicate) -> tuple[str, list[Value]]:
    """The condition and the values of its question marks, in order."""
    if isinstance(predicate, Equals):
        return f"{quote(predicate.field)} = ?", [predicate.value]
    if isinstance(predicate, Like):
        pattern = "%".join(part.translate(_ESCAPE) for part in predicate.parts)
        return f"{quote(predicate.field)} LIKE ? ESCAPE '\\'", [pattern]
    if isinstance(predicate, Present):
        return f"{quote(predicate.field)} IS NOT NULL", []
    if isinstance(predicate, Either):
        return _joined(predicate.parts, " OR ", "FALSE")
    return _joined(predicate.parts, " AND ", "TRUE")


def quote(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _joined(parts: tuple[Predicate, ...], word: str, nothing: str) -> tuple[str, list[Value]]:
    if not parts:
        return nothing, []
    conditions = [to_sql(part) for part in parts]
    together = word.join(condition for condition, _ in conditions)
    return (
        f"({together})" if len(conditions) > 1 else together,
        [value for _, values in conditions for value in values],
    )
