"""`python -m tests.bench.fit_inspector`: fit the weights of signs, and write calibration.py.

A penalised logistic regression, class by class. What is fitted is the strongest form of each
request in its class, by the codes in it; requests are weighted as if ``PRIOR`` of the
traffic were attacks. The penalty draws every weight to what the sink's author believes (a normal
prior of width ``WIDTH``), so that a sign seldom seen keeps that belief and nothing is memorised.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tests.bench.inspect_sets import curve
from tests.bench.inspect_sets.judge import Scored, judge, sources
from tests.bench.row import Row

from shangdun_guard.inspector import calibration
from shangdun_guard.inspector.inspector import Inspector
from shangdun_guard.inspector.registry import CHECKS, all_sinks
from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.verdict import Verdict

TARGET = Path(calibration.__file__)
PRIOR = 0.05
WIDTH = 0.7
LEAST = 20
"""Requests of a class that a code must stand in for its weight to move."""


class Seen(NamedTuple):
    """The strongest form of a class in one request."""

    codes: frozenset[str]
    is_attack: bool


Features = dict[str, list[Seen]]
"""By class."""


def features(rows: Iterable[Scored]) -> tuple[Features, int, int]:
    """What is to be fitted, and how many honest requests and attacks it comes from."""
    found: Features = defaultdict(list)
    counts = [0, 0]
    for sample, verdict, _ in rows:
        counts[sample.attack] += 1
        top = max(verdict.scores, key=lambda cls: verdict.scores[cls], default="")
        for cls, codes in strongest(verdict).items():
            if not sample.attack or cls in (sample.kind, top):
                found[cls].append(Seen(codes, sample.attack))
    return found, counts[0], counts[1]


def strongest(verdict: Verdict) -> dict[str, frozenset[str]]:
    """Class to the codes of its most probable form: hits come in the order of probability."""
    forms: dict[str, tuple[object, set[str]]] = {}
    for hit in verdict.hits:
        form = (hit.slot, hit.start, hit.form)
        known, codes = forms.setdefault(hit.cls, (form, set()))
        if known == form:
            codes.add(hit.code)
    return {cls: frozenset(codes) for cls, (_, codes) in forms.items()}


def believed() -> dict[str, float]:
    """Weights as their authors wrote them, and what a place weighs, which is not fitted."""
    weights = {
        code: weight for sink in (*all_sinks(), *CHECKS) for code, weight in sink.weights.items()
    }
    places = {key: value for key, value in calibration.WEIGHTS.items() if ".in_" in key}
    return {**weights, **places}


def fit(found: Features, honest: int, attacks: int) -> tuple[dict[str, float], dict[str, float]]:
    """Weights by code and biases by class that differ from what is believed.

    A bias is never milder than the default: where honest requests show few signs of a class, too
    few were seen to say how many there are.
    """
    weights: dict[str, float] = {}
    biases: dict[str, float] = {}
    priors = believed()
    for cls, seen in found.items():
        if len(seen) < LEAST:
            continue
        counts: dict[str, int] = defaultdict(int)
        for one in seen:
            for code in one.codes:
                counts[code] += 1
        codes = sorted(code for code, n in counts.items() if n >= LEAST)
        moved, bias = _regress(seen, codes, priors, (honest, attacks))
        biases[cls] = min(bias, calibration.DEFAULT_BIAS)
        for code, weight in zip(codes, moved, strict=True):
            if abs(weight - priors.get(code, 0.0)) >= 0.1:
                weights[code] = round(float(weight), 1)
    return weights, biases


def _regress(
    seen: list[Seen], codes: list[str], priors: Mapping[str, float], counts: tuple[int, int]
) -> tuple[np.ndarray, float]:
    """Newton's method on the weighted, penalised likelihood; a few columns, so a few steps."""
    column = {code: number for number, code in enumerate(codes)}
    data = np.zeros((len(seen), len(codes) + 1))
    fixed = np.zeros(len(seen))
    for row, one in enumerate(seen):
        data[row, -1] = 1.0
        for code in one.codes:
            if code in column:
                data[row, column[code]] = 1.0
            else:
                fixed[row] += priors.get(code, 0.0)
    label = np.array([one.is_attack for one in seen], dtype=float)
    honest, attacks = counts
    total = honest + attacks
    mass = np.where(
        label > 0, PRIOR * total / max(attacks, 1), (1 - PRIOR) * total / max(honest, 1)
    )
    start = np.array([*(priors.get(code, 0.0) for code in codes), calibration.DEFAULT_BIAS])
    precision = np.full(len(start), 1 / WIDTH**2)
    weights = start.copy()
    for _ in range(25):
        odds = np.clip(data @ weights + fixed, -30, 30)
        told = 1 / (1 + np.exp(-odds))
        slope = data.T @ (mass * (label - told)) - precision * (weights - start)
        bend = (data * (mass * told * (1 - told))[:, None]).T @ data + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-4:
            break
    return weights[:-1], round(float(weights[-1]), 1)


def left_out(honest: Mapping[str, list[Scored]], attacks: Mapping[str, list[Scored]]) -> list[Row]:
    """Each set judged with weights fitted on all others: attacks found when 0.05 % of the honest
    requests left in may be turned away, as shipped and fitted."""
    rows = []
    for name, held in attacks.items():
        others = [*honest.values(), *(part for key, part in attacks.items() if key != name)]
        weights, biases = fit(*features(row for part in others for row in part))
        weights = {**believed(), **weights}
        good = [score_of(weights, biases, row) for part in honest.values() for row in part]
        bad = [score_of(weights, biases, row) for row in held]
        point = next(p for p in curve.curve(good, bad) if p.rate == 0.0005)
        shipped = curve.curve(
            [row.score for part in honest.values() for row in part], [row.score for row in held]
        )
        before = next(p for p in shipped if p.rate == 0.0005)
        note = f"as shipped {100 * before.recall:.2f} %, both at 0.05 % turned away"
        rows.append(Row(f"found, {name}, fitted without it", 100 * point.recall, "%", note=note))
    return rows


def score_of(weights: Mapping[str, float], biases: Mapping[str, float], row: Scored) -> float:
    """The probability under other weights, from the signs that were told."""
    forms: dict[tuple[str, Slot, int, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for hit in row.verdict.hits:
        forms[hit.cls, hit.slot, hit.start, hit.form, hit.layers].add(hit.code)
    best = 0.0
    for key, codes in forms.items():
        cls, slot = key[0], key[1]
        odds = biases.get(cls, calibration.DEFAULT_BIAS)
        odds += sum(weights.get(code, 0.0) for code in (*codes, f"{cls}.in_{slot.place}"))
        best = max(best, 1 / (1 + math.exp(-odds)))
    return best


def write(weights: Mapping[str, float], biases: Mapping[str, float], threshold: float) -> None:
    """Renew the tables in calibration.py; its words stay."""
    text = TARGET.read_text("utf-8")
    for name, table in (("WEIGHTS", weights), ("BIAS", biases)):
        lines = "".join(f'    "{key}": {value},\n' for key, value in sorted(table.items()))
        new = (
            f"{name}: dict[str, float] = {{\n{lines}}}"
            if lines
            else f"{name}: dict[str, float] = {{}}"
        )
        text = re.sub(rf"(?ms)^{name}: dict\[str, float\] = \{{.*?\}}$", new, text, count=1)
    text = re.sub(r"(?m)^THRESHOLD = .*$", f"THRESHOLD = {threshold}", text)
    TARGET.write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--each", type=int, default=300)
    parser.add_argument("--most", type=int, default=4000, help="requests of each set")
    parser.add_argument("--without", default="csic training,csic anomalous,crs")
    chosen = parser.parse_args()
    inspector = Inspector(weights=believed(), bias=dict.fromkeys(calibration.BIAS, -4.0))
    honest: dict[str, list[Scored]] = {}
    attacks: dict[str, list[Scored]] = {}
    for name, make in sources(chosen.each, seed=1).items():
        if name in chosen.without.split(","):
            continue
        samples = list(make())
        random.Random(name).shuffle(samples)
        rows = list(judge(samples[: chosen.most], inspector))
        (attacks if rows[0].sample.attack else honest)[name] = rows
    for row in left_out(honest, attacks):
        print(f"{row.measure}: {row.value:.2f} % ({row.note})")
    everything = [*honest.values(), *attacks.values()]
    weights, biases = fit(*features(row for part in everything for row in part))
    priors = believed()
    for code, weight in sorted(weights.items()):
        print(f"{code}: {priors.get(code, 0.0)} -> {weight}")
    print(biases)
    if chosen.write:
        places = {key: value for key, value in calibration.WEIGHTS.items() if ".in_" in key}
        write({**places, **weights}, biases, calibration.THRESHOLD)


if __name__ == "__main__":
    main()
