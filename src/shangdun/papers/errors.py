"""What goes wrong when a paper is written."""

from __future__ import annotations

from shangdun.kernel.errors import ShangdunError


class PaperError(ShangdunError):
    """A document cannot be read or drawn; codes begin with ``paper.``."""

    default_code = "paper"
