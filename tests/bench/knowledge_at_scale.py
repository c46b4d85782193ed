"""10,000 pages of 1,500 Chinese letters and 150 English words, and what a search of them costs."""

from __future__ import annotations

import random
import statistics
import sys
import time
from datetime import UTC, datetime

import msgspec
from tests.bench.row import Row

from shangdun.govern.knowledge.links import fold
from shangdun.records.actor import SETUP
from shangdun.records.knowledge import search, words_of
from shangdun.records.models import KnowledgePage

PAGES = 10_000
BAR_MS = 300.0
TRIES = 5
LETTERS = (
    "安全事件通报项目进度更新培训信息法律法规变更应急响应计划数据泄露处置流程客户投诉电话密码支付"
)
WORDS = [
    "the",
    "incident",
    "response",
    "plan",
    "restore",
    "backup",
    "database",
    "login",
    "password",
    "payment",
    "order",
    "stock",
]
QUESTIONS = {
    "ten letters nobody wrote": "应急响应计划处置流程",
    "two letters in a third of the pages": "密码",
    "three English words in a row": "“restore backup database”",
    "two parts, Chinese and English": "泄露 backup",
}


def main() -> None:
    draw, now = random.Random(1), datetime.now(UTC)
    rows = []
    for number in range(1, PAGES + 1):
        title = f"{number} {''.join(draw.choices(LETTERS, k=8))}"
        body = f"{''.join(draw.choices(LETTERS, k=1500))} {' '.join(draw.choices(WORDS, k=150))}"
        rows.append(
            KnowledgePage(
                number=number, title=title, folded=fold(title), body=body,
                words=words_of(title, (), body), created_at=now, edited_at=now,
            )
        )  # fmt: skip
    KnowledgePage.objects.bulk_create(rows, batch_size=500)
    sys.stdout.buffer.write(msgspec.json.encode([one(*asked) for asked in QUESTIONS.items()]))


def one(name: str, question: str) -> Row:
    taken, count = [], 0
    for _try in range(TRIES):
        began = time.process_time()
        _hits, count = search(SETUP, question)
        taken.append((time.process_time() - began) * 1000)
    note = f"CPU time, {count:,} of {PAGES:,} pages"
    return Row(f"search: {name}", statistics.median(taken), "ms", BAR_MS, False, note)
