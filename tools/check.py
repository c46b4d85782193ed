#!/usr/bin/env python3
"""The static gates, one after the other: all of them run, so that one run shows it all."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
GATES: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "layers": [str(BIN / "lint-imports"), "--no-cache", "--no-logo"],
    "types": [str(BIN / "mypy")],
    **{
        path.stem: [sys.executable, str(path)]
        for path in sorted((ROOT / "tools" / "gates").glob("*.py"))
    },
}


def main() -> int:
    failed = []
    for name, command in GATES.items():
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "FAILED" if done.returncode else "ok"
        print(f"{name:<14} {verdict:<7} {time.monotonic() - start:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr)
    if failed:
        print(f"gates that failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
