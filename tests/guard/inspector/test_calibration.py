"""Probabilities mean what they say, and honest requests keep away from the threshold."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest
from tests.bench import fit_inspector
from tests.bench.inspect_sets import curve
from tests.bench.inspect_sets.attacks import attacks
from tests.bench.inspect_sets.honest import KINDS, honest
from tests.bench.inspect_sets.judge import Scored, judge
from tests.bench.inspect_sets.placing import ANYWHERE

from shangdun_guard.inspector import Inspector, calibration
from shangdun_guard.inspector.registry import CHECKS, all_sinks
from shangdun_guard.request import Request

SEED = 101
"""No other set is made from it."""


@cache
def judged(kind: str) -> tuple[Scored, ...]:
    samples = honest(25, SEED) if kind == "honest" else attacks(25, SEED)
    return tuple(judge(samples, Inspector()))


def test_every_honest_kind_passes() -> None:
    told = Counter(row.sample.kind for row in judged("honest") if row.verdict.attack)
    assert {row.sample.kind for row in judged("honest")} == set(KINDS)
    assert sum(told.values()) <= len(judged("honest")) // 500, told


def test_attacks_of_every_class_are_found() -> None:
    found: Counter[str] = Counter()
    for row in judged("attacks"):
        found[row.sample.kind] += row.verdict.attack
    weak = {kind: n for kind, n in found.items() if n < 25 * (0.3 if kind == "header" else 0.7)}
    assert not weak, "of 25 each"
    assert sum(found.values()) > 0.85 * len(judged("attacks"))


def test_the_threshold_is_a_probability() -> None:
    """Among requests told to be about as probable as the threshold, attacks are no rarity."""
    good, bad = ([row.score for row in judged(kind)] for kind in ("honest", "attacks"))
    buckets = curve.calibration(good, bad, prior=0.05)
    surest = [bucket for bucket in buckets if bucket.low >= 0.95]
    assert surest
    assert all(bucket.seen > 0.9 for bucket in surest)
    doubtful = [bucket for bucket in buckets if bucket.high <= 0.05]
    assert all(bucket.seen < 0.1 for bucket in doubtful)


def test_weights_belong_to_known_signs() -> None:
    classes = {sink.name for sink in (*all_sinks(), *CHECKS)}
    known = fit_inspector.believed()
    for code in calibration.WEIGHTS:
        cls, _, what = code.partition(".")
        assert code in known or cls == "layer" or (cls in classes and what.startswith("in_")), code
    assert set(calibration.BIAS) <= classes


def test_a_file_that_is_kept_convicts_later_than_a_field() -> None:
    payload = "<b onmouseover=alert(1)>x</b>"
    mark = "b0undary"
    head = (("host", "shop.example"), ("content-type", f"multipart/form-data; boundary={mark}"))

    def score(disposition: str) -> float:
        body = (
            f"--{mark}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
            f"{payload}\r\n--{mark}--\r\n"
        )
        request = Request("POST", "/", head, body.encode())
        return Inspector().inspect(request).score

    assert score('name="a"') > score('name="a"; filename="a.html"') > 0


def test_the_curve_counts_ties_against_the_attacks() -> None:
    points = {p.rate: p for p in curve.curve([0.9, *[0.1] * 9999], [0.9, 0.95, 0.2, 0.1])}
    assert points[0.0].recall == 0.25
    assert points[0.0001].recall == 0.75
    assert points[0.01].recall == 0.75


def test_a_fit_moves_little_without_reason() -> None:
    """Signs that are seen in both, or hardly ever, keep near to what their author believes."""
    rng = random.Random(5)
    code, other = "sql.union", "sql.prose"
    seen = [fit_inspector.Seen(frozenset({code}), True) for _ in range(60)]
    seen += [
        fit_inspector.Seen(frozenset({code, other} if rng.random() < 0.9 else {code}), False)
        for _ in range(60)
    ]
    weights, _ = fit_inspector.fit({"sql": seen}, honest=600, attacks=600)
    believed = fit_inspector.believed()
    assert weights[code] < believed[code]
    assert weights.get(other, believed[other]) < 0
    assert "sql.delay" not in weights


@pytest.mark.parametrize("way", [way for way, _ in ANYWHERE], ids=lambda way: way.__name__)
def test_attacks_are_found_wherever_they_are_put(way: object) -> None:
    assert callable(way)
    rng, inspector = random.Random(6), Inspector()
    payloads = ("1' union select password from users-- ", "<script>alert(1)</script>")
    for payload in payloads:
        assert inspector.inspect(way(rng, payload)).attack, payload
