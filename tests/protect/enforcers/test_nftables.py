"""The firewall in a network of its own: what is decided is what the kernel does."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from tests.protect.enforcers.decisions import decision
from tests.protect.enforcers.namespace import NFT, namespace, until

from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Due, Slot
from shangdun.protect.enforcers.enforcer import EnforcerError
from shangdun.protect.enforcers.nftables import build
from shangdun.protect.enforcers.nftables.script import elements
from shangdun.protect.enforcers.nftables.settings import NftablesSettings
from shangdun.protect.target import TargetKind


def ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    with namespace(tmp_path_factory.mktemp("net")) as made:
        yield made


@pytest.fixture
def firewall(net):
    made = build(NftablesSettings(command=str(net.nft)), lambda *_: 0)
    yield made
    made.clear(ms())


def lasting(number, kind, value, measure="block", seconds=3600.0):
    end = None if seconds is None else ms() + int(seconds * 1000)
    return decision(number, kind, value, measure, until=end)


def put(firewall, *decisions):
    due = Due(firewall.able)
    due.fill(decisions, ms())
    firewall.replace(due, ms())
    return due


def same(firewall, due) -> bool:
    present = firewall.present()
    missing, extra = due.compare(present.slots)
    return not missing and not extra and not present.trouble


EVERY = [
    lasting(1, "address", "203.0.113.9"),
    lasting(2, "range", "203.0.113.0/24", "throttle"),
    lasting(3, "range", "203.0.0.0/16"),
    lasting(4, "range", "203.0.113.128/25", seconds=None),
    lasting(5, "address", "203.0.113.200", "allow"),
    lasting(6, "address", "2001:db8::1"),
    lasting(7, "range", "2001:db8::/64", seconds=None),
    lasting(8, "range", "2001:db8::/32", "throttle"),
    lasting(9, "range", "2001:db8:1::/48", "allow", seconds=None),
]


def test_ranges_within_ranges_of_both_versions(firewall):
    due = put(firewall, *EVERY)
    assert len(firewall.present().slots) == len(EVERY)
    assert same(firewall, due)


def test_each_change_by_itself(firewall):
    due = put(firewall)
    for made in EVERY:
        change = due.take([made], [], ms())
        firewall.apply(change, due, ms())
        assert same(firewall, due), made
    for made in EVERY:
        firewall.apply(due.take([], [made.uid], ms()), due, ms())
        assert same(firewall, due), made
    assert firewall.present().slots == frozenset()


def test_it_runs_out_without_us(firewall, net):
    due = put(firewall, lasting(1, "address", "203.0.113.9", seconds=1.0))
    assert net.elements("shangdun", "block4_32") == {"203.0.113.9"}
    until(lambda: not net.elements("shangdun", "block4_32"), 4.0, 0.1)
    assert due.expire(ms()).drop, "and we know it"
    firewall.apply(due.take([], [], ms()), due, ms())


def test_what_ran_out_meanwhile_fails_no_change(firewall, net):
    """The kernel has let go of an element that we are about to delete."""
    short = lasting(1, "address", "203.0.113.9", seconds=1.0)
    due = put(firewall, short)
    until(lambda: not net.elements("shangdun", "block4_32"), 4.0, 0.1)
    firewall.apply(due.take([lasting(2, "address", "203.0.113.10")], [short.uid], ms()), due, ms())
    assert net.elements("shangdun", "block4_32") == {"203.0.113.10"}


def test_an_end_can_be_moved_both_ways(firewall, net):
    due = put(firewall, lasting(1, "address", "203.0.113.9", seconds=3600))
    for seconds in (10.0, 7200.0, None, 60.0):
        moved = lasting(1, "address", "203.0.113.9", seconds=seconds)
        firewall.apply(due.take([moved], [], ms()), due, ms())
        listed = net.run(NFT, "list", "set", "inet", "shangdun", "block4_32")
        if seconds is None:
            assert "timeout" not in listed.partition("elements")[2]
        else:
            told = {10.0: "10s", 7200.0: "2h", 60.0: "1m"}[seconds]
            assert f"timeout {told}" in listed


def reaches(net, source: str, port: int = 80) -> bool:
    """Whether a connection from this source gets through."""
    code = (
        "import socket,sys; s=socket.create_connection(('127.0.0.1',int(sys.argv[2])),0.4,"
        "(sys.argv[1],0)); s.sendall(b'x'); assert s.recv(1)==b'y'"
    )
    return (
        subprocess.call(
            [*net.enter, sys.executable, "-c", code, source, str(port)], stderr=subprocess.DEVNULL
        )
        == 0
    )


def at_once(net, source: str, many: int) -> int:
    """How many of so many connections at the same moment come through."""
    code = (
        "import select,socket,sys,time\n"
        "p=select.poll(); kept=[]\n"
        "for _ in range(int(sys.argv[2])):\n"
        "    s=socket.socket(); s.setblocking(False); s.bind((sys.argv[1],0)); kept.append(s)\n"
        "    s.connect_ex(('127.0.0.1',80))\n"
        "time.sleep(0.4)\n"
        "print(sum(bool(select.select([],[s],[],0)[1]) for s in kept))\n"
    )
    return int(net.run(sys.executable, "-c", code, source, str(many)))


@pytest.fixture
def shop(net):
    """Something that answers on the ports of a shop and of an administrator."""
    code = (
        "import socketserver,threading\n"
        "class H(socketserver.BaseRequestHandler):\n"
        "    def handle(self):\n"
        "        self.request.recv(1); self.request.sendall(b'y')\n"
        "socketserver.TCPServer.request_queue_size=64\n"
        "s=[socketserver.ThreadingTCPServer(('127.0.0.1',p),H) for p in (80,22)]\n"
        "[threading.Thread(target=x.serve_forever).start() for x in s]; print('up',flush=True)\n"
    )
    process = net.start(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    yield
    process.kill()
    process.wait()
    process.stdout.close()


def test_packets_are_dropped_slowed_and_let_through(firewall, net, shop):
    assert reaches(net, "127.0.0.2")
    due = put(
        firewall,
        lasting(1, "range", "127.0.0.0/8"),
        lasting(2, "address", "127.0.0.3", "allow"),
    )
    assert not reaches(net, "127.0.0.2")
    assert reaches(net, "127.0.0.3"), "an allow comes before every block around it"
    assert reaches(net, "127.0.0.2", 22), "an administrator's port is never touched"
    due = put(firewall, lasting(1, "address", "127.0.0.4", "throttle"))
    assert same(firewall, due)
    assert 10 <= at_once(net, "127.0.0.4", 30) <= 12, "a burst is honest, a flood is not"
    assert reaches(net, "127.0.0.2"), "nobody else is slowed"


@pytest.mark.parametrize(
    "value",
    [
        "1.2.3.4 }; flush ruleset; {",
        "0.0.0.0/0",
        "::/0",
        "1.2.3.4; drop",
        "",
        "@block4_32",
        "10.0.0.0/4",
    ],
)
def test_no_value_gets_past_its_type(firewall, net, value):
    wrong = Slot(Measure.BLOCK, TargetKind.ADDRESS, value)
    wide = Slot(Measure.BLOCK, TargetKind.RANGE, value)
    found, left_out = elements([(wrong, None), (wide, None)])
    assert not found
    assert left_out == [wrong, wide]


def test_what_somebody_changed_is_seen(firewall, net):
    due = put(firewall, *EVERY)
    net.run(NFT, "delete element inet shangdun block4_32 { 203.0.113.9 }")
    net.run(NFT, "add element inet shangdun allow4_32 { 198.51.100.66 }")
    present = firewall.present()
    missing, extra = due.compare(present.slots)
    assert [slot.value for slot in missing] == ["203.0.113.9"]
    assert [slot.value for slot in extra] == ["198.51.100.66"]
    net.run(NFT, "insert rule inet shangdun decide accept")
    assert "rules" in firewall.present().trouble
    firewall.replace(due, ms())
    assert same(firewall, due)
    net.run(NFT, "flush chain inet shangdun input")
    assert "rules" in firewall.present().trouble
    net.run(NFT, "delete table inet shangdun")
    assert firewall.present().trouble == "the table is not there"


def test_other_tables_are_left_alone(firewall, net):
    net.run(NFT, "add table inet others")
    put(firewall, *EVERY)
    firewall.clear(ms())
    assert net.run(NFT, "list tables").split() == ["table", "inet", "others"]
    net.run(NFT, "delete table inet others")


def test_a_change_that_fails_changes_nothing(firewall, net):
    due = put(firewall, *EVERY)
    net.run(NFT, "delete table inet shangdun")
    change = due.take([lasting(50, "address", "198.51.100.1")], [], ms())
    with pytest.raises(EnforcerError):
        firewall.apply(change, due, ms())
    assert net.run(NFT, "list tables") == ""
    firewall.replace(due, ms())
    assert same(firewall, due)


def test_a_machine_without_nft_says_so():
    with pytest.raises(EnforcerError, match="cannot be run"):
        put(build(NftablesSettings(command="/nowhere/nft"), lambda *_: 0))


def test_ten_thousand_and_a_change_among_them(firewall):
    """The same with 100,000 is measured by the bench."""
    draw = random.Random(3)
    many = [
        lasting(n, "address", f"{draw.randrange(11, 99)}.{n >> 16}.{n >> 8 & 255}.{n & 255}")
        for n in range(10_000)
    ]
    due = put(firewall, *many)
    change = due.take([lasting(20_000, "address", "198.51.100.1")], [many[0].uid], ms())
    began = time.perf_counter()
    firewall.apply(change, due, ms())
    assert time.perf_counter() - began < 1.0
    assert same(firewall, due)
