"""Formats that are JSON underneath: OCSF, business events, ModSecurity, Suricata, Windows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shangdun.lake.block import Block
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import get_parser
from shangdun.lake.schema import POLARS_SCHEMA

OBSERVED = 1_800_000_000_000


def events_of(format_name: str, *lines: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    """The rows without what is null; every line must be read, and come back from the lake."""
    data = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    parsed = get_parser(format_name).parse(Block(b"\n".join(data)))
    assert parsed.dead == ()
    frame = conform(parsed, source="s", observed=OBSERVED)
    assert dict(frame.schema) == dict(POLARS_SCHEMA)
    assert raw_lines(frame) == [parsed.raw_text(row) for row in range(len(data))]
    rows = parsed.events.iter_rows(named=True)
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def reason_of(format_name: str, line: dict[str, Any] | bytes) -> str:
    data = line if isinstance(line, bytes) else json.dumps(line).encode()
    parsed = get_parser(format_name).parse(Block(data))
    assert parsed.events.height == 0
    (letter,) = parsed.dead
    assert letter.raw == data
    return letter.reason


# OCSF ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("time", [1700000000123, "2023-11-14T22:13:20.123Z", 1700000000.123])
def test_ocsf_nested_and_flat_are_the_same(time: object) -> None:
    base = {"class_uid": 3002, "time": time, "severity_id": 1}
    nested = base | {"user": {"name": "li.na"}, "unknown": {"x": [1]}}
    flat = base | {"user.name": "li.na", "unknown.x": [1]}
    first, second = events_of("ocsf", nested, flat)
    assert {**first, "_line": 2, "_offset": second["_offset"]} == second
    assert first["time"] == 1700000000123
    assert first["user.name"] == "li.na"
    assert first["unknown.x"] == "[1]"


def test_ocsf_keeps_a_time_that_cannot_be_read() -> None:
    (event,) = events_of("ocsf", {"class_uid": 0, "time": "yesterday"})
    assert event["metadata.original_time"] == "yesterday"
    assert "time" not in event


def test_ocsf_needs_its_class() -> None:
    assert "class_uid" in reason_of("ocsf", {"time": 1})
    assert "class_uid" in reason_of("ocsf", {"class_uid": True})


# Business events -------------------------------------------------------------------------------

PAYMENT = {
    "class_uid": 92006002,
    "activity_id": 1,
    "time": 1700000000123,
    "status_id": 2,
    "user": {"name": "li.na", "type": "customer"},
    "payment": {"amount": 129, "currency": "CNY"},
    "card": {"fingerprint": "5d41402a"},
    "campaign": "spring",
}


def test_a_business_event_is_typed_and_keeps_what_has_no_column() -> None:
    (event,) = events_of("shop", PAYMENT)
    assert event["payment.amount"] == 129.0
    assert isinstance(event["payment.amount"], float)
    assert event["user.type"] == "customer"
    parsed = get_parser("shop").parse(Block(json.dumps(PAYMENT).encode()))
    frame = conform(parsed, source="s", observed=OBSERVED)
    assert json.loads(frame["unmapped"][0]) == {"campaign": "spring"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"payment": {"amount": "129"}}, "payment.amount is '129', but must be a number"),
        ({"payment": {"amount": True}}, "payment.amount is True, but must be a number"),
        ({"user": {"name": 7}}, "user.name is 7, but must be text"),
        ({"time": "2026-01-01"}, "time is '2026-01-01', but must be whole milliseconds"),
        ({"time": 1.5}, "time is 1.5, but must be whole milliseconds"),
        ({"status_id": 2**40}, "status_id is 1099511627776, which is out of range"),
        ({"is_mfa": 1}, "is_mfa is 1, but must be true or false"),
        ({"time": None}, "has no time"),
        ({"class_uid": 4002}, "class_uid 4002 is no business event"),
        ({"class_uid": 92006099}, "class_uid 92006099 is no business event"),
        ({"activity_id": 42}, "activity_id 42 is unknown to payment_activity"),
        ({"user.name": ["x"]}, ""),
    ],
)
def test_a_business_event_with_a_fault_says_which(change: dict[str, Any], reason: str) -> None:
    if reason:
        assert reason in reason_of("shop", PAYMENT | change)
    else:  # a list has a JSON text, and text is what the column holds
        assert events_of("shop", PAYMENT | change)[0]["user.name"] == '["x"]'


def test_what_is_no_object_is_no_business_event() -> None:
    assert "not an object" in reason_of("shop", b"[1]")
    assert "is not JSON" in reason_of("shop", b"{")


# ModSecurity -----------------------------------------------------------------------------------

TRANSACTION: dict[str, Any] = {
    "transaction": {
        "client_ip": "198.51.100.9",
        "time_stamp": "Tue Nov 14 22:13:20 2023",
        "server_id": "abc",
        "client_port": 51000,
        "host_ip": "192.0.2.1",
        "host_port": 443,
        "unique_id": "170000000012.345",
        "request": {
            "method": "POST",
            "http_version": 1.1,
            "uri": "/login?next=%2F",
            "body": "user=a&password=' or 1=1--",
            "headers": {
                "Host": "shop.example:8443",
                "User-Agent": "curl/8",
                "Cookie": "a=b",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        },
        "response": {"body": "no", "http_code": 403, "headers": {"Content-Type": "text/html"}},
        "producer": {"modsecurity": "ModSecurity v3.0.9"},
        "messages": [
            {
                "message": "SQL Injection Attack",
                "details": {"ruleId": "942100", "severity": "2", "data": "x"},
            },
            {"message": "Score", "details": {"ruleId": "949110", "severity": "0"}},
        ],
    }
}


def test_modsecurity_gives_the_whole_request() -> None:
    (event,) = events_of("modsecurity", TRANSACTION)
    wanted = {
        "time": 1700000000000,
        "class_uid": 4002,
        "activity_id": 6,
        "action_id": 1,
        "severity_id": 6,
        "src_endpoint.ip": "198.51.100.9",
        "src_endpoint.port": 51000,
        "http_request.http_method": "POST",
        "http_request.url.url_string": "/login?next=%2F",
        "http_request.url.path": "/login",
        "http_request.url.query_string": "next=%2F",
        "http_request.url.hostname": "shop.example",
        "http_request.url.port": 8443,
        "http_request.version": "HTTP/1.1",
        "http_request.user_agent": "curl/8",
        "http_request.cookies": "a=b",
        "http_request.content_type": "application/x-www-form-urlencoded",
        "http_request.body": "user=a&password=' or 1=1--",
        "http_response.code": 403,
        "http_response.body": "no",
        "http_response.content_type": "text/html",
        "firewall_rule.uid": "942100",
        "firewall_rule.desc": "SQL Injection Attack",
    }
    assert {key: event[key] for key in wanted} == wanted
    assert json.loads(event["http_request.headers"])[0] == ["Host", "shop.example:8443"]
    assert len(json.loads(event["firewall_rule.match_details"])) == 2


def test_modsecurity_may_hold_any_bytes() -> None:
    line = json.dumps(TRANSACTION).encode().replace(b"password=", b"password=\xff\xfe\xe4")
    (event,) = events_of("modsecurity", line)
    assert event["http_request.body"] == r"user=a&password=\xff\xfe\xe4' or 1=1--"


@pytest.mark.parametrize(
    "change",
    [
        {"messages": "none"},
        {"messages": [1, {"details": []}]},
        {"response": None},
        {"time_stamp": 5},
        {"client_port": {"x": 1}},
        {"is_interrupted": True},
    ],
)
def test_modsecurity_bears_parts_of_another_kind(change: dict[str, Any]) -> None:
    transaction = TRANSACTION["transaction"] | change
    (event,) = events_of("modsecurity", {"transaction": transaction})
    assert event["http_request.http_method"] == "POST"
    assert event["action_id"] == (2 if "is_interrupted" in change else 1)


def test_modsecurity_says_what_it_misses() -> None:
    assert "transaction.request.uri" in reason_of("modsecurity", {"transaction": {"request": {}}})


# Suricata --------------------------------------------------------------------------------------

EVE = {
    "timestamp": "2023-11-14T22:13:20.123456+0000",
    "flow_id": 1234567890123456,
    "src_ip": "198.51.100.9",
    "src_port": 51000,
    "dest_ip": "192.0.2.1",
    "dest_port": 80,
    "proto": "TCP",
}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (
            {
                "event_type": "alert",
                "alert": {
                    "action": "blocked",
                    "signature_id": 2010935,
                    "signature": "ET SCAN",
                    "category": "Recon",
                    "severity": 2,
                    "gid": 1,
                },
                "http": {"hostname": "shop.example", "url": "/a?b", "http_method": "GET"},
            },
            {
                "class_uid": 2004,
                "activity_id": 1,
                "action_id": 2,
                "severity_id": 3,
                "finding_info.title": "ET SCAN",
                "finding_info.analytic.uid": "2010935",
                "http_request.url.query_string": "b",
                "alert.gid": 1,
                "connection_info.uid": "1234567890123456",
                "connection_info.protocol_name": "tcp",
            },
        ),
        (
            {
                "event_type": "http",
                "http": {
                    "hostname": "shop.example",
                    "url": "/p",
                    "http_method": "POST",
                    "status": 200,
                    "length": 12,
                    "http_user_agent": "curl",
                    "protocol": "HTTP/1.1",
                },
            },
            {
                "class_uid": 4002,
                "activity_id": 6,
                "http_request.user_agent": "curl",
                "http_response.code": 200,
                "http_response.length": 12,
                "http_request.version": "HTTP/1.1",
            },
        ),
        (
            {"event_type": "dns", "dns": {"type": "query", "rrname": "a.example", "rrtype": "TXT"}},
            {"class_uid": 4003, "activity_id": 1, "query.hostname": "a.example"},
        ),
        (
            {
                "event_type": "dns",
                "dns": {"type": "response", "queries": [{"rrname": "b.example", "rrtype": "A"}]},
            },
            {"class_uid": 4003, "activity_id": 2, "query.hostname": "b.example", "query.type": "A"},
        ),
        (
            {"event_type": "tls", "tls": {"sni": "c.example", "ja3": {"hash": "ff"}}},
            {"class_uid": 4001, "tls.sni": "c.example", "tls.ja3_hash.value": "ff"},
        ),
        (
            {"event_type": "flow", "flow": {"bytes_toserver": 5, "pkts_toclient": 2}},
            {"class_uid": 4001, "activity_id": 6, "traffic.bytes_out": 5, "traffic.packets_in": 2},
        ),
        ({"event_type": "stats", "stats": {"uptime": 5}}, {"class_uid": 0, "stats.uptime": 5}),
    ],
)
def test_suricata(more: dict[str, Any], wanted: dict[str, Any]) -> None:
    (event,) = events_of("eve", EVE | more)
    assert event["time"] == 1700000000123
    assert {key: event.get(key) for key in wanted} == wanted


def test_suricata_says_what_it_misses() -> None:
    assert "event_type" in reason_of("eve", EVE)


# Windows ---------------------------------------------------------------------------------------

SYSMON = {"Image": "C:\\a.exe", "CommandLine": "a.exe /x", "ProcessId": 77}
TIME = "2023-11-14T22:13:20.123456Z"


@pytest.mark.parametrize(
    "document",
    [
        {
            "Event": {
                "#attributes": {"xmlns": "x"},
                "System": {
                    "Provider": {"#attributes": {"Name": "Sysmon", "Guid": "g"}},
                    "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 1},
                    "Channel": "Microsoft-Windows-Sysmon/Operational",
                    "Computer": "ws",
                    "TimeCreated": {"#attributes": {"SystemTime": TIME}},
                },
                "EventData": SYSMON,
            }
        },
        {
            "Event": {
                "System": {
                    "Provider": {"@Name": "Sysmon"},
                    "EventID": "1",
                    "Channel": "Microsoft-Windows-Sysmon/Operational",
                    "Computer": "ws",
                    "TimeCreated": {"@SystemTime": TIME},
                },
                "EventData": {
                    "Data": [{"@Name": name, "#text": value} for name, value in SYSMON.items()]
                },
            }
        },
        {
            "@timestamp": TIME,
            "winlog": {
                "event_id": "1",
                "channel": "Microsoft-Windows-Sysmon/Operational",
                "computer_name": "ws",
                "provider_name": "Sysmon",
                "event_data": SYSMON,
            },
        },
        {
            "EventID": 1,
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "ws",
            "Provider_Name": "Sysmon",
            "UtcTime": TIME,
            **SYSMON,
        },
    ],
)
def test_windows_events_have_their_native_names(document: dict[str, Any]) -> None:
    (event,) = events_of("windows", document)
    wanted = SYSMON | {
        "EventID": 1,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": "ws",
        "Provider_Name": "Sysmon",
        "time": 1700000000123,
        "product": "windows",
    }
    assert {key: event.get(key) for key in wanted} == wanted


def test_windows_data_without_names_and_user_data() -> None:
    system = {"EventID": 1102, "Channel": "Security"}
    cleared = {"UserData": {"LogFileCleared": {"SubjectUserName": "bob"}}}
    unnamed = {"EventData": {"Data": ["one", "two"]}}
    first, second = events_of(
        "windows", {"Event": {"System": system} | cleared}, {"Event": {"System": system} | unnamed}
    )
    assert first["SubjectUserName"] == "bob"
    assert second["Data"] == '["one","two"]'


def test_windows_says_what_it_misses() -> None:
    assert "EventID" in reason_of("windows", {"Image": "x"})
