"""Real tools attack the demo shop through its edge, and the console of ShangDun itself.

At the shop each must be found and stopped while an honest shopper goes on; at the console each must
find nothing. What is not installed is skipped, each tool on its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.e2e.attack_range import Range, ask, attack_range
from tests.e2e.attack_tools import (
    SECONDS,
    TOOLS,
    Target,
    Tool,
    ffuf_statuses,
    wapiti_report,
)
from tests.protect.edge.edge_nginx import MODULE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODULE.exists(), reason="nginx has no ModSecurity here: make test"),
]
ATTACKERS = {name: f"198.18.{number}.7" for number, name in enumerate(TOOLS, 11)}
"""Far from each other: neighbours would be taken for one attacker with a whole network."""


@dataclass(frozen=True)
class Outcome:
    """How one tool fared at the shop; seconds from its start, None where it never came to that."""

    tool: str
    found: float | None
    stopped: float | None
    title: str
    measures: list[str]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    with attack_range(tmp_path_factory.mktemp("range"), list(ATTACKERS.values())) as made:
        yield made


def installed(name: str) -> Tool:
    tool = TOOLS[name]
    if tool.path is None:
        pytest.skip(f"{tool.program} is not installed: make test")
    return tool


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_that_attacks_the_shop_is_found_and_stopped(
    name: str, arena: Range, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool, address = installed(name), ATTACKERS[name]
    target = Target(
        arena.url(address), tmp_path / "attack", "/search/?q=tea", "/accounts/login/",
        "login-username", "login-password",
    )  # fmt: skip
    seen = len(arena.shopper.answers)
    outcome = attack(arena, tool, target, address)
    with capsys.disabled():
        print(row(outcome))
    assert outcome.found is not None, tool.said(target)[-2000:]
    assert outcome.stopped is not None, outcome
    honest = arena.shopper.answers[seen:]
    assert honest
    assert {status for status, _ in honest} == {200}, honest


def attack(arena: Range, tool: Tool, target: Target, address: str) -> Outcome:
    """Let it run until it is stopped, at most its time and some seconds for what was on its way."""
    found = stopped = None
    title = ""
    process = tool.start(target)
    began = time.time()
    try:
        while time.time() - began < SECONDS + 10 and stopped is None:
            time.sleep(0.1)
            if found is None and (first := arena.detected(address)):
                found, title = first[0] - began, first[1]
            if arena.in_force(address) and arena.refused(address):
                stopped = time.time() - began
    finally:
        process.terminate()
        process.wait(10)
    return Outcome(tool.name, found, stopped, title, arena.measures(address))


def row(outcome: Outcome) -> str:
    found, stopped = (
        f"{value:5.1f} s" if value is not None else "  never"
        for value in (outcome.found, outcome.stopped)
    )
    steps = ", ".join(outcome.measures)
    return (
        f"\n{outcome.tool:13} found after {found}, stopped after {stopped} by {steps or 'nothing'}"
        f" ({outcome.title})"
    )


@pytest.mark.parametrize("name", TOOLS)
def test_the_same_tool_finds_nothing_in_the_console(
    name: str, arena: Range, tmp_path: Path
) -> None:
    tool = installed(name)
    login = "/accounts/login/"
    target = Target(
        f"http://127.0.0.1:{arena.console}", tmp_path / "attack", f"{login}?next=/findings/", login,
        "login", "password", seconds=15,
    )  # fmt: skip
    health = []
    process = tool.start(target)
    while process.poll() is None:
        health.append(ask(arena.console, "/healthz", timeout=5))
        time.sleep(0.5)
    NOTHING[name](tool.said(target), target)
    assert set(health) == {200}, "it answers whatever is done to it"
    assert ask(arena.console, login) == 200


def _sqlmap_nothing(said: str, target: Target) -> None:
    assert "all tested parameters do not appear to be injectable" in said, said[-2000:]
    assert "500 (Internal Server Error)" not in said


def _wapiti_nothing(said: str, target: Target) -> None:
    assert "Launching module exec" in said, said[-2000:]
    assert wapiti_report(target) == {}


def _nmap_nothing(said: str, target: Target) -> None:
    assert f"{target.port}/tcp open" in said, said
    for sign in ("VULNERABLE", "Possible sqli", "http-enum:", "POTENTIALLY RISKY"):
        assert sign.lower() not in said.lower(), said


def _ffuf_nothing(said: str, target: Target) -> None:
    statuses = ffuf_statuses(target)
    assert statuses.keys() <= {200, 429}, f"a log-in that works is answered with 302: {statuses}"
    assert statuses[429] > 0, "guessing is slowed down"
    assert statuses[200] <= 30, "a minute has so many attempts and no more"


def _slowhttptest_nothing(said: str, target: Target) -> None:
    available = re.findall(r"service available:.*?(YES|NO)", said)
    assert available, said[-2000:]
    assert set(available) == {"YES"}, said[-2000:]


def _wrk_nothing(said: str, target: Target) -> None:
    assert "Requests/sec" in said, said
    assert "Non-2xx or 3xx" not in said, said


NOTHING: dict[str, Callable[[str, Target], None]] = {
    "sqlmap": _sqlmap_nothing,
    "wapiti": _wapiti_nothing,
    "nmap": _nmap_nothing,
    "ffuf": _ffuf_nothing,
    "slowhttptest": _slowhttptest_nothing,
    "wrk": _wrk_nothing,
}
"""What each would have said had it found something."""
