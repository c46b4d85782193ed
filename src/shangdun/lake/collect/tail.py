"""Follow the files of a glob: every line once, whatever rotation does to the file.

How files are recognised is in ``identity``, what happens at a rotation in ``register``, how one
file is read in ``follow``. docs/collecting.md tells it from the user's side.
"""

from __future__ import annotations

import glob
import os
import time
import zlib
from collections import defaultdict
from collections.abc import Callable

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.block import Block
from shangdun.lake.collect.content import AnyContent, UnreadableContent
from shangdun.lake.collect.follow import Follow, Replaced
from shangdun.lake.collect.identity import recall
from shangdun.lake.collect.position import Chunk, Loss, Positions, Problem
from shangdun.lake.collect.register import Register
from shangdun.lake.collect.siblings import family, key_of, status

CHUNK_BYTES = 4 << 20
SCAN_SECONDS = 1.0
"""How often the file system is listed; files that change are looked at in every poll."""
FOLDER_SECONDS = 0.2
"""How soon after a listing the next may be, when the folder's own time of change has moved."""
HOT_SECONDS = 60.0
"""After so long without change a file is looked at only once in ``SCAN_SECONDS``."""


class Tail:
    """The files of one source, followed. Not safe for several threads.

    ``files`` is a glob (``**`` for any folders), or simply a path.
    Nothing is opened before the first ``poll``, so that a start can first ``reread`` what was
    taken in but not committed; each such range also moves its file's position on.
    ``settled``: read under a shared ``flock``, for files whose writers hold it exclusively while
    a write is under way (the spool). ``tick`` is monotonic time in seconds.
    """

    def __init__(
        self,
        source: str,
        files: str,
        positions: Positions | None = None,
        *,
        settled: bool = False,
        clock: Clock | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._clock = clock or SystemClock()
        self._tick = tick
        self._settled = settled
        self._next_scan = float("-inf")
        self._turn = 0
        self._errors: dict[str, str] = {}
        start = positions or Positions()
        pattern = os.path.abspath(os.path.expanduser(files))  # noqa: PTH100, PTH111 - a glob is no path
        self._folder = pattern.rpartition("/")[0] or "/"
        self._folder_mtime = 0
        self._scanned_at = float("-inf")
        self._register = Register(pattern, start.since, self._clock, keep_gone=not settled)
        for position in start.files:
            self._register.add(position, tick())
        for path, written in start.awaited:
            self._register.watch_between(path, tick(), written)

    def poll(self, max_bytes: int = 8 << 20) -> list[Chunk]:
        """What has been written since, about ``max_bytes`` at most; empty when there is nothing.

        When nothing changes this costs two looks at each file that changed within the last minute,
        one at the folder, and a listing of the glob every second.
        """
        moment = self._tick()
        changed = self._folder_changed(moment)
        if changed or moment >= self._next_scan:
            self._scan(moment, names_changed=changed)
        chunks: list[Chunk] = []
        for generations in self._in_turn():
            if max_bytes <= 0:
                break
            limit = min(CHUNK_BYTES, max(max_bytes, 64 << 10))
            chunk = self._take_first(generations, limit, moment)
            if chunk:
                chunks.append(chunk)
                max_bytes -= len(chunk.block.data)
        return chunks

    def _take_first(self, generations: list[Follow], limit: int, moment: float) -> Chunk | None:
        """From the oldest generation of a log that still has something."""
        for follow in generations:
            chunk = self._take(follow, limit, moment)
            if chunk:
                return chunk
            waits = follow.more and follow.missing_at is None
            if waits and follow.position.path not in self._errors:
                return None  # not at its end: what follows would come out of order
            if self._is_cold(follow, moment):
                self._register.hot.pop(follow.serial, None)
                if follow.cut_short():
                    self._note_damage(follow, "the gzip data ends in the middle")
        return None

    def _scan(self, moment: float, *, names_changed: bool) -> None:
        if not self._register.since:
            self._register.since = to_millis(self._clock.now())
        self._errors.clear()
        self._register.scan(moment, names_changed=names_changed)
        self._next_scan = moment + SCAN_SECONDS
        self._scanned_at = moment

    def _folder_changed(self, moment: float) -> bool:
        """Whether a name was made or renamed beside the files: a rotation, most likely."""
        if moment - self._scanned_at < FOLDER_SECONDS or glob.has_magic(self._folder):
            return False
        try:
            changed = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - in every poll
        except OSError:
            return False
        before, self._folder_mtime = self._folder_mtime, changed
        return changed != before

    def _in_turn(self) -> list[list[Follow]]:
        """The files to look at: by log, each in its turn first, its oldest generation first."""
        logs: dict[str, list[Follow]] = defaultdict(list)
        for follow in self._register.hot.values():
            logs["" if self._settled else family(follow.position.real)].append(follow)
        for generations in logs.values():
            generations.sort(key=lambda one: (not one.position.rotated, one.serial))
        turns = list(logs.values())
        self._turn = (self._turn + 1) % len(turns) if turns else 0
        return turns[self._turn :] + turns[: self._turn]

    def _is_cold(self, follow: Follow, moment: float) -> bool:
        if follow.more or follow.unfinished():
            return False
        return moment - follow.changed_at > HOT_SECONDS

    def _take(self, follow: Follow, limit: int, moment: float) -> Chunk | None:
        path = follow.position.path
        try:
            if not self._is_due(follow, moment) or not follow.open():
                return None
            self._register.keep_open(follow)
            chunk = follow.take(self.source, limit, moment, settled=self._settled)
        except Replaced:
            self._register.replaced(follow, moment)
            self._next_scan = moment
        except FileNotFoundError:
            self._next_scan = moment
        except (OSError, UnreadableContent) as error:
            self._errors[path] = getattr(error, "strerror", None) or str(error)
        else:
            self._suspect_truncation(follow, moment)
            if follow.damage:
                self._note_damage(follow, follow.damage)
            return chunk
        return None

    def _suspect_truncation(self, follow: Follow, moment: float) -> None:
        since, follow.rewritten_since = follow.rewritten_since, None
        if since is not None and not follow.position.compressed:
            self._register.watch_between(follow.position.path, moment, since)
            self._next_scan = moment

    def _is_due(self, follow: Follow, moment: float) -> bool:
        """Whether a look at the file itself is called for; also notices that its path is taken."""
        if follow.content and follow.position.rotated:
            return True
        result = status(follow.position.path)
        if result is None or key_of(result) != follow.key:
            self._next_scan = moment
            return follow.content is not None
        return follow.content is not None or follow.noticed(result) or follow.unfinished()

    def _note_damage(self, follow: Follow, reason: str) -> None:
        if not follow.damage_told:
            follow.damage_told = True
            position = follow.position
            loss = Loss(position.path, position.file_id, position.offset, position.size, reason)
            self._register.losses.append(loss)

    def reread(
        self,
        file_id: str,
        path_hint: str,
        start: int,
        end: int,
        *,
        first_line: int = 0,
        checksum: int | None = None,
    ) -> Block:
        """The same bytes as a chunk had, found again by identity wherever the file is now.

        Give ``first_line`` (``chunk.block.first_line``) to save counting lines from the file's
        beginning, and ``checksum`` to be sure. Afterwards the file's position is at least ``end``.
        Raises ``StoreError`` (code ``tail.gone``) when the bytes are nowhere to be found.
        """
        known = self._by_id(file_id)
        try:
            position = known.position if known else recall(file_id, path_hint, start)
        except ValueError as error:
            raise _gone(file_id, path_hint, start, end) from error
        data = b""

        def holds(content: AnyContent) -> bool:
            nonlocal data
            data = content.read(start, end - start)
            return len(data) == end - start and checksum in {None, zlib.crc32(data)}

        if not (known and known.content and checksum is not None and holds(known.content)):
            found = self._register.locate(position, holds)
            if found is None:
                raise _gone(file_id, path_hint, start, end)
            known = known or self._register.add(position, self._tick())
            self._register.attach(known, *found)
        first_line = first_line or _lines_before(known, start) + 1
        known.resume(data, start, first_line - 1)
        return Block(data, first_line=first_line, offset=start, name=path_hint)

    def _by_id(self, file_id: str) -> Follow | None:
        follows = self._register.follows.values()
        return next((follow for follow in follows if follow.position.file_id == file_id), None)

    def positions(self) -> Positions:
        """After everything that ``poll`` and ``reread`` gave out; immutable."""
        register = self._register
        files = [follow.position for follow in register.follows.values()]
        return Positions(
            # Of what has given nothing, only what the glob may not name must be remembered.
            files=tuple(one for one in files if one.file_id or (one.rotated and one.head_length)),
            since=register.since,
            awaited=register.awaited(),
        )

    def problems(self) -> tuple[Problem, ...]:
        """What cannot be read at present; it is tried again every second."""
        found = {**self._register.problems, **self._errors}
        return tuple(Problem(path, message) for path, message in sorted(found.items()))

    def take_losses(self) -> list[Loss]:
        """Losses found since the last call."""
        losses, self._register.losses = self._register.losses, []
        return losses

    def backlog(self) -> int:
        """Bytes seen but not yet given out."""
        return sum(follow.behind for follow in self._register.follows.values())

    def close(self) -> None:
        """Close the files; positions stay."""
        for follow in self._register.follows.values():
            follow.close()


def _gone(file_id: str, path: str, start: int, end: int) -> StoreError:
    return StoreError(
        f"bytes {start} to {end} of file {file_id} are nowhere to be found",
        code="tail.gone",
        where=path,
        fix="restore the file beside the others of its rotation, or accept the counted loss",
    )


def _lines_before(follow: Follow, offset: int) -> int:
    content = follow.content
    lines = at = 0
    while content and at < offset:
        piece = content.read(at, min(1 << 20, offset - at))
        if not piece:
            break
        lines += piece.count(b"\n")
        at += len(piece)
    return lines
