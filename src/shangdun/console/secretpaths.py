"""Addresses that are keys: what is logged of them is where they lead, never the key.

An invitation's link beside the minute of its answer would tie the two; a calendar's address opens
it for whoever reads the log.
"""

from __future__ import annotations

import logging
import re

_KEYS = re.compile(r"(/(?:s|r|m|u|calendar/feed|calendar)/)[^/\s?]{8,}")


def without_keys(text: str) -> str:
    """The text with the key of every such address left out."""
    return _KEYS.sub(r"\1…", text)


class WithoutKeys(logging.Filter):
    """Of the handler: records come from Django, from us, and with tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_keys(one) if isinstance(one, str) else one for one in record.args
            )
        if isinstance(record.msg, str):
            record.msg = without_keys(record.msg)
        return True
