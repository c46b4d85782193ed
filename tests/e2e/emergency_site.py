"""A console and its jobs on a home of their own, with people of every role and nothing else."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.console.site import ROOT, Site

FILL = (
    "from shangdun.records.boot import migrate, start; migrate(start()); "
    "from tests.console.seed import people; people()"
)
PEOPLE = {
    "leadership": "zhao.min",
    "technical_support": "chen.wei",
    "customer_service": "liu.yang",
    "legal": "sun.li",
    "logistics": "wu.gang",
    "administrator": "admin",
    "employee": "qian.fang",
}
"""Who is who, by the role; `tests.console.seed` makes them."""


class Emergency(Site):
    """The site of one emergency: an empty shop, its people, and the jobs process beside it."""

    fill = FILL

    def __init__(self, home: Path) -> None:
        super().__init__(home, SHANGDUN_DETECT__BUILTIN="false")
        self._log = home.with_suffix(".log")

    @contextmanager
    def jobs(self) -> Iterator[None]:
        """The clock's duties, playbook steps, messages and letters, as installations run them."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command("jobs"), cwd=ROOT, env=self._environment, stderr=log, stdout=log
            )
            try:
                yield
                assert process.poll() is None, f"the jobs ended by themselves:\n{self.said()}"
            finally:
                process.terminate()
                process.wait(30)

    def said(self) -> str:
        """What the jobs wrote to their log."""
        return self._log.read_text("utf-8", "replace")

    def shangdun(self, *words: str) -> str:
        """A command of the terminal on this home; an error of it is one of the test."""
        done = subprocess.run(
            self._command(*words),
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the records hold, read beside the processes that write them."""
        records = sqlite3.connect(f"file:{self.home / 'records.sqlite3'}?mode=ro", uri=True)
        try:
            return records.execute(sql, values).fetchall()
        finally:
            records.close()

    def number(self, sql: str, *values: Any) -> int:
        """One figure out of the records."""
        return int(self.rows(sql, *values)[0][0])

    @staticmethod
    def _command(*words: str) -> list[str]:
        return [sys.executable, "-m", "shangdun.cli", *words]
