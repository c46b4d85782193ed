"""Events and dead letters at rest: Delta tables that commit whole batches or nothing."""

from shangdun.lake.store.lake import Lake, StoredLetter
from shangdun.lake.store.table import DataFile

__all__ = ["DataFile", "Lake", "StoredLetter"]
