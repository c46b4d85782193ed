"""The same tests of records and actions on PostgreSQL: a throw-away cluster on a Unix socket."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
"""PostgreSQL refuses to run as root, as whom containers run their tests."""
NO_DATABASE = "not refused and not switched_off_account and not each_role_may_do"
"""Who may do what is decided before any database is asked, and tried on SQLite."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'shangdun[postgres]'")
    for program in ("initdb", "postgres"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on the PATH")
    is_root = os.getuid() == 0
    if is_root and shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL does not run as root, and setpriv is not here to become another")
    folder = Path("/tmp") / f"shangdun-postgres-{os.getpid()}"  # a socket's path must be short
    folder.mkdir(mode=0o700)
    if is_root:
        os.chown(folder, 65534, 65534)
    prefix = AS_NOBODY if is_root else []
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [
        "initdb",
        "-D",
        str(data),
        "-U",
        "shangdun",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
        "--locale=C.UTF-8",
    ]
    server = None
    try:
        subprocess.run([*prefix, *initdb], check=True, **quiet)
        options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        server = subprocess.Popen([*prefix, "postgres", "-D", str(data), *options], **quiet)
        connection = f"host={folder} user=shangdun dbname=postgres"
        wait_for(connection)
        yield connection
    finally:
        if server:
            server.terminate()
            server.wait(30)
        shutil.rmtree(folder)


def wait_for(connection: str) -> None:
    psycopg = importlib.import_module("psycopg")
    for _ in range(300):
        try:
            psycopg.connect(connection).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("PostgreSQL did not start within 30 s")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_records_and_actions_behave_the_same(cluster: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "SHANGDUN_RECORDS__POSTGRES": cluster,
        "SHANGDUN_HOME": str(tmp_path),
    }
    paths = [TESTS / "actions", TESTS / "records"]
    left_out = [
        TESTS / "records" / f"{name}.py" for name in ("test_postgres", "test_ledger_tampering")
    ]
    chosen = [*paths, *(f"--ignore={path}" for path in left_out), "-k", NO_DATABASE]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen],
        env=environment,
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
