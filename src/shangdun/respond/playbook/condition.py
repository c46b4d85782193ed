"""Conditions of CACAO steps: a safe part of STIX patterning; nothing is evaluated as code.

    expression  = and-term { "OR" and-term }
    and-term    = factor { "AND" factor }
    factor      = [ "NOT" ] ( comparison | "(" expression ")" | "[" expression "]" )
    comparison  = variable operator literal
                | variable [ "NOT" ] "IN" "(" literal { "," literal } ")"
                | variable [ "NOT" ] "LIKE" string          % any characters, _ one
                | variable [ "NOT" ] "ISSUBSET" string      an address within a network
                | [ "NOT" ] "EXISTS" variable
    operator    = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
    literal     = string | number | "true" | "false" | variable
    variable    = "__name__:value"

Two numbers are compared as numbers, everything else as text; "true" and "false" in any case.
``MATCHES`` and STIX's observation operators are not part of it: an expression with them is refused
when the playbook is checked, not in the night in which it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import translate
from ipaddress import ip_network
from typing import NamedTuple

from shangdun.kernel.errors import UsageError

LONGEST = 2_000
DEEPEST = 20

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<variable>__[a-zA-Z_][a-zA-Z0-9_-]{0,199}?__(?::value)?)(?![a-zA-Z0-9_])
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<number>[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?)(?![\w.])
    | (?P<word>[A-Za-z]+)
    | (?P<sign><=|>=|<>|!=|==|[=<>()\[\],])
    )""",
    re.VERBOSE,
)
_ORDER: Mapping[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<>": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
_CLOSING = {"(": ")", "[": "]"}


class ConditionError(UsageError):
    """Codes ``condition.syntax`` (with the column) and ``condition.unknown`` (a variable)."""

    default_code = "condition"


class Token(NamedTuple):
    """One word of a condition, and where it stands."""

    kind: str
    text: str
    column: int


Values = Mapping[str, str]
Test = Callable[[Values], bool]
Operand = Callable[[Values], str]


def holds(text: str, values: Values, types: Mapping[str, str] | None = None) -> bool:
    """Whether the condition is true of the values; raises ``ConditionError``.

    ``types`` are CACAO's of the variables: those of type ``string`` are never read as numbers.
    """
    return _Parser(text, types or {}).whole()(values)


def value_of(text: str, values: Values) -> str:
    """The value that a switch looks up: one variable; raises ``ConditionError``."""
    name = switched(text)
    if name not in values:
        raise _unknown(name)
    return values[name]


def switched(text: str) -> str:
    """The variable that a switch asks for; raises ``ConditionError``."""
    tokens = _tokens(text)
    if len(tokens) != 1 or tokens[0].kind != "variable":
        raise ConditionError(
            "a switch asks for one variable",
            code="condition.syntax",
            where="1",
            fix="write __name__:value",
        )
    return _name(tokens[0].text)


def asked(text: str) -> tuple[str, ...]:
    """Names of the variables that a condition reads, each once; raises ``ConditionError``."""
    parser = _Parser(text, {})
    parser.whole()
    return tuple(dict.fromkeys(parser.names))


class _Parser:
    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._deep = 0
        self._types = types
        self._end = len(text) + 1
        self.names: list[str] = []

    def whole(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            raise self._wrong("the end, AND or OR")
        return test

    def _either(self) -> Test:
        terms = [self._both()]
        while self._word("OR"):
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else lambda values: any(t(values) for t in terms)

    def _both(self) -> Test:
        factors = [self._factor()]
        while self._word("AND"):
            factors.append(self._factor())
        return factors[0] if len(factors) == 1 else lambda values: all(f(values) for f in factors)

    def _factor(self) -> Test:
        self._deep += 1
        if self._deep > DEEPEST:
            raise self._wrong("fewer brackets")
        try:
            if self._word("NOT"):
                inner = self._factor()
                return lambda values: not inner(values)
            if self._word("EXISTS"):
                name = self._variable()
                return lambda values: values.get(name, "") != ""
            token = self._peek()
            if token.text in _CLOSING:
                self._at += 1
                test = self._either()
                self._sign(_CLOSING[token.text])
                return test
            return self._comparison()
        finally:
            self._deep -= 1

    def _comparison(self) -> Test:
        name = self._variable()
        if self._word("NOT"):
            test = self._relation(name)
            return lambda values: not test(values)
        token = self._peek()
        if token.text in _ORDER:
            self._at += 1
            return self._order(name, _ORDER[token.text])
        return self._relation(name)

    def _order(self, name: str, accepts: Callable[[int], bool]) -> Test:
        left, right = self._value(name), self._literal()
        numbers = self._types.get(name) != "string"
        return lambda values: accepts(_compare(left(values), right(values), numbers=numbers))

    def _relation(self, name: str) -> Test:
        left = self._value(name)
        if self._word("IN"):
            among = self._list()
            return lambda values: any(
                _compare(left(values), item(values), numbers=True) == 0 for item in among
            )
        if self._word("LIKE"):
            pattern = self._string()
            like = re.compile(_glob(pattern), re.DOTALL)
            return lambda values: like.match(left(values)[:LONGEST]) is not None
        if self._word("ISSUBSET"):
            network = self._string()
            return lambda values: _within(left(values), network)
        raise self._wrong("=, !=, <, >, IN, LIKE or ISSUBSET")

    def _list(self) -> list[Operand]:
        self._sign("(")
        items = [self._literal()]
        while self._peek().text == ",":
            self._at += 1
            items.append(self._literal())
        self._sign(")")
        return items

    def _literal(self) -> Operand:
        token = self._peek()
        if token.kind == "variable":
            return self._value(self._variable())
        if token.kind == "string":
            text = self._string()
        elif token.kind == "number" or token.text.lower() in ("true", "false"):
            self._at += 1
            text = token.text.lower()
        else:
            raise self._wrong("a text in '…', a number, true or false")
        return lambda _values: text

    def _string(self) -> str:
        token = self._peek()
        if token.kind != "string":
            raise self._wrong("a text in '…'")
        self._at += 1
        return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)

    def _variable(self) -> str:
        token = self._peek()
        if token.kind != "variable":
            raise self._wrong("a variable: __name__:value")
        self._at += 1
        name = _name(token.text)
        self.names.append(name)
        return name

    def _value(self, name: str) -> Operand:
        def look(values: Values) -> str:
            if name not in values:
                raise _unknown(name)
            return values[name]

        return look

    def _word(self, word: str) -> bool:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if token is None or token.kind != "word" or token.text.upper() != word:
            return False
        self._at += 1
        return True

    def _sign(self, sign: str) -> None:
        if self._peek().text != sign:
            raise self._wrong(sign)
        self._at += 1

    def _peek(self) -> Token:
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return Token("end", "", self._end)

    def _wrong(self, expected: str) -> ConditionError:
        token = self._peek()
        found = repr(token.text) if token.text else "the end"
        return ConditionError(
            f"{found} stands where {expected} should be",
            code="condition.syntax",
            where=str(token.column),
            fix="see the grammar of conditions in the guide to playbooks",
        )


def _tokens(text: str) -> list[Token]:
    if len(text) > LONGEST:
        raise ConditionError(
            "the condition is too long",
            code="condition.syntax",
            where="1",
            fix=f"at most {LONGEST} characters",
        )
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise ConditionError(
                f"{text[at:].strip()[:20]!r} cannot be read",
                code="condition.syntax",
                where=str(len(text) - len(text[at:].lstrip()) + 1),
                fix="compare a variable, __name__:value, with a text in '…' or a number",
            )
        kind = str(found.lastgroup)
        tokens.append(Token(kind, found.group(kind), found.start(kind) + 1))
        at = found.end()
    return tokens


def _name(token: str) -> str:
    return token.removesuffix(":value")


def _unknown(name: str) -> ConditionError:
    return ConditionError(
        f"{name} has no value",
        code="condition.unknown",
        where=name,
        fix="a step before has to give it one",
    )


def _compare(left: str, right: str, *, numbers: bool) -> int:
    if numbers:
        try:
            one, other = Decimal(left[:100]), Decimal(right[:100])
            if one.is_finite() and other.is_finite():
                return (one > other) - (one < other)
        except InvalidOperation:
            pass
    if left.lower() in ("true", "false") and right.lower() in ("true", "false"):
        left, right = left.lower(), right.lower()
    return (left > right) - (left < right)


def _glob(pattern: str) -> str:
    """A LIKE pattern as one that ``fnmatch`` reads; its own signs are taken literally."""
    literal = re.sub(r"([*?\[])", r"[\1]", pattern)
    return translate(literal.replace("%", "*").replace("_", "?"))


def _within(value: str, network: str) -> bool:
    try:
        inner, outer = ip_network(value, strict=False), ip_network(network, strict=False)
        return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # same version by the test before
    except ValueError:
        return False
