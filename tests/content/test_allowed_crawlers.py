"""A price crawler that the shop agreed with is left in peace by every rule that counts pages."""

from __future__ import annotations

import pytest

from shangdun.detect.detector import Detector
from shangdun.detect.rules import builtin_folder, load_rules
from shangdun.lake.block import Block
from shangdun.lake.parse import get_parser

LINE = '203.0.113.7 - - [02/Mar/2026:10:00:{:02} +0000] "{}" {} 512 "-" "PriceBot/1.0" 6.000\n'
CRAWLS = {
    "scraping": ("GET /product/{}.html HTTP/1.1", 200),
    "vulnerability_scan": ("GET /old/{}.html HTTP/1.1", 404),
    "request_flood": ("GET /search?q={} HTTP/1.1", 200),
    "expensive_requests": ("GET /search?q={} HTTP/1.1", 200),
}


def findings(rule: str, crawlers: list[str], tmp_path) -> list[str]:
    path = builtin_folder() / "web" / f"{rule}.yml"
    lists = {"allowed_crawlers": crawlers}
    ruleset = load_rules([path], builtin=False, cache_dir=tmp_path, lists=lists)
    assert not ruleset.errors
    request, status = CRAWLS[rule]
    lines = [LINE.format(n // 50, request.format(n), status) for n in range(2_000)]
    parsed = get_parser("combined").parse(Block("".join(lines).encode()))
    found = Detector(ruleset).process(parsed, source="s", file_id="f", path="p")
    return [finding.title for finding in found]


@pytest.mark.parametrize("rule", CRAWLS)
def test_only_the_crawler_on_the_list_is_left_in_peace(rule, tmp_path):
    assert findings(rule, ["198.51.100.0/24"], tmp_path)
    assert findings(rule, ["198.51.100.0/24", "203.0.113.0/24"], tmp_path) == []
