"""`python -m tests.bench [TOPIC…]`: measure, print, and renew those sections of the page."""

from __future__ import annotations

import importlib
import os
import platform
import re
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

Machine: {machine}. Python {python}.
"""


def topics() -> list[str]:
    return sorted(p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py"))


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((x.split(":")[1].strip() for x in info.splitlines() if "model name" in x), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    cpu = model or platform.processor()
    return f"{cpu}, {os.cpu_count()} cores, {memory} GiB, {platform.system()}"


def figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows: list[Row]) -> str:
    lines = ["| Measure | Measured | Bar | Ratio | Note |", "|---|---:|---:|---:|---|"]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        bar = f"{sign} {figure(row.bar)}" if row.bar is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        lines.append(
            f"| {row.measure} | {figure(row.value)} {row.unit} | {bar} | {ratio} | {row.note} |"
        )
    return "\n".join(lines)


def section(topic: str) -> str:
    module = importlib.import_module(f"tests.bench.bench_{topic}")
    measured = f"Measured {datetime.now(UTC).date()}."
    words = f"{(module.__doc__ or '').strip()}\n\n{measured}"
    return f"## {topic.capitalize()}\n\n{words}\n\n{table(module.measure())}\n"


def sections_of(page: str) -> dict[str, str]:
    """The sections that stand on the page, by topic."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {
        part.split("\n", 1)[0].removeprefix("## ").lower(): part.strip() + "\n" for part in parts
    }


def main() -> None:
    known = topics()
    sections = sections_of(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    for topic in sys.argv[1:] or known:
        sections[topic] = section(topic)
        print(sections[topic], flush=True)
        head = HEAD.format(machine=machine(), python=platform.python_version())
        kept = [sections[topic] for topic in known if topic in sections]
        PAGE.write_text("\n".join([head, *kept]), "utf-8")


if __name__ == "__main__":
    main()
