"""Search in the lake: a query's text becomes a predicate, the predicate SQL, the SQL rows.

``tokens``, ``language`` and ``values`` read the text, ``predicate`` says what it means, ``sql``
writes it for DuckDB, ``engine`` runs that shut in. ``search`` answers at once, within this process;
``ask`` runs a search as a process of its own, which gives its rows as they are found, can be
cancelled, and is where a person's own SQL runs.
"""

from shangdun.lake.query.engine import Limits
from shangdun.lake.query.language import parse_query
from shangdun.lake.query.search import SearchResult, search
from shangdun.lake.query.tokens import QueryError

__all__ = ["Limits", "QueryError", "SearchResult", "parse_query", "search"]
