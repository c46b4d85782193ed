"""The language as people write it, and what it says when it cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.clock import to_millis
from shangdun.lake.query import QueryError, parse_query
from shangdun.lake.query.fields import ALIASES
from shangdun.lake.query.predicate import (
    ONE,
    All,
    Compare,
    Either,
    Equals,
    Like,
    Not,
    Predicate,
    Present,
    Text,
    Within,
)
from shangdun.lake.query.sql import to_sql
from shangdun.lake.schema import FIELD_BY_NAME

A, B, C = (Equals("user.name", name) for name in "abc")
STATUS = "http_response.code"


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("", All(())),
        ("  ", All(())),
        ("source:shop", Equals("source", "shop")),
        ("user:a user:b", All((A, B))),
        ("user:a AND user:b and user:c", All((A, B, C))),
        ("user:a or user:b user:c", Either((A, All((B, C))))),
        ("user:a && user:b || user:c", Either((All((A, B)), C))),
        ("(user:a or user:b) user:c", All((Either((A, B)), C))),
        ("not user:a or user:b", Either((Not(A), B))),
        ("-user:a !user:b", All((Not(A), Not(B)))),
        ("not (user:a user:b)", Not(All((A, B)))),
        ("user: a", A),
        ("user:(a or b)", Either((A, B))),
        ("user:(a b)", Either((A, B))),
        ("user:(not a and not b)", All((Not(A), Not(B)))),
        ("status:404 AND is_mfa:true", All((Equals(STATUS, 404), Equals("is_mfa", value=True)))),
        ("status:>=500", Compare(STATUS, ">=", 500)),
        ("status>=500 status<600", All((Compare(STATUS, ">=", 500), Compare(STATUS, "<", 600)))),
        ("status:[500 TO 599]", All((Compare(STATUS, ">=", 500), Compare(STATUS, "<=", 599)))),
        ("status:{500 TO 599}", All((Compare(STATUS, ">", 500), Compare(STATUS, "<", 599)))),
        ("status:[500 TO *]", Compare(STATUS, ">=", 500)),
        ("status:[* TO *]", Present(STATUS)),
        ("status:(404 or >=500)", Either((Equals(STATUS, 404), Compare(STATUS, ">=", 500)))),
        ("status:5*", Like(STATUS, ("5", ""))),
        ('user.name:"li \\"mei\\" \\\\" total:2.5',
         All((Equals("user.name", 'li "mei" \\'), Equals("order.total", 2.5)))),
        ("path:/a*b*", Like("http_request.url.path", ("/a", "b", ""))),
        ("path:/a?", Like("http_request.url.path", (f"/a{ONE}",))),
        (r"path:/a\*", Equals("http_request.url.path", "/a*")),
        ('user.name:"a*b"', Equals("user.name", "a*b")),
        ("user:*", Present("user.name")),
        ("_exists_:user", Present("user.name")),
        ("user:null", Not(Present("user.name"))),
        ('user:"null"', Equals("user.name", "null")),
        ("user:-", Equals("user.name", "-")),
        ("user:not", Equals("user.name", "not")),
        ("src_endpoint.ip:2001:db8::1", Equals("src_endpoint.ip", "2001:db8::1")),
        ("ip:10.0.0.0/8", Within("src_endpoint.ip", ip_network("10.0.0.0/8"))),
        ("ip:2001:db8::/32", Within("src_endpoint.ip", ip_network("2001:db8::/32"))),
        ("path:10.0.0.0/8", Equals("http_request.url.path", "10.0.0.0/8")),
        ("unmapped.EventID:4688", Equals("unmapped.EventID", "4688")),
        ("day:2026-03-04", Equals("day", date(2026, 3, 4))),
        ("union select", All((Text(("union",)), Text(("select",))))),
        ('"union select"', Text(("union select",))),
        ("un*ct", Text(("un", "ct"))),
        ("a=b 10:30:00", All((Text(("a=b",)), Text(("10:30:00",))))),
    ],
)  # fmt: skip
def test_queries_are_read(text: str, predicate: Predicate) -> None:
    assert parse_query(text) == predicate


def test_times_are_meant_in_the_zone_given() -> None:
    asked = parse_query("time:>=2026-03-04T10:00:00", zone=ZoneInfo("Asia/Shanghai"))
    assert asked == Compare("time", ">=", to_millis(datetime(2026, 3, 4, 2, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "column", "message", "fix"),
    [
        ("source:shop AND", 16, "the query ends", "field:value"),
        ("AND source:shop", 1, "'AND' stands", "quote and"),
        ("source:shop AND AND source:x", 17, "'AND' stands", "quote and"),
        ("(source:shop", 1, "never closes", "add )"),
        ("source:shop)", 12, "never opened", "drop it"),
        ('user.name:"open', 11, "never closes", "close it"),
        ("source:a src_endpoint.ipp:1.2.3.4", 10, "no field 'src_endpoint.ipp'", "src_endpoint.ip"),
        ("http://x", 1, "no field 'http'", "quote it"),
        ("status:abc", 8, "whole numbers", "of that kind"),
        ("status:99999999999", 8, "32 bits", "of that kind"),
        ("total:nan", 7, "holds numbers", "of that kind"),
        ("is_mfa:maybe", 8, "true or false", "of that kind"),
        ("day:soon", 5, "2026-03-04", "of that kind"),
        ("time:>now", 7, "2026-03-04T10", "of that kind"),
        ("ip:10.0.0.0/99", 4, "no network", "10.0.0.0/8"),
        ("user:", 6, "value is missing", "user:mei"),
        ("status:>", 9, "value is missing", ">=500"),
        ("user:()", 7, "stands where", "field:value"),
        ("not", 4, "the query ends", "field:value"),
        ("(" * 60 + "a" + ")" * 60, 51, "brackets deep", "in parts"),
        ("not " * 60 + "a", 201, "brackets deep", "in parts"),
        ("a" * 20_000, 1, "longer than", "in parts"),
        ("a\\", 2, "backslash", "drop"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_pointed_at(text: str, column: int, message: str, fix: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert message in caught.value.message
    assert fix in caught.value.fix
    assert caught.value.column == column
    shown, caret = caught.value.pointer.split("\n")
    assert len(caret) <= len(shown) + 1


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("user:mei\nstatus:abc")
    assert caught.value.pointer == "status:abc\n       ^"
    assert str(caught.value).endswith("status:abc\n       ^")


def test_every_short_name_stands_for_a_column() -> None:
    assert set(ALIASES.values()) <= set(FIELD_BY_NAME)
    assert not set(ALIASES) & set(FIELD_BY_NAME)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_quoted_value_comes_back_as_it_is_and_is_bound(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    predicate = parse_query(f'user.name:"{escaped}"')
    assert predicate == Equals("user.name", value)
    assert to_sql(predicate) == ('"user.name" = ?', [value])


@given(st.text("abz:*?()[]{}\"\\ -!<>=&|/0.9TOandor\n'", max_size=40))
def test_whatever_is_typed_is_read_or_pointed_at(text: str) -> None:
    problem: QueryError | None = None
    condition, values = "", []
    try:
        condition, values = to_sql(parse_query(text))
    except QueryError as error:
        problem = error
    assert condition.count("?") == len(values)
    assert problem is None or (1 <= problem.column <= len(text) + 1 and problem.fix)
