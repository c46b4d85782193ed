r"""The query language: what people know from Kibana's KQL and Lucene; docs/hunting.md explains it.

    query   = either                        ``or`` binds weakest, then ``and``, then ``not``
    either  = all ("or" all)*
    all     = one (["and"] one)*            nothing between two terms is ``and``
    one     = ("not" | "-" | "!") one | "(" either ")" | field ":" value | text
    value   = word | "quoted" | ">=" word | "[" word "TO" word "]" | "(" values ")"
    values  = as ``either``, of values; nothing between two values is ``or``

``*`` and ``?`` in a word that is not quoted are wildcards. ``field:*`` is any value, ``field:null``
none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo

from shangdun.lake.query.fields import close_names, column_of
from shangdun.lake.query.predicate import (
    ONE,
    All,
    Compare,
    Either,
    Equals,
    Like,
    Not,
    Predicate,
    Present,
    Text,
)
from shangdun.lake.query.tokens import Kind, QueryError, Token, pattern_of, tokens_of, unescaped
from shangdun.lake.query.values import network_of, value_of

DEEPEST = 50


def parse_query(text: str, *, zone: tzinfo = UTC) -> Predicate:
    """The predicate of a query; an empty query asks nothing.

    Times without a zone are meant in ``zone``. Raises ``QueryError``, which points at the place.
    """
    return _Parser(text, zone).query()


class _Parser:
    """One pass over the tokens, by the grammar above."""

    def __init__(self, text: str, zone: tzinfo) -> None:
        self._text = text
        self._zone = zone
        self._tokens = tokens_of(text)
        self._place = 0
        self._depth = 0

    def query(self) -> Predicate:
        if len(self._tokens) == 1:
            return All(())
        found = self._either(self._one, joined_by=Kind.AND)
        left = self._tokens[self._place]
        if left.kind is not Kind.END:
            raise self._error("a bracket closes that was never opened", fix="drop it", token=left)
        return found

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _error(self, message: str, *, fix: str, token: Token | None = None) -> QueryError:
        return QueryError(message, fix=fix, text=self._text, at=(token or self._next).at)

    def _either(self, one: Callable[[], Predicate], *, joined_by: Kind) -> Predicate:
        """Terms joined by words; ``joined_by`` is what nothing between two of them means."""
        weak: list[Predicate] = []
        strong = [self._operand(one)]
        while self._next.kind not in (Kind.END, Kind.CLOSE):
            word = self._take().kind if self._next.kind in (Kind.AND, Kind.OR) else joined_by
            if word is Kind.OR:
                weak.append(_all(strong))
                strong = []
            strong.append(self._operand(one))
        return _either([*weak, _all(strong)])

    def _operand(self, one: Callable[[], Predicate]) -> Predicate:
        token = self._next
        if token.kind in (Kind.AND, Kind.OR, Kind.END, Kind.CLOSE):
            what = "the query ends" if token.kind is Kind.END else f"{token.text!r} stands"
            raise self._error(
                f"{what} where something to look for is expected",
                fix='write field:value or "text"; quote and, or, not where the word is meant',
            )
        if token.kind is Kind.NOT:
            self._take()
            return Not(self._deeper(token, lambda: self._operand(one)))
        if token.kind is Kind.OPEN:
            joined = Kind.AND if one == self._one else Kind.OR
            return self._bracket(one, joined_by=joined)
        return one()

    def _bracket(self, one: Callable[[], Predicate], *, joined_by: Kind) -> Predicate:
        opened = self._take()
        found = self._deeper(opened, lambda: self._either(one, joined_by=joined_by))
        if self._take().kind is not Kind.CLOSE:
            raise self._error("a bracket opens here and never closes", fix="add )", token=opened)
        return found

    def _deeper(self, token: Token, read: Callable[[], Predicate]) -> Predicate:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"more than {DEEPEST} brackets deep", fix="ask in parts", token=token)
        found = read()
        self._depth -= 1
        return found

    def _one(self) -> Predicate:
        token = self._take()
        if token.kind is Kind.FIELD:
            return self._of_field(token)
        if token.kind is Kind.QUOTED:
            return Text((unescaped(token.text),))
        return Text(pattern_of(token.text))

    def _of_field(self, token: Token) -> Predicate:
        if token.text == "_exists_":
            named = self._take()
            return Present(self._column(named))
        column = self._column(token)
        if self._next.kind is Kind.OPEN:
            return self._bracket(lambda: self._value(column), joined_by=Kind.OR)
        return self._value(column)

    def _column(self, token: Token) -> str:
        column = column_of(token.text)
        if column is None:
            close = close_names(token.text)
            hint = f"did you mean {' or '.join(close)}? " if close else ""
            raise QueryError(
                f"there is no field {token.text!r}",
                code="query.field",
                fix=f'{hint}quote it where text is meant: "{token.text}:…"',
                text=self._text,
                at=token.at,
            )
        return column

    def _value(self, column: str) -> Predicate:
        token = self._take()
        if token.kind is Kind.COMPARE:
            against = self._take()
            if against.kind not in (Kind.WORD, Kind.QUOTED):
                raise self._error("a value is missing", fix="as in status:>=500", token=against)
            return self._compare(column, token.text, against, unescaped(against.text))
        if token.kind is Kind.RANGE and token.bounds is not None:
            low, high, with_low, with_high = token.bounds
            parts = [
                self._compare(column, sign, token, unescaped(end.strip('"')))
                for end, sign in (
                    (low, ">=" if with_low else ">"),
                    (high, "<=" if with_high else "<"),
                )
                if end != "*"
            ]
            return _all(parts) if parts else Present(column)
        if token.kind is Kind.QUOTED:
            return Equals(column, self._read(column, token, unescaped(token.text)))
        if token.kind is not Kind.WORD:
            raise self._error(
                "a value is missing", fix="as in user:mei, or user:* for any", token=token
            )
        return self._word(column, token)

    def _word(self, column: str, token: Token) -> Predicate:
        parts = pattern_of(token.text)
        if token.text == "*":
            return Present(column)
        if token.text == "null":
            return Not(Present(column))
        if len(parts) > 1 or ONE in parts[0]:
            return Like(column, parts)
        network = network_of(column, parts[0])
        if isinstance(network, str):
            raise self._error(network, fix="as in ip:10.0.0.0/8", token=token)
        return network or Equals(column, self._read(column, token, parts[0]))

    def _compare(self, column: str, operator: str, token: Token, text: str) -> Predicate:
        return Compare(column, operator, self._read(column, token, text))  # type: ignore[arg-type]  # the tokens know only these four

    def _read(self, column: str, token: Token, text: str) -> str | int | float | bool:
        try:
            return value_of(column, text, self._zone)  # type: ignore[return-value]  # a date only where the column is one
        except ValueError as error:
            raise QueryError(
                f"{column} {error}",
                code="query.value",
                fix="give a value of that kind",
                text=self._text,
                at=token.at,
            ) from error


def _all(parts: list[Predicate]) -> Predicate:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _either(parts: list[Predicate]) -> Predicate:
    return parts[0] if len(parts) == 1 else Either(tuple(parts))
