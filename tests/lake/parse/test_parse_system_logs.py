"""Syslog and auditd: times, origins, and what programs say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.clock import FixedClock, from_millis
from shangdun.lake.block import Block, Parsed
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import get_parser

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


def parse(format_name: str, *lines: bytes, zone: timezone = UTC) -> Parsed:
    parser = get_parser(format_name, clock=FixedClock(NOW), zone=zone)
    return parser.parse(Block(b"\n".join(lines)))


def event(format_name: str, line: str) -> dict[str, Any]:
    parsed = parse(format_name, line.encode())
    assert parsed.dead == ()
    frame = conform(parsed, source="s", observed=1_800_000_000_000)
    assert raw_lines(frame) == [line]
    return {
        key: value for key, value in parsed.events.row(0, named=True).items() if value is not None
    }


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Jan  4 10:00:01 web app[1]: x", "2026-01-04T10:00:01"),
        ("<13>Dec 31 10:00:01 web app: x", "2025-12-31T10:00:01"),
        ("Jan  6 11:59:00 web app: x", "2026-01-06T11:59:00"),  # a day ahead is a clock's doing
        ("Jan  6 12:01:00 web app: x", "2025-01-06T12:01:00"),
        ("Feb 29 10:00:00 web app: x", "2024-02-29T10:00:00"),
        ("Jan  4 2020 10:00:01 web app: x", None),
        ("2026-01-04T18:00:01.5+08:00 web app: x", "2026-01-04T10:00:01.500"),
        ("2026-01-04T10:00:01.123456Z web app: x", "2026-01-04T10:00:01.123"),
        ("<34>1 2026-01-04T10:00:01Z web app 9 ID47 - x", "2026-01-04T10:00:01"),
    ],
)
def test_times(line: str, wanted: str | None) -> None:
    parsed = parse("syslog", line.encode())
    if wanted is None:
        assert parsed.dead[0].reason == "does not start with a syslog time"
        return
    moment = from_millis(parsed.events["time"][0]).replace(tzinfo=None)
    assert moment.isoformat(timespec="milliseconds").removesuffix(".000") == wanted
    assert parsed.events["message"][0] == "x"
    assert parsed.events["device.hostname"][0] == "web"
    assert parsed.events["process.name"][0] == "app"


def test_a_time_without_zone_is_in_the_zone_given() -> None:
    parsed = parse("syslog", b"Jan  4 10:00:01 web app: x", zone=CHINA)
    assert from_millis(parsed.events["time"][0]) == datetime(2026, 1, 4, 2, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("line", [b"Foo 33 10:00:00 web app: x", b"Feb 30 10:00:00 web app: x"])
def test_a_time_that_cannot_be_is_a_dead_letter(line: bytes) -> None:
    assert parse("syslog", line).dead[0].reason == "has a time that cannot be"


def test_priority_and_structured_data() -> None:
    found = event("syslog", r'<86>1 2026-01-04T10:00:00Z web app - - [a b="c\]"][d e="f"] hello')
    assert found["metadata.log_name"] == "authpriv"
    assert found["severity_id"] == 1
    assert found["structured_data"] == r'[a b="c\]"][d e="f"]'
    assert found["message"] == "hello"


PREFIX = "Jan  4 10:00:01 web "


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (
            "sshd[7]: Failed password for invalid user admin from 203.0.113.9 port 4242 ssh2",
            {
                "class_uid": 3002,
                "activity_id": 1,
                "status_id": 2,
                "user.name": "admin",
                "src_endpoint.ip": "203.0.113.9",
                "src_endpoint.port": 4242,
                "auth_protocol": "password",
                "status_detail": "Invalid user",
                "process.pid": 7,
                "service": "sshd",
                "product": "linux",
            },
        ),
        (
            "sshd-session[7]: Accepted publickey for git from 2001:db8::1 port 1 ssh2: ED25519 x",
            {
                "class_uid": 3002,
                "status_id": 1,
                "src_endpoint.ip": "2001:db8::1",
                "user.name": "git",
            },
        ),
        (
            "sshd[7]: Failed password for a from b from 203.0.113.9 port 1 ssh2",
            {"status_id": 2, "src_endpoint.ip": "203.0.113.9", "user.name": "a from b"},
        ),
        (
            (
                "sshd[7]: message repeated 3 times: "
                "[ Failed password for root from 203.0.113.9 port 1 ssh2]"
            ),
            {"status_id": 2, "user.name": "root"},
        ),
        ("sshd[7]: Invalid user  from 203.0.113.9 port 5", {"status_id": 2, "user.name": ""}),
        (
            (
                "sshd[7]: error: maximum authentication attempts exceeded for root "
                "from 203.0.113.9 port 1 ssh2 [preauth]"
            ),
            {"status_id": 2, "user.name": "root"},
        ),
        (
            (
                "sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 "
                "tty=ssh ruser= rhost=203.0.113.9  user=root"
            ),
            {
                "class_uid": 3002,
                "status_id": 2,
                "src_endpoint.ip": "203.0.113.9",
                "user.name": "root",
            },
        ),
        (
            "sshd[7]: pam_unix(sshd:session): session closed for user bob",
            {"class_uid": 3002, "activity_id": 2, "user.name": "bob"},
        ),
        (
            "sshd[7]: pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)",
            {"class_uid": 0, "user.name": "bob"},
        ),
        (
            "sudo:    alice : TTY=pts/0 ; PWD=/home/a ; USER=root ; COMMAND=/bin/sh -c 'id ; w'",
            {
                "class_uid": 1007,
                "actor.user.name": "alice",
                "process.user.name": "root",
                "process.cmd_line": "/bin/sh -c 'id ; w'",
                "service": "sudo",
            },
        ),
        (
            (
                "sudo: alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; "
                "USER=root ; COMMAND=/bin/sh"
            ),
            {"class_uid": 3002, "status_id": 2, "status_detail": "3 incorrect password attempts"},
        ),
        (
            "su[1]: FAILED SU (to root) bob on pts/1",
            {"class_uid": 3002, "status_id": 2, "user.name": "root", "actor.user.name": "bob"},
        ),
        ("su: (to root) bob on pts/1", {"status_id": 1, "actor.user.name": "bob"}),
        (
            (
                "useradd[1]: new user: name=eve, UID=1001, GID=1001, home=/home/eve, "
                "shell=/bin/sh, from=pts"
            ),
            {"class_uid": 3001, "activity_id": 1, "user.name": "eve", "user.uid": "1001"},
        ),
        ("userdel[1]: delete user 'eve'", {"class_uid": 3001, "activity_id": 6}),
        (
            "passwd[1]: pam_unix(passwd:chauthtok): password changed for eve",
            {"class_uid": 3001, "activity_id": 3, "user.name": "eve"},
        ),
        (
            "usermod[1]: add 'eve' to group 'sudo'",
            {"class_uid": 3001, "user.name": "eve", "group.name": "sudo"},
        ),
        (
            "CRON[1]: (root) CMD (   test -x /x)",
            {"class_uid": 1007, "actor.user.name": "root", "process.cmd_line": "   test -x /x"},
        ),
        (
            (
                "kernel: [   12.5] [UFW BLOCK] IN=eth0 OUT= MAC=00 SRC=203.0.113.9 DST=192.0.2.1 "
                "LEN=40 PROTO=TCP SPT=5 DPT=22 WINDOW=1"
            ),
            {
                "class_uid": 4001,
                "activity_id": 5,
                "action_id": 2,
                "firewall_rule.name": "UFW BLOCK",
                "src_endpoint.ip": "203.0.113.9",
                "dst_endpoint.port": 22,
                "connection_info.protocol_name": "tcp",
                "connection_info.direction": "inbound",
            },
        ),
        ("kernel: usb 1-1: new device", {"class_uid": 0, "message": "usb 1-1: new device"}),
        (
            "%AAA-5-USER_LOGGED: User x executed: ping",
            {"product": "cisco", "service": "aaa", "message": "User x executed: ping"},
        ),
    ],
)
def test_what_programs_say(message: str, wanted: dict[str, Any]) -> None:
    found = event("syslog", PREFIX + message)
    assert {key: found.get(key) for key in wanted} == wanted


def test_a_long_message_is_kept_and_not_taken_apart() -> None:
    hostile = "sudo: a : TTY=x ; PWD=" + " ; USER=a" * 20_000
    found = event("syslog", PREFIX + hostile)
    assert found["class_uid"] == 0
    assert len(found["message"]) > 100_000


@given(st.binary(max_size=120))
def test_no_bytes_raise(data: bytes) -> None:
    for name in ("syslog", "auditd"):
        for start in (b"", b"Jan  4 10:00:01 h sshd[1]: ", b"type=A msg=audit(1.000:1): "):
            parsed = parse(name, *(start + data).splitlines())
            assert parsed.events.height + len(parsed.dead) <= len((start + data).splitlines())


# auditd ----------------------------------------------------------------------------------------


def test_auditd_keeps_its_names_and_decodes_what_the_kernel_encoded() -> None:
    found = event(
        "auditd",
        'node=web type=EXECVE msg=audit(1700000000.123:456): argc=3 a0="ls" a1=2D6C20C3A9 a2="x y"',
    )
    wanted = {
        "type": "EXECVE",
        "a1": "-l é",
        "process.cmd_line": "ls -l é x y",
        "time": 1700000000123,
        "metadata.correlation_uid": "456",
        "device.hostname": "web",
        "class_uid": 1007,
    }
    assert {key: found.get(key) for key in wanted} == wanted


def test_auditd_logons() -> None:
    line = (
        "type=USER_LOGIN msg=audit(1700000000.123:457): pid=812 uid=0 auid=1000 ses=3 "
        'msg=\'op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 '
        'terminal=ssh res=failed\'\x1dUID="root" AUID="alice"'
    )
    found = event("auditd", line)
    wanted = {
        "class_uid": 3002,
        "status_id": 2,
        "user.name": "root",
        "src_endpoint.ip": "203.0.113.9",
        "exe": "/usr/sbin/sshd",
        "AUID": "alice",
        "pid": "812",
    }
    assert {key: found.get(key) for key in wanted} == wanted


def test_auditd_decodes_a_process_title_and_only_known_fields() -> None:
    found = event(
        "auditd", "type=PROCTITLE msg=audit(1.000:1): proctitle=6C73002D6C ouid=10 arch=C000003E"
    )
    assert found["proctitle"] == "ls -l"
    assert found["arch"] == "C000003E"


def test_auditd_says_what_it_misses() -> None:
    assert "type=" in parse("auditd", b"hello").dead[0].reason
