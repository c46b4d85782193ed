"""Which files belong to a source, and which of them is which after a rotation."""

from __future__ import annotations

import glob
import os
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shangdun.kernel.clock import Clock, to_millis
from shangdun.lake.collect.content import (
    AnyContent,
    PlainContent,
    UnreadableContent,
    digest,
    open_content,
)
from shangdun.lake.collect.follow import Follow
from shangdun.lake.collect.identity import HEAD_BYTES, Likeness, compare, position_at_mark
from shangdun.lake.collect.position import FilePosition, Loss
from shangdun.lake.collect.relation import Relation, relate
from shangdun.lake.collect.siblings import Key, Listing, family, is_rotated_name, key_of, status

MISSING_SECONDS = 60.0
"""For so long a file that is nowhere to be found is looked for, before it counts as gone."""
GONE_SECONDS = 24 * 3600
GONE_FILES = 1000
"""How long, and how many, positions of gone files are kept, should a file system come back."""
TWIN_SECONDS = 10.0
COPY_BYTES = 64 << 10
"""So much equal content is a copy. Less may be two logs that begin alike: if the older one is not
truncated within ``TWIN_SECONDS``, as copytruncate would, then both are read."""
OPEN_FILES = 256


@dataclass(frozen=True)
class Twin:
    """A new file that looks like a copy of a known one, and is left alone as long as it does."""

    size: int
    mtime_ns: int
    since: float
    certain: bool

    def is_as_seen(self, result: os.stat_result) -> bool:
        return (self.size, self.mtime_ns) == (result.st_size, result.st_mtime_ns)


class Register:
    """The followed files of one glob. ``moment`` is monotonic time in seconds.

    ``keep_gone``: keep positions of files that have gone; not needed where names never return.
    """

    def __init__(self, pattern: str, since: int, clock: Clock, *, keep_gone: bool) -> None:
        self.pattern = pattern
        self.since = since
        self.follows: dict[int, Follow] = {}
        self.hot: dict[int, Follow] = {}
        self.problems: dict[str, str] = {}
        self.losses: list[Loss] = []
        self._clock = clock
        self._keep_gone = keep_gone
        self._families: dict[str, set[int]] = defaultdict(set)
        self._memberships: dict[int, set[str]] = defaultdict(set)
        self._opened: OrderedDict[int, Follow] = OrderedDict()
        self._twins: dict[Key, Twin] = {}
        self._between: dict[str, tuple[int, float]] = {}
        self._resumed = bool(since)

    def add(self, position: FilePosition, moment: float) -> Follow:
        follow = Follow(position, moment)
        self.follows[follow.serial] = follow
        self._index(follow)
        return follow

    def _index(self, follow: Follow) -> None:
        for path in (follow.position.path, follow.position.real):
            self._families[family(path)].add(follow.serial)
            self._memberships[follow.serial].add(family(path))

    def _relatives(self, *paths: str) -> Iterator[Follow]:
        wanted: set[int] = set().union(*(self._families.get(family(p), ()) for p in paths))
        yield from (self.follows[number] for number in sorted(wanted) if number in self.follows)

    def drop(self, follow: Follow) -> None:
        follow.close()
        self.follows.pop(follow.serial, None)
        self.hot.pop(follow.serial, None)
        self._opened.pop(follow.serial, None)
        for name in self._memberships.pop(follow.serial, ()):
            self._families[name].discard(follow.serial)
            if not self._families[name]:
                del self._families[name]

    def heat(self, follow: Follow) -> None:
        """Look at this file at every poll, until it has been quiet for a while."""
        self.hot[follow.serial] = follow

    def keep_open(self, follow: Follow) -> None:
        """Count a file as just used; of too many open ones the longest unused are closed."""
        self._opened[follow.serial] = follow
        self._opened.move_to_end(follow.serial)
        while len(self._opened) > OPEN_FILES:
            self._opened.popitem(last=False)[1].close()

    def scan(self, moment: float, *, names_changed: bool = False) -> None:
        """Look at the file system once, and bring the register up to date with it.

        ``names_changed``: something was made or renamed in the folder, so perhaps a generation
        came and went that began with the same lines as those before and after it.
        """
        if names_changed and not glob.has_magic(self.pattern) and self._resumed:
            self.watch_between(self.pattern, moment)
        listing = Listing(self.pattern)
        self.problems = listing.problems
        claimed: set[Key] = set()
        missing = [
            follow
            for follow in list(self.follows.values())
            if not follow.position.gone_since and not self._claim(follow, listing, claimed)
        ]
        for follow in missing:
            self._look_for(follow, listing, claimed, moment)
        for path in listing.others(claimed):
            self._welcome(path, listing.stats[path], claimed, moment)
        self._catch_between(listing, claimed, moment)
        self._twins = {
            key: twin
            for key, twin in self._twins.items()
            if key not in claimed and moment - twin.since < GONE_SECONDS
        }
        self._resumed = True

    # Files that are known

    def _claim(self, follow: Follow, listing: Listing, claimed: set[Key]) -> bool:
        """Find a known file by its inode; whether it lives."""
        position = follow.position
        if not position.inode or follow.key in claimed:
            return False
        held = listing.stats.get(position.path)
        if key_of(held) != follow.key:
            path = listing.find(follow.key, position.path, position.real)
            if path is None or not _may_return(position, path):
                return self._is_held_open(follow, claimed)
            held = listing.stats.get(path) or status(path)
            self._moved(follow, path)
        changed = held is not None and follow.noticed(held)
        if changed and follow.content is None and self._belongs_to_another(follow):
            follow.unsee()
            return False
        claimed.add(follow.key)
        if changed or not follow.found:
            self.heat(follow)
        follow.found = True
        return True

    def _is_held_open(self, follow: Follow, claimed: set[Key]) -> bool:
        """A deleted file, or one moved far away, is read to its end while it is open."""
        if follow.content is None:
            return False
        result = os.fstat(follow.content.fd)
        follow.update(rotated=True)
        if not result.st_nlink and not follow.noticed(result) and not follow.unfinished():
            return False
        claimed.add(follow.key)
        self.heat(follow)
        return True

    def _moved(self, follow: Follow, path: str) -> None:
        if path != follow.position.path:
            follow.update(path=path, real=os.path.realpath(path), rotated=True)
            self._index(follow)
            self.heat(follow)

    def _look_for(self, follow: Follow, listing: Listing, claimed: set[Key], moment: float) -> bool:
        """Find a known file's content in a copy or a compressed file."""
        if follow.missing_at is None:
            follow.lose()
            follow.missing_at = moment
            self.hot.pop(follow.serial, None)
        found = self._search(
            follow.position, listing, claimed, lambda content: not follow.has_rejected(content)
        )
        if found:
            self.attach(follow, *found)
            claimed.add(follow.key)
        elif moment - follow.missing_at >= MISSING_SECONDS:
            self._give_up(follow)
        return found is not None

    def attach(self, follow: Follow, path: str, content: AnyContent) -> None:
        """Go on in the file that now holds what was read."""
        follow.attach(content, path, os.path.realpath(path))
        self._index(follow)
        self.heat(follow)
        self.keep_open(follow)

    def _give_up(self, follow: Follow) -> None:
        position = follow.position
        closed = position.rotated or family(position.path) != position.path
        if follow.unread() or not (follow.found or closed):
            # What was written to when it was last seen may have got more before it was deleted.
            reason = "deleted or truncated before it was read to its end"
            self.losses.append(
                Loss(position.path, position.file_id, position.offset, position.size, reason)
            )
        if not position.file_id or not self._keep_gone:
            self.drop(follow)
            return
        now = to_millis(self._clock.now())
        follow.update(gone_since=now)
        gone = [other for other in self.follows.values() if other.position.gone_since]
        gone.sort(key=lambda other: other.position.gone_since)
        for number, other in enumerate(gone):
            aged = now - other.position.gone_since > GONE_SECONDS * 1000
            if aged or number < len(gone) - GONE_FILES:
                self.drop(other)

    def _search(
        self,
        position: FilePosition,
        listing: Listing,
        claimed: set[Key],
        accept: Callable[[AnyContent], bool],
    ) -> tuple[str, AnyContent] | None:
        for path in _likely_first(position, listing.family_of(position.path, position.real)):
            key = key_of(status(path))
            content = None if key is None or key in claimed else self._open(path)
            if content is None:
                continue
            if accept(content) and self._fits_best(position, path, content):
                return path, content
            content.close()
        return None

    def _fits_best(self, position: FilePosition, path: str, content: AnyContent) -> bool:
        """Whether the file goes on from here, and from nowhere that was read further.

        Of a file of which only a header was read, that alone can be said of every other one too.
        """
        same = compare(position, content) is Likeness.SAME
        return same and not self._was_read_further(position, path, content)

    def _was_read_further(self, position: FilePosition, path: str, content: AnyContent) -> bool:
        return any(
            other.position.offset > position.offset
            and compare(other.position, content) is Likeness.SAME
            for other in self._relatives(path, position.real)
        )

    def _belongs_to_another(self, follow: Follow) -> bool:
        """Whether an inode was recycled for a file that goes on from where another one was left.

        Nothing or little was read if both seem right; else the content tells when it is read.
        """
        position = follow.position
        content = self._open(position.path) if position.offset < COPY_BYTES else None
        if content is None:
            return False
        try:
            same = not position.file_id or compare(position, content) is Likeness.SAME
            return same and self._was_read_further(position, position.path, content)
        finally:
            content.close()

    def locate(
        self, position: FilePosition, accept: Callable[[AnyContent], bool]
    ) -> tuple[str, AnyContent] | None:
        """The file that holds a position's content, by inode, else by content."""
        listing = Listing(self.pattern)
        path = listing.find((position.device, position.inode), position.path, position.real)
        content = self._open(path) if path else None
        if path and content:
            if compare(position, content) is Likeness.SAME and accept(content):
                return path, content
            content.close()
        return self._search(position, listing, set(), accept)

    def replaced(self, follow: Follow, moment: float) -> None:
        """The file's place holds other content now: truncated, or another file with its inode.

        What stands there is a new file to the next ``scan``, which may also find that it goes on
        from the position of another one that is missing.
        """
        before = follow.position
        follow.reject()
        shrunk = self._shrunk(follow)
        claimed = {other.key for other in self.follows.values()}
        found = bool(before.file_id) and self._look_for(
            follow, Listing(self.pattern), claimed, moment
        )
        if not before.file_id:
            self.drop(follow)  # nothing of it was given out
        elif shrunk and not found:
            self.drop(follow)  # nothing of it is left to read
            successor = self.add(shrunk, moment)
            successor.more = successor.found = True
            self.heat(successor)
        self.watch_between(before.path, moment)

    def _shrunk(self, follow: Follow) -> FilePosition | None:
        """Where to go on in a file that lost its end, as in a crash of the whole machine.

        New lines may stand where lost ones were, so what came after the mark is read again: some
        lines twice rather than one not at all. Only at a start: later, it was truncated.
        """
        content, position = follow.content, follow.position
        if not follow.restored or not isinstance(content, PlainContent):
            return None
        if os.fstat(content.fd).st_size >= position.offset:
            return None
        return position_at_mark(position, content)

    # Files that are new

    def _welcome(self, path: str, result: os.stat_result, claimed: set[Key], moment: float) -> None:
        key = (result.st_dev, result.st_ino)
        if key in claimed or self._waits(key, path, result, moment):
            return
        content = self._open(path)
        if content is None:
            return
        real = os.path.realpath(path)
        twin = self._twin(content, path, real, result.st_size)
        if twin and twin[1] is Relation.RETURNED:
            self.attach(twin[0], path, content)
            claimed.add(key)
            return
        if twin and self._is_left_alone(content, twin[1], result, moment):
            content.close()
            return
        head = content.read(0, HEAD_BYTES)
        position = FilePosition(
            file_id="",
            path=path,
            real=real,
            device=key[0],
            inode=key[1],
            head_length=len(head),
            head=digest(head),
            rotated=is_rotated_name(path),
            compressed=content.compressed,
        )
        content.close()
        follow = self.add(position, moment)
        follow.noticed(result)
        follow.more = follow.found = True
        claimed.add(key)
        self.heat(follow)
        if self._resumed and not position.rotated:
            self.watch_between(path, moment)

    def _waits(self, key: Key, path: str, result: os.stat_result, moment: float) -> bool:
        """Whether a new file is to be left alone for now: a twin, or still being compressed."""
        twin = self._twins.get(key)
        if twin and twin.is_as_seen(result):
            return twin.certain or moment - twin.since < TWIN_SECONDS
        if path.endswith(".gz") and status(path.removesuffix(".gz")):
            self._note_twin(key, result, moment, certain=False)
            return True
        return False

    def _note_twin(self, key: Key, result: os.stat_result, moment: float, *, certain: bool) -> None:
        known = self._twins.get(key)
        since = known.since if known and known.is_as_seen(result) else moment
        self._twins[key] = Twin(result.st_size, result.st_mtime_ns, since, certain)

    def _twin(
        self, content: AnyContent, path: str, real: str, size: int
    ) -> tuple[Follow, Relation] | None:
        """The known file that this one has to do with; the one read furthest, if several."""
        relatives = sorted(self._relatives(path, real), key=lambda one: -one.position.offset)
        for follow in relatives:
            here = follow.position.inode > 0
            if here or (_may_return(follow.position, path) and not follow.has_rejected(content)):
                relation = relate(content, size, follow.position)
                if relation is not Relation.NONE:
                    return follow, relation
        return None

    def _is_left_alone(
        self, content: AnyContent, relation: Relation, result: os.stat_result, moment: float
    ) -> bool:
        """Whether a file that holds what a known one holds is not to be read, or not yet."""
        key = (result.st_dev, result.st_ino)
        known = self._twins.get(key)
        copy = content.compressed or result.st_size >= COPY_BYTES
        waited = known and known.is_as_seen(result) and moment - known.since >= TWIN_SECONDS
        if waited and relation is Relation.COPY and not copy:
            return False
        if relation is Relation.COPY:
            self._note_twin(key, result, moment, certain=copy)
        return True

    def watch_between(self, path: str, moment: float, written: int | None = None) -> None:
        """After a rotation: generations that came and went unseen are looked for.

        They were written to after ``written`` (ns), by default after what is known of this log.
        """
        if written is None:
            relatives = self._relatives(path, os.path.realpath(path))
            written = max((follow.position.mtime_ns for follow in relatives), default=0)
        written = max(written, self.since * 1_000_000)
        if path in self._between:
            written = min(written, self._between[path][0])  # still looking for older ones
        self._between[path] = (written, moment)

    def awaited(self) -> tuple[tuple[str, int], ...]:
        """Which logs that concerns, and since when, to go on with it after a restart."""
        return tuple((path, written) for path, (written, _) in self._between.items())

    def _catch_between(self, listing: Listing, claimed: set[Key], moment: float) -> None:
        for path, (newest, noticed_at) in list(self._between.items()):
            if moment - noticed_at > MISSING_SECONDS:
                del self._between[path]
                continue
            members = listing.family_of(path, os.path.realpath(path))
            for sibling in sorted(members, key=lambda name: members[name]):
                result = status(sibling)
                if result and members[sibling] >= newest and sibling != path:
                    self._welcome(sibling, result, claimed, moment)

    def _open(self, path: str) -> AnyContent | None:
        try:
            return open_content(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.problems[path] = error.strerror or str(error)
        except UnreadableContent as error:
            self.problems[path] = str(error)
        return None


def _likely_first(position: FilePosition, found: dict[str, int]) -> list[str]:
    """Where a file's content may have gone.

    Where only a header was read, which all generations share, several may seem right: then it is
    the oldest that was written to after the last look, and its old place the least likely.
    """
    return sorted(
        (path for path in found if _may_return(position, path)),
        key=lambda path: (path == position.path, found[path] < position.mtime_ns, found[path]),
    )


def _may_return(position: FilePosition, path: str) -> bool:
    """What was rotated away does not come back as the file that is written to.

    Seems it so, then by a recycled inode, or because no more than a header was read of it.
    """
    return path == position.path or path not in {family(position.path), family(position.real)}
