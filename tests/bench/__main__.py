"""`python -m tests.bench [TOPIC…]`: measure, print, and (when all topics ran) write the page."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.row import Row

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; every figure is from one run on one machine, beside the bar it is held to.
A ratio above 1 is better than the bar. Where a figure is per core, the process was given one core
and its CPU time was counted, so that other work on the machine does not flatter or blame it.

Machine: {machine}. Python {python}. Measured {day}.
"""


def topics() -> list[str]:
    return sorted(p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py"))


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((x.split(":")[1].strip() for x in info.splitlines() if "model name" in x), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    cpu = model or platform.processor()
    return f"{cpu}, {os.cpu_count()} cores, {memory} GiB, {platform.system()}"


def table(rows: list[Row]) -> str:
    lines = ["| Measure | Measured | Bar | Ratio | Note |", "|---|---:|---:|---:|---|"]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        bar = f"{sign} {row.bar:,.6g}" if row.bar is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        lines.append(
            f"| {row.measure} | {row.value:,.4g} {row.unit} | {bar} | {ratio} | {row.note} |"
        )
    return "\n".join(lines)


def main() -> None:
    wanted = sys.argv[1:] or topics()
    page = HEAD.format(
        machine=machine(), python=platform.python_version(), day=datetime.now(UTC).date()
    )
    for topic in wanted:
        module = importlib.import_module(f"tests.bench.bench_{topic}")
        section = f"\n## {topic.capitalize()}\n\n{(module.__doc__ or '').strip()}\n\n"
        section += table(module.measure()) + "\n"
        print(section, flush=True)
        page += section
    if wanted == topics():
        PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
