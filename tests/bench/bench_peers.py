"""Side by side: other programs on the same events, in one run on one core.

CPU time of each program held to one core, less that of a run over next to nothing (its start, the
loading of its rules). The access log is 10,000 real lines (without the development data, generated
ones); ShangDun has all its rules, and reads the log thirty times over to be busy long enough.
CrowdSec is Debian's with its nginx parser and its `base-http-scenarios` collection, findings into a
database of its own in a folder of the run; once more without the scenario for user agents, which
asks hundreds of expressions of every line. GoAccess counts and detects nothing; fail2ban-regex asks
one filter. The evaluator in Python asks every SigmaHQ rule for the event's log source, rule by
rule, of every event: what detection costs without an engine. What is not installed is not measured.
"""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from tests.bench.access_lines import access_lines
from tests.bench.bench_detect import DATA, run_child
from tests.bench.row import Row
from tests.detect import reference

from shangdun.detect.routing import applies
from shangdun.detect.rules import load_rules
from shangdun.lake.block import Logsource

HUB = Path("/usr/share/crowdsec/hub")
PATTERNS = Path("/etc/crowdsec/patterns")
COLLECTION = "collections/crowdsecurity/base-http-scenarios.yaml"
AGENTS = "crowdsecurity/http-bad-user-agent"
BAR = 50
"""Times as fast as CrowdSec."""
FEW = 1000
"""Lines for those who would take minutes for all."""
EVENTS = 60
PORT = 18089


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = _lines()
        log, few, one = (folder / name for name in ("log", "few", "one"))
        log.write_bytes(b"".join(lines) * 30)
        few.write_bytes(b"".join(lines[:FEW]))
        one.write_bytes(lines[0])
        done = run_child(folder, log, "combined", None, builtin=True)
        ours = float(done["rate"])
        note = f"{done['rules']} rules"
        rows = [Row("access log: ShangDun", ours, "lines/s", None, note=note)]
        rows += _crowdsec(folder, few, one, ours)
        rows += _fail2ban(few, one, ours)
        rows += _goaccess(folder, log, one, ours)
        if DATA.is_dir():
            rows += _by_rule(folder)
        return rows


def _lines() -> list[bytes]:
    if not DATA.is_dir():
        return access_lines(10_000).splitlines(keepends=True)
    return gzip.decompress((DATA / "apache_access_10k.log.gz").read_bytes()).splitlines(True)


def _spent(command: list[str], **more: Any) -> float:
    """CPU seconds of a command on one core."""
    core = str(max(os.sched_getaffinity(0)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["taskset", "-c", core, *command], check=True, capture_output=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _rate(spend: Callable[[Path], float], log: Path, one: Path) -> float:
    lines = log.read_bytes().count(b"\n")
    return lines / max(1e-9, spend(log) - spend(one))


def _beside(name: str, rate: float, ours: float, bar: float | None, note: str) -> Iterator[Row]:
    yield Row(f"access log: {name}", rate, "lines/s", None, note=note)
    yield Row(f"ShangDun against {name}", ours / rate, "×", bar)


def _absent(name: str) -> Row:
    return Row(f"access log: {name}", 0, "lines/s", None, note="not installed")


# CrowdSec


def _crowdsec(folder: Path, log: Path, one: Path, ours: float) -> Iterator[Row]:
    if not shutil.which("crowdsec") or not (HUB / COLLECTION).exists():
        yield _absent("CrowdSec")
        return
    version = subprocess.run(["crowdsec", "-version"], capture_output=True, text=True, check=False)
    text = (version.stdout + version.stderr).split("version:", 1)[-1].split()[0]
    scenarios = yaml.safe_load((HUB / COLLECTION).read_text())["scenarios"]
    for name, chosen in (
        ("CrowdSec", scenarios),
        ("CrowdSec without user agents", [one for one in scenarios if one != AGENTS]),
    ):
        home = folder / name.replace(" ", "-").lower()
        loaded = _set_up(home, chosen)

        def spend(path: Path, home: Path = home) -> float:
            source = ["-dsn", f"file://{path}", "-type", "nginx", "-no-capi"]
            return _spent(["crowdsec", "-c", str(home / "config.yaml"), *source])

        note = f"{text}, {loaded} scenarios"
        yield from _beside(name, _rate(spend, log, one), ours, BAR, note)


def _set_up(home: Path, scenarios: list[str]) -> int:
    """A CrowdSec of its own in a folder; gives the number of scenarios it has."""
    conf, data = home / "conf", home / "data"
    for stage, names in {
        "s00-raw": ["syslog-logs"],
        "s01-parse": ["nginx-logs"],
        "s02-enrich": ["dateparse-enrich", "http-logs"],
    }.items():
        (conf / "parsers" / stage).mkdir(parents=True)
        for name in names:
            shutil.copy(
                HUB / "parsers" / stage / "crowdsecurity" / f"{name}.yaml",
                conf / "parsers" / stage,
            )
    (conf / "scenarios").mkdir()
    (conf / "hub").mkdir()
    shutil.copytree(PATTERNS, conf / "patterns")
    shutil.copytree(HUB.parent / "data", data)
    for name in scenarios:
        path = HUB / "scenarios" / f"{name}.yaml"
        if path.exists():
            shutil.copy(path, conf / "scenarios")
            documents = list(yaml.safe_load_all(path.read_text()))
            for one in [one for document in documents for one in document.get("data", ())]:
                given, asked = data / one["source_url"].rsplit("/", 1)[1], data / one["dest_file"]
                if given.exists() and not asked.exists():
                    shutil.copy(given, asked)
    index: dict[str, dict[str, Any]] = {
        kind: {} for kind in ("parsers", "scenarios", "postoverflows", "collections")
    }
    (conf / "hub" / ".index.json").write_bytes(orjson.dumps(index))
    (conf / "simulation.yaml").write_text("simulation: off\n")
    (conf / "profiles.yaml").write_text('name: none\nfilters: ["false"]\ndecisions: []\n')
    _configure(home)
    register = ["machines", "add", "bench", "--password", "bench", "--force"]
    own = ["-f", str(conf / "client.yaml"), "-u", f"http://127.0.0.1:{PORT}"]
    config = str(home / "config.yaml")
    subprocess.run(["cscli", "-c", config, *register, *own], check=True, capture_output=True)
    return len(list((conf / "scenarios").iterdir()))


def _configure(home: Path) -> None:
    conf, data = home / "conf", home / "data"
    (conf / "client.yaml").write_text(f"url: http://127.0.0.1:{PORT}\n")
    config = {
        "common": {"daemonize": False, "log_media": "stdout", "log_level": "error"},
        "config_paths": {
            "config_dir": f"{conf}/",
            "data_dir": f"{data}/",
            "hub_dir": f"{conf}/hub/",
            "index_path": f"{conf}/hub/.index.json",
            "simulation_path": f"{conf}/simulation.yaml",
        },
        "crowdsec_service": {"parser_routines": 1},
        "db_config": {"type": "sqlite", "db_path": f"{data}/bench.db", "use_wal": True},
        "api": {
            "client": {"credentials_path": f"{conf}/client.yaml"},
            "server": {
                "listen_uri": f"127.0.0.1:{PORT}",
                "profiles_path": f"{conf}/profiles.yaml",
                "log_level": "error",
            },
        },
        "prometheus": {"enabled": False},
    }
    (home / "config.yaml").write_text(yaml.safe_dump(config))


# others


def _fail2ban(log: Path, one: Path, ours: float) -> Iterator[Row]:
    if not shutil.which("fail2ban-regex"):
        yield _absent("fail2ban-regex")
        return
    rate = _rate(lambda path: _spent(["fail2ban-regex", str(path), "apache-badbots"]), log, one)
    yield from _beside("fail2ban-regex", rate, ours, None, "one filter: apache-badbots")


def _goaccess(folder: Path, log: Path, one: Path, ours: float) -> Iterator[Row]:
    if not shutil.which("goaccess"):
        yield _absent("GoAccess")
        return
    output = ["--log-format=COMBINED", "--no-progress", "-o", str(folder / "report.json")]
    rate = _rate(lambda path: _spent(["goaccess", str(path), *output]), log, one)
    yield from _beside("GoAccess", rate, ours, None, "counts, detects nothing; written in C")


def _by_rule(folder: Path) -> Iterator[Row]:
    rules = folder / "sigma"
    with tarfile.open(DATA / "sigmahq_rules.tar.gz") as packed:
        packed.extractall(rules, filter="data")
    lane = folder / "lane.ndjson"
    data = gzip.decompress((DATA / "sigma_lane_structured_windows.ndjson.gz").read_bytes())
    lane.write_bytes(data * 10)
    done = run_child(folder, lane, "json", rules, builtin=False)
    ours = float(done["rate"])
    documents = {}
    for path in rules.rglob("*.yml"):
        document = next(yaml.load_all(path.read_text(), yaml.CSafeLoader))
        documents[document["id"]] = document
    source = Logsource("windows", "process_creation")
    loaded = load_rules([rules], builtin=False).rules
    asked = [documents[rule.uid] for rule in loaded if applies(rule.logsource, source)]
    lines = data.splitlines()[:: 20_000 // EVENTS][:EVENTS]
    begun = time.process_time()
    for line in lines:
        event = orjson.loads(line)
        for document in asked:
            reference.matches(document, event)
    rate = len(lines) / (time.process_time() - begun)
    note = f"{len(asked)} of {len(loaded)} rules fit the log source"
    yield Row("structured Windows: ShangDun", ours, "events/s", None, note=f"{done['rules']} rules")
    yield Row("structured Windows: rule by rule in Python", rate, "events/s", None, note=note)
    yield Row("ShangDun against rule by rule", ours / rate, "×", None)
