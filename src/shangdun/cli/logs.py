"""Where a command's log goes."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to_stderr() -> None:
    """What we do from INFO on, what libraries say from WARNING on."""
    logging.basicConfig(format=FORMAT, level=logging.WARNING)
    logging.getLogger("shangdun").setLevel(logging.INFO)
