"""Rule files out of a folder or a zip archive, which may come from anybody.

Nothing is unpacked to the disk, so a name in an archive points nowhere; links are not followed.
What an archive claims about sizes is not believed: each entry is read up to the bound and no
further, and the sum is bounded too.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from shangdun.detect.rule import LoadError
from shangdun.kernel.errors import UsageError

MOST_FILES = 20_000
"""SigmaHQ's releases have under 4,000."""
MOST_BYTES = 64 << 20
ARCHIVE_BYTES = 32 << 20
FILE_BYTES = 1 << 20
_SUFFIXES = frozenset({".yml", ".yaml"})
_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\5\6"
_BIG_END_MAGIC = b"PK\6\7"
"""Before the end of a Zip64 archive, whose own end says nothing of its size."""
_BIG_END_SIZE = 20
_LONGEST_COMMENT = 1 << 16


class RuleFile(NamedTuple):
    """A file by its name inside the folder or archive."""

    path: str
    data: bytes


def read_rule_files(place: Path) -> Iterator[RuleFile | LoadError]:
    """Rule files of a folder or an archive, and what could not be read, in a fixed order.

    Raises ``UsageError`` for what is neither, or past every bound.
    """
    if place.is_dir():
        return _bounded(_folder(place))
    if not place.is_file():
        raise UsageError("no such file or folder", code="import.place", where=str(place))
    if place.stat().st_size > ARCHIVE_BYTES:
        raise _too_large(f"the archive is larger than {ARCHIVE_BYTES >> 20} MiB")
    return read_archive(place.read_bytes(), place.name)


def read_archive(data: bytes, name: str) -> Iterator[RuleFile | LoadError]:
    """The same of a zip archive, or of one file of rules, that was sent here."""
    if len(data) > ARCHIVE_BYTES:
        raise _too_large(f"the archive is larger than {ARCHIVE_BYTES >> 20} MiB")
    if not data.startswith(b"PK"):
        if PurePosixPath(name).suffix.lower() in _SUFFIXES:
            return iter([RuleFile(_shown(name), data)])
        raise UsageError(
            "neither a zip archive nor a YAML file",
            code="import.kind",
            where=_shown(name),
            fix="choose a release of SigmaHQ as .zip, or one .yml",
        )
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise UsageError(
            f"the archive cannot be read: {error}", code="import.damaged", fix="download it again"
        ) from error
    return _bounded(_entries(archive))


def _check_directory(data: bytes) -> None:
    """The list of entries is read as a whole, so its size is looked at before."""
    place = data.rfind(_END_MAGIC, max(0, len(data) - _LONGEST_COMMENT - _END.size))
    if place < 0 or len(data) - place < _END.size:
        raise UsageError(
            "the archive has no end: it is cut short",
            code="import.damaged",
            fix="download it again",
        )
    _, _, _, _, count, size, _, _ = _END.unpack_from(data, place)
    if data[:place][-_BIG_END_SIZE:].startswith(_BIG_END_MAGIC):
        raise _too_large("the archive is Zip64, which no collection of rules needs")
    if count > MOST_FILES or size > MOST_FILES * 512:
        raise _too_large(f"the archive has more than {MOST_FILES} entries")


def _entries(archive: zipfile.ZipFile) -> Iterator[RuleFile | LoadError]:
    unpacked = 0
    for entry in archive.infolist():
        name = _shown(entry.filename)
        if entry.is_dir() or not _is_rule_file(name):
            continue
        problem = _problem(entry)
        if problem:
            yield LoadError(path=name, line=1, message=problem)
            continue
        unpacked += entry.file_size
        if unpacked > MOST_BYTES:  # also what turns out to be damaged costs its time
            raise _too_large(f"more than {MOST_BYTES >> 20} MiB of rules")
        try:
            with archive.open(entry) as file:
                data = file.read(FILE_BYTES + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            RuntimeError,
            NotImplementedError,
            EOFError,
            ValueError,
        ) as error:
            yield LoadError(path=name, line=1, message=f"cannot be unpacked: {error}")
            continue
        yield _sized(name, data)


def _problem(entry: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in entry.filename:
        return "the name leads out of the archive"
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "a link or device, not a file"
    if entry.file_size > FILE_BYTES:
        return f"larger than {FILE_BYTES >> 20} MiB"  # zipfile gives no more than is said here
    return "encrypted" if entry.flag_bits & 1 else ""


def _folder(root: Path) -> Iterator[RuleFile | LoadError]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            shown = _shown(path.relative_to(root).as_posix())
            if not _is_rule_file(shown):
                continue
            if path.is_symlink() or not path.is_file():
                yield LoadError(path=shown, line=1, message="a link or device, not a file")
                continue
            try:
                with path.open("rb") as file:
                    yield _sized(shown, file.read(FILE_BYTES + 1))
            except OSError as error:
                yield LoadError(path=shown, line=1, message=f"cannot be read: {error.strerror}")


def _sized(name: str, data: bytes) -> RuleFile | LoadError:
    if len(data) > FILE_BYTES:
        return LoadError(path=name, line=1, message=f"larger than {FILE_BYTES >> 20} MiB")
    return RuleFile(name, data)


def _bounded(found: Iterator[RuleFile | LoadError]) -> Iterator[RuleFile | LoadError]:
    size = 0
    for files, one in enumerate(found, 1):
        size += len(one.data) if isinstance(one, RuleFile) else 0
        if files > MOST_FILES:
            raise _too_large(f"more than {MOST_FILES} files of rules")
        if size > MOST_BYTES:
            raise _too_large(f"more than {MOST_BYTES >> 20} MiB of rules")
        yield one


def _is_rule_file(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    return path.suffix.lower() in _SUFFIXES and not path.stem.endswith(".tests") and not hidden


def _shown(name: str) -> str:
    """A name that can be stored and shown, whatever bytes it was made of."""
    text = name.replace("\\", "/").encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else "�" for char in text)[-500:]


def _too_large(message: str) -> UsageError:
    return UsageError(message, code="import.large", fix="import it in parts")
