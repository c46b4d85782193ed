"""Findings of scanners and testers as a table: one row a finding, columns found by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from shangdun.assess.columns import (
    Cells,
    Flaw,
    Places,
    Problem,
    Row,
    day_of,
    decimal_number,
    heading_of,
    left_out,
    rows_of,
    text_of,
)
from shangdun.assess.vulnerabilities.cvss import base_score
from shangdun.assess.vulnerabilities.found import (
    MOST,
    Found,
    Report,
    Section,
    Trouble,
    basis_of,
    cves_in,
    shortened,
    told,
    told_apart,
)
from shangdun.assess.vulnerabilities.severity import Grade, grade_of
from shangdun.assess.vulnerabilities.sheet_words import (
    COLUMNS,
    EMPTY,
    FIXED,
    LEFT_ALONE,
    NO,
    OF_QUALYS,
    TOLD,
    UNRATED,
    WORDS,
    YES,
)
from shangdun.kernel.errors import UsageError

_PLAIN = ("rule", "component", "found_version", "fixed_version", "help_url")
_GRADES = {word: grade for grade, words in WORDS.items() for word in words}
_PIECES = re.compile(r"[a-z]+|[\u3400-\u9fff]+")
_DECORATION = re.compile(r"(?:风险|漏洞|等级|级别|级|性|度)+$")
_BESIDE = {"", "risk", "severity", "level", "cvss"}
"""What may stand beside a grade."""
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?")
_HOSTS = re.compile(r"[\s,;，；、|]+")
_HOST = re.compile(r"[\w.:*/\[\]?=&%#~+@-]{1,400}")
_COUNTED = re.compile(r"\d{1,6}")
NAMED_TROUBLES = 200
MOST_HOSTS = 1_000
"""Of one row."""


class _Sheet(NamedTuple):
    """What holds for all rows."""

    headings: Mapping[str, str]
    """By field: what the sheet calls it."""
    qualys: bool
    counted: bool
    """Its identifiers only count the rows: another report counts others."""


def read_findings(  # noqa: PLR0913 - what the file says and what the person chose
    cells: Cells,
    *,
    form: str,
    tool: str,
    scope: str = "",
    chosen: Mapping[str, str] | None = None,
    formulas: Places = (),
    merged: Places = (),
    name: str = "",
) -> Report:
    """A table as a report of one tool and scope. ``chosen``: field → heading of its column.

    A row that names several hosts is a finding in each of them. ``name``: of the sheet.

    Raises ``UsageError``: ``report.columns`` without a column for what was found and one for how
    bad it is, ``report.many``.
    """
    after, columns = heading_of(cells, COLUMNS, enough, chosen)
    if not columns:
        raise UsageError(
            "no row names the columns", code="report.columns",
            fix="title or CVE, and severity or score, at least",
        )  # fmt: skip
    troubles: list[Trouble] = []
    found: list[Found] = []
    unread = 0
    rows = list(rows_of(cells, columns, after=after, formulas=formulas, merged=merged))
    sheet = _sheet(cells[after], columns, rows)
    for row in rows:
        ones, problems = _read(row, sheet)
        if problems:
            unread += 1
            troubles.extend(_told(row, problems))
        found.extend(ones)
        if len(found) + unread > MOST:
            raise UsageError("too many rows", code="report.many", fix=f"at most {MOST}")
    section = Section(tool=tool, scope=scope, unread=unread, found=told_apart(_once(found)))
    return Report(
        form=form, sections=(section,), troubles=tuple(troubles[:NAMED_TROUBLES]),
        trouble_count=unread, sheet=name, left_out=left_out(cells, after, columns),
    )  # fmt: skip


def enough(fields: AbstractSet[str]) -> bool:
    """Whether a row that names these fields may be the one that names the columns."""
    rated = {"severity", "score", "score_v2", "vector"}
    return bool({"title", "cve", "rule"} & fields) and bool(rated & fields)


def _sheet(heading: Sequence[object], columns: Mapping[str, int], rows: Sequence[Row]) -> _Sheet:
    headings = {field: text_of(heading[place])[:60] for field, place in columns.items()}
    keys = [text_of(row.cells.get("key")) for row in rows]
    counted = bool(keys) and all(map(_COUNTED.fullmatch, keys)) and _in_steps(keys)
    return _Sheet(headings, headings.get("rule", "").lower() == "qid", counted)


def _in_steps(keys: Sequence[str]) -> bool:
    numbers = [int(key) for key in keys]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 2


def _told(row: Row, problems: Sequence[Problem]) -> Iterator[Trouble]:
    for problem in problems:
        yield Trouble(where=f"{row.number}:{problem.field}", code=problem.flaw, value=problem.value)


def _once(found: Sequence[Found]) -> Iterator[Found]:
    """A row that stands there twice is one finding."""
    seen: set[Found] = set()
    for one in found:
        if one not in seen:
            seen.add(one)
            yield one


def _read(row: Row, sheet: _Sheet) -> tuple[list[Found], list[Problem]]:
    """One finding for each host it names; or what is wrong."""
    problems = list(row.problems)
    texts = {name: _told_text(name, text_of(cell)) for name, cell in row.cells.items()}
    score = _score(texts, problems)
    due = _due(row, problems)
    grade = _grade(texts.get("severity", ""), score, sheet, problems)
    cves = cves_in([texts.get(name, "") for name in ("cve", "rule", "title")])
    title = texts.get("title") or (cves[0] if cves else texts.get("rule", ""))
    if not title:
        problems.append(Problem("title", Flaw.MISSING))
    hosts = _hosts(texts.get("host", ""))
    if len(hosts) > MOST_HOSTS:
        problems.append(Problem("host", Flaw.LONG, texts["host"][:100]))
    if problems or grade is None:
        return [], problems
    texts |= {"title": title, "cve": cves[0] if cves else ""}
    if texts.get("rule") == title:
        texts["rule"] = ""
    one = _found(texts, grade, score, sheet, cves)
    one = replace(one, due=due)
    return [_placed(one, texts, host, sheet) for host in hosts or [""]], []


def _told_text(name: str, text: str) -> str:
    """Nothing where the sheet says in words that nothing is there."""
    return "" if name not in {"severity", "title"} and text.lower() in EMPTY else text


def _score(texts: Mapping[str, str], problems: list[Problem]) -> Decimal | None:
    """Of its column (``7.5 (AV:N/…)`` too), of the vector, or of version 2, in this order."""
    vectors = (texts.get("vector", ""), texts.get("score", ""))
    reckoned = next((found for one in vectors if (found := base_score(one)) is not None), None)
    for field in ("score", "score_v2"):
        text = texts.get(field, "")
        number = _NUMBER.match(text)
        if text and number is None and base_score(text) is None and "CVSS:4" not in text:
            problems.append(Problem(field, Flaw.NUMBER, text[:100]))
            return None
        if number is not None:
            try:
                rest = text[number.end() :].strip()
                return decimal_number(
                    number.group() if not rest or rest[0] in "(（/[" else text,
                    Decimal(0),
                    Decimal(10),
                )
            except ValueError:
                problems.append(Problem(field, Flaw.NUMBER, text[:100]))
                return None
        if field == "score" and reckoned is not None:
            return reckoned
    return None


def _due(row: Row, problems: list[Problem]) -> date | None:
    cell = row.cells.get("due")
    if text_of(cell).lower() in EMPTY:
        return None
    try:
        return day_of(cell)
    except ValueError:
        problems.append(Problem("due", Flaw.DATE, text_of(cell)[:100]))
        return None


def _grade(
    text: str, score: Decimal | None, sheet: _Sheet, problems: list[Problem]
) -> Grade | None:
    word = " ".join(text[:200].lower().split())
    if sheet.qualys and word in OF_QUALYS:
        return OF_QUALYS[word]
    if (grade := _graded(word)) is not None:
        return grade
    if word in UNRATED or (not word and score is not None):
        return grade_of(score) if score is not None else Grade.MEDIUM
    if not word or word in EMPTY:
        problems.append(Problem("severity", Flaw.MISSING))
        return None
    if "." in word and score is None:  # a score where the grade should be
        try:
            return grade_of(decimal_number(word, Decimal(0), Decimal(10)) or Decimal(0))
        except ValueError:
            pass
    problems.append(Problem("severity", Flaw.UNKNOWN, text[:100]))
    return None


def _graded(word: str) -> Grade | None:
    """The grade that a word says, also ``高风险``, ``[High]``, ``High (7.5)``, ``3-高危``."""
    if word in _GRADES:
        return _GRADES[word]
    pieces = [
        piece if piece in _GRADES else _DECORATION.sub("", piece) for piece in _PIECES.findall(word)
    ]
    said = {_GRADES[piece] for piece in pieces if piece in _GRADES}
    rest = {piece for piece in pieces if piece not in _GRADES} - _BESIDE
    return said.pop() if len(said) == 1 and not rest else None


def _hosts(text: str) -> list[str]:
    """The hosts that a cell names; of a text that is no list of hosts, the text."""
    parts = [part for part in _HOSTS.split(text) if part]
    if len(parts) > 1 and all(_HOST.fullmatch(part) and set(part) & {".", ":"} for part in parts):
        return list(dict.fromkeys(parts))
    return [text] if text else []


def _bare(host: str) -> str:
    """Of an address with a scheme, a port or a path the host alone."""
    try:
        name = urlsplit(host if "//" in host else f"//{host}").hostname or ""
    except ValueError:
        return host
    is_bare_v6 = host.count(":") > 1 and "//" not in host and "]" not in host
    return host if is_bare_v6 else name or host


def _state(texts: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the report says that it is fixed, and why it is to be left alone."""
    state = texts.get("state", "")
    word = " ".join(state.lower().split())
    # "fixed" beside a version: scanners of packages say so where there is a fix to be had.
    fixed = word in FIXED and not (word == "fixed" and texts.get("fixed_version"))
    fixed = fixed or texts.get("mended", "").lower() in YES
    told_off = texts.get("false_positive", "")
    left = state if word in LEFT_ALONE else ""
    if told_off and told_off.lower() not in NO and told_off.lower() in YES | LEFT_ALONE:
        left = left or "false positive"
    return fixed, left[:500]


def _found(
    texts: Mapping[str, str],
    grade: Grade,
    score: Decimal | None,
    sheet: _Sheet,
    cves: Sequence[str],
) -> Found:
    """All but where it is."""
    fixed, left = _state(texts)
    plain: dict[str, Any] = {name: shortened(name, texts.get(name, "")) for name in _PLAIN}
    parts = [("", texts.get("description", ""))]
    parts += [
        (sheet.headings[name], texts.get(name, "")) for name in TOLD if name in sheet.headings
    ]
    parts += [("CVE", ", ".join(cves))] if len(cves) > 1 else []
    vectors = (texts.get("vector", ""), texts.get("score", ""))
    return Found(
        basis="",
        title=shortened("title", texts["title"]),
        severity=grade,
        score=score,
        vector=shortened("vector", next((one for one in vectors if "AV:" in one), "")),
        known_exploited=texts.get("known_exploited", "").lower() in YES,
        description=shortened("description", told("description", parts)),
        cve=shortened("cve", texts["cve"]),
        suppressed=left,
        fixed=fixed,
        **plain,
    )


def _placed(one: Found, texts: Mapping[str, str], host: str, sheet: _Sheet) -> Found:
    """The finding where it is, with what tells it apart there."""
    key = "" if sheet.counted else texts.get("key", "")
    port = texts.get("port", "")
    place = " ".join(part for part in (texts.get("place", ""), "" if port == "0" else port) if part)
    rule, cve = texts.get("rule", ""), texts["cve"]
    apart = (rule, cve, "" if rule or cve else texts["title"])
    bare = _bare(host) or _bare_of_address(texts.get("place", ""))
    return replace(
        one,
        basis=basis_of("key", key, host)
        if key
        else basis_of("row", *apart, host, place, texts.get("component", "")),
        place=shortened("place", " ".join(part for part in (host, place) if part)),
        host=shortened("host", bare),
    )


def _bare_of_address(place: str) -> str:
    return _bare(place) if place.startswith(("http://", "https://")) else ""
