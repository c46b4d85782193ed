"""One row of a sheet as a task, its cells one by one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from shangdun.govern.exchange.columns import KINDS, LINK_WORDS, RECKONED, STATES
from shangdun.govern.exchange.plan import (
    FARTHEST,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_DAYS,
    MOST_LINKS,
    Flaw,
    Problem,
    SharedLink,
    SharedTask,
)
from shangdun.govern.schedule.activity import LinkKind


class _Merged:
    """What stands in a cell that a merge emptied."""

    def __repr__(self) -> str:
        return "MERGED"

    def __str__(self) -> str:
        return ""


MERGED = _Merged()
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's 1900 system, as far as days after February 1900 go (ECMA-376, 18.17.4.1)."""
_LONGEST_CODE = 20
_WAIT = re.compile(
    r"(?P<code>[^;,；，+]*?)\s*(?P<kind>FS|SS|FF|SF|完成-开始|开始-开始|完成-完成|开始-完成)?"
    r"\s*(?P<lag>[+-]\s*\d{1,5})?\s*(?:d|days?|天|个?工作日)?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[;,；，、\n]+")
_NUMBER = re.compile(r"(-?\d{1,9})(?:\.0+)?\s*%?\Z")
_LENGTH = re.compile(
    r"(?P<number>\d{1,6}(?:\.\d{1,6})?)\s*(?P<unit>"
    r"|d|dys?|days?|天|日|个?工作日|h|hrs?|hours?|小时|个?工时|w|wks?|weeks?|周|个?星期"
    r"|mons?|months?|月|个月)\s*[?？]?\Z",
    re.IGNORECASE,
)
"""As Project writes a length; a question mark says that it is guessed."""
_DAYS_OF = {"h": Decimal(1) / 8, "小": Decimal(1) / 8, "时": Decimal(1) / 8, "w": Decimal(5),
            "周": Decimal(5), "星": Decimal(5), "m": Decimal(20), "月": Decimal(20)}  # fmt: skip
"""Working days by the first sign of a unit, as Project reckons them; any other is a day."""
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?\Z"
)


class RowReader:
    """Takes rows, keeps tasks, what is wrong, and what is to be linked once all are known."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self.columns = columns
        # Who knows only from when to when means it; ours say what these are reckoned of.
        self._from = "not_before" if "not_before" in columns else "starts_on"
        self._until = "due" if "due" in columns else "ends_on"
        self._dated = "days" not in columns and {"starts_on", "ends_on"} <= columns.keys()
        self.tasks: list[SharedTask] = []
        self.problems: list[Problem] = []
        self._waits: list[tuple[int, str, str]] = []
        self._by_code: dict[str, str] = {}

    def take(self, row: int, cells: Sequence[Any]) -> None:
        """One row of the sheet with its number."""
        given = {
            name: cells[place]
            for name, place in self.columns.items()
            if place < len(cells) and (name not in RECKONED or name in {self._from, self._until})
        }
        for name, cell in given.items():
            if cell is MERGED:
                self._wrong(row, name, Flaw.MERGED)
            elif isinstance(cell, str) and cell.startswith("=") and len(cell) > 1:
                self._wrong(row, name, Flaw.FORMULA, cell)
            else:
                continue
            given[name] = None
        own = self._number(row, "id", given, 0, 10**9)
        code = self._text(row, "code", given, _LONGEST_CODE)
        if isinstance(given.get("code"), (date, datetime)):
            self._wrong(row, "code", Flaw.NUMBER, code)  # 1.2 that Excel took for a date
        uid = f"{own}" if own else f"row{row}"
        since, until = self._date(row, self._from, given), self._date(row, self._until, given)
        task = SharedTask(
            row=row,
            uid=uid,
            own=own or None,
            code=code,
            parent=self._parent(code),
            title=self._title(row, given),
            kind=self._kind(row, given),
            days=self._days(row, given, since, until),
            not_before=since,
            due=until,
            began_on=self._date(row, "began_on", given),
            done_on=self._date(row, "done_on", given),
            progress=self._progress(row, given),
            owner=self._text(row, "owner", given, LONGEST_TITLE),
            note=self._text(row, "note", given, LONGEST_TEXT),
        )
        if code:
            self._by_code.setdefault(code, uid)
        self.tasks.append(task)
        waits = self._text(row, "links", given, LONGEST_TEXT)
        if waits:
            self._waits.append((row, uid, waits))

    def finished(self) -> list[SharedTask]:
        """The tasks; what holds others is a task."""
        holders = {task.parent for task in self.tasks}
        return [replace(one, kind="task") if one.uid in holders else one for one in self.tasks]

    def given(self) -> list[str]:
        """The fields that the sheet has columns for."""
        has = {
            "not_before": self._from in self.columns,
            "due": self._until in self.columns,
            "days": "days" in self.columns or self._dated,
        }
        plain = set(self.columns) - RECKONED - has.keys()
        return sorted(plain | {name for name, there in has.items() if there})

    def links(self) -> list[SharedLink]:
        """Predecessors by code, once all codes are known."""
        found: dict[tuple[str, str], SharedLink] = {}
        for row, after, text in self._waits:
            for part in filter(None, map(str.strip, _PARTS.split(text))):
                link = self._link(part, after)
                if link is None or len(found) >= MOST_LINKS:
                    self._wrong(row, "links", Flaw.LINK, part)
                else:
                    found[link.before, link.after] = link
        return list(found.values())

    def _link(self, part: str, after: str) -> SharedLink | None:
        match = _WAIT.fullmatch(part)
        if not match:
            return None
        before = self._by_code.get(match["code"].strip())
        lag = int((match["lag"] or "0").replace(" ", ""))
        if before is None or before == after or abs(lag) > FARTHEST:
            return None
        kind = LINK_WORDS[match["kind"].upper()] if match["kind"] else LinkKind.FS
        return SharedLink(before, after, kind, lag)

    def _parent(self, code: str) -> str:
        """``3.2`` hangs below ``3``; where that is not there the check between rows says so."""
        above, dot, _last = code.rpartition(".")
        return self._by_code.get(above, f"code {above}") if dot and above else ""

    def _title(self, row: int, given: dict[str, Any]) -> str:
        title = self._text(row, "title", given, LONGEST_TITLE)
        if not title and not any(p.row == row and p.column == "title" for p in self.problems):
            self._wrong(row, "title", Flaw.MISSING)
        return title

    def _kind(self, row: int, given: dict[str, Any]) -> str:
        text = _plain(given.get("kind")).lower()
        for kind, words in KINDS.items():
            if text in words:
                return kind
        if text:
            self._wrong(row, "kind", Flaw.KIND, text)
        return "subtask"

    def _days(self, row: int, given: dict[str, Any], since: date | None, until: date | None) -> int:
        milestone = _plain(given.get("kind")).lower() in KINDS["milestone"]
        found = self._length(row, given)
        if found is None and self._dated and since and until and not milestone:
            if until < since:
                self._wrong(row, self._until, Flaw.ORDER, until.isoformat())
                return 1
            return min(max(_weekdays(since, until), 1), MOST_DAYS)
        if milestone and found:
            self._wrong(row, "days", Flaw.NUMBER, f"{found}")
        return 0 if milestone else (1 if found is None else found)

    def _length(self, row: int, given: dict[str, Any]) -> int | None:
        text = _plain(given.get("days"))
        if not text:
            return None
        match = _LENGTH.match(text)
        days = Decimal(match["number"]) if match else Decimal(-1)
        if match:
            unit = match["unit"].lower().removeprefix("个").removeprefix("工")
            days *= _DAYS_OF.get(unit[:1], Decimal(1))
        whole = math.ceil(days)
        if not 0 <= whole <= MOST_DAYS or not match:
            self._wrong(row, "days", Flaw.NUMBER, text)
            return None
        if whole != days:
            self._wrong(row, "days", Flaw.PARTIAL_DAY, text)
        return whole

    def _progress(self, row: int, given: dict[str, Any]) -> int:
        cell = given.get("progress")
        # Formatted as percent; a plain 1 of our own sheets is one in a hundred.
        whole = cell == 1 and not isinstance(cell, str) and "id" not in self.columns
        if whole:
            return 100
        if isinstance(cell, float) and 0 < cell <= 1:
            return round(cell * 100)
        if cell in (None, "") and _plain(given.get("state")).lower() in STATES[100]:
            return 100
        return self._number(row, "progress", given, 0, 100) or 0

    def _number(
        self, row: int, name: str, given: dict[str, Any], least: int, most: int
    ) -> int | None:
        text = _plain(given.get(name))
        if not text:
            return None
        match = _NUMBER.match(text)
        if not match or not least <= int(match[1]) <= most:
            self._wrong(row, name, Flaw.NUMBER, text)
            return None
        return int(match[1])

    def _text(self, row: int, name: str, given: dict[str, Any], longest: int) -> str:
        text = _plain(given.get(name))
        if len(text) > longest:
            self._wrong(row, name, Flaw.LONG, text)
        return text[:longest]

    def _date(self, row: int, name: str, given: dict[str, Any]) -> date | None:
        cell = given.get(name)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date) or cell is None:
            return cell
        text = _plain(cell)
        if not text:
            return None
        day = _serial(cell) if isinstance(cell, (int, float)) else _written(text)
        if day is None:
            self._wrong(row, name, Flaw.DATE, text)
        elif isinstance(cell, str):
            self._wrong(row, name, Flaw.DATE_AS_TEXT, text)
        return day

    def _wrong(self, row: int, column: str, flaw: Flaw, value: str = "") -> None:
        self.problems.append(Problem(row, column, flaw, value[:100]))


def _weekdays(since: date, until: date) -> int:
    """Mondays to Fridays from one day to another, both counted."""
    weeks, rest = divmod((until - since).days + 1, 7)
    return weeks * 5 + sum((since.weekday() + n) % 7 < 5 for n in range(rest))


def _plain(cell: Any) -> str:  # noqa: ANN401 - what a sheet holds
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _written(text: str) -> date | None:
    match = _DAY.match(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _serial(number: float) -> date | None:
    """A date whose format was lost: days since the epoch, from 1930 to 2099."""
    return _EPOCH + timedelta(days=int(number)) if 10_959 <= number < 73_051 else None
