"""Whether a person's SQL may run: one SELECT over ``events``, and functions that only compute.

The engine is shut in whatever is asked of it (``engine``); this is the second wall, and it says in
words what is wrong. The statement is judged by DuckDB's own parser, not by looking at its letters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from shangdun.kernel.errors import UsageError

TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
REFUSED = re.compile(
    r"(read|write|duckdb|pragma|parquet|sniff|glob|query|json_execute|getenv|getvariable|"
    r"current_setting|which_secret|sql_|pg_|has_|set|nextval|currval|in_network|error|"
    r"sleep|txid|current_(database|schema|catalog|user|role|query|connection)|user$|version$)"
)
"""Functions that look at the system instead of at values."""
CATALOG = re.compile(r"duckdb_|information_schema|pg_|pragma_|sqlite_")
"""Views of the engine about itself. A WITH of such a name, elsewhere in the statement, would make
them known tables."""
LONGEST = 20_000


def check_statement(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    """Raises ``UsageError``, code ``query.sql``, saying what may not be and what may."""
    if len(text) > LONGEST:
        raise _refused(f"the statement is longer than {LONGEST} characters")
    try:
        statements = engine.extract_statements(text)
    except duckdb.Error as error:
        raise _refused(str(error)) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise _refused("only one SELECT statement is run")
    answer = engine.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    tree = json.loads(answer[0]) if answer else {"error": True}
    if tree["error"]:
        raise _refused("only one SELECT statement is run")
    nodes = list(_nodes(tree))
    own = {str(entry.get("key", "")).lower() for entry in _tables_within(nodes)}
    if taken := next((name for name in sorted(own) if CATALOG.match(name)), None):
        raise _refused(f"WITH may not give the name {taken!r}, which is the system's")
    known = {"events"} | own
    for node in nodes:
        if problem := _problem(node, known):
            raise _refused(problem)


def _tables_within(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries of every WITH."""
    for node in nodes:
        if isinstance(node.get("cte_map"), dict):
            yield from node["cte_map"].get("map", [])


def _problem(node: dict[str, Any], known: set[str]) -> str:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        path = [str(name) for name in node.get("qualified_name", {}).get("path", [])]
        name = str(node.get("table_name", ""))
        if len(path) > 1 or name.lower() not in known:
            return f"there is no table {'.'.join(path) or name!r}, only events"
    if kind == "SHOW_REF":
        return "tables are not described here; docs/schema.md lists the columns of events"
    if kind == "TABLE_FUNCTION":
        function = str(node.get("function", {}).get("function_name", "")).lower()
        if function not in TABLE_FUNCTIONS:
            return f"the table function {function!r} may not be used"
    name = str(node.get("function_name", "")).lower()
    if name and REFUSED.match(name):
        return f"the function {name!r} may not be used"
    return ""


def _nodes(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  JSON has no type here
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _refused(message: str) -> UsageError:
    return UsageError(
        message,
        code="query.sql",
        where="query",
        fix="write one SELECT over events, with functions that compute from values",
    )
