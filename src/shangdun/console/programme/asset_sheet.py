"""The inventory as a sheet, in the page's language; it is read again as it stands."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from shangdun.assess.inventory.layers import AssetKind
from shangdun.assess.inventory.sheet import COLUMNS, KIND_WORDS
from shangdun.records.models import Asset

ORDER = ("name", "kind", "description", "owner", "place", "supplier", "confidentiality",
         "integrity", "availability", "importance", "bears", "hosts", "services", "routes",
         "code")  # fmt: skip
_CHINESE = {"name": "资产名称", "kind": "资产类别", "description": "描述", "owner": "责任人",
            "place": "位置", "supplier": "供应商", "confidentiality": "保密性",
            "integrity": "完整性", "availability": "可用性", "importance": "业务重要性",
            "bears": "承载", "hosts": "主机", "services": "服务", "routes": "路由",
            "code": "代码仓库"}  # fmt: skip
_MARKS = {"hosts": "host", "services": "service", "routes": "route", "code": "code"}


def sheet_headings() -> list[str]:
    """The columns; the value is reckoned and not read."""
    if get_language() == "en":
        return [*(COLUMNS[name][0] for name in ORDER), "value"]
    return [*(_CHINESE[name] for name in ORDER), "资产价值"]


def sheet_rows(rows: Iterable[Asset]) -> list[list[object]]:
    """The lines."""
    place = 0 if get_language() == "en" else 1
    words = {kind.value: KIND_WORDS[kind] for kind in AssetKind}
    return [[*_cells(row, words[row.kind], place), row.value or ""] for row in rows]


def _cells(row: Asset, words: tuple[str, ...], place: int) -> list[object]:
    kind = next((word for word in words if word.isascii() != bool(place)), words[0])
    marks = list(row.marks.all())
    given: dict[str, object] = {
        "name": row.name,
        "kind": kind,
        "owner": (row.owner.get_full_name() or row.owner.username) if row.owner else "",
        "bears": "; ".join(link.upper.name for link in row.bears.all()),
    }
    for field, mark in _MARKS.items():
        given[field] = "; ".join(sorted(one.value for one in marks if one.kind == mark))
    return [given.get(name, getattr(row, name, "") or "") for name in ORDER]
