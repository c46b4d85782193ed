"""The inspector as one shop has tuned it: its profile, its virtual patches, its exceptions."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Callable

from shangdun_guard.inspector.exceptions import Excuse, Excuses
from shangdun_guard.inspector.inspector import Inspector
from shangdun_guard.inspector.patches import Patch, Patches
from shangdun_guard.inspector.profile import Profile
from shangdun_guard.inspector.verdict import Verdict
from shangdun_guard.request import Request


class TunedInspector:
    """Inspects as ``Inspector`` does, with what one shop has learned on top.

    Patches convict whatever else is seen, and no exception excuses them.
    """

    def __init__(
        self,
        *,
        profile: Profile | None = None,
        patches: Iterable[Patch] = (),
        excuses: Iterable[Excuse] = (),
        now: Callable[[], float] = time.time,
        **options: Any,  # noqa: ANN401  those of Inspector
    ) -> None:
        """``now`` gives seconds since 1970; ``options`` go to ``Inspector``."""
        patches = tuple(patches)
        checks = [profile.check()] if profile else []
        if patches:
            checks.append(Patches(patches, now).check())
        self._inspector = Inspector(checks=tuple(checks), **options)
        patched = {patch.code for patch in patches}
        self._excuses = Excuses(excuse for excuse in excuses if excuse.code not in patched)
        self._now = now

    def inspect(self, request: Request) -> Verdict:
        """The verdict over a request; never raises, whatever the bytes."""
        if not self._excuses:
            return self._inspector.inspect(request)
        reading = self._inspector.read(request)
        reading = self._excuses.apply(request, reading, self._now())
        return self._inspector.weigh(request, reading)
