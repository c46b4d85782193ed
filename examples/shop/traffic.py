"""Traffic of the shop without the shop: its logs and their ground truth, for tests and trials.

    python traffic.py --seed 7 --minutes 30 --out DIR [--scenario mixed|honest|flash-sale]

Writes access.log (nginx combined with $request_time), shop-events.jsonl (business events) and
labels.jsonl (who was an attacker, when, from where). The same seed gives the same bytes.
Needs nothing beside Python.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from crowd.scenario import SCENARIOS
from crowd.timeline import Timeline
from crowd.writer import Logs

START = "2025-06-18T10:00:00+08:00"
_FLUSH_EVERY = 60.0  # simulated seconds


def simulate(
    out: Path,
    *,
    seed: int,
    minutes: float,
    scenario: str = "mixed",
    start: str = START,
    per_second: float = 1.0,
) -> int:
    """Write `minutes` of simulated traffic into `out`; gives the number of requests."""
    begin = datetime.fromisoformat(start).timestamp()
    logs = Logs(out)
    timeline = Timeline(SCENARIOS[scenario](seed, begin, per_second), logs)
    now, end, written = begin, begin + minutes * 60, 0
    while now < end:
        now = min(end, now + _FLUSH_EVERY)
        written += timeline.run(now)
        logs.flush()
    timeline.finish()
    logs.close()
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--out", type=Path, required=True, help="an empty folder")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="mixed")
    parser.add_argument("--start", default=START, help="ISO 8601 with zone")
    parser.add_argument(
        "--per-second", type=float, default=1.0, help="shoppers who arrive a second"
    )
    args = parser.parse_args()
    if args.out.is_dir() and any(args.out.iterdir()):
        parser.error(f"{args.out} is not empty: logs are appended to, choose another folder")
    written = simulate(
        args.out, seed=args.seed, minutes=args.minutes, scenario=args.scenario, start=args.start,
        per_second=args.per_second,
    )  # fmt: skip
    print(f"{written} requests in {args.out}")


if __name__ == "__main__":
    main()
