"""The inspector tuned to one shop from a terminal: what it learned, and what it must excuse."""

from __future__ import annotations

import json
from pathlib import Path

from shangdun.kernel.errors import UsageError
from shangdun_guard.inspector import Verdict
from shangdun_guard.inspector.exceptions import Excuse, from_data, propose, to_data
from shangdun_guard.inspector.profile import Profile
from shangdun_guard.inspector.tuning import TunedInspector
from shangdun_guard.request import Request


class Tuning:
    """Inspects with what is known of a shop, and writes down what the requests teach."""

    def __init__(
        self,
        *,
        threshold: float,
        profile: Path | None,
        exceptions: Path | None,
        learn: Path | None,
        excuse: Path | None,
    ) -> None:
        """Files to use (``profile``, ``exceptions``) and to write (``learn``, ``excuse``).

        Raises ``UsageError`` naming a file that is not what it should be.
        """
        self._inspector = TunedInspector(
            profile=_profile(profile) if profile else None,
            excuses=_excuses(exceptions) if exceptions else [],
            threshold=threshold,
        )
        self._learned = (_profile(learn) if learn.exists() else Profile()) if learn else None
        self._proposed = (_excuses(excuse) if excuse.exists() else []) if excuse else None
        self._learn, self._excuse = learn, excuse
        self._number = 0

    def inspect(self, request: Request) -> Verdict:
        """The verdict; a clean request is learned, a convicted one gets its exceptions proposed."""
        verdict = self._inspector.inspect(request)
        self._number += 1
        if self._learned is not None:
            self._learned.learn(request, verdict, str(self._number))
        if self._proposed is not None and verdict.attack:
            self._proposed += propose(request, verdict)
        return verdict

    def close(self) -> None:
        """Write what was learned and proposed."""
        if self._learn and self._learned is not None:
            self._learn.write_text(self._learned.to_json(), "utf-8")
        if self._excuse and self._proposed is not None:
            data = to_data(dict.fromkeys(self._proposed))
            text = json.dumps(data, ensure_ascii=False, indent=2)
            self._excuse.write_text(f"{text}\n", "utf-8")


def _profile(path: Path) -> Profile:
    try:
        return Profile.from_json(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"is no learned profile: {error}",
            code="inspect.profile",
            where=str(path),
            fix="make one: shangdun inspect --learn FILE of requests that are normal",
        ) from error


def _excuses(path: Path) -> list[Excuse]:
    try:
        return from_data(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"holds no exceptions: {error}",
            code="inspect.exceptions",
            where=str(path),
            fix="make them: shangdun inspect --excuse FILE of requests that are false alarms",
        ) from error
