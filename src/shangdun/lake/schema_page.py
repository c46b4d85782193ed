"""Writes docs/schema.md from the schema; run ``python -m shangdun.lake.schema_page``."""

from __future__ import annotations

import sys

from shangdun.lake.classes import CLASSES, EXTENSION, EXTENSION_UID, OCSF_VERSION, EventClass
from shangdun.lake.parse import format_titles
from shangdun.lake.schema import FIELDS, Field, Origin

_HEAD = f"""# Event schema

<!-- Written by shangdun.lake.schema_page; change the schema, not this page. -->

Every event in the lake is a row of one wide table. Columns are attributes of
[OCSF {OCSF_VERSION}](https://schema.ocsf.io/{OCSF_VERSION}/) flattened with dots, those of our
extension `{EXTENSION}` (uid {EXTENSION_UID}) for what only a shop knows, and the lake's own
bookkeeping. A column that an event has no value for is null. What has no column is kept in
`unmapped` as JSON, and the raw line can always be had back: it is stored in `raw_data` where the
columns do not tell it byte for byte.
"""

_SHOP = """## Sending business events

The format `shop` takes one JSON object a line, nested or already flat, with `class_uid`,
`activity_id` and `time` (milliseconds since 1970 UTC) and whatever columns below apply. It is
strict: a value of the wrong type makes the line a dead letter that names the field. Attributes
that are not listed are kept in `unmapped`.

```json
{"class_uid": 92006002, "activity_id": 1, "time": 1760000000000, "status_id": 2,
 "user.name": "li.na", "src_endpoint.ip": "203.0.113.7", "order.uid": "10017",
 "payment.amount": 129.0, "payment.currency": "CNY", "card.fingerprint": "5d41402a"}
```

The event is one line in the file; it is broken here for the page.
"""


def schema_page() -> str:
    """The page in Markdown."""
    parts = [_HEAD, _formats(), _SHOP, "## Event classes\n", _classes(), "## Columns\n"]
    parts += [_columns(origin) for origin in Origin]
    return "\n".join(parts)


def _formats() -> str:
    rows = [f"| `{name}` | {title} |" for name, title in format_titles().items()]
    return "\n".join(["## Formats\n", "| Format | Reads |", "|---|---|", *rows, ""])


def _classes() -> str:
    rows = ["| class_uid | Class | activity_id |", "|---|---|---|"]
    return "\n".join(rows + [_class_row(one) for one in CLASSES.values()] + [""])


def _class_row(one: EventClass) -> str:
    mark = f" ({EXTENSION})" if one.ours else ""
    named = {number: name for number, name in one.activities.items() if number not in {0, 99}}
    activities = ", ".join(f"{number} {name}" for number, name in named.items())
    return f"| {one.uid} | {one.caption} `{one.name}`{mark} | {activities or '–'} |"


def _columns(origin: Origin) -> str:
    rows = ["| Column | Type | Holds | Classes |", "|---|---|---|---|"]
    rows += [_column_row(field) for field in FIELDS if field.origin is origin]
    return "\n".join([f"### {origin.value[0].upper()}{origin.value[1:]}\n", *rows, ""])


def _column_row(field: Field) -> str:
    classes = ", ".join(str(uid) for uid in field.classes) or "all"
    return f"| `{field.name}` | {field.kind.title} | {field.description} | {classes} |"


if __name__ == "__main__":
    sys.stdout.write(schema_page())
