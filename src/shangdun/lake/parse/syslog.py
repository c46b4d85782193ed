"""Syslog lines, RFC 3164 and RFC 5424, also as files hold them: without priority, ISO times.

What sshd, sudo, su, PAM, the account tools, cron and the packet filter say is understood
(``_linux``); of other programs there is the message.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from shangdun.kernel.clock import to_millis
from shangdun.lake.block import Block, Parsed, readable
from shangdun.lake.parse import _linux
from shangdun.lake.parse._moment import read_moment
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Unreadable

_PRIORITY = re.compile(r"<(\d{1,3})>")
_BSD_TIME = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
_ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_HEADER = re.compile(
    rf"(?:(?P<bsd>{_BSD_TIME})(?: (?P<year>\d{{4}}))?|(?P<iso>{_ISO_TIME}))[: ]*+ ?(?P<rest>.*)",
    re.DOTALL,
)
_ORIGIN = re.compile(
    r"(?P<host>[^\s:\[\]]+|[0-9a-fA-F:.]+) "
    r"(?P<program>[^\s\[:]+|%[^\s:]+)(?:\[(?P<pid>\d{1,9})\])?: ?(?P<message>.*)",
    re.DOTALL,
)
_MODERN = re.compile(
    r"1 (?P<time>\S+) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) (?P<msgid>\S+) "
    r'(?P<data>-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*+")*+\])++)(?: (?P<message>.*))?',
    re.DOTALL,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_FACILITIES = (
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "ntp",
    "audit",
    "alert",
    "clock",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
)
"""By number, RFC 5424 §6.2.1."""
_SEVERITIES = (6, 5, 5, 4, 3, 2, 1, 1)
"""OCSF severity by syslog severity (RFC 5424 §6.2.1), emergency first."""
_AHEAD = timedelta(days=1)


class SyslogReader(Reader):
    """A year that is missing is the latest that does not lead into the future."""

    name = "syslog"
    title = "Syslog"
    precedence = 3

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        return read_records(block, fields, self._read, name=self.name)

    def _read(self, line: bytes) -> Flat:
        text = readable(line)
        columns: Flat = {}
        priority = _PRIORITY.match(text)
        if priority and int(priority[1]) < len(_FACILITIES) * 8:
            facility, severity = divmod(int(priority[1]), 8)
            columns["metadata.log_name"] = _FACILITIES[facility]
            columns["severity_id"] = _SEVERITIES[severity]
            text = text[priority.end() :]
        modern = _MODERN.fullmatch(text) if priority else None
        columns |= self._modern(modern) if modern else self._legacy(text)
        program = str(columns.get("process.name", ""))
        return columns | _linux.understand(program, str(columns["message"]))

    def _modern(self, match: re.Match[str]) -> Flat:
        columns = _origin(match)
        if match["time"] != "-":
            columns |= self._iso(match["time"])
        if match["data"] != "-":
            columns["structured_data"] = match["data"]
        if match["msgid"] != "-":
            columns["msgid"] = match["msgid"]
        return columns

    def _legacy(self, text: str) -> Flat:
        header = _HEADER.fullmatch(text)
        if header is None:
            raise Unreadable("does not start with a syslog time")
        columns = self._iso(header["iso"]) if header["iso"] else self._bsd(header)
        origin = _ORIGIN.fullmatch(header["rest"])
        return columns | (_origin(origin) if origin else _without_program(header["rest"]))

    def _iso(self, text: str) -> Flat:
        moment = read_moment(text, self.zone)
        if moment is None:
            raise Unreadable("has a time that cannot be")
        return {"time": moment}

    def _bsd(self, header: re.Match[str]) -> Flat:
        month, day, clock = header["bsd"][:3], int(header["bsd"][4:6]), header["bsd"][7:]
        hour, minute, second = (int(part) for part in clock.split(":"))
        latest = self.clock.now().astimezone(UTC) + _AHEAD
        years = [int(header["year"])] if header["year"] else range(latest.year, latest.year - 9, -1)
        number = _MONTHS.find(month) // 3 + 1
        for year in years:
            try:
                moment = datetime(
                    year, number, day, hour, minute, min(second, 59), tzinfo=self.zone
                )
            except ValueError:
                continue
            if header["year"] or moment <= latest:
                return {"time": to_millis(moment)}
        raise Unreadable("has a time that cannot be")


def _origin(match: re.Match[str]) -> Flat:
    columns: Flat = {"message": match["message"] or ""}
    named = {"device.hostname": match["host"], "process.name": match["program"]}
    columns |= {name: value for name, value in named.items() if value != "-"}
    if match["pid"] and match["pid"].isdecimal() and len(match["pid"]) < 10:
        columns["process.pid"] = int(match["pid"])
    return columns


def _without_program(rest: str) -> Flat:
    host, space, message = rest.partition(" ")
    return {"device.hostname": host, "message": message} if space else {"message": rest}


READER = SyslogReader
