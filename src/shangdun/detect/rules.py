"""Loading rules: folders in, a ``RuleSet`` out; nothing that is wrong stops the rest."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.rule import CorrelationRule, LoadError, Rule, RuleSet
from shangdun.detect.rule_cache import DiskCache, default_cache_dir
from shangdun.detect.rule_text import RuleText

COMPILER_VERSION = "2"
"""Raise it when the same files give another ``RuleSet`` than before: old caches are then unseen."""

SUFFIXES = frozenset({".yml", ".yaml"})
TESTS_SUFFIX = ".tests"
"""``<rule>.tests.yml`` holds the rule's test events and is not a rule."""


def builtin_folder() -> Path:
    """The rules that come with the product."""
    return Path(str(resources.files("shangdun.content"))) / "rules"


def load_rules(
    paths: Iterable[Path | str] = (),
    *,
    builtin: bool = True,
    cache_dir: Path | None = None,
    texts: Iterable[RuleText] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
) -> RuleSet:
    """Load Sigma rules from files and folders, with the product's own unless told otherwise.

    ``texts`` are documents that stand in no file; one with the identifier of a rule in a file
    replaces it. ``lists`` are the values behind ``%name%`` of the ``expand`` modifier.

    Errors and skipped rules are collected in the set. A path that does not exist is an error in
    it too. The compiled set is kept in ``cache_dir`` (default ``default_cache_dir()``) under the
    hash of every file and of the compiler.
    """
    started = time.perf_counter()
    roots = [*([builtin_folder()] if builtin else []), *(Path(path) for path in paths)]
    files, errors = _read_files(roots)
    folder = cache_dir or default_cache_dir()
    stored = list(texts)
    cache, key = DiskCache(folder), _key(files, stored, lists or {})
    ruleset = _from_cache(cache, key)
    if ruleset is None:
        ruleset = _compile(files, stored)
        ruleset.key = key
        cache.put(f"{key}.rules", msgspec.msgpack.encode(ruleset))
    else:
        ruleset.cached = True
    ruleset.errors = [*errors, *ruleset.errors]
    ruleset.cache_dir = str(folder)
    ruleset.load_seconds = time.perf_counter() - started
    return ruleset


def rule_files(root: Path) -> Iterator[Path]:
    """Every rule file under a folder in a fixed order, or the file itself."""
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        tests = path.stem.endswith(TESTS_SUFFIX)
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix in SUFFIXES and not tests and not hidden and path.is_file():
            yield path


def _read_files(roots: list[Path]) -> tuple[dict[str, bytes], list[LoadError]]:
    files: dict[str, bytes] = {}
    errors: list[LoadError] = []
    for root in roots:
        if not root.exists():
            errors.append(LoadError(path=str(root), line=1, message="no such file or folder"))
            continue
        for path in rule_files(root):
            try:
                files[str(path)] = path.read_bytes()
            except OSError as error:
                message = f"cannot be read: {error.strerror}"
                errors.append(LoadError(path=str(path), line=1, message=message))
    return files, errors


def _key(files: dict[str, bytes], texts: list[RuleText], lists: Mapping[str, Sequence[str]]) -> str:
    # reading and hashing 3,100 files takes a tenth of a second, and unlike their times of
    # change it cannot be fooled
    digest = hashlib.blake2b(digest_size=16)
    versions = [COMPILER_VERSION, *map(importlib.metadata.version, ("shangdun", "pysigma"))]
    for part in versions:
        digest.update(part.encode() + b"\0")
    for path, data in files.items():
        digest.update(path.encode("utf-8", "surrogateescape"))
        digest.update(b"\0%d\0" % len(data))
        digest.update(data)
    digest.update(msgspec.json.encode([texts, lists], order="sorted"))
    return digest.hexdigest()


def _from_cache(cache: DiskCache, key: str) -> RuleSet | None:
    data = cache.get(f"{key}.rules")
    if data is None:
        return None
    try:
        ruleset = msgspec.msgpack.decode(data, type=RuleSet)
    except (msgspec.DecodeError, RecursionError):
        return None
    return ruleset if ruleset.key == key else None


def _compile(files: dict[str, bytes], texts: list[RuleText]) -> RuleSet:
    from shangdun.detect.rule_file import Skipped, read_rules  # noqa: PLC0415  pySigma takes 0.3 s to import: only who compiles pays

    ruleset = RuleSet()
    places: dict[str, str] = {}
    documents = [(text.path, text.text.encode("utf-8", "replace")) for text in texts]
    edited: set[str] = set()
    for number, (path, data) in enumerate([*documents, *files.items()]):
        for loaded in read_rules(data, path):
            if isinstance(loaded, LoadError):
                ruleset.errors.append(loaded)
            elif isinstance(loaded, Skipped):
                ruleset.skipped.append(loaded.error)
            elif loaded.uid in edited:
                continue  # the copy that people edited stands for it
            elif loaded.uid in places:
                ruleset.errors.append(_error(loaded, f"the id is that of {places[loaded.uid]}"))
            else:
                places[loaded.uid] = f"{loaded.path}:{loaded.line}"
                if isinstance(loaded, Rule):
                    ruleset.rules.append(loaded)
                else:
                    ruleset.correlations.append(loaded)
        if number == len(documents) - 1:
            edited = set(places)
    return _link(ruleset)


def _link(ruleset: RuleSet) -> RuleSet:
    """Resolve what correlations refer to; those that cannot stand become errors."""
    every = [*ruleset.rules, *ruleset.correlations]
    uids = {rule.name: rule.uid for rule in every if rule.name} | {r.uid: r.uid for r in every}
    waiting: list[CorrelationRule] = []
    for rule in ruleset.correlations:
        missing = next((name for name in rule.spec.rules if name not in uids), None)
        if missing is None:
            waiting.append(msgspec.structs.replace(rule, spec=_resolved(rule.spec, uids)))
        else:
            message = f"the correlation refers to the rule {missing!r}, which is not loaded"
            ruleset.errors.append(_error(rule, message))
    standing = {rule.uid for rule in ruleset.rules}
    ruleset.correlations = []
    while ready := [rule for rule in waiting if standing.issuperset(rule.spec.rules)]:
        ruleset.correlations += ready
        standing.update(rule.uid for rule in ready)
        waiting = [rule for rule in waiting if rule.uid not in standing]
    message = "the correlation refers to itself or to one that cannot be used"
    ruleset.errors += [_error(rule, message) for rule in waiting]
    return ruleset


def _resolved(spec: CorrelationSpec, uids: dict[str, str]) -> CorrelationSpec:
    aliases = {
        alias: {uids[name]: field for name, field in fields.items()}
        for alias, fields in spec.aliases.items()
    }
    rules = tuple(uids[name] for name in spec.rules)
    return msgspec.structs.replace(spec, rules=rules, aliases=aliases)


def _error(rule: Rule | CorrelationRule, message: str) -> LoadError:
    return LoadError(path=rule.path, line=rule.line, message=message, title=rule.title)
