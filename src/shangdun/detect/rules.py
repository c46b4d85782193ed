"""Loading rules: folders in, a ``RuleSet`` out; nothing that is wrong stops the rest."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from shangdun.detect.rule import LoadError, RuleSet
from shangdun.detect.rule_cache import DiskCache, default_cache_dir
from shangdun.detect.rule_text import RuleText

COMPILER_VERSION = "5"
"""Raise it when the same files give another ``RuleSet`` than before: old caches are then unseen."""

SUFFIXES = frozenset({".yml", ".yaml"})
TESTS_SUFFIX = ".tests"
"""``<rule>.tests.yml`` holds the rule's test events and is not a rule."""


def builtin_folder() -> Path:
    """The rules that come with the product."""
    return Path(str(resources.files("shangdun.content"))) / "rules"


def builtin_folders() -> list[Path]:
    """Everything that comes with the product: rules, and baselines."""
    return [builtin_folder(), builtin_folder().with_name("baselines")]


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
    replaces it. ``lists`` are the values behind ``%name%`` of the ``expand`` modifier; they
    are added to those of ``list`` documents in files and texts.

    Errors and skipped rules are collected in the set. A path that does not exist is an error in
    it too. The compiled set is kept in ``cache_dir`` (default ``default_cache_dir()``) under the
    hash of every file and of the compiler.
    """
    started = time.perf_counter()
    roots = [*(builtin_folders() if builtin else []), *(Path(path) for path in paths)]
    files, errors = _read_files(roots)
    folder = cache_dir or default_cache_dir()
    stored = list(texts)
    cache, key = DiskCache(folder), _key(files, stored, lists or {})
    ruleset = _from_cache(cache, key)
    if ruleset is None:
        ruleset = _compile(files, stored, lists or {})
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


def _compile(
    files: dict[str, bytes], texts: list[RuleText], lists: Mapping[str, Sequence[str]]
) -> RuleSet:
    from shangdun.detect.rule_linking import link, read_all  # noqa: PLC0415  pySigma takes 0.3 s to import: only who compiles pays

    documents = [(text.path, text.text.encode("utf-8", "replace")) for text in texts]
    return link(*read_all(documents, list(files.items()), lists))
