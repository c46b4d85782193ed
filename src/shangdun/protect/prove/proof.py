"""From answers and sightings to a verdict on each measure, and one number for all."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from shangdun.protect.prove.ask import MARK, Answer
from shangdun.protect.prove.catalogue import Canary, Measure, MeasureKind

REFUSALS = frozenset(
    {400, 401, 403, 404, 405, 406, 410, 413, 414, 421, 426, 429, 431, 444, 501, 503}
)
_STOPS = frozenset({403, 406, 429})
_CLOSED = ("RemoteDisconnected", "ConnectionResetError", "BrokenPipeError")
_ALIVE = Canary(method="GET", target="/")
_CHALLENGE = "shangdun-challenge"
"""Stands in the page that the guard puts before a visitor."""
_SIGHTING = re.compile(rf"{MARK}/([0-9a-f]{{24}})-(\d{{1,5}})")
SHOWN = 300


class Outcome(StrEnum):
    """What is known of a measure after a run."""

    WORKS = "works"
    UNSEEN = "unseen"
    """It stops, but nothing was found in the logs."""
    FAILS = "fails"
    UNKNOWN = "unknown"
    """The shop did not answer."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One canary with what came back: the evidence."""

    number: int
    """Of the canary within the run; its mark in the logs."""
    request: str
    status: int
    stopped: bool
    milliseconds: float
    seen_after: float | None = None
    """Seconds until it was a finding; None: it was not."""
    note: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One measure, proven or not."""

    measure: str
    kind: MeasureKind
    title: dict[str, str]
    outcome: Outcome
    exchanges: tuple[Exchange, ...]

    @property
    def seconds_to_see(self) -> float | None:
        """Of the slowest canary that was seen."""
        seen = [one.seen_after for one in self.exchanges if one.seen_after is not None]
        return max(seen, default=None)


@dataclass
class Sent:
    """One measure on its way: each canary with its number, its answer, and when that came."""

    measure: Measure
    answers: list[tuple[int, Canary, Answer, float]]
    alive: bool = True
    """Whether the shop still answered an honest request after one that got no answer."""


Send = Callable[[Canary, str], Answer]
"""A canary and its mark (for the user agent) to the answer."""
Look = Callable[[], dict[int, float]]
"""Numbers of the canaries found in the logs so far, with the seconds since epoch when they were."""


def new_token() -> str:
    """What names a run in user agents; nobody can guess it, so nobody can hide behind it."""
    return secrets.token_hex(12)


def sightings(token: str, text: str) -> set[int]:
    """Numbers of the canaries of a run that some text, such as a log line, tells of."""
    return {int(found[2]) for found in _SIGHTING.finditer(text) if found[1] == token}


def mark_of(token: str, number: int) -> str:
    """What the user agent of one canary holds."""
    return f"{MARK}/{token}-{number}"


def prove(
    measures: list[Measure],
    token: str,
    send: Send,
    look: Look | None,
    *,
    see_seconds: float,
    told: Callable[[float], bool] = lambda _: True,
) -> list[Result]:
    """Send everything, wait until it was seen or the time is over, and judge.

    ``look`` None: nobody watches here, and only what is stopped is judged. ``told`` hears the share
    that is done, 0 to 1, and answers False to call the run off; what is known so far is returned.
    """
    sent: list[Sent] = []
    number = 0
    total = sum(len(one.canaries) for one in measures)
    for measure in measures:
        answers: list[tuple[int, Canary, Answer, float]] = []
        sent.append(Sent(measure, answers))
        for canary in measure.canaries:
            number += 1
            answers.append((number, canary, send(canary, mark_of(token, number)), time.time()))
            if not told(0.8 * number / max(1, total)):
                return _judged(sent, None)
            if measure.kind is MeasureKind.BEHAVIOUR and is_stopped(answers[-1][2]):
                break
        if any(answer.status == 0 for _, _, answer, _ in answers):
            # closed because of what was sent, or because the shop is gone?
            sent[-1].alive = send(_ALIVE, mark_of(token, 0)).status > 0
    seen = _wait(sent, look, see_seconds, told) if look else None
    return _judged(sent, seen)


def _wait(
    sent: list[Sent],
    look: Look,
    seconds: float,
    told: Callable[[float], bool],
) -> dict[int, float]:
    wanted = {
        number
        for one in sent
        if one.measure.kind is MeasureKind.ATTACK
        for number, *_rest in one.answers
    }
    begun = time.monotonic()
    while True:
        seen = look()
        passed = time.monotonic() - begun
        if wanted <= seen.keys() or passed > seconds or not told(0.8 + 0.2 * passed / seconds):
            return seen
        time.sleep(0.5)


def is_stopped(answer: Answer) -> bool:
    """Whether the edge or the guard turned it away; a challenge does, until somebody solves it.

    A connection that was closed without a word is a refusal, silence is none.
    """
    return answer.status in _STOPS or (answer.status == 0 and answer.error.startswith(_CLOSED)) or (
        _CHALLENGE in answer.body
    )  # fmt: skip


def _judged(
    sent: list[Sent],
    seen: dict[int, float] | None,
) -> list[Result]:
    """A shop that serves no journey proves nothing: silence is not the work of a measure."""
    results = [_result(one, seen) for one in sent if one.answers]
    if any(one.status for result in results for one in result.exchanges):
        return results
    return [_unknown(one) for one in results]


def _unknown(result: Result) -> Result:
    """Of a shop that is silent: it has stopped nothing either."""
    exchanges = tuple(msgspec.structs.replace(one, stopped=False) for one in result.exchanges)
    return msgspec.structs.replace(result, outcome=Outcome.UNKNOWN, exchanges=exchanges)


def _result(one: Sent, seen: dict[int, float] | None) -> Result:
    measure = one.measure
    exchanges = tuple(
        Exchange(
            number=number,
            request=f"{canary.method} {canary.target}"[:SHOWN],
            status=answer.status,
            stopped=_holds(measure, answer),
            milliseconds=round(answer.milliseconds, 1),
            seen_after=_after(seen, number, at),
            note=answer.error,
        )
        for number, canary, answer, at in one.answers
    )
    return Result(
        measure=measure.uid,
        kind=measure.kind,
        title=measure.title,
        outcome=(
            _outcome(measure, exchanges, watched=seen is not None) if one.alive else Outcome.UNKNOWN
        ),
        exchanges=exchanges,
    )


def _after(seen: dict[int, float] | None, number: int, at: float) -> float | None:
    if not seen or number not in seen:
        return None
    return round(max(0.0, seen[number] - at), 2)


def _holds(measure: Measure, answer: Answer) -> bool:
    """Whether what should happen happened: a refusal, a header, or for a journey the page."""
    if measure.kind is MeasureKind.JOURNEY:
        return 200 <= answer.status < 400 and _CHALLENGE not in answer.body
    if measure.kind is MeasureKind.HEADER:
        found = answer.headers.get(measure.name, "")
        wanted = measure.value in found if measure.value else bool(found)
        return wanted or bool(measure.instead and answer.headers.get(measure.instead))
    if measure.kind is MeasureKind.DOOR:
        return answer.status in REFUSALS or is_stopped(answer)
    return is_stopped(answer)


def _outcome(measure: Measure, exchanges: tuple[Exchange, ...], *, watched: bool) -> Outcome:
    if all(one.status == 0 for one in exchanges) and measure.kind in {
        MeasureKind.JOURNEY,
        MeasureKind.HEADER,
    }:
        return Outcome.UNKNOWN
    if measure.kind is MeasureKind.BEHAVIOUR:
        return Outcome.WORKS if any(one.stopped for one in exchanges) else Outcome.FAILS
    if not all(one.stopped for one in exchanges):
        return Outcome.FAILS
    if measure.kind is MeasureKind.ATTACK and watched:
        seen = all(one.seen_after is not None for one in exchanges)
        return Outcome.WORKS if seen else Outcome.UNSEEN
    return Outcome.WORKS


def share(results: list[Result]) -> float | None:
    """Measures that work, of those of which something is known; None when nothing is."""
    known = [one for one in results if one.outcome is not Outcome.UNKNOWN]
    return sum(one.outcome is Outcome.WORKS for one in known) / len(known) if known else None
