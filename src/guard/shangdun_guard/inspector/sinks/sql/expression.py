"""Expressions of SQL, read from the middle: operands and what stands between them.

A value lands inside a statement whose beginning it does not know. Reading therefore starts at one
of two points, where an operand is due or behind one, and goes on only as long as every token is
one that the grammar allows there. Prose leaves that path within a few words; what an attacker
writes must stay on it, or the server refuses the statement.
"""

from __future__ import annotations

import re
from typing import Callable, ClassVar

from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.sinks.sql import words
from shangdun_guard.inspector.sinks.sql.frames import Frame, effect
from shangdun_guard.inspector.sinks.sql.tokens import Scanner, Token

Step = Callable[[Token], bool]
_DEEPEST = 64
_OPEN = re.compile(r"['\"`](?:[\w%@(][\w%.@/:, ()-]{0,24})?\Z")
"""What the statement's own quote will close: a word or two."""
_BETWEEN_QUOTES = re.compile(r"\A['\"][\s,.;:)]|\n|[\s,(]['\"]\Z")
"""No string, but what a sentence or a program has between one string and the next."""
_MISWRITTEN = re.compile(r"'\w{0,8} ?= ?'\Z")
Take = Callable[["Expression", Token], bool]
_SYSTEM = tuple(words.SYSTEM)
_KNOWN = (
    ("sql.error", words.ERRORS),
    ("sql.file", words.FILES),
    ("sql.system", words.SYSTEM_CALLS),
    ("sql.function", words.BLIND),
)


class Expression:
    """A pushdown automaton; ``step`` is its state: it takes a token and says whether to go on."""

    def __init__(self, scanner: Scanner, start: int, *, broken: bool) -> None:
        """``broken``: the value has just left a quoted string that ends at ``start``."""
        self.scanner = scanner
        self.broken = broken
        self.found: dict[str, Sign] = {}
        self.frames = [Frame("root", start)]
        self.step: Step = self.have if broken else self.want
        self.last = Token("string" if broken else "", "", start, start)
        self.operand_kind = "constant" if broken else ""
        self.prefix = "string" if broken else ""
        """What the value begins with: string, number, name, or nothing for an operator."""
        self.deciding = False
        """A function has been given a comparison to decide by."""
        self.moves = 0
        """Tokens other than closing brackets since the start."""

    @property
    def top(self) -> Frame:
        """The innermost bracket that is open."""
        return self.frames[-1]

    def sign(self, code: str, start: int, end: int) -> None:
        """Note one sign; the first of its kind stays."""
        if code not in self.found:
            self.found[code] = Sign(code, start, max(end, start + 1))

    def inside(self) -> bool:
        """Whether what follows already belongs to a statement that the value has changed."""
        if self.broken or self.found or self.deciding or (self.prefix == "number" and self.moves):
            return True
        return any(f.joined or f.clause for f in self.frames)

    def settle(self, end: int) -> None:
        """Weigh the condition of the innermost bracket, which is complete."""
        frame = self.top
        code = effect(frame, broken=self.broken, number=self.prefix == "number")
        if code:
            self.sign(code, frame.begin, end)
            if code == "sql.condition" and frame.first != "constant" and self.prefix == "number":
                self.sign("sql.number_joined", frame.begin, end)
        if frame.clause == "select" and frame.solid:
            self.sign(f"sql.{frame.origin}", frame.start, end)

    # -- where an operand is due ------------------------------------------------------------

    def want(self, token: Token) -> bool:
        """Take an operand, or something that stands in front of one."""
        take = self._WANT.get(token.kind)
        return take is not None and take(self, token)

    def _constant(self, token: Token) -> bool:
        frame = self.top
        if self.broken and frame.joined and token.kind == "string":
            if _MISWRITTEN.match(token.text):
                self.sign("sql.miswritten", frame.begin, token.end)
            if _BETWEEN_QUOTES.search(token.text):
                return False
        return self.operand("constant", token)

    def _variable(self, token: Token) -> bool:
        if token.text.startswith("@@") and self.inside():
            self.sign("sql.system", token.start, token.end)
        return token.text != "?" and self.operand("call", token)

    def _group(self, token: Token) -> bool:
        return self.push("group", token)

    def _empty_call(self, token: Token) -> bool:
        return self.top.kind == "call" and self.last.kind == "(" and self.pop(token)

    def _want_name(self, token: Token) -> bool:
        text = token.text
        if text in words.UNARY:
            return True
        if text in ("select", "case", "when"):
            return self._want_keyword(token)
        if text in words.RESERVED and text not in words.FUNCTION_WORDS:
            return False
        if text in words.CONSTANT:
            return self.operand("constant", token)
        if self.inside() and text.startswith(_SYSTEM):
            self.sign("sql.system", token.start, token.end)
        return self.operand("name", token)

    def _want_keyword(self, token: Token) -> bool:
        frame = self.top
        if token.text == "case":
            self.operand("call", token)
            return self.push("case", token)
        if token.text == "when":
            frame.reset(token.start, joined=True)
            return frame.kind == "case"
        return (
            self.last.kind == "("
            and frame.kind == "group"
            and self.begin_select("subselect", token)
        )

    def _want_operator(self, token: Token) -> bool:
        if token.text == "*":
            frame = self.top
            starred = frame.clause == "select" or (frame.kind == "call" and self.last.kind == "(")
            return starred and self.operand("call", token)
        return token.text in words.UNARY

    def _open(self, token: Token) -> bool:
        """A string that the statement's own quote will close: short, or it is not meant so."""
        if token.text and not _OPEN.match(self.scanner.text, token.start):
            return False
        empty = token.end - token.start == 1 and not self.top.compared
        return self.operand("nothing" if empty else "constant", token)

    _WANT: ClassVar[dict[str, Take]] = {
        "name": _want_name,
        "number": _constant,
        "string": _constant,
        "variable": _variable,
        "open": _open,
        "(": _group,
        ")": _empty_call,
        "operator": _want_operator,
    }

    def operand(self, kind: str, token: Token) -> bool:
        """One operand has been read; an operator, a clause or the end may follow."""
        frame = self.top
        if self.broken and frame.joined and not frame.first and not frame.concatenated:
            code = "sql.joined" if kind in ("constant", "call") else "sql.joined_name"
            self.sign(code, frame.begin, token.end)
        frame.count(kind)
        if frame.clause == "select" and kind != "name":
            frame.solid = True
        if frame.clause == "from" and frame.origin and kind == "name":
            self.sign(f"sql.{frame.origin}_words", frame.start, token.end)
        if token.kind == "number":
            frame.numbers += 1
        self.prefix = self.prefix or token.kind
        self.operand_kind = kind
        self.step = self.have
        return True

    def push(self, kind: str, token: Token) -> bool:
        """A bracket opens; what is inside belongs to the condition around it."""
        if len(self.frames) >= _DEEPEST:
            return False
        joined = kind == "group" and self.top.joined
        if kind == "group":
            self.prefix = self.prefix or "group"
            self.top.count("group")
            if self.top.clause == "select":
                self.top.solid = True
        self.frames.append(Frame(kind, token.start, joined=joined))
        self.step = self.want
        return True

    def pop(self, token: Token) -> bool:
        """A bracket closes; one that the value did not open belongs to the statement around."""
        self.operand_kind = "group"
        self.step = self.have
        if len(self.frames) == 1:
            self.settle(token.start)
            self.top.reset(token.start)
            return not self.top.origin or self.top.kind == "select"
        if self.top.kind == "case":
            return False
        self.settle(token.start)
        inner = self.frames.pop()
        if inner.kind == "group":
            self.top.absorb(inner)
        return True

    # -- behind an operand ------------------------------------------------------------------

    def have(self, token: Token) -> bool:
        """Take what may follow an operand."""
        take = self._HAVE.get(token.kind)
        return take is not None and take(self, token)

    def _module(self, token: Token) -> bool:
        """database:table, as Informix writes it; or a question to JSON."""
        if token.text == "?":  # PostgreSQL: does JSON have this key?
            return self.broken and self._between_operands(token.text)
        return token.start == self.last.end and token.text[0] == ":"

    def _have_operator(self, token: Token) -> bool:
        text = token.text
        if text in words.BOOLEAN:
            return self._join(token)
        return self._between_operands(text)

    def _between_operands(self, text: str) -> bool:
        if text in words.COMPARE:
            if text == "==" and not self.broken and self.top.names + self.top.calls:
                return False
            self.top.compared = True
            self.top.between = text == "between"
        elif text in words.CALL_ONLY:
            if self.top.kind != "call":
                return False
        elif text not in words.ARITHMETIC:
            return False
        self.step = getattr(self, self._BEHIND.get(text, "want"))
        return True

    def _truth(self, token: Token) -> bool:
        """Behind IS: a truth value, or NULL; only SQLite compares anything."""
        self.step = self.want
        return (self.broken or token.text in words.TRUTHS) and self.want(token)

    def _list(self, token: Token) -> bool:
        """Behind IN: a list or a mode of full-text search, never a plain value."""
        self.step = self.want
        return (token.kind == "(" or token.text in ("boolean", "natural")) and self.want(token)

    _BEHIND: ClassVar[dict[str, str]] = {"is": "_truth", "in": "_list"}

    def _have_name(self, token: Token) -> bool:
        text = token.text
        if text == "not":
            return True
        if text in words.BOOLEAN:
            return self._join(token)
        if self._between_operands(text):
            return True
        return self._case(token) if self.top.kind == "case" else self.clause(token)

    def _join(self, token: Token) -> bool:
        frame = self.top
        if frame.between and token.text == "and":
            frame.between = False
        elif self._misplaced(token.text):
            return False
        else:
            self.settle(token.start)
            if frame.origin and token.text == "where":
                frame.clause = "where"
            frame.reset(token.start, joined=True, concatenated=token.text == "||")
        self.step = self.want
        return True

    def _misplaced(self, text: str) -> bool:
        frame = self.top
        if text in ("on", "qualify"):
            return not frame.origin
        return text == "when" and frame.kind != "case"

    def _case(self, token: Token) -> bool:
        """THEN, ELSE and END of a CASE."""
        if token.text in ("then", "else"):
            self.settle(token.start)
            self.top.reset(token.start)
            self.step = self.want
            return True
        if token.text == "end":
            self.settle(token.start)
            self.frames.pop()
            self.operand_kind = "group"
            return True
        return False

    def _comma(self, token: Token) -> bool:
        frame = self.top
        if frame.kind == "call" and frame.compared:
            self.deciding = True
        self.settle(token.start)
        frame.reset(token.end)
        frame.aliased = False
        self.step = self.want
        return frame.kind != "case"

    def _beside(self, token: Token) -> bool:
        """A string beside an operand: 'a' 'b' is one string, DATE '2024-01-01' a literal."""
        if token.kind == "open" and token.end - token.start == 1:
            return True
        if token.kind == "open":
            return self.last.kind == "string" and self._open(token)
        return self.last.kind == "string" or self.last.text in ("date", "time", "timestamp")

    def _dot(self, _token: Token) -> bool:
        self.step = self.want
        return self.operand_kind == "name"

    def _call(self, token: Token) -> bool:
        """A bracket behind a name calls it; behind a complete operand only a select may begin."""
        if self.operand_kind not in ("name", "constant") or self.last.kind != "name":
            if len(self.frames) > 1 or self.operand_kind == "name" or not self.push("group", token):
                return False
            self.step = self._only_select
            return True
        frame = self.top
        if self.operand_kind == "name":
            frame.names -= 1
        else:
            frame.constants -= 1
        if frame.first in ("name", "constant") and not frame.names and not frame.constants:
            frame.first = "call"
        frame.calls += 1
        if frame.clause == "select":
            frame.solid = True
        self.called(self.last)
        pushed = self.push("call", token)
        self.top.called = self.last.text
        return pushed

    def _only_select(self, token: Token) -> bool:
        return token.text == "select" and self.begin_select("subselect", token)

    def called(self, name: Token) -> None:
        """Note what a function is known for; names of other languages count only inside."""
        text, inside = name.text, self.inside()
        short = text.rpartition(".")[2]
        if text in words.DELAYS or (inside and text in words.DELAY_WORDS):
            self.sign("sql.delay", name.start, name.end)
        elif text in words.DELAY_WORDS:
            self.sign("sql.delay_word", name.start, name.end)
        elif inside or short in words.TELLING:
            code = next((c for c, known in _KNOWN if text in known or short in known), "")
            if code:
                self.sign(code, name.start, name.end)

    def _end_statement(self, token: Token) -> bool:
        return self.semicolon(token)

    _HAVE: ClassVar[dict[str, Take]] = {
        "name": _have_name,
        "operator": _have_operator,
        "(": _call,
        ")": pop,
        ",": _comma,
        "string": _beside,
        "open": _beside,
        ";": _end_statement,
        "variable": _module,
        ".": _dot,
    }

    # -- what statements add ----------------------------------------------------------------

    def begin_select(self, origin: str, token: Token) -> bool:
        """Behind SELECT."""
        frame = self.top
        frame.kind = "select"
        frame.origin = origin
        frame.clause = "select"
        frame.start = frame.start if origin == "subselect" else token.start
        frame.solid = frame.aliased = False
        frame.reset(token.end)
        self.step = self.want
        return True

    def clause(self, token: Token) -> bool:
        """A word behind an operand that is no operator."""
        raise NotImplementedError

    def semicolon(self, token: Token) -> bool:
        """The end of a statement."""
        raise NotImplementedError
