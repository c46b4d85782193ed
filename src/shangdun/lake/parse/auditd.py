"""Linux audit records, one row each, under their own names such as ``type`` and ``exe``.

A value that holds a space, a quote or a byte beyond ASCII is written by the kernel as hexadecimal
without quotes; such values of the fields known for it are decoded. Source: audit(7), "Field
dictionary" of the Linux audit documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun.lake.block import Block, Logsource, Parsed, readable
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import RESERVED, Flat, Unreadable

_RECORD = re.compile(
    r"(?:node=(?P<node>\S+) )?type=(?P<type>[A-Z0-9_\[\]]+) "
    r"msg=audit\((?P<seconds>\d{1,11})\.(?P<millis>\d{3}):(?P<serial>\d+)\): ?(?P<fields>.*)",
    re.DOTALL,
)
_PAIR = re.compile(r"""([A-Za-z0-9_-]+)=("[^"]*"?|'[^']*'?|\S*)""")
_HEX = re.compile(r"(?:[0-9A-F]{2})+")
_ENCODED = re.compile(r"a\d+(?:\[\d+\])?|comm|exe|name|cwd|proctitle|cmd|acct|data|key|path")
_ENRICHED = "\x1d"
"""Separates what auditd adds in plain words (``UID="root"``) from what the kernel wrote."""

_LOGONS = frozenset({"USER_LOGIN", "USER_AUTH", "USER_ERR"})
_ACCOUNTS = {"ADD_USER": 1, "DEL_USER": 6, "USER_CHAUTHTOK": 3}
_STATUS = {"success": 1, "yes": 1, "1": 1, "failed": 2, "no": 2, "0": 2}


class AuditdReader(Reader):
    """Records keep auditd's names; logons, accounts and programs also fill OCSF columns."""

    name = "auditd"
    title = "Linux audit log"
    precedence = 15

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        logsource = Logsource(product="linux", service="auditd")
        return read_records(block, fields, _read, name=self.name, logsource=logsource)


def _read(line: bytes) -> Flat:
    match = _RECORD.fullmatch(readable(line))
    if match is None:
        raise Unreadable("does not start with type=… msg=audit(seconds.millis:serial):")
    record: Flat = {"type": match["type"]}
    record.update(_pairs(match["fields"]))
    record["time"] = int(match["seconds"]) * 1000 + int(match["millis"])
    record["metadata.correlation_uid"] = match["serial"]
    if match["node"]:
        record["device.hostname"] = match["node"]
    return record | _meaning(record)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for name, value in _PAIR.findall(text.replace(_ENRICHED, " ")):
        if name == "msg" and value.startswith("'"):
            yield from _pairs(value.strip("'"))
        elif name not in RESERVED and name not in {"type", "time"}:
            yield name, _decoded(name, value)


def _decoded(name: str, value: str) -> str:
    if value[:1] in {'"', "'"}:
        return value.strip(value[0])
    if _ENCODED.fullmatch(name) and _HEX.fullmatch(value):
        return readable(bytes.fromhex(value).replace(b"\0", b" ").rstrip())
    return value


def _meaning(record: Flat) -> Flat:
    """The OCSF columns that a record fills."""
    kind = record["type"]
    columns: Flat = {"class_uid": 0, "activity_id": 99}
    if kind in _LOGONS or kind in _ACCOUNTS:
        columns["class_uid"] = 3001 if kind in _ACCOUNTS else 3002
        columns["activity_id"] = _ACCOUNTS.get(str(kind), 1)
        columns |= _copied(record, {"acct": "user.name", "addr": "src_endpoint.ip"})
        columns["status_id"] = _STATUS.get(str(record.get("res")), 0)
        columns = {name: value for name, value in columns.items() if value not in {"?", ""}}
    elif kind in {"EXECVE", "SYSCALL", "PROCTITLE"}:
        columns |= {"class_uid": 1007, "activity_id": 1}
        columns |= _copied(
            record,
            {"exe": "process.file.path", "comm": "process.name", "proctitle": "process.cmd_line"},
        )
        if kind == "EXECVE":
            columns["process.cmd_line"] = _command_line(record)
        pid = str(record.get("pid", ""))
        if pid.isdecimal() and len(pid) < 10:
            columns["process.pid"] = int(pid)
    return columns


def _copied(record: Flat, names: dict[str, str]) -> Flat:
    return {column: record[name] for name, column in names.items() if name in record}


def _command_line(record: Flat) -> str:
    arguments: list[str] = []
    while f"a{len(arguments)}" in record:
        arguments.append(str(record[f"a{len(arguments)}"]))
    return " ".join(arguments)


READER = AuditdReader
