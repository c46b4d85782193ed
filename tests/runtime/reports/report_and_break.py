"""Reports to a console whose records fail, in a process of its own; prints what came of it as JSON.

``locked``, ``garbage``: reports by page, link and API while the database is so. ``die``: takes a
report in and is killed before its file goes. ``take``: takes in what was kept, and tells what there
is.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from shangdun.records import boot

home = boot.start()

from django.db import connections  # noqa: E402  needs boot.start

connections["default"].settings_dict["OPTIONS"]["timeout"] = 4

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from shangdun.actions import take_in_report  # noqa: E402
from shangdun.kernel.clock import SystemClock  # noqa: E402
from shangdun.records.actor import JOBS  # noqa: E402
from shangdun.records.models import Incident, User  # noqa: E402
from shangdun.records.report_link import report_token  # noqa: E402
from shangdun.records.report_spool import read_kept, waiting  # noqa: E402
from shangdun.runtime.response.reports import take_in_reports  # noqa: E402

settings.ALLOWED_HOSTS = ["*"]
FILE = home / "records.sqlite3"
RECEIPT = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")


def receipt(text: str) -> str:
    found = RECEIPT.search(text)
    return found[0] if found else ""


def report_all(how: str) -> dict[str, object]:
    """One report each way, while the records are away."""
    token = report_token(home)
    client = Client(raise_request_exception=False)
    client.cookies["shangdun"] = "a-session-that-must-be-looked-up-in-the-records"
    told: dict[str, object] = {}
    client.get(f"/r/{token}/")  # the first request of a process loads its code
    began = time.monotonic()
    shown = client.get(f"/r/{token}/")
    sent = client.post(f"/r/{token}/", {"title": f"link {how}", "type": "data_breach"})
    told["link_seconds"] = time.monotonic() - began
    told["link"] = [shown.status_code, sent.status_code, receipt(sent.content.decode())]
    posted = client.post("/report/", {"title": f"page {how}", "type": "insider_threat"})
    text = posted.content.decode()
    action = re.search(r'action="(/r/[^"]+)"', text)
    told["page"] = [posted.status_code, f"page {how}" in text, bool(action)]
    uid = re.search(r'name="uid" value="([0-9a-f]{32})"', text)
    began = time.monotonic()
    again = {"title": f"page {how}", "type": "insider_threat", "uid": uid[1] if uid else ""}
    twice = [client.post(action[1] if action else "/", again) for _ in range(2)]
    told["page_again"] = [receipt(one.content.decode()) for one in twice]
    elsewhere = client.get("/incidents/")
    told["fast_seconds"] = time.monotonic() - began
    told["elsewhere"] = elsewhere.status_code
    api = Client(raise_request_exception=False).post(
        "/api/incidents",
        json.dumps({"title": f"api {how}", "type": "system_failure"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    told["api"] = [api.status_code, receipt(api.content.decode())]
    told["wrong"] = client.post("/r/wrong/", {"title": "x", "type": "data_breach"}).status_code
    return told


def locked() -> dict[str, object]:
    with closing(sqlite3.connect(FILE, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE busy (x)")
        told = report_all("locked")
        other.execute("ROLLBACK")
    return told


def garbage() -> dict[str, object]:
    whole = FILE.read_bytes()
    for end in ("-wal", "-shm"):
        Path(f"{FILE}{end}").unlink(missing_ok=True)
    FILE.write_bytes(os.urandom(len(whole)))
    told = report_all("garbage")
    FILE.with_suffix(".whole").write_bytes(whole)
    return told


def die() -> None:
    [path] = waiting(home)
    take_in_report.do_take_in_report(JOBS, read_kept(path))
    os.kill(os.getpid(), signal.SIGKILL)


def take() -> dict[str, object]:
    for _ in range(2):
        take_in_reports(SystemClock())
    titles = Incident.objects.order_by("number").values_list("title", flat=True)
    return {"titles": list(titles), "waiting": len(waiting(home)), "people": User.objects.count()}


if __name__ == "__main__":
    if sys.argv[1] in {"take", "die"}:
        boot.migrate(home)
    print(json.dumps(globals()[sys.argv[1]]()))
