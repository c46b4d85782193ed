"""Statements and clauses of SQL around the expressions, and the end of a value."""

from __future__ import annotations

import re
from itertools import islice
from typing import ClassVar

from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.sinks.sql import words
from shangdun_guard.inspector.sinks.sql.expression import Expression
from shangdun_guard.inspector.sinks.sql.frames import Frame
from shangdun_guard.inspector.sinks.sql.tokens import Scanner, Token

_TIDY_TAIL = re.compile(r"(?:--|#|/\*)[\s+\-#*/]*[\w.*/-]{0,12}\s*\Z")
"""What attackers leave behind a comment mark: nothing, a dash, a random word."""
_PROCEDURE = re.compile(r"(?:^|\.)(?:xp|sp)_|^master\.|^dbms_|^sys\.")
_LONGEST = 3000
"""Tokens that are read; what an injection does shows in far fewer."""
_JOINS = frozenset(("join", "inner", "left", "right", "cross", "natural", "full", "outer"))
_PLAIN_CLAUSES = frozenset(("from", "limit", "offset", "fetch", "for", "returning", "window"))
_DANGERS = frozenset(("sql.delay", "sql.file", "sql.error", "sql.exec"))
_SET_FILL = frozenset(("all", "distinct", "distinctrow"))


class Statement(Expression):
    """One way to read a value: from one point of a statement on, to where it stops being SQL."""

    def __init__(self, scanner: Scanner, start: int, *, broken: bool) -> None:
        """See ``Expression``."""
        super().__init__(scanner, start, broken=broken)
        self.whole = False
        """The value is itself a statement: text about SQL, not a change of somebody's."""
        self.verb = ""
        self.ended = False

    def read(self) -> dict[str, Sign]:
        """All signs by their code; empty where the value does not read as SQL."""
        if not self.broken:
            self.step = self._begin
        for token in islice(self.scanner.tokens(self.last.end), _LONGEST):
            if token.kind == "tail":
                self._tail(token)
                break
            if not self.step(token):
                break
            if token.kind != ")":
                self.moves += 1
            self.last = token
        else:
            self._end()
        return self._whole_text() if self.whole else self.found

    def _whole_text(self) -> dict[str, Sign]:
        kept = {c: s for c, s in self.found.items() if c in ("sql.statement_text", "sql.ended")}
        select = self.found.get("sql.whole") or self.found.get("sql.whole_words")
        if select:
            kept["sql.statement_text"] = select._replace(code="sql.statement_text")
        for code, names in (("danger", _DANGERS), ("system", ("sql.system",))):
            named = next((s for c, s in self.found.items() if c in names), None)
            if named:
                whole = f"sql.statement_{code}"
                kept[whole] = Sign(whole, named.start, named.end)
        return kept

    # -- beginnings -------------------------------------------------------------------------

    def _begin(self, token: Token) -> bool:
        """A bare value: an operand, what may follow one, or a whole statement."""
        text = token.text
        if token.kind == "name" and text in words.STATEMENTS and text not in ("if", "iif"):
            self.whole = True
            return self.statement(token)
        if token.kind in (")", ";", ","):
            self.prefix = "operator"
            return self.have(token)
        follows = text in words.BOOLEAN or text in words.COMPARE or text in words.CLAUSE
        if follows and token.kind in ("name", "operator") and text not in words.UNARY:
            self.prefix = "operator"
            return self.have(token)
        self.step = self.want
        return self.want(token)

    def semicolon(self, token: Token) -> bool:
        """Close what stands in front; a further statement may follow."""
        if len(self.frames) > 1 and not self.found:
            return False
        self.settle(token.start)
        self.frames = [Frame("root", token.start)]
        self.step = self.statement
        return True

    def statement(self, token: Token) -> bool:
        """The first word of a statement."""
        if token.kind == ";":
            return True
        if token.kind == "(":
            self.last = token
            return True
        if token.kind != "name" or token.text not in words.STATEMENTS:
            return False
        self.verb = token.text
        self.top.start = token.start
        if token.text == "select":
            return self.begin_select("whole" if self.whole else "stacked", token)
        self.step = self._second
        return True

    def _second(self, token: Token) -> bool:
        allowed = words.STATEMENTS[self.verb]
        named = f"<{token.kind}>" in allowed and token.text not in words.RESERVED
        if token.text not in allowed and token.kind not in allowed and not named:
            return False
        if self.verb in ("exec", "execute") and token.kind == "name":
            named = token.text == "immediate" or bool(_PROCEDURE.search(token.text))
            if not named:
                return False
        elif self.verb in words.THIRD_DECIDES:
            self.step = self._third
            return True
        self._stack(token)
        return self._loose(token)

    def _third(self, token: Token) -> bool:
        """Of a statement whose object has to be told from a word of a sentence."""
        if self.verb == "update":
            if token.text != "set":
                return token.kind in (".", ",") or self.last.kind in (".", ",")
        elif self.last.kind == "(":
            plain = (
                ("number",) if self.verb == "if" else ("string", "open", "variable", "number", "(")
            )
            if token.kind not in plain:
                return token.text in words.DECIDING and self._stacked_if(token)
        elif token.kind not in ("name", "string", "variable") or token.text == "the":
            return False
        self._stack(token)
        return self._loose(token)

    def _stacked_if(self, token: Token) -> bool:
        self._stack(token)
        return self._loose(token)

    def _stack(self, token: Token) -> None:
        verb = self.verb
        wordy = verb in words.LOOSE_STATEMENTS and not self.broken
        if self.whole:
            code = "sql.statement_text"
        elif wordy or self.prefix == "name" or verb in words.SENTENCES:
            code = "sql.stacked_words"
        else:
            code = "sql.stacked"
        if self.verb in ("exec", "execute", "bulk", "reconfigure", "load", "backup"):
            self.sign("sql.exec", self.top.start, token.end)
        self.sign(code, self.top.start, token.end)

    def _loose(self, token: Token) -> bool:
        """The rest of a statement that needs no more proof: only what is called counts."""
        self.step = self._loose
        if token.kind == ";":
            self.step = self.statement
        elif token.kind == "(" and self.last.kind == "name":
            self.called(self.last)
        elif token.kind == "name" and token.text.rpartition(".")[2].startswith(("xp_", "sp_")):
            self.sign("sql.exec", token.start, token.end)
        elif token.text in ("delay", "time") and self.last.text == "waitfor":
            self.sign("sql.delay", self.last.start, token.end)
        return True

    # -- clauses ----------------------------------------------------------------------------

    def clause(self, token: Token) -> bool:
        """A word behind an operand: of a clause, or an alias."""
        text, frame = token.text, self.top
        follows = self._AFTER.get(text)
        if follows:
            self.settle(token.start)
            self.step = getattr(self, follows)
            return True
        if text in _JOINS and frame.clause == "from":
            self.step = self._joined_table
            return self._joined_table(token)
        if text in _PLAIN_CLAUSES:
            return self._plain_clause(token)
        return self._unseparated(token) or self._alias(token)

    def _unseparated(self, token: Token) -> bool:
        """A statement without a semicolon in front, behind something that is complete."""
        wordy = self.prefix == "name" and token.text != "waitfor"
        if len(self.frames) > 1 or wordy or token.start == self.last.end:
            return False
        if token.text in words.UNSEPARATED or (self.found and token.text in words.STATEMENTS):
            return self.semicolon(token) and self.statement(token)
        return False

    _AFTER: ClassVar[dict[str, str]] = {
        **dict.fromkeys(words.SET_OPERATORS, "_set_operand"),
        **dict.fromkeys(("order", "group", "partition"), "_by"),
        "into": "_into",
        "procedure": "_procedure",
    }
    """Words that only certain others may follow, to the step that knows them."""

    def _plain_clause(self, token: Token) -> bool:
        frame = self.top
        if token.text == "from" and not frame.origin:
            return False
        self.settle(token.start)
        frame.reset(token.start)
        frame.aliased = False
        frame.clause = token.text
        self.step = self.want
        return True

    def _alias(self, token: Token) -> bool:
        text, frame = token.text, self.top
        if text in ("asc", "desc"):
            return True
        if text == "mode" and self.last.text in ("boolean", "language"):
            return True
        if text == "language" and self.last.text == "natural":
            return True
        if text == "as":
            self.step = self._alias_name
            return len(self.frames) == 1 or bool(frame.origin)
        if text in words.RESERVED or frame.aliased or frame.clause not in ("select", "from"):
            return frame.kind == "call" and self.operand_kind == "name"
        frame.aliased = True
        self.operand_kind = "alias"
        return True

    def _alias_name(self, token: Token) -> bool:
        self.step = self.have
        self.operand_kind = "alias"
        self.top.aliased = True
        return token.kind in ("name", "string") and token.text not in words.RESERVED

    def _joined_table(self, token: Token) -> bool:
        if token.text == "join":
            self.top.aliased = False
            self.step = self.want
            return True
        return token.text in _JOINS

    def _set_operand(self, token: Token) -> bool:
        """Behind UNION: ALL, brackets, and then SELECT (or VALUES, or TABLE)."""
        if token.text in _SET_FILL or token.kind == "(":
            return True
        if token.text == "select":
            if not self.top.origin or self.top.clause != "select":
                return self.begin_select("union", token)
            self.sign("sql.union", self.last.start, token.end)
            return self.begin_select(self.top.origin, token)
        if token.text in ("values", "table"):
            self.step = self._rows
            return True
        return False

    def _rows(self, token: Token) -> bool:
        """UNION VALUES ROW(1, 2) and UNION TABLE users, which need no SELECT."""
        if self.last.text == "table":
            if token.kind != "name" or not self.inside():
                return False
        elif token.kind != "(" and token.text != "row":
            return False
        self.sign("sql.union", self.last.start, token.end)
        return self._loose(token)

    def _by(self, token: Token) -> bool:
        frame = self.top
        if token.text != "by":
            return False
        frame.reset(token.start)
        frame.clause = "by"
        self.step = self.want
        return True

    def _into(self, token: Token) -> bool:
        if token.text in ("outfile", "dumpfile"):
            self.sign("sql.file", self.last.start, token.end)
            self.step = self._loose
            return True
        self.step = self.have
        return token.kind in ("name", "variable") and self.inside()

    def _procedure(self, token: Token) -> bool:
        if token.text != "analyse":
            return False
        self.sign("sql.procedure", self.last.start, token.end)
        self.step = self._loose
        return True

    # -- ends -------------------------------------------------------------------------------

    def _tail(self, token: Token) -> None:
        """A comment takes away what the statement has behind the value."""
        tidy = self.ended = bool(_TIDY_TAIL.match(token.text))
        start = self.frames[0].start
        if self.step == self.have:
            self._end()
        elif self.step in (self._second, self._third) and "<tail>" in words.STATEMENTS[self.verb]:
            self._stack(token)
        if self.broken and not self.moves and self.step == self.have:
            self.sign("sql.comment" if tidy else "sql.loose_comment", start, token.end)
        elif self.found and tidy:
            self.sign("sql.ended", token.start, token.end)
            if self.prefix == "number" and "sql.bare_condition" in self.found:
                self.sign("sql.number_joined", start, token.end)
        elif tidy and self.moves == 1 and self.prefix == "number":
            self.sign("sql.number_comment", token.start, token.end)
        elif tidy and self.broken and self.step in (self.have, self.statement):
            self.sign("sql.comment", start, token.end)

    def _end(self) -> None:
        """The value is over: every condition that is still open is complete, or never was."""
        at = len(self.scanner.text)
        if self.step in (self._second, self._third) and "<end>" in words.STATEMENTS[self.verb]:
            self._stack(self.last)
        if self.step == self.want and self.top.origin == "union" and self.last.text == "select":
            self.sign("sql.union_cut", self.frames[0].start, at)
        if self.step == self.have:
            if not self.moves and self.broken:
                self.sign("sql.quote_probe", self.frames[0].start - 1, at)
            self._quote_operator(at)
            while self.frames:
                self._clause_probe(at)
                self.settle(at)
                inner = self.frames.pop()
                if self.frames and inner.kind == "group":
                    self.top.absorb(inner)

    def _quote_operator(self, at: int) -> None:
        """'||' and '=': nothing but an operator between two quotes that the statement closes."""
        bare = self.moves == 2 and self.last.kind == "open" and self.last.end - self.last.start == 1
        if bare and self.broken and self.frames[0].start == 1:
            self.sign("sql.quote_operator", 0, at)
            if self.top.concatenated:
                self.sign("sql.concatenation", 0, at)

    def _clause_probe(self, at: int) -> None:
        """ORDER BY 10, LIMIT 1: clauses that the statement would not take from a value."""
        frame = self.top
        if frame.kind != "root" or frame.clause not in ("by", "limit", "offset"):
            return
        counted = frame.clause == "by" and (self.prefix == "number" or self.ended)
        if frame.numbers and not frame.names and (counted or self.broken):
            self.sign("sql.order_probe", frame.begin, at)
        elif self.broken and frame.names:
            self.sign("sql.clause", frame.begin, at)
