"""An incident's own requests, from whatever its evidence has of them."""

from __future__ import annotations

from shangdun.protect.prove.replay import MOST_CANARIES, replay_of

TITLE = {"zh": "重放", "en": "replay"}


def test_each_request_once_from_fields_or_the_raw_line():
    fields = {"http_request.http_method": "GET", "http_request.url.url_string": "/a?q=1'--"}
    found = replay_of(
        [
            {"fields": fields, "raw": ""},
            {"fields": fields, "raw": ""},
            {"raw": '203.0.113.9 - - [x] "HEAD /b?x=%3Cscript%3E HTTP/1.1" 200 5'},
            {"raw": "sshd[1]: Failed password for root"},
            {},
        ],
        TITLE,
    )
    assert [(one.method, one.target) for one in found.measure.canaries] == [
        ("GET", "/a?q=1'--"),
        ("HEAD", "/b?x=%3Cscript%3E"),
    ]
    assert found.left_out == 0


def test_what_changes_something_is_counted_and_not_sent():
    lines = [{"raw": '"POST /login HTTP/1.1"'}, {"raw": '"DELETE /cart HTTP/1.1"'}]
    found = replay_of([*lines, *lines], TITLE)
    assert not found.measure.canaries
    assert found.left_out == 2


def test_a_target_that_would_break_out_of_its_line_is_not_sent():
    fields = {"http_request.http_method": "GET", "http_request.url.url_string": "/a\r\nHost: evil"}
    odd = {"http_request.http_method": "GET", "http_request.url.url_string": "http://evil/"}
    found = replay_of([{"fields": fields}, {"fields": odd}], TITLE)
    assert not found.measure.canaries
    assert found.left_out == 2


def test_many_requests_are_bounded_and_the_rest_counted():
    lines = [{"raw": f'"GET /p?q={number} HTTP/1.1"'} for number in range(MOST_CANARIES + 7)]
    found = replay_of(lines, TITLE)
    assert (len(found.measure.canaries), found.left_out) == (MOST_CANARIES, 7)
