"""What the glob names, and what stands beside it: the family of a rotated log.

``access.log``, ``access.log.1``, ``access.log-20260101``, ``access.log.2.gz`` and
``access-20260101.log.gz`` are one family. Paths are plain strings here: thousands of them are
looked at every second, and building ``Path`` objects would be most of the cost.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import defaultdict
from functools import lru_cache

Key = tuple[int, int]
"""Device and inode: one file, whatever it is called, for as long as it exists."""

_SUFFIXED = re.compile(r"(?P<base>.+?)(?:[.-](?:\d[\d_.T:-]*|old|bak|prev))*(?:\.gz)?")
_DATED = re.compile(
    r"(?P<stem>.+?)[._-]\d{4}-?\d\d-?\d\d[\d_.T:-]*(?P<extension>\.[A-Za-z]\w*)(?:\.gz)?"
)


@lru_cache(maxsize=65536)
def family(path: str) -> str:
    """The path that the live file of this rotation family would have."""
    folder, slash, name = path.rpartition("/")
    match = _DATED.fullmatch(name)
    if match and match["extension"] != ".gz":
        return f"{folder}{slash}{match['stem']}{match['extension']}"
    match = _SUFFIXED.fullmatch(name)
    return f"{folder}{slash}{match['base']}" if match else path


def is_rotated_name(path: str) -> bool:
    """Whether the name says so and the live file stands beside it."""
    base = family(path)
    return base != path and status(base) is not None


def status(path: str) -> os.stat_result | None:
    """The status of a regular file, links followed; None where there is none."""
    try:
        result = os.stat(path)  # noqa: PTH116 - thousands a second, Path doubles the time
    except OSError:
        return None
    return result if stat.S_ISREG(result.st_mode) else None


def key_of(result: os.stat_result | None) -> Key | None:
    """Device and inode; None where there is no file."""
    return (result.st_dev, result.st_ino) if result else None


class Listing:
    """One look at the file system; each folder is listed at most once."""

    def __init__(self, pattern: str) -> None:
        self.problems: dict[str, str] = {}
        self.paths: dict[Key, list[str]] = defaultdict(list)
        self.stats: dict[str, os.stat_result] = {}
        self._folders: dict[str, dict[int, list[str]]] = {}
        self._families: dict[str, list[str]] = defaultdict(list)
        names = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob is 4x slower
        for path in names:
            self._look(path)
        if not names:
            self.problems[pattern] = "no file matches yet"
        elif names == [pattern] and not self.stats and pattern not in self.problems:
            self.problems[pattern] = "is no regular file: name files, as in FOLDER/*.log"

    def _look(self, path: str) -> None:
        try:
            result = os.stat(path)  # noqa: PTH116 - thousands a second, Path doubles the time
        except FileNotFoundError:
            return  # gone since the folder was listed, or a link to nothing
        except OSError as error:
            self.problems[path] = error.strerror or str(error)
            return
        if stat.S_ISREG(result.st_mode):
            self.paths[result.st_dev, result.st_ino].append(path)
            self.stats[path] = result

    def others(self, known: set[Key]) -> list[str]:
        """What the glob names beside the known files, the longest untouched first."""
        fresh = [self.paths[key][0] for key in self.paths.keys() - known]
        return sorted(fresh, key=lambda path: (self.stats[path].st_mtime_ns, path))

    def find(self, key: Key, *beside: str) -> str | None:
        """Where a file is now: among the glob's files, else in the folders of ``beside``."""
        if key in self.paths:
            return self.paths[key][0]
        for folder in dict.fromkeys(path.rpartition("/")[0] for path in beside):
            for path in self._entries(folder).get(key[1], ()):
                if key_of(status(path)) == key:
                    return path
        return None

    def family_of(self, *paths: str) -> dict[str, int]:
        """Every file of the families of these paths, and when it was last written to (ns)."""
        found: dict[str, int] = {}
        for wanted in {family(path) for path in paths}:
            self._entries(wanted.rpartition("/")[0])
            for path in self._families.get(wanted, ()):
                result = status(path)
                if result:
                    found[path] = result.st_mtime_ns
        return found

    def _entries(self, folder: str) -> dict[int, list[str]]:
        if folder not in self._folders:
            entries: dict[int, list[str]] = defaultdict(list)
            try:
                with os.scandir(folder or "/") as scan:
                    for entry in scan:
                        path = f"{folder}/{entry.name}"
                        entries[entry.inode()].append(path)
                        self._families[family(path)].append(path)
            except OSError as error:
                self.problems[folder] = error.strerror or str(error)
            self._folders[folder] = entries
        return self._folders[folder]
