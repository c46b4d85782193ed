"""Fixtures that every folder of tests shares."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# A busy machine is no failure. The gate draws the same examples each time, so that what it rejects
# is the change; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("gate", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: one that is begun last would run when all others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file: in memory neither threads nor WAL would be those of the product."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        name = tmp_path_factory.mktemp("records") / "test.sqlite3"
        database["TEST"] = {**database["TEST"], "NAME": str(name)}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Tests with real transactions empty the database after themselves.

    The ledger's triggers refuse that, and the roles and seats that migrations seed must be back.
    """
    guard = importlib.import_module("shangdun.records.ledger_guard")
    seeds = importlib.import_module("shangdun.records.migrations.0002_roles_and_guards")
    seats = importlib.import_module("shangdun.records.migrations.0014_organisation")
    flush = TransactionTestCase._fixture_teardown

    def empty(case: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            guard.remove(editor)
        flush(case)
        with connection.schema_editor() as editor:
            guard.install(editor)
            seeds.seed(apps, editor)
            seats.seat_the_plan(apps, editor)

    TransactionTestCase._fixture_teardown = empty


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout, where there is one."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the development data in ../shared/data, which is not here")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ShangDun home directory, set in the environment."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SHANGDUN_HOME", str(folder))
    return folder
