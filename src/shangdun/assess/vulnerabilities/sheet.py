"""Findings of scanners and testers as a table: one row a finding, columns found by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from shangdun.assess.columns import (
    Cells,
    Flaw,
    Places,
    Problem,
    Row,
    day_of,
    decimal_number,
    heading_of,
    rows_of,
    text_of,
)
from shangdun.assess.vulnerabilities.found import (
    LONGEST,
    MOST,
    Found,
    Report,
    Section,
    Trouble,
    basis_of,
    cve_in,
    shortened,
    told_apart,
)
from shangdun.assess.vulnerabilities.severity import Grade, grade_of
from shangdun.kernel.errors import UsageError

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "vulnerability", "nvt name", "vulnerability name", "summary",
              "漏洞名称", "名称", "标题", "风险名称"),
    "severity": ("severity", "risk", "risk level", "level", "风险等级", "危险等级", "漏洞等级",
                 "危害等级", "严重程度", "级别", "等级"),
    "score": ("score", "cvss", "cvss score", "cvss v3.0 base score", "cvss v3.1 base score",
              "cvss v4.0 base score", "cvss v2.0 base score", "cvss评分", "cvss分值", "评分"),
    "vector": ("vector", "cvss vector", "cvss v3.1 vector", "cvss向量"),
    "cve": ("cve", "cve id", "cves", "cve编号", "cve号"),
    "rule": ("rule", "rule id", "plugin id", "nvt oid", "check id", "漏洞编号", "规则编号",
             "插件编号"),
    "key": ("finding id", "id", "unique id", "issue id", "编号", "序号标识", "漏洞标识"),
    "host": ("host", "ip", "asset", "hostname", "target", "ip address", "主机", "主机ip",
             "ip地址", "资产", "目标", "受影响主机"),
    "port": ("port", "端口", "端口号"),
    "place": ("place", "location", "url", "path", "file", "位置", "漏洞位置", "路径", "地址"),
    "component": ("component", "package", "library", "product", "组件", "软件", "软件包"),
    "found_version": ("installed version", "version", "当前版本", "版本", "已安装版本"),
    "fixed_version": ("fixed version", "fixed in", "修复版本", "已修复版本"),
    "description": ("description", "details", "synopsis", "描述", "漏洞描述", "详细描述", "说明"),
    "help_url": ("see also", "reference", "references", "more", "参考链接", "参考"),
    "known_exploited": ("known exploited", "kev", "exploited", "在野利用", "已被利用"),
    "due": ("due", "due date", "整改期限", "截止日期", "期限"),
}  # fmt: skip
WORDS: dict[Grade, tuple[str, ...]] = {
    Grade.CRITICAL: ("critical", "urgent", "严重", "紧急", "超危", "致命"),
    Grade.HIGH: ("high", "高", "高危", "重要"),
    Grade.MEDIUM: ("medium", "moderate", "middle", "中", "中危", "一般"),
    Grade.LOW: ("low", "低", "低危", "轻微"),
    Grade.NONE: ("none", "info", "informational", "log", "信息", "提示", "无"),
}
_YES = {"yes", "true", "1", "y", "是", "√", "✓"}
_PLAIN = ("vector", "rule", "component", "found_version", "fixed_version", "help_url", "host")
_GRADES = {word: grade for grade, words in WORDS.items() for word in words}
NAMED_TROUBLES = 200


def read_findings(
    cells: Cells,
    *,
    form: str,
    tool: str,
    scope: str = "",
    chosen: Mapping[str, str] | None = None,
    formulas: Places = (),
    merged: Places = (),
) -> Report:
    """A table as a report of one tool and scope. ``chosen``: field → heading of its column.

    Raises ``UsageError``: ``report.columns`` without a column for what was found and one for how
    bad it is, ``report.many``.
    """
    after, columns = heading_of(cells, COLUMNS, _enough, chosen)
    if not columns:
        raise UsageError(
            "the first row names no columns", code="report.columns",
            fix="title or CVE, and severity or score, at least",
        )  # fmt: skip
    troubles: list[Trouble] = []
    found: list[Found] = []
    unread = 0
    rows = rows_of(cells, columns, after=after, formulas=formulas, merged=merged)
    for count, row in enumerate(rows):
        if count >= MOST:
            raise UsageError("too many rows", code="report.many", fix=f"at most {MOST}")
        one, problems = _read(row)
        if one is None:
            unread += 1
            troubles.extend(_told(row, problems))
        else:
            found.append(one)
    section = Section(tool=tool, scope=scope, unread=unread, found=told_apart(_once(found)))
    return Report(
        form=form, sections=(section,), troubles=tuple(troubles[:NAMED_TROUBLES]),
        trouble_count=unread,
    )  # fmt: skip


def _enough(fields: AbstractSet[str]) -> bool:
    return bool({"title", "cve", "rule"} & fields) and bool({"severity", "score"} & fields)


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


def _read(row: Row) -> tuple[Found | None, list[Problem]]:
    problems = list(row.problems)
    values: dict[str, Any] = {}
    readers = {
        "score": lambda cell: decimal_number(cell, Decimal(0), Decimal(10)),
        "due": day_of,
    }
    flaws = {"score": Flaw.NUMBER, "due": Flaw.DATE}
    for field, reader in readers.items():
        try:
            values[field] = reader(row.cells.get(field))
        except ValueError:
            problems.append(Problem(field, flaws[field], text_of(row.cells[field])[:100]))
    texts = {name: text_of(cell) for name, cell in row.cells.items()}
    grade = _grade(texts.get("severity", ""), values.get("score"), problems)
    cve = cve_in((texts.get("cve", ""), texts.get("rule", ""), texts.get("title", "")))
    title = texts.get("title") or cve or texts.get("rule", "")
    if not title:
        problems.append(Problem("title", Flaw.MISSING))
    if problems or grade is None:
        return None, problems
    place = " ".join(
        part for part in (texts.get("place", ""), texts.get("port", "").strip("0")) if part
    )
    return _found(texts, values, grade, title, cve, place), []


def _grade(text: str, score: Decimal | None, problems: list[Problem]) -> Grade | None:
    word = text.lower().removesuffix("风险").strip()
    if word in _GRADES:
        return _GRADES[word]
    if word:
        problems.append(Problem("severity", Flaw.UNKNOWN, text[:100]))
        return None
    if score is None:
        problems.append(Problem("severity", Flaw.MISSING))
        return None
    return grade_of(score)


def _found(
    texts: dict[str, str],
    values: dict[str, Any],
    grade: Grade,
    title: str,
    cve: str,
    place: str,
) -> Found:
    host = texts.get("host", "")
    key = texts.get("key", "")
    apart = (texts.get("rule", ""), cve, "" if texts.get("rule") or cve else title)
    return Found(
        basis=basis_of("key", key, host)
        if key
        else basis_of("row", *apart, host, place, texts.get("component", "")),
        title=shortened("title", title),
        severity=grade,
        score=values.get("score"),
        known_exploited=texts.get("known_exploited", "").lower() in _YES,
        description=shortened("description", texts.get("description", "")),
        cve=shortened("cve", cve),
        place=shortened("place", " ".join(part for part in (host, place) if part)),
        due=values.get("due"),
        **{name: shortened(name, texts.get(name, "")) for name in _PLAIN if name in LONGEST},
    )
