"""`shangdun enforce` and `shangdun web` as processes of their own, in a network of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = """
import sys, json
from datetime import UTC, datetime, timedelta
from shangdun.records import boot
boot.migrate(boot.start())
from django.db import transaction
from shangdun.actions import decision_rows as rows
from shangdun.actions.change_enforcer import do_add_enforcer
from shangdun.protect.decision import Measure, author
from shangdun.protect.target import target
from shangdun.records.actor import SETUP
from shangdun.records.models import Decision, DecisionState

def decide(kind, *values, measure="block", minutes=60):
    now = datetime.now(UTC)
    until = now + timedelta(minutes=minutes) if minutes else None
    return rows.write([
        rows.Wanted(target=target(kind, value), measure=Measure(measure), reason="it attacked",
                    author=author("rule:test"), until=until) for value in values
    ], now)

def undo(*values):
    found = list(Decision.objects.filter(value__in=values, state="in_force"))
    rows.end(found, DecisionState.UNDONE, by="test", now=datetime.now(UTC))

for line in sys.stdin:
    result = eval(line, globals())
    print(json.dumps(result if isinstance(result, (str, int)) else None), flush=True)
"""


class Home:
    """A home directory with its records, and a process that changes them when told to."""

    def __init__(self, folder: Path, toml: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (folder / "shangdun.toml").write_text(textwrap.dedent(toml))
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SHANGDUN_")},
            "SHANGDUN_HOME": str(folder),
            "PYTHONPATH": str(ROOT),
        }
        self._steps: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", STEPS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=ROOT,
        )

    def do(self, line: str) -> str:
        """Run one expression where the records are; gives what it printed, as JSON."""
        self._steps = self._steps or self._start()
        assert self._steps.stdin
        assert self._steps.stdout
        self._steps.stdin.write(line + "\n")
        self._steps.stdin.flush()
        answer = self._steps.stdout.readline()
        assert answer, "the steps ended"
        return answer.strip().strip('"')

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "shangdun.cli", *words]

    def close(self) -> None:
        if self._steps:
            self._steps.communicate(timeout=20)
