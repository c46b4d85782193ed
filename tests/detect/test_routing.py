"""Which rules are asked about which events."""

from __future__ import annotations

from typing import Any

import pytest

from shangdun.detect.engine import Engine
from shangdun.detect.pipelines import column_of, keyword_columns, target_of
from shangdun.detect.recognition import recognitions
from shangdun.detect.routing import FORMAT_LOGSOURCES, applies, lanes_of
from shangdun.lake.block import Block, Logsource, Parsed
from shangdun.lake.parse import get_parser

from .conftest import LoadDocuments, found, frame_of, parsed_of, rule_text

ACCESS = Logsource(category="webserver")
APPLIES = [
    # rule, event, asked
    (Logsource("windows", "process_creation"), Logsource("windows", "process_creation"), True),
    (Logsource("windows", "process_creation"), Logsource("Windows", "Process_Creation"), True),
    (Logsource("windows", "process_creation"), Logsource("linux", "process_creation"), False),
    (Logsource("windows", "process_creation"), Logsource("windows"), True),
    (Logsource("windows", "process_creation"), Logsource(), True),
    (Logsource("windows", "", "security"), Logsource("windows", "process_creation"), True),
    (Logsource("windows", "", "application"), Logsource("windows", "process_creation"), False),
    (Logsource("windows", "", "sysmon"), Logsource("windows", "file_event", "sysmon"), True),
    (Logsource("windows"), Logsource("windows", "file_event"), True),
    (Logsource("windows", "registry_event"), Logsource("windows", "registry_set"), True),
    (Logsource("windows", "registry_delete"), Logsource("windows", "registry_event"), True),
    (Logsource("windows", "registry_set"), Logsource("windows", "registry_delete"), False),
    (Logsource("", "webserver"), ACCESS, True),
    (Logsource("apache", "webserver"), ACCESS, True),
    (Logsource("", "proxy"), ACCESS, False),
    (Logsource("", "", "nginx"), ACCESS, True),
    (Logsource("linux"), ACCESS, False),
    (Logsource("linux", "", "sshd"), ACCESS, False),
    (Logsource("", "webserver"), Logsource("modsecurity", "webserver"), True),
    (Logsource("shop", "order"), Logsource("shop", "payment"), False),
    (Logsource("shop"), Logsource("shop", "payment"), True),
]


@pytest.mark.parametrize(("rule", "event", "asked"), APPLIES)
def test_a_rule_is_asked_unless_the_event_contradicts_it(
    rule: Logsource, event: Logsource, asked: bool
) -> None:
    assert applies(rule, event) is asked


EVENTS: list[tuple[dict[str, Any], Logsource]] = [
    ({"f": "x"}, Logsource()),
    ({"product": "cisco", "service": "aaa"}, Logsource("cisco", "", "aaa")),
    ({"class_uid": 4002}, ACCESS),
    ({"class_uid": 92006002}, Logsource("shop", "payment")),
    ({"class_uid": 9999}, Logsource()),
    (
        {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1},
        Logsource("windows", "process_creation", "sysmon"),
    ),
    (
        {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "13"},
        Logsource("windows", "registry_set", "sysmon"),
    ),
    ({"Channel": "Security", "EventID": 4625}, Logsource("windows", "", "security")),
    ({"Channel": "Somebody/Else", "EventID": 1}, Logsource("windows")),
    ({"class_uid": 1007}, Logsource(category="process_creation")),
    (
        {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"},
        Logsource("aws", "", "cloudtrail"),
    ),
    (
        {"eventSource": "ecs.aliyuncs.com", "eventName": "RunInstances", "acsRegion": "cn-hz"},
        Logsource("alibaba", "", "actiontrail"),
    ),
    ({"eventSource": "shop", "eventName": "order"}, Logsource()),
    (
        {
            "protoPayload.serviceName": "iam.googleapis.com",
            "protoPayload.methodName": "google.iam.admin.v1.CreateServiceAccount",
        },
        Logsource("gcp", "", "gcp.audit"),
    ),
    (
        {
            "protoPayload.serviceName": "login.googleapis.com",
            "protoPayload.methodName": "google.login.LoginService.loginFailure",
        },
        Logsource("gcp", "", "google_workspace.login"),
    ),
    (
        {"category": "Administrative", "operationName": "Microsoft.Network/x/delete"},
        Logsource("azure", "", "activitylogs"),
    ),
    (
        {"Category": "SignInLogs", "OperationName": "Sign-in activity"},
        Logsource("azure", "", "signinlogs"),
    ),
    (
        {"apiVersion": "audit.k8s.io/v1", "auditID": "1", "verb": "create"},
        Logsource("kubernetes", "application", "audit"),
    ),
    (
        {"eventType": "user.session.start", "published": "now", "outcome.result": "FAILURE"},
        Logsource("okta", "", "okta"),
    ),
]


@pytest.mark.parametrize(("event", "logsource"), EVENTS)
def test_where_an_event_comes_from(event: dict[str, Any], logsource: Logsource) -> None:
    lanes = lanes_of(parsed_of([event, event]))
    assert lanes.logsources == [logsource]
    assert lanes.of_row is None


def test_a_mixed_frame_is_sorted_row_by_row() -> None:
    events = [event for event, _ in EVENTS] * 2
    lanes = lanes_of(parsed_of(events))
    assert lanes.of_row is not None
    found_in = [lanes.logsources[lane] for lane in lanes.of_row.tolist()]
    assert found_in == [logsource for _, logsource in EVENTS] * 2


LINES = {
    "combined": b'192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n',
    "http": b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    "modsecurity": (
        b'{"transaction": {"client_ip": "192.0.2.1", "time_stamp": "Sun Nov 22 10:00:00 2026",'
        b' "request": {"method": "GET", "uri": "/"}}}\n'
    ),
    "auditd": b"type=SYSCALL msg=audit(1700000000.123:1): arch=c000003e syscall=59\n",
}


@pytest.mark.parametrize("name", sorted(FORMAT_LOGSOURCES))
def test_a_format_of_one_source_says_so(name: str) -> None:
    parsed = get_parser(name).parse(Block(LINES[name]), None)
    assert len(parsed.events) == 1
    assert lanes_of(parsed).logsources == [FORMAT_LOGSOURCES[name]]


def test_every_way_to_recognise_a_source_is_told_once() -> None:
    told = recognitions()
    assert len(told) == len(set(told))
    assert {one.logsource.service for one in told} >= {"sysmon", "auditd", "cloudtrail"}
    assert all(one.sign for one in told)


def test_a_rule_for_an_operating_system_is_not_asked_about_a_cloud(load: LoadDocuments) -> None:
    detection = {"a": {"eventName": "StopLogging"}, "condition": "a"}
    ruleset = load(
        rule_text(detection, title="cloud", logsource={"product": "aws", "service": "cloudtrail"}),
        rule_text(detection, title="os", logsource={"product": "windows"}),
    )
    event = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}
    assert found(Engine(ruleset), parsed_of([event])) == {"cloud": [0]}


def test_names_of_an_exporter_stand_for_the_native_ones(load: LoadDocuments) -> None:
    rule = rule_text(
        {"a": {"gcp.audit.method_name|endswith": ".Delete"}, "condition": "a"},
        logsource={"product": "gcp", "service": "gcp.audit"},
    )
    event = {"protoPayload.serviceName": "x.googleapis.com", "protoPayload.methodName": "v1.Delete"}
    assert found(Engine(load(rule)), parsed_of([event])) == {"rule": [0]}


def test_what_the_format_says_counts_more_than_columns() -> None:
    frame = frame_of([{"product": "windows"}])
    assert lanes_of(Parsed(frame, logsource=ACCESS)).logsources == [ACCESS]


def test_rules_see_only_their_rows(load: LoadDocuments) -> None:
    ruleset = load(
        rule_text({"a": {"f": "x"}, "condition": "a"}, title="w", logsource={"product": "windows"}),
        rule_text({"a": {"f": "x"}, "condition": "a"}, title="l", logsource={"product": "linux"}),
        rule_text({"a": {"f": "y"}, "condition": "not a"}, title="n", logsource={"service": "s"}),
    )
    events = [
        {"f": "x", "product": "windows"},
        {"f": "x", "product": "linux", "service": "s"},
        {"f": "x", "product": "bsd", "service": "other"},
        {"f": "x"},
    ]
    seen = found(Engine(ruleset), parsed_of(events))
    assert seen == {"w": [0, 3], "l": [1, 3], "n": [0, 1, 3]}


# field mapping


def test_w3c_names_stand_for_ocsf_columns_in_web_rules_only() -> None:
    assert target_of("cs-uri-query", ACCESS).column == "http_request.url.url_string"
    assert target_of("cs-uri-query", Logsource("windows")).column == ""
    assert column_of("c-ip", {"src_endpoint.ip"}) == "src_endpoint.ip"
    assert column_of("c-ip", {"c-ip", "src_endpoint.ip"}) == "c-ip"
    assert column_of("nowhere", {"src_endpoint.ip"}) is None
    assert keyword_columns(Logsource("windows")) is None


def web_rule(detection: dict[str, Any], title: str = "rule") -> str:
    return rule_text(detection, title=title, logsource={"category": "webserver"})


def test_a_web_rule_on_access_log_and_on_w3c_json(load: LoadDocuments) -> None:
    engine = Engine(load(web_rule({"a": {"cs-uri-query|contains": "/etc/"}, "condition": "a"})))
    access = frame_of([{"http_request.url.url_string": "/?f=/ETC/passwd"}])
    assert found(engine, Parsed(access, logsource=ACCESS)) == {"rule": [0]}
    assert found(engine, parsed_of([{"cs-uri-query": "/etc/"}, {"c-uri": "/etc/"}])) == {
        "rule": [0]
    }
    both = [{"cs-uri-query": "/", "http_request.url.url_string": "/etc/"}]
    assert found(engine, parsed_of(both)) == {}


def test_a_dash_in_the_log_is_what_a_rule_calls_a_dash_empty_or_null(load: LoadDocuments) -> None:
    engine = Engine(
        load(
            web_rule({"a": {"cs-referer": "-"}, "condition": "a"}, "dash"),
            web_rule({"a": {"cs-referer": ""}, "condition": "a"}, "empty"),
            web_rule({"a": {"cs-referer": None}, "condition": "a"}, "null"),
        )
    )
    access = frame_of([{"http_request.referrer": None}, {"http_request.referrer": "/x"}])
    seen = found(engine, Parsed(access, logsource=ACCESS))
    assert seen == {"dash": [0], "empty": [0], "null": [0]}
    # an event that never had the field did not have a dash in it
    assert found(engine, parsed_of([{"other": "x"}])) == {"null": [0]}
