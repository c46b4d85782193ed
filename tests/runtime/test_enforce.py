"""`shangdun enforce` as a process: quick, killed at random, and never left half done."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import pytest
from tests.protect.enforcers.namespace import NFT, namespace, until
from tests.runtime.enforcing import Home

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.runtime.enforce import enforce, prepare

KILLS = 20


@pytest.fixture
def net(tmp_path):
    with namespace(tmp_path) as made:
        yield made


@pytest.fixture
def home(tmp_path, net):
    made = Home(
        tmp_path / "home",
        f"""
        [[protect.enforcers]]
        kind = "nftables"
        command = "{net.nft}"
        """,
    )
    yield made
    made.close()


def blocked(net) -> set[str]:
    try:
        return net.elements("shangdun", "block4_32")
    except subprocess.CalledProcessError:
        return set()


def said(command: list[str], home: Home) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=home.environment, capture_output=True, text=True, check=False
    )


def start(home) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        home.command("enforce"), env=home.environment, stderr=subprocess.DEVNULL
    )


@pytest.mark.slow
def test_decisions_are_in_force_within_a_second_and_undone_as_fast(home, net):
    process = start(home)
    try:
        home.do("decide('address', '203.0.113.1')")
        until(lambda: blocked(net) == {"203.0.113.1"}, 20)
        took = []
        for number in range(2, 7):
            home.do(f"decide('address', '203.0.113.{number}')")
            took.append(until(lambda n=number: f"203.0.113.{n}" in blocked(net), 5))
        home.do("undo('203.0.113.1', '203.0.113.3')")
        took.append(until(lambda: len(blocked(net)) == 4, 5))
        assert sorted(took)[len(took) // 2] < 1.0, took
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert len(blocked(net)) == 4, "a stop leaves in force what is"


@pytest.mark.slow
def test_killed_twenty_times_in_the_middle_it_ends_with_what_should_be(home, net):
    """Each time somewhere else; decisions go on meanwhile."""
    draw = random.Random(20261122)
    due: set[str] = set()
    home.do("decide('address', *['198.18.%d.%d' % (n >> 8, n & 255) for n in range(2000)])")
    due |= {f"198.18.{n >> 8}.{n & 255}" for n in range(2000)}
    process = start(home)
    until(lambda: len(blocked(net)) == 2000, 20)
    for number in range(KILLS):
        gone, new = f"198.18.0.{number}", f"198.19.0.{number}"
        home.do(f"undo({gone!r}) or decide('address', {new!r}) and None")
        due = due - {gone} | {new}
        time.sleep(draw.uniform(0.0, 0.25) if number % 2 else draw.uniform(0.9, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = start(home)
    try:
        until(lambda: blocked(net) == due, 30, 0.1)
    finally:
        process.terminate()
        assert process.wait(20) == 0
    # nothing of it is left behind half done
    tables = net.run(NFT, "list", "tables").split("\n")
    assert [line for line in tables if line] == ["table inet shangdun"]


@pytest.mark.slow
def test_what_somebody_takes_away_comes_back_and_is_told(home, net):
    process = start(home)
    try:
        home.do("decide('address', '203.0.113.1', '203.0.113.2')")
        until(lambda: len(blocked(net)) == 2, 20)
        net.run(NFT, "flush set inet shangdun block4_32")
        until(lambda: len(blocked(net)) == 2, 20, 0.2)
        told = home.folder / "spool" / "shangdun-system"
        until(lambda: any(b'"differs"' in f.read_bytes() for f in told.glob("*.log")), 10)
    finally:
        process.terminate()
        process.wait(20)


def test_a_second_one_is_refused_and_none_configured_is_said(home, tmp_path):
    empty = Home(tmp_path / "empty")
    done = said(empty.command("enforce"), empty)
    empty.close()
    assert done.returncode == 2
    assert "no enforcer is configured" in done.stderr
    done = said(home.command("enforce", "--from", "http://127.0.0.1:1"), home)
    assert done.returncode == 2
    assert "--key-file" in done.stderr
    with pytest.raises(ConfigError):
        enforce(tmp_path, Config(), None)


def test_prepare_makes_what_nginx_needs_to_start(tmp_path):
    folder = tmp_path / "nginx"
    config = Config(protect={"enforcers": [{"kind": "nginx", "folder": str(folder)}]})
    assert prepare(config) == ["nginx"]
    assert (folder / "current" / "block.geo").read_text() == ""
    assert "geo $shangdun_block_address" in (folder / "http.conf").read_text()
    inode = (folder / "current").readlink()
    prepare(config)
    assert (folder / "current").readlink() == inode, "what is there stays"
