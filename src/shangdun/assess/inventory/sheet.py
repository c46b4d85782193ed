"""An asset inventory as a table, row by row with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

import msgspec

from shangdun.assess.columns import (
    Cells,
    Flaw,
    Places,
    Problem,
    Row,
    heading_of,
    left_out,
    rows_of,
    text_of,
    whole_number,
)
from shangdun.assess.inventory.layers import KINDS_OF, AssetKind, Layer, MarkKind, layer_of
from shangdun.assess.inventory.marks import Mark, mark_of
from shangdun.kernel.errors import UsageError

MOST = 5_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "asset", "asset name", "device name", "display name", "资产名称", "设备名称",
             "系统名称", "主机名称", "名称", "资产"),
    "kind": ("kind", "category", "type", "asset type", "asset category", "class", "sys class name",
             "资产类别", "类别", "资产类型", "设备类型", "资产分类", "分类", "类型"),
    "layer": ("layer", "层次", "资产层次", "层级"),
    "description": ("description", "short description", "note", "notes", "comments", "描述",
                    "说明", "备注", "用途", "资产描述"),
    "owner": ("owner", "owned by", "assigned to", "managed by", "责任人", "负责人", "所有者",
              "资产责任人", "管理员", "主要维护人", "维护人", "使用人"),
    "place": ("place", "location", "site", "位置", "所在位置", "物理位置", "存放地点", "存放位置",
              "机房", "所在机房"),
    "supplier": ("supplier", "vendor", "manufacturer", "供应商", "厂商", "生产厂商", "品牌"),
    "confidentiality": ("confidentiality", "c", "保密性", "机密性"),
    "integrity": ("integrity", "i", "完整性"),
    "availability": ("availability", "a", "可用性"),
    "importance": ("importance", "business importance", "业务重要性", "重要性", "重要程度"),
    "bears": ("bears", "supports", "承载", "承载业务", "所属业务", "所属系统", "支撑业务"),
    "hosts": ("hosts", "host", "ip", "ips", "ip address", "ip addresses", "primary ip", "hostname",
              "主机", "ip地址", "内网ip", "管理ip", "私网ip", "主机ip", "资产ip", "主机名", "域名"),
    "names": ("hostname", "host name", "fqdn", "dns name", "主机名", "域名"),
    "outside": ("public ip", "external ip", "外网ip", "公网ip", "出口ip"),
    "services": ("services", "service", "服务", "服务名"),
    "routes": ("routes", "route", "路由", "url路径", "接口"),
    "code": ("code", "repository", "image", "代码仓库", "镜像", "代码库"),
}  # fmt: skip
KIND_WORDS: dict[AssetKind, tuple[str, ...]] = {
    AssetKind.BUSINESS: ("business", "business service", "业务", "业务资产"),
    AssetKind.INFORMATION_SYSTEM: ("information system", "system", "application", "app", "website",
                                   "信息系统", "系统", "应用系统", "业务系统", "应用", "网站",
                                   "小程序"),
    AssetKind.DATA: ("data resource", "data", "information", "数据资源", "数据", "数据资产",
                     "信息资产"),
    AssetKind.NETWORK: ("communication network", "network", "subnet", "vlan", "通信网络", "网络",
                        "网段"),
    AssetKind.SOFTWARE: ("system component", "software", "component", "middleware", "database",
                         "operating system", "系统组件", "软件", "组件", "应用软件", "中间件",
                         "数据库", "操作系统", "软件资产", "容器"),
    AssetKind.UNIT: ("system unit", "unit", "hardware", "server", "device", "virtual machine", "vm",
                     "instance", "linux server", "windows server", "switch", "router", "firewall",
                     "load balancer", "storage", "computer", "workstation", "laptop", "desktop",
                     "printer", "系统单元", "硬件", "设备", "服务器", "物理机", "虚拟机", "云主机",
                     "云服务器", "主机", "网络设备", "安全设备", "存储设备", "交换机", "路由器",
                     "防火墙", "终端", "办公终端", "笔记本", "台式机", "打印机", "硬件资产"),
    AssetKind.PEOPLE: ("people", "person", "staff", "人力资源", "人员", "人员资产"),
    AssetKind.OTHER: ("other", "service", "document", "其他", "其它", "其他资产", "服务", "文档",
                      "服务资产", "文档资产"),
}  # fmt: skip
LAYER_WORDS: dict[Layer, tuple[str, ...]] = {
    Layer.BUSINESS: ("business", "业务", "业务资产"),
    Layer.SYSTEM: ("system asset", "system", "系统资产", "系统"),
    Layer.COMPONENT: ("component or unit", "component", "unit", "系统组件和单元资产", "组件",
                      "单元", "系统组件", "系统单元"),
}  # fmt: skip
LONGEST = {"name": 200, "place": 200, "supplier": 200, "description": 5_000}
RATINGS = ("confidentiality", "integrity", "availability", "importance")
RATING_WORDS = {"很高": 5, "very high": 5, "高": 4, "high": 4, "中": 3, "中等": 3, "medium": 3,
                "低": 2, "low": 2, "很低": 1, "very low": 1}  # fmt: skip
"""GB/T 20984-2022, tables of the ratings of confidentiality, integrity and availability."""
_MARKS = {"hosts": MarkKind.HOST, "names": MarkKind.HOST, "outside": MarkKind.HOST,
          "services": MarkKind.SERVICE, "routes": MarkKind.ROUTE,
          "code": MarkKind.CODE}  # fmt: skip
_APART = re.compile(r"[;；、,，\n]+")
E_ = TypeVar("E_", AssetKind, Layer)


class AssetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its number in the sheet, what it says, and what is wrong with it."""

    number: int
    name: str = ""
    kind: AssetKind | None = None
    texts: dict[str, str] = {}
    """``description``, ``place``, ``supplier``: of the columns that are there."""
    ratings: dict[str, int | None] = {}
    owner: str | None = None
    """As written; who it is, the caller knows. None: there is no such column."""
    bears: tuple[str, ...] | None = None
    """Names of assets of a higher layer. None: there is no such column."""
    marks: tuple[Mark, ...] | None = None
    problems: tuple[Problem, ...] = ()


def read_assets(
    cells: Cells,
    *,
    chosen: Mapping[str, str] | None = None,
    formulas: Places = (),
    merged: Places = (),
) -> list[AssetLine]:
    """The rows of an inventory. ``chosen``: field → heading of its column.

    Raises ``UsageError``: ``assets.columns`` without name and category (or layer), ``assets.many``.
    """
    after, columns = heading_of(cells, COLUMNS, enough, chosen)
    if not columns:
        raise UsageError(
            "the first row names no columns", code="assets.columns",
            fix="name, and category or layer, at least",
        )  # fmt: skip
    lines: list[AssetLine] = []
    seen: dict[tuple[object, str], int] = {}
    for row in rows_of(cells, columns, after=after, formulas=formulas, merged=merged):
        if len(lines) >= MOST:
            raise UsageError("too many rows", code="assets.many", fix=f"at most {MOST}")
        line = _line(row)
        same = (line.kind and layer_of(line.kind), line.name)
        if line.name and same in seen:
            again = Problem("name", Flaw.TWICE, str(seen[same]))
            line = msgspec.structs.replace(line, problems=(*line.problems, again))
        seen.setdefault(same, row.number)
        lines.append(line)
    return lines


def left_out_of(cells: Cells, chosen: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Headings of columns that hold something and of which nothing is taken in."""
    return left_out(cells, *heading_of(cells, COLUMNS, enough, chosen))


def enough(fields: AbstractSet[str]) -> bool:
    """Whether a row that names these fields may be the one that names the columns."""
    return "name" in fields and bool({"kind", "layer"} & fields)


def _line(row: Row) -> AssetLine:
    problems = list(row.problems)
    texts = {name: text_of(row.cells[name]) for name in LONGEST if name in row.cells}
    for name, longest in LONGEST.items():
        if len(texts.get(name, "")) > longest:
            problems.append(Problem(name, Flaw.LONG, texts[name][:100]))
    name = texts.pop("name", "")
    if not name and not any(one.field == "name" for one in problems):
        problems.append(Problem("name", Flaw.MISSING))
    return AssetLine(
        number=row.number,
        name=name,
        kind=_kind(row, problems),
        texts=texts,
        ratings=_ratings(row, problems),
        owner=text_of(row.cells["owner"]) if "owner" in row.cells else None,
        bears=_many(row.cells["bears"]) if "bears" in row.cells else None,
        marks=_marks(row, problems),
        problems=tuple(problems),
    )


def _kind(row: Row, problems: list[Problem]) -> AssetKind | None:
    kind = _word(row, "kind", KIND_WORDS, problems)
    layer = _word(row, "layer", LAYER_WORDS, problems)
    if kind and layer and layer_of(kind) is not layer:
        # "System" and "component" are words of both: the layer says which is meant.
        word = text_of(row.cells.get("kind")).lower()
        kind = next((one for one in KINDS_OF[layer] if word in KIND_WORDS[one]), None)
        if kind is None:
            problems.append(Problem("kind", Flaw.UNKNOWN, word[:100]))
        return kind
    if kind is None and layer and not text_of(row.cells.get("kind")):
        return KINDS_OF[layer][0] if layer is not Layer.COMPONENT else AssetKind.OTHER
    if kind is None and not any(one.field in {"kind", "layer"} for one in problems):
        problems.append(Problem("kind", Flaw.MISSING))
    return kind


def _word(
    row: Row, field: str, words: Mapping[E_, tuple[str, ...]], problems: list[Problem]
) -> E_ | None:
    text = text_of(row.cells.get(field)).lower()
    found = next((one for one, names in words.items() if text in names), None)
    if text and found is None:
        problems.append(Problem(field, Flaw.UNKNOWN, text[:100]))
    return found


def _ratings(row: Row, problems: list[Problem]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for name in RATINGS:
        if name not in row.cells:
            continue
        try:
            word = RATING_WORDS.get(text_of(row.cells[name]).lower())
            found[name] = word or whole_number(row.cells[name], 1, 5)
        except ValueError:
            problems.append(Problem(name, Flaw.NUMBER, text_of(row.cells[name])[:100]))
    return found


def _marks(row: Row, problems: list[Problem]) -> tuple[Mark, ...] | None:
    if not _MARKS.keys() & row.cells.keys():
        return None
    found: dict[Mark, None] = {}
    for field, kind in _MARKS.items():
        for text in _many(row.cells.get(field)):
            try:
                found[mark_of(kind, text)] = None
            except UsageError:
                problems.append(Problem(field, Flaw.UNKNOWN, text[:100]))
    return tuple(found)


def _many(cell: Any) -> tuple[str, ...]:  # noqa: ANN401 - what a sheet holds
    parts = (part.strip() for part in _APART.split(text_of(cell)))
    return tuple(part for part in parts if part)
