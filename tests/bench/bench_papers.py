"""What a document costs: the plan, and a report of 200 pages, as PDF and as Word.

CPU time of the best of three; the plan is the shipped one without what the records fill in, the
report a table of 6,000 rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.resources import files

from tests.bench.row import Row

from shangdun.papers.blocks import Layout, Paper, Table
from shangdun.papers.markup import fill, read
from shangdun.papers.pdf import write_pdf
from shangdun.papers.word import write_docx

ROWS = 6_000
LAYOUT = Layout(company="示例电商有限公司")


def plan() -> Paper:
    text = (files("shangdun.content") / "plan" / "plan.zh-hans.md").read_text("utf-8")
    return Paper(
        title="应急预案", language="zh-hans", blocks=fill(read(text), {}), contents=True, cover=True
    )


def report() -> Paper:
    rows = tuple(
        (f"{i}", "一段足够长的说明文字，用来填满一行", "e3b0c442" * 8) for i in range(ROWS)
    )
    return Paper(title="报告", language="zh-hans", blocks=(Table(("a", "b", "c"), rows),))


def measure() -> list[Row]:
    write_pdf(plan(), LAYOUT)  # fonts are read once a process
    return [
        Row("the plan as PDF", _cpu(lambda: write_pdf(plan(), LAYOUT)), "s", 2, at_least=False),
        Row("the plan as Word", _cpu(lambda: write_docx(plan(), LAYOUT)), "s", 2, at_least=False),
        Row(
            "6,000 rows as PDF", _cpu(lambda: write_pdf(report(), LAYOUT)), "s", 20, at_least=False
        ),
        Row("6,000 rows as Word", _cpu(lambda: write_docx(report(), LAYOUT)), "s"),
    ]


def _cpu(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return round(min(taken), 2)
