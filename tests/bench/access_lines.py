"""Access-log lines that do not repeat: what a shop's day looks like, made from a seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

DAY = datetime(2026, 3, 4, tzinfo=UTC)
VISITORS = 60_000
AGENTS = 2_000
PRODUCTS = 30_000


def access_lines(count: int, *, seconds: float = 86_400.0, seed: int = 1) -> bytes:
    """``count`` combined lines in the order of time, spread over ``seconds`` of a day.

    Visits of about twelve requests from addresses that come back as a power law has it; three in
    five requests are product pages, one in five a search whose query never comes twice.
    """
    draw = np.random.default_rng(seed)
    visits = max(1, count // 12)
    begins = np.sort(draw.random(visits) * seconds)
    visitor = draw.zipf(1.3, visits) % VISITORS
    visit = draw.integers(0, visits, count)
    moments = begins[visit] + draw.exponential(120.0, count)
    order = np.argsort(moments)
    moments, visit = moments[order], visit[order]
    addresses = [f"{a}.{b}.{c}.{d}" for a, b, c, d in draw.integers(1, 255, (VISITORS, 4)).tolist()]
    agents = [_agent(number) for number in range(AGENTS)]
    agent_of = (draw.zipf(1.4, VISITORS) % AGENTS).tolist()
    products = (draw.zipf(1.2, count) % PRODUCTS).tolist()
    kinds = draw.random(count).tolist()
    unique = draw.integers(0, 2**40, count).tolist()
    lengths = draw.lognormal(8, 1.5, count).astype(int).tolist()
    lines = []
    path = "/"
    for moment, who, kind, product, number, length in zip(
        moments.tolist(), visitor[visit].tolist(), kinds, products, unique, lengths, strict=True
    ):
        before, path = path, _target(kind, product, number)
        size = product * 7919 % 50_000 + 300 if kind < 0.8 else length
        stamp = (DAY + timedelta(seconds=moment)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        lines.append(
            f'{addresses[who]} - - [{stamp}] "GET {path} HTTP/1.1" '
            f'{200 if kind < 0.95 else 404} {size} "https://shop.example.cn{before}" '
            f'"{agents[agent_of[who]]}"\n'
        )
    return "".join(lines).encode()


def _target(kind: float, product: int, number: int) -> str:
    if kind < 0.6:
        return f"/product/{product}/"
    if kind < 0.8:
        return f"/static/{product % 300}.js"
    return f"/search/?q=w{product}&sid={number:x}"


def _agent(number: int) -> str:
    return (
        f"Mozilla/5.0 (Windows NT {number % 11}.0; Win64; x64) AppleWebKit/537.{number} "
        f"(KHTML, like Gecko) Chrome/{number % 140}.0.{number * 7 % 9999} Safari/537.{number % 40}"
    )
