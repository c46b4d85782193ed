"""Accuracy of the request inspector: attacks found beside honest requests turned away.

Honest requests: written for this (27 kinds that look odd on purpose: beacons, redirects, editors,
tickets with code, packed bodies, single sign-on …), and, where the development data lies beside
the checkout, CSIC 2010's normal test requests, HttpParamsDataset's normal values and a real access
log. Attacks: written for this (13 classes, a third of them disguised) and those of
HttpParamsDataset, put into random parts of requests; CSIC 2010's anomalous requests are told apart,
because many of them are typing errors that harm nobody. "At the threshold" is the shipped setting;
the curve moves it. The leave-one-origin-out rows are fitted without the origin they are judged on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tests.bench import fit_inspector
from tests.bench.inspect_sets import curve, public
from tests.bench.inspect_sets.judge import Scored, judge, sources
from tests.bench.row import Row

from shangdun_guard.inspector.calibration import THRESHOLD
from shangdun_guard.inspector.inspector import Inspector
from shangdun_guard.inspector.profile import Profile
from shangdun_guard.inspector.tuning import TunedInspector

EACH = 300
"""Written requests of every kind and class."""
SEED = 7
"""Not the one that weights were fitted on."""
PRIOR = 0.05
"""Share of attacks in the traffic for which the calibration is told."""
HONEST = ("written honest", "csic honest", "httpparams honest", "access log")
ATTACKS = ("written attacks", "httpparams attacks")


def measure() -> list[Row]:
    """The figures of this machine; sets that are absent are named in the first row's note."""
    known, inspector = sources(EACH, SEED), Inspector()
    absent = [name for name in (*HONEST, *ATTACKS) if name not in known]
    honest, attacks = (
        {name: list(judge(known[name](), inspector)) for name in names if name in known}
        for names in (HONEST, ATTACKS)
    )
    good, bad = pooled(honest), pooled(attacks)
    rows = [*_threshold(good, bad, absent), *_by_origin(honest, attacks), *_by_class(bad)]
    rows += _curve(good, bad)
    rows += _calibration(good, bad)
    rows += fit_inspector.left_out(honest, attacks)
    if "csic anomalous" in known:
        rows += _profile(inspector)
    return rows


def pooled(sets: dict[str, list[Scored]]) -> list[Scored]:
    return [row for rows in sets.values() for row in rows]


def scores(rows: Sequence[Scored]) -> list[float]:
    return [row.score for row in rows]


def share(rows: Sequence[Scored]) -> float:
    """Of them, told attacks at the shipped threshold."""
    return sum(row.verdict.attack for row in rows) / max(len(rows), 1)


def _threshold(good: list[Scored], bad: list[Scored], absent: list[str]) -> list[Row]:
    note = f"{len(good):,} requests" + (f"; absent: {', '.join(absent)}" if absent else "")
    each = 100 * (sum(share(part) for part in _parts(bad)) / len(_parts(bad)))
    balanced = 50 * (share(bad) + 1 - share(good))
    return [
        Row("honest turned away, at the threshold", 100 * share(good), "%", 0.05, False, note),
        Row("attacks found, at the threshold", 100 * share(bad), "%", 85, note=f"{len(bad):,}"),
        Row("attacks found, mean of classes and origins", each, "%", 85),
        Row("balanced accuracy", balanced, "%", note=f"threshold {THRESHOLD}"),
    ]


def _parts(rows: list[Scored]) -> list[list[Scored]]:
    parts = defaultdict(list)
    for row in rows:
        parts[row.sample.origin, row.sample.kind].append(row)
    return list(parts.values())


def _by_origin(honest: dict[str, list[Scored]], attacks: dict[str, list[Scored]]) -> list[Row]:
    rows = [
        Row(f"turned away, {name}", 100 * share(found), "%", note=f"of {len(found):,}")
        for name, found in honest.items()
    ]
    return rows + [
        Row(f"found, {name}", 100 * share(found), "%", note=f"of {len(found):,}")
        for name, found in attacks.items()
    ]


def _by_class(bad: list[Scored]) -> list[Row]:
    parts = defaultdict(list)
    for row in bad:
        parts[row.sample.kind].append(row)
    return [
        Row(f"found, class {kind}", 100 * share(parts[kind]), "%", note=f"of {len(parts[kind]):,}")
        for kind in sorted(parts)
    ]


def _curve(good: list[Scored], bad: list[Scored]) -> list[Row]:
    return [
        Row(
            f"found when {100 * point.rate:g} % of honest ones may be turned away",
            100 * point.recall,
            "%",
            85 if point.rate == 0.0005 else None,
            note=f"above {point.threshold:.3f}",
        )
        for point in curve.curve(scores(good), scores(bad))
    ]


def _calibration(good: list[Scored], bad: list[Scored]) -> list[Row]:
    buckets = curve.calibration(scores(good), scores(bad), PRIOR)
    return [
        Row(
            f"attacks among those told {bucket.low:g} to {bucket.high:g}",
            100 * bucket.seen,
            "%",
            note=f"told {100 * bucket.predicted:.1f} % on average; {bucket.count:,} requests,"
            f" weighted as if {PRIOR:.0%} were attacks",
        )
        for bucket in buckets
    ]


def _profile(inspector: Inspector) -> list[Row]:
    """Learned from CSIC's normal training requests, judged on its other two parts."""
    profile = Profile()
    for sample in public.csic("normalTrafficTraining"):
        session = dict(sample.request.headers).get("cookie", "")
        profile.learn(sample.request, inspector.inspect(sample.request), session)
    rows = []
    for is_closed in (False, True):
        profile.is_closed = is_closed
        tuned = TunedInspector(profile=profile)
        told = {
            name: [tuned.inspect(sample.request).attack for sample in public.csic(name)]
            for name in ("normalTrafficTest", "anomalousTrafficTest")
        }
        away, found = (100 * sum(part) / len(part) for part in told.values())
        paths = "all paths known" if is_closed else "unknown paths pass"
        rows += [
            Row(f"learned profile, CSIC, {paths}: found", found, "%"),
            Row(f"learned profile, CSIC, {paths}: turned away", away, "%", 0.05, at_least=False),
        ]
    plain = [inspector.inspect(s.request).attack for s in public.csic("anomalousTrafficTest")]
    rows.append(Row("without profile, CSIC anomalous: found", 100 * sum(plain) / len(plain), "%"))
    return rows
