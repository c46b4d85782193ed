"""SQL injection (CWE-89): would a value change the statement that it lands in.

The value is read once for each place where it could stand: bare (a number, a column, behind
ORDER BY), and inside each quote that it holds. A reading counts only as far as it is SQL that a
server would accept there; the place where it does most is the one that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.sql.statement import Statement
from shangdun_guard.inspector.sinks.sql.tokens import Scanner, leaving
from shangdun_guard.inspector.sinks.sql.words import words_of

WEIGHTS = {
    "sql.tautology": 7.0,
    "sql.comparison": 6.0,
    "sql.condition": 2.5,
    "sql.number_joined": 3.0,
    "sql.constant_condition": 3.0,
    "sql.bare_condition": 1.0,
    "sql.call_condition": 2.5,
    "sql.joined": 3.0,
    "sql.joined_name": 1.0,
    "sql.miswritten": 3.0,
    "sql.direct_comparison": 3.5,
    "sql.constant_comparison": 5.0,
    "sql.concatenation": 2.0,
    "sql.quote_operator": 3.0,
    "sql.case": 6.0,
    "sql.union": 8.0,
    "sql.union_words": 5.0,
    "sql.union_cut": 5.0,
    "sql.package": 5.0,
    "sql.subselect": 6.0,
    "sql.subselect_words": 3.0,
    "sql.stacked": 7.0,
    "sql.stacked_words": 3.0,
    "sql.delay": 6.0,
    "sql.delay_word": 2.5,
    "sql.error": 5.0,
    "sql.file": 6.0,
    "sql.exec": 4.0,
    "sql.system": 3.0,
    "sql.function": 1.5,
    "sql.procedure": 6.0,
    "sql.order_probe": 5.0,
    "sql.clause": 3.0,
    "sql.comment": 5.0,
    "sql.loose_comment": 1.5,
    "sql.ended": 1.5,
    "sql.number_comment": 1.5,
    "sql.quote_probe": 1.0,
    "sql.statement_text": 1.5,
    "sql.statement_danger": 2.5,
    "sql.statement_system": 2.8,
    "sql.evasion": 2.5,
    "sql.case_trick": 1.0,
    "sql.opening_quote": -5.0,
    "sql.prose": -2.5,
    "sql.backtick": -3.5,
}
"""Log-odds, as believed where no data has been seen."""

SENTENCES = {
    "sql.tautology": "Adds a comparison of constants, so that the condition is always true or "
    "always false.",
    "sql.comparison": "Leaves its quotes and adds a condition of its own.",
    "sql.condition": "Reads as a condition joined to the one of the statement.",
    "sql.number_joined": "Follows a number by AND or OR and a condition on a column.",
    "sql.constant_condition": "Leaves its quotes and joins a constant by AND or OR.",
    "sql.bare_condition": "Joins a constant by AND or OR.",
    "sql.call_condition": "Joins the result of a function by AND or OR.",
    "sql.joined": "AND or OR follows directly behind the quote that the value closes.",
    "sql.joined_name": "A name joined by AND or OR follows directly behind a quote.",
    "sql.miswritten": "Leaves its quotes and joins a comparison of strings, badly quoted.",
    "sql.direct_comparison": "Compares the quoted value with a constant of its own.",
    "sql.constant_comparison": "Computes with a comparison of constants, as blind probing does.",
    "sql.concatenation": "Leaves its quotes and joins further strings to the value.",
    "sql.quote_operator": "Is only an operator between two quotes of the statement.",
    "sql.case": "Decides between two results by CASE WHEN, as blind probing does.",
    "sql.union": "Adds the rows of a second SELECT by UNION.",
    "sql.union_cut": "Leaves its quotes or a number for a UNION SELECT that breaks off.",
    "sql.package": "Calls a package of the database that waits or reaches out.",
    "sql.union_words": "Reads as a second SELECT added by UNION.",
    "sql.subselect": "Brings a SELECT in brackets into the statement.",
    "sql.subselect_words": "Reads as a SELECT in brackets.",
    "sql.stacked": "Ends the statement and begins another one.",
    "sql.stacked_words": "Reads as the beginning of a second statement.",
    "sql.delay": "Lets the database wait, which tells an attacker yes or no by the clock.",
    "sql.delay_word": "Calls a function that waits.",
    "sql.error": "Calls a function whose error message gives data away.",
    "sql.file": "Reads or writes files, or reaches other hosts, from inside the database.",
    "sql.exec": "Runs a stored procedure or an administrative command.",
    "sql.system": "Asks for the database's own tables, variables or user.",
    "sql.function": "Calls functions that read or hide data letter by letter.",
    "sql.procedure": "Calls PROCEDURE ANALYSE, which takes part in error and time probing.",
    "sql.order_probe": "Orders by a column number, which counts the columns of the statement.",
    "sql.clause": "Leaves its quotes and adds a clause.",
    "sql.comment": "Leaves its quotes and comments out the rest of the statement.",
    "sql.loose_comment": "A comment mark follows directly behind a quote.",
    "sql.ended": "Comments out the rest of the statement.",
    "sql.number_comment": "A comment mark follows directly behind a number.",
    "sql.quote_probe": "Ends in a single quote that would be the statement's.",
    "sql.statement_text": "Is the text of a whole SQL statement.",
    "sql.statement_danger": "Is the text of a statement that waits, or that runs commands.",
    "sql.statement_system": "Is the text of a statement that reads system tables.",
    "sql.evasion": "Hides its words behind comments or control characters.",
    "sql.case_trick": "Writes keywords in changing case.",
    "sql.opening_quote": "Speaks for program text: what stands in front opens a string.",
    "sql.backtick": "Speaks for Markdown or a program: what is left is a string in backticks.",
    "sql.prose": "Speaks for prose: many words stand in front of the quote.",
}

_ODD = re.compile(r"[^\w.,:/@%~$!?\\+-]")
_STRUCTURE = re.compile(r"""['"`(;=<>|&#*\ufffd\u02b9\u02bc\u2032\uff07]|--|\$\$""")
_LEADING = words_of(
    "or and xor having union intersect except minus order group limit offset rlike like regexp "
    "where case select procedure into exec execute drop waitfor shutdown between in is declare"
)
"""Without any other character than of words, one of these must stand in front of the rest."""
_LEADING_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_LEADING))})\b", re.IGNORECASE)
_SEPARATORS = str.maketrans(dict.fromkeys(".,:/@%~$!?\\+-", " "))
_SHORT = 80
_LOOKALIKE = re.compile("[\u02b9\u02bc\u2032\uff07]")
"""What some servers turn into an apostrophe when they fit text to their own encoding."""
_PACKAGES = re.compile(
    r"\b(?:dbms_(?:lock|session|pipe|ldap|xmlgen|scheduler|java)|utl_(?:http|inaddr|file|tcp))\.\w+\s?\(",
    re.IGNORECASE,
)
"""Calls that mean one thing wherever they stand, also inside blocks that are not read."""
_ADDED = re.compile(r"\s{0,8}(?:\|\||[+*/-])\s{0,8}\(\s{0,8}select\b", re.IGNORECASE)
"""A SELECT that is put together with the string that was left: no sentence does that."""
_OPENERS = frozenset("=+([{,:&|")


def may(text: str) -> bool:
    """Whether a text holds anything that could go on in a statement behind its first word."""
    if _ODD.search(text) is None and "--" not in text and text.count("+") < 2:
        return False
    if _STRUCTURE.search(text) is not None:
        return True
    if len(text) > _SHORT:
        return _LEADING_WORD.search(text) is not None
    return not _LEADING.isdisjoint(text.lower().translate(_SEPARATORS).split())


def judge(text: str, _slot: Slot) -> list[Sign]:
    """The signs of the place in a statement where this value would do most."""
    if not text.isascii():
        text = _LOOKALIKE.sub("'", text)
    best = _places(text) or _packages(text)
    if " " not in text and text.count("+") > 1:
        spaced = _places(text.replace("+", " "))
        return max(best, spaced, key=_weight)
    return best


def _packages(text: str) -> list[Sign]:
    call = _PACKAGES.search(text) if "_" in text else None
    if call is None:
        return []
    signs = [Sign("sql.package", call.start(), call.end())]
    if prose.words(text, 0, call.start()) > 3:
        signs.append(Sign("sql.prose", 0, call.start()))
    return signs


def _weight(signs: list[Sign]) -> float:
    return sum(WEIGHTS[sign.code] for sign in signs)


def _places(text: str) -> list[Sign]:
    best: list[Sign] = _read(text, 0, broken=False)
    for start in _departures(text):
        best = max(best, _read(text, start, broken=True), key=_weight)
    return best if _weight(best) > 0 else []


def _departures(text: str) -> Iterator[int]:
    """Behind each kind of quote at which the value leaves what it was put into, or a comment."""
    for quote in "'\"`":
        start = leaving(text, quote)
        if start > 0:
            yield start
    for mark, opener in (("$$", ""), ("*/", "/*")):
        at = text.find(mark)
        if at >= 0 and not (opener and opener in text[:at]):
            yield at + len(mark)


def _opens(text: str, start: int) -> bool:
    """Whether the quote in front of ``start`` begins a string of a program: x = ' and …."""
    before = text[max(0, start - 20) : start - 1].rstrip()
    return before[-1:] in _OPENERS and before[-1:] != ""


def _read(text: str, start: int, *, broken: bool) -> list[Sign]:
    scanner = Scanner(text)
    found: dict[str, Sign] = Statement(scanner, start, broken=broken).read()
    if found and broken:
        words = found.get("sql.subselect_words")
        if words and _ADDED.match(text, start):
            found["sql.subselect"] = words._replace(code="sql.subselect")
        if text[start - 1] == "`":
            found["sql.backtick"] = Sign("sql.backtick", start - 1, start)
        if _opens(text, start):
            found["sql.opening_quote"] = Sign("sql.opening_quote", start - 1, start)
        if start > 40 and len(text[: min(start, 400)].split()) > 6:
            found["sql.prose"] = Sign("sql.prose", 0, start - 1)
    if found and "sql.statement_text" not in found and max(found) != "sql.quote_probe":
        tricks = scanner.tricks
        for trick in ("versioned", "split", "comment", "blank"):
            if trick in tricks:
                found["sql.evasion"] = Sign("sql.evasion", *tricks[trick])
                break
        if "case" in tricks:
            found["sql.case_trick"] = Sign("sql.case_trick", *tricks["case"])
    return list(found.values())


SINK = Sink("sql", WEIGHTS, SENTENCES, may, judge)
