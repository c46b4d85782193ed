"""The response's pages at size: 5,000 entries in one incident, 10,000 incidents, 300 tasks."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

import msgspec
from django.test import Client
from django.test.utils import setup_test_environment
from tests.bench.row import Row

from shangdun.actions.create_user import do_create_user
from shangdun.actions.report_incident import do_report_incident
from shangdun.records.actor import SETUP
from shangdun.records.models import Incident, Task, TimelineEntry, TimelineKind, User
from shangdun.records.roles import Role
from shangdun.respond.report import Report

ENTRIES = 5_000
INCIDENTS = 10_000
TASKS = 300
BAR_MS = 200.0
TRIES = 9
REPORT = Report(title="Orders fail", type="data_breach", severity=5)


def main() -> None:
    user = do_create_user(SETUP, username="lead", roles=list(Role)).user
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user = User.objects.get(pk=user.pk)
    incident = do_report_incident(user, REPORT)
    fill(incident, user)
    setup_test_environment()  # the test client has a host name of its own
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    base = f"/incidents/{incident.number}/"
    pages = {
        f"incident with {ENTRIES:,} entries": base,
        f"its board with {TASKS} tasks": f"{base}board/",
        "its clocks": f"{base}clocks/",
        f"list over {INCIDENTS:,} incidents": "/incidents/",
        f"list over {INCIDENTS:,} incidents, closed": "/incidents/?show=closed",
        f"figures over {INCIDENTS:,} incidents": "/figures/",
    }
    rows = [one(title, path, client) for title, path in pages.items()]
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def fill(incident: Incident, user: User) -> None:
    """Rows as the actions would have left them, written at once: here only reading is measured."""
    now = datetime.now(UTC)
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            incident=incident,
            time=now - timedelta(seconds=i),
            kind=TimelineKind.COMMENT,
            actor=user,
            text=f"entry {i}",
        )
        for i in range(ENTRIES)
    )
    Task.objects.bulk_create(
        Task(
            incident=incident,
            source="person",
            group="technical_support",
            title_zh=f"任务 {i}",
            title_en=f"task {i}",
            state="open",
            place=i,
            created_at=now,
            opened_at=now,
        )
        for i in range(TASKS)
    )
    Incident.objects.bulk_create(
        Incident(
            number=incident.number + i,
            title=f"incident {i}",
            type="network_attack",
            severity=3,
            state="closed" if i % 3 else "reported",
            occurred_at=now - timedelta(minutes=i),
            last_activity=now - timedelta(minutes=i),
            reported_at=now - timedelta(minutes=i),
            closed_at=now if i % 3 else None,
            verdict="true_positive" if i % 3 else "",
        )
        for i in range(1, INCIDENTS)
    )


def one(title: str, path: str, client: Client) -> Row:
    taken = []
    for _ in range(TRIES):
        begun = time.process_time()
        response = client.get(path)
        taken.append((time.process_time() - begun) * 1000)
        assert response.status_code == 200, path
    spent = statistics.median(taken[1:])
    return Row(f"response page: {title}", spent, "ms CPU", BAR_MS, at_least=False)
