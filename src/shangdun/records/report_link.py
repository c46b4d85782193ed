"""The link by which people without an account report, and the one a page shows in an outage.

Both are made of the home's secret: they need no database. The administrator renews or closes the
first; the second holds for the hour and the one before.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from shangdun.lake.store.disk import replace_file
from shangdun.records.sealing import blind

FILE = "report-link.json"
CONTEXT = "report-link"
_LENGTH = 24
_OUTAGE = "x"
_HOUR = timedelta(hours=1)


class ReportLink(msgspec.Struct, frozen=True):
    """``generation`` counts up when the link is renewed: the old one then opens nothing."""

    generation: int = 1
    open: bool = True


def report_link(home: Path) -> ReportLink:
    """As it stands; a file that cannot be read closes the link rather than opening an old one."""
    path = home / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=ReportLink)
    except FileNotFoundError:
        return ReportLink()
    except (OSError, msgspec.DecodeError):
        return ReportLink(open=False)


def write_report_link(home: Path, link: ReportLink) -> None:
    replace_file(home / FILE, msgspec.json.encode(link))


def report_token(home: Path) -> str:
    """The token of the link, or nothing where it is closed."""
    link = report_link(home)
    return _made(f"link/{link.generation}") if link.open else ""


def outage_token(now: datetime) -> str:
    """For the page that says that the records are away: nobody can sign in to report then."""
    return _OUTAGE + _made(f"outage/{int(now.timestamp() // _HOUR.total_seconds())}")


def opens_report(home: Path, token: str, now: datetime) -> bool:
    """Whether this token lets a report in."""
    good = [report_token(home), outage_token(now), outage_token(now - _HOUR)]
    given = token.encode("utf-8", "replace")
    return any(one and hmac.compare_digest(given, one.encode()) for one in good)


def _made(about: str) -> str:
    return blind(about, CONTEXT)[:_LENGTH]
