"""OCSF events as JSON lines, nested or already flat with dots."""

from __future__ import annotations

from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse._json_spread import is_spread, read_spread, spread_boundary
from shangdun.lake.parse._moment import read_moment
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_records
from shangdun.lake.parse._values import Flat, Unreadable, flatten, load_object


class OcsfReader(Reader):
    """Attributes keep their names; ``class_uid`` must be there, nothing else is asked."""

    name = "ocsf"
    title = "OCSF events"
    precedence = 10

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        read = read_spread if is_spread(block.data) else read_records
        return read(block, fields, self._read, name=self.name)

    def boundary(self, data: bytes) -> int:
        """Behind a line, or behind an object where they are not one a line."""
        return spread_boundary(data)

    def _read(self, line: bytes) -> Flat:
        event = flatten(load_object(line))
        class_uid = event.get("class_uid")
        if not isinstance(class_uid, int) or isinstance(class_uid, bool):
            raise Unreadable("has no class_uid: not an OCSF event")
        time = event.pop("time", None)
        moment = None if time is None else read_moment(time, self.zone)
        if moment is not None:
            event["time"] = moment
        elif time is not None:
            event["metadata.original_time"] = str(time)
        return event


READER = OcsfReader
