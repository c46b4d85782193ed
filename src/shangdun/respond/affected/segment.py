"""Which of the affected a notice is for."""

from __future__ import annotations

import msgspec

from shangdun.respond.affected.identity import Certainty


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Empty: everybody who can be reached by the notice's channel.

    ``languages`` of ``zh`` and ``en``, where an unknown language counts as ``zh``; ``again`` also
    reaches those whom another notice of the incident reached, by whatever channel.
    """

    languages: tuple[str, ...] = ()
    certainties: tuple[Certainty, ...] = ()
    again: bool = False
