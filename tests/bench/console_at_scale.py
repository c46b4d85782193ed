"""What ``bench_console`` measures, in a process whose Django is started."""

from __future__ import annotations

import sys

import msgspec
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from tests.bench.records_at_scale import fill, milliseconds
from tests.bench.row import Row

from shangdun.actions.create_user import do_create_user
from shangdun.records.actor import SETUP
from shangdun.records.roles import Role

BAR_MS = 150.0
BAR_QUERIES = 12
PAGES = {
    "findings": "/findings/",
    "findings, critical": "/findings/?severity=critical",
    "findings, new": "/findings/?state=new",
    "findings, one rule": "/findings/?rule=rule-7",
    "findings, one address": "/findings/?entity=address:203.0.113.77",
    "entities": "/entities/",
    "one address with 4,000 findings": "/entities/of/?kind=address&value=203.0.113.77",
    "suppressions": "/findings/suppressed/",
    "suppress": "/findings/suppressed/add/",
    "findings, looked for": "/findings/?q=203.0.113.77",
}


def main() -> None:
    """Print the rows as JSON."""
    setup_test_environment()
    fill()
    client = _signed_in()
    rows = [row for name, path in PAGES.items() for row in _page(client, name, path)]
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def _signed_in() -> Client:
    user = do_create_user(SETUP, username="bench", roles=list(Role)).user
    user.must_change_password = False
    user.save()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _page(client: Client, name: str, path: str) -> list[Row]:
    def ask() -> None:
        cache.clear()
        if client.get(path).status_code != 200:
            raise AssertionError(path)

    spent = milliseconds(ask)
    with CaptureQueriesContext(connection) as queries:
        ask()
    return [
        Row(f"page beside 1M findings: {name}", spent, "ms CPU", BAR_MS, at_least=False),
        Row(f"queries: {name}", len(queries), "queries", BAR_QUERIES, at_least=False),
    ]
