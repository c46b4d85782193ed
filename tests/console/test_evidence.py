"""A finding's page shows its events, also those whose line only the lake has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.records.models import Finding

pytestmark = pytest.mark.django_db(transaction=True)
LINE = '203.0.113.9 - - [01/May/2026:10:00:00 +0000] "GET /only-in-the-lake HTTP/1.1" 200 5 "-" "x"'


def shown(client, finding: Finding) -> list[str]:
    html = client.get(f"/findings/{finding.pk}/").content.decode()
    return re.findall(r"only-in-the-lake|/catalogue/search/", html)


def test_lines_kept_with_the_finding_are_shown(shop, client_of):
    finding = Finding.objects.first()
    assert "/catalogue/search/" in shown(client_of(shop["technical_support"]), finding)


def test_a_line_that_only_the_lake_has_is_shown(shop, client_of, console: Path):
    parsed = get_parser("combined").parse(Block(LINE.encode() + b"\n"))
    frame = conform(parsed, source="edge", observed=int(parsed.events["time"].max()))
    Lake(lake_folder(console, settings.CONFIG)).append(frame, app_id="a", version=1)
    (line, offset, time) = frame.select("source_line", "source_offset", "time").row(0)
    finding = Finding.objects.first()
    evidence = finding.evidences[0] | {"source": "edge", "raw": "", "fields": {}}
    finding.evidences = [evidence | {"line": line, "offset": offset, "time": time}]
    finding.save()
    client = client_of(shop["technical_support"])
    assert shown(client, finding) == ["only-in-the-lake"]
    finding.evidences = [finding.evidences[0] | {"source": "another"}]
    finding.save()
    assert shown(client, finding) == []
