"""From frames to findings."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import polars as pl

from shangdun.detect.detector import Detector
from shangdun.detect.entities import entities_in
from shangdun.detect.finding import Entity, Finding
from shangdun.detect.ocsf import MatchLines, to_ocsf
from shangdun.lake.block import Block, Logsource, Parsed
from shangdun.lake.parse import get_parser

from .conftest import LoadDocuments, frame_of, rule_text

LINE = (
    '{ip} - {user} [22/Nov/2026:10:00:{second:02d} +0000] "GET {target} HTTP/1.1" 200 5 "-" "x"\n'
)
WEB = {"category": "webserver"}


def access(*rows: tuple[str, str, str]) -> bytes:
    return "".join(
        LINE.format(ip=ip, user=user, target=target, second=second)
        for second, (ip, user, target) in enumerate(rows)
    ).encode()


def process(detector: Detector, data: bytes, first_line: int = 1, offset: int = 0) -> list[Finding]:
    parsed = get_parser("combined").parse(Block(data, first_line, offset, "a.log"))
    return detector.process(parsed, source="web", file_id="id", path="a.log")


def detector_of(load: LoadDocuments, *texts: str) -> Detector:
    ruleset = load(*texts)
    assert not ruleset.errors
    return Detector(ruleset)


BAD = rule_text(
    {"a": {"cs-uri-query|contains": "evil"}, "condition": "a"},
    title="Evil asked for",
    level="high",
    logsource=WEB,
    tags=["attack.t1190", "oat.014"],
    name="base",
)


def test_a_finding_says_who_where_and_why(load: LoadDocuments) -> None:
    detector = detector_of(load, BAD)
    rows = [("1.2.3.4", "-", "/"), ("1.2.3.4", "ann", "/evil?a=1"), ("5.6.7.8", "-", "/EVIL")]
    one, other = process(detector, access(*rows), first_line=7, offset=1000)
    assert one.title == "Evil asked for"
    assert one.severity_id == 4
    assert one.entities == [Entity("address", "1.2.3.4"), Entity("account", "ann")]
    assert other.entities == [Entity("address", "5.6.7.8")]
    (evidence,) = one.evidences
    assert (evidence.source, evidence.file, evidence.line) == ("web", "a.log", 8)
    assert evidence.raw == access(*rows).decode().splitlines()[1]
    assert evidence.offset == 1000 + len(access(rows[0]))
    assert evidence.fields["http_request.url.path"] == "/evil"
    (reason,) = one.reasons
    assert (reason.field, reason.operator, reason.value) == (
        "cs-uri-query",
        "contains",
        "/evil?a=1",
    )
    assert one.time - one.first_time == 0
    assert one.tags == ["attack.t1190", "oat.014"]


def test_matches_of_one_address_in_one_frame_are_one_finding(load: LoadDocuments) -> None:
    detector = detector_of(load, BAD)
    (finding,) = process(detector, access(*[("1.2.3.4", "-", f"/evil/{n}") for n in range(55)]))
    assert finding.count == 55
    assert [one.line for one in finding.evidences] == [*range(1, 11), *range(46, 56)]
    assert finding.time - finding.first_time == 54_000


def test_the_same_input_gives_the_same_findings(load: LoadDocuments) -> None:
    data = access(*[(f"1.2.3.{n % 7}", "-", f"/evil/{n}") for n in range(40)])
    first = process(detector_of(load, BAD), data)
    assert process(detector_of(load, BAD), data) == first
    assert len({finding.uid for finding in first}) == len(first) == 7
    moved = process(detector_of(load, BAD), data, offset=10_000)
    assert not {finding.uid for finding in moved} & {finding.uid for finding in first}


MANY = json.dumps(
    {
        "title": "Evil again and again",
        "level": "critical",
        "correlation": {
            "type": "event_count",
            "rules": ["base"],
            "group-by": ["c-ip"],
            "timespan": "1m",
            "condition": {"gte": 3},
        },
    }
)


def test_a_correlation_is_found_across_frames_and_restarts(load: LoadDocuments) -> None:
    rows = [("1.2.3.4", "-", "/evil")] * 3
    lines = access(*rows).splitlines(keepends=True)
    detector = detector_of(load, BAD, MANY)
    assert process(detector, lines[0]) == []
    held = detector.figures()
    assert (held.groups, held.events, held.evicted_events) == (1, 1, 0)
    state = detector.snapshot()
    offset = len(lines[0])

    def rest(from_here: Detector) -> list[Finding]:
        second = process(from_here, lines[1], 2, offset)
        return second + process(from_here, lines[2], 3, 2 * offset)

    (finding,) = rest(detector)
    assert finding.title == "Evil again and again"
    assert finding.entities[0] == Entity("address", "1.2.3.4")
    assert finding.count == 3
    assert [(one.line, bool(one.raw)) for one in finding.evidences] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    again = detector_of(load, BAD, MANY)
    again.restore(state)
    assert again.figures() == held
    assert rest(again) == [finding]


def test_entities_named_by_the_rule_come_first_and_staff_is_staff(load: LoadDocuments) -> None:
    kinds = [("account", ("user.name",)), ("address", ("src_endpoint.ip",))]
    event: dict[str, Any] = {"user.name": "li", "user.type": "staff", "src_endpoint.ip": "::1"}
    assert entities_in(event, kinds) == [Entity("staff", "li"), Entity("address", "::1")]
    assert entities_in({"user.name": "-", "src_endpoint.ip": "-"}, kinds) == []
    assert entities_in({"user.name": "", "src_endpoint.ip": ["9.9.9.9"]}, kinds) == [
        Entity("address", "9.9.9.9")
    ]


def test_parsers_are_asked_for_what_findings_need(load: LoadDocuments) -> None:
    fields = detector_of(load, BAD).fields_for(Logsource(category="webserver"))
    assert fields is not None
    assert {"time", "src_endpoint.ip", "user.name", "http_request.url.url_string"} <= fields
    parsed = get_parser("combined").parse(Block(access(("1.2.3.4", "ann", "/evil"))), fields)
    (finding,) = detector_of(load, BAD).process(parsed, source="s", file_id="f", path="p")
    assert finding.entities == [Entity("address", "1.2.3.4"), Entity("account", "ann")]


def test_ocsf_follows_the_contract(load: LoadDocuments) -> None:
    detector = detector_of(load, BAD)
    data = access(("1.2.3.4", "-", "/evil"))
    (finding,) = process(detector, data)
    event = msgspec.json.decode(msgspec.json.encode(to_ocsf(finding)))
    assert (event["class_uid"], event["type_uid"], event["severity_id"]) == (2004, 200401, 4)
    assert event["finding_info"]["analytic"]["uid"] == finding.rule_uid
    assert event["finding_info"]["title"] == "Evil asked for"
    assert event["finding_info"]["attacks"][0]["technique"]["uid"] == "T1190"
    assert event["evidences"][0]["data"]["file"] == "a.log"
    assert event["evidences"][0]["data"]["line"] == 1
    assert event["time"] == finding.time


def test_match_lines_are_the_same_objects_written_faster(load: LoadDocuments) -> None:
    detector = detector_of(load, BAD)
    parsed = get_parser("combined").parse(Block(access(*[("1.1.1.1", "-", "/evil")] * 3), 5))
    (match,) = detector.detect(parsed).matches
    odd = 'a "quoted" \\ name\u2028 with <b>中</b>\x1b[31m.log'
    text = MatchLines().write(match, parsed.events, odd, 7)
    events = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [event["evidences"][0]["data"]["line"] for event in events] == [5, 6, 7]
    assert {event["evidences"][0]["data"]["file"] for event in events} == {odd}
    assert len({event["finding_info"]["uid"] for event in events}) == 3
    assert [event["time"] for event in events] == parsed.events["time"].to_list()
    assert "\x1b" not in text
    slow = to_ocsf(detector.process(parsed, source="", file_id="", path=odd)[0])
    assert events[0].keys() <= slow.keys()
    assert events[0]["finding_info"].keys() <= slow["finding_info"].keys()


def test_events_without_time_are_dated_by_who_observes_them(load: LoadDocuments) -> None:
    detector = detector_of(load, rule_text({"a": {"f": "x"}, "condition": "a"}))
    events = frame_of([{"f": "x", "time": None}, {"f": "x", "time": 5}])
    frame = events.cast({"time": pl.Int64})
    (match,) = detector.detect(Parsed(frame)).matches
    lines = MatchLines().write(match, frame, "f", 99).splitlines()
    assert [json.loads(line)["time"] for line in lines] == [99, 5]
