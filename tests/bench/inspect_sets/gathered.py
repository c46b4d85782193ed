"""Sets that were gathered on one machine into a folder outside the repository.

Each ``<origin>.jsonl`` there holds an object a line: ``kind`` (class of an attack, or what an
honest request does), ``attack``, and either ``raw`` (a request, bytes read as latin-1) or
``payload`` (text that is put into a random part of a request).
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

from tests.bench.inspect_sets import placing
from tests.bench.inspect_sets.sample import Sample

from shangdun_guard.request import parse_request

FOLDER = Path(os.environ.get("SHANGDUN_INSPECT_SETS", "/tmp/inspectsets/sets"))


def origins() -> list[str]:
    """Names of the sets that are there."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def gathered(origin: str) -> Iterator[Sample]:
    rng = random.Random(origin)
    with (FOLDER / f"{origin}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            kind, attack = row["kind"], row["attack"]
            if "raw" in row:
                raw = row["raw"]
                sent = parse_request(raw.encode("latin-1", "replace"))
                note = row.get("note", raw.split("\r\n", 1)[0])
            else:
                note = row["payload"]
                sent = placing.place(rng, note, kind)
            yield Sample(sent, origin, kind, attack, note)
