"""The shop's backups, by the manifests that its backup jobs leave."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shangdun.runtime.backups import backups_folder
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown

OLDEST_HOURS = 26
"""A daily backup with two hours to spare, unless the manifest says otherwise."""
RESTORED = timedelta(days=92)
MOST = 20
LARGEST_MANIFEST = 1 << 20


def check(asked: Asked) -> Seen:
    """Fails where a manifest is old, a file is gone or altered, or no restoring was ever tried."""
    found = sorted(backups_folder(asked.home).glob("*.manifest.json"))[:MOST]
    if not found:
        return unknown("nothing", SeenFact("folder", str(backups_folder(asked.home))))
    facts, wrong = [], []
    for path in found:
        asked.in_time()
        name = path.name.removesuffix(".manifest.json")
        try:
            problem, made = _look(path, asked)
        except (OSError, ValueError, KeyError, TypeError) as error:
            problem, made = str(error) or type(error).__name__, "—"
        facts.append(SeenFact("backup", f"{made} {problem}".strip(), "", {"name": name}))
        wrong += [f"{name}: {problem}"] if problem else []
    if wrong:
        return failed("bad", *facts, problems="; ".join(wrong))
    return passed("good", *facts, count=len(found), days=RESTORED.days)


def _look(path: Path, asked: Asked) -> tuple[str, str]:
    if path.stat().st_size > LARGEST_MANIFEST:
        raise ValueError("the manifest is too large")
    manifest = json.loads(path.read_text("utf-8"))
    made = _moment(manifest["made"])
    told = f"{made.astimezone(asked.zone):%Y-%m-%d %H:%M}"
    oldest = timedelta(hours=float(manifest.get("every_hours", OLDEST_HOURS)))
    if not timedelta() <= asked.now - made <= oldest:
        return f"made {told}", told
    if not manifest["files"]:
        return "no file is named", told
    for file in manifest["files"]:
        if problem := _file(file, path.parent, asked):
            return problem, told
    tried = manifest.get("restored")
    if not tried or asked.now - _moment(tried) > RESTORED:
        return f"not restored within {RESTORED.days} d", told
    return "", told


def _file(file: dict[str, Any], folder: Path, asked: Asked) -> str:
    """What is wrong with one file; only files beside the manifest or below it are looked at."""
    path = (folder / str(file["path"])).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"{file['path']} is not in the backup folder"
    if not path.is_file():
        return f"{file['path']} is gone"
    if path.stat().st_size != int(file["size"]):
        return f"{file['path']} has another size"
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            asked.in_time()
            digest.update(chunk)
    return "" if digest.hexdigest() == file["sha256"] else f"{file['path']} was changed"


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
