"""Search in the lake: a query's text becomes a predicate, the predicate SQL, the SQL rows.

The three steps are three modules; what the language learns later is parsed in ``language``, gets
its node in ``predicate`` and its clause in ``sql``, and ``search`` stays as it is.
"""

from shangdun.lake.query.language import parse_query
from shangdun.lake.query.search import Limits, SearchResult, search

__all__ = ["Limits", "SearchResult", "parse_query", "search"]
