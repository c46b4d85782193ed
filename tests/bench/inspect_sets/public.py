"""Sets from public collections, where the development data lies beside the checkout."""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.bench.inspect_sets import placing
from tests.bench.inspect_sets.sample import Headers, Sample

from shangdun_guard.request import Request, parse_request

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
KINDS = {"sqli": "sql", "xss": "xss", "cmdi": "shell", "path-traversal": "path"}
_START = re.compile(rb"(?m)^(?=(?:GET|POST|PUT|DELETE|HEAD|OPTIONS) (?:http://|/))")
_ACCESS = re.compile(r'^(\S+) \S+ \S+ \[[^]]*\] "(\S+) (.*?) (HTTP/\S+)" \d+ \S+ "(.*?)" "(.*?)"$')


def httpparams(attacks: bool) -> Iterator[Sample]:
    """HttpParamsDataset: single values, put into random parts of requests."""
    rng = random.Random(17)
    text = gzip.decompress((DATA / "httpparams.csv.gz").read_bytes()).decode("utf-8", "replace")
    for row in csv.DictReader(io.StringIO(text)):
        if (row["label"] == "anom") is attacks:
            kind = KINDS.get(row["attack_type"], "value")
            sent = placing.place(rng, row["payload"], kind)
            yield Sample(sent, "httpparams", kind, attacks, row["payload"])


def csic(name: str, every: int = 1) -> Iterator[Sample]:
    """CSIC 2010 as raw requests; ``name``: normalTrafficTraining, normalTrafficTest, anomalous…

    ``every``: only one of so many, chosen by their bytes.
    """
    attack = name.startswith("anomalous")
    with zipfile.ZipFile(DATA / "csic2010.zip") as archive:
        data = gzip.decompress(archive.read(f"csic_dataset/{name}.txt.gz"))
    for raw in _START.split(data):
        if raw.strip() and not zlib.crc32(raw) % every:
            sent = _trimmed(raw)
            kind = "mixed" if attack else "shop"
            yield Sample(sent, "csic", kind, attack, f"{sent.method} {sent.target}")


def _trimmed(raw: bytes) -> Request:
    """The set separates requests by blank lines: they are no part of a body."""
    found = parse_request(raw)
    size = next((value for name, value in found.headers if name == "content-length"), "0")
    body = found.body[: int(size)] if size.isdigit() else found.body
    return Request(found.method, found.target, found.headers, body, found.version, len(body))


def access_log() -> Iterator[Sample]:
    """Ten thousand real lines: targets, referrers and agents, without bodies and cookies."""
    lines = gzip.decompress((DATA / "apache_access_10k.log.gz").read_bytes()).decode("latin-1")
    for line in lines.splitlines():
        found = _ACCESS.match(line)
        if found:
            _, method, target, version, referer, agent = found.groups()
            head = Headers(("host", "www.example.org"), ("user-agent", agent))
            if referer != "-":
                head.add("referer", referer)
            sent = Request(method, target, tuple(head.pairs), version=version)
            yield Sample(sent, "access-log", "real", note=target)
