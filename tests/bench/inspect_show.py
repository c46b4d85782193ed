"""`python -m tests.bench.inspect_show [SET…] [--show N] [--at P] [--kind K]`: where it errs.

For every set: how many are told attacks at a probability, by kind; then the honest requests with
the highest scores and the attacks with the lowest, with what was seen in them.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

from tests.bench.inspect_sets.judge import Scored, judge, sources

from shangdun_guard.inspector.calibration import THRESHOLD
from shangdun_guard.inspector.inspector import Inspector


def told(scored: Scored) -> str:
    """One line of a sample: its score, kind, payload, and the signs seen."""
    sample, verdict = scored.sample, scored.verdict
    signs = "; ".join(
        f"{hit.code}@{hit.slot.place}:{hit.slot.name[:20]}"
        f" «{hit.form[max(0, hit.sign_start - 10) : hit.sign_end + 10][:90]}»"
        for hit in verdict.hits[:3]
    )
    note = sample.note.replace("\n", "\\n")[:200]
    return f"  {verdict.score:.4f} {sample.kind}: {note!r}\n         {signs!r}"


def summary(name: str, rows: list[Scored], at: float) -> None:
    bad = [row for row in rows if row.sample.attack]
    good = [row for row in rows if not row.sample.attack]
    micro = 1e6 * sum(row.seconds for row in rows) / max(len(rows), 1)
    slowest = max(row.seconds for row in rows) * 1e3
    print(f"\n## {name}: {len(rows)} requests, {micro:.0f} µs each, slowest {slowest:.1f} ms")
    for title, part in (("attacks", bad), ("honest", good)):
        if not part:
            continue
        kinds = Counter(row.sample.kind for row in part)
        found = Counter(row.sample.kind for row in part if row.score >= at)
        hits = sum(found.values())
        print(f"{title}: {hits}/{len(part)} = {hits / len(part):.2%} told attacks at {at}")
        lines = (f"{kind} {found[kind]}/{count}" for kind, count in sorted(kinds.items()))
        print("   " + ", ".join(lines))


def show(rows: list[Scored], count: int, at: float, seed: int) -> None:
    good = sorted((row for row in rows if not row.sample.attack), key=lambda row: -row.score)
    missed = [row for row in rows if row.sample.attack and row.score < at]
    random.Random(seed).shuffle(missed)
    for row in [row for row in good[:count] if row.score > 0.01]:
        print(told(row))
    print(f"  -- missed, {min(count, len(missed))} of {len(missed)}")
    for row in missed[:count]:
        print(told(row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--at", type=float, default=THRESHOLD)
    parser.add_argument("--kind", default="")
    parser.add_argument("--most", type=int, default=0, help="judge that many of each set")
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    known = sources(chosen.each, chosen.seed)
    inspector = Inspector()
    for name in chosen.sets or known:
        samples = [s for s in known[name]() if not chosen.kind or s.kind == chosen.kind]
        if chosen.most and len(samples) > chosen.most:
            samples = random.Random(chosen.seed).sample(samples, chosen.most)
        rows = list(judge(samples, inspector))
        if rows:
            summary(name, rows, chosen.at)
            show(rows, chosen.show, chosen.at, chosen.seed)


if __name__ == "__main__":
    main()
