"""What would a request do where it lands? Every value of it, decoded and judged by grammar."""

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.inspector import Inspector
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.verdict import Hit, Judged, Reading, Verdict

__all__ = ["Hit", "Inspector", "Judged", "Limits", "Reading", "Sign", "Sink", "Slot", "Verdict"]
