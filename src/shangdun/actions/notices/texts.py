"""What a notice says, and what of it is still to be written."""

from __future__ import annotations

from shangdun.notify.letters.template import LANGUAGES, Text, gaps
from shangdun.records.models import Notice


def texts_of(notice: Notice) -> dict[str, Text]:
    """The languages that are written."""
    texts = {
        language: Text(getattr(notice, f"subject_{language}"), getattr(notice, f"body_{language}"))
        for language in LANGUAGES
    }
    return {language: text for language, text in texts.items() if text.subject}


def open_gaps(notice: Notice) -> list[str]:
    """What is still to be written before anybody can approve."""
    return [gap for text in texts_of(notice).values() for gap in gaps(text)]
