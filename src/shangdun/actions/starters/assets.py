"""The inventory begins with what such a shop usually has and with the sources that are known."""

from __future__ import annotations

from django.utils.translation import ngettext

from shangdun.actions.assets.suggested import suggest_assets
from shangdun.actions.starters import Asked, Started, in_words

ORDER = 20


def start(asked: Asked) -> Started:
    """Suggested assets with suggested ratings: each is to be looked at by who knows it."""
    language = asked.programme.language
    made = suggest_assets(asked.platform, "en" if language == "en" else "zh", asked.at)
    words = in_words(
        lambda: (
            ngettext(
                "%(n)d asset to look through and rate",
                "%(n)d assets to look through and rate",
                made,
            )
            % {"n": made}
        )
    )
    return Started(what=words, made=made, path="/assets/")
