"""What logs write where there is nobody: it would join what has nothing in common."""

from __future__ import annotations

NOBODY = frozenset({"-", "?", "null", "none", "unknown", "N/A"})
