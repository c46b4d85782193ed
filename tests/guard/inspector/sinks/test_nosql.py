from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.nosql import SINK

ATTACKS = [
    "true, $where: '1 == 1'",
    ", $where: '1 == 1'",
    "$where: '1 == 1'",
    "', $where: '1 == 1'",
    "1, $where: '1 == 1'",
    "{ $ne: 1 }",
    '{"$gt": ""}',
    "{$gt: ''}",
    "{'$regex': '^a'}",
    "', $or: [ {}, { 'a':'a",
    "' } ], $comment:'successful MongoDB injection'",
    "db.injection.insert({success:1});",
    "db.injection.insert({success:1});return 1;db.stores.mapReduce(function() { { emit(1,1",
    "1'; db.users.drop(); //",
    "|| 1==1",
    "' && this.password.match(/.*/)//+\x00",
    "' && this.passwordzz.match(/.*/)//",
    "';sleep(5000);",
    "';it=new Date();do{pt=new Date();}while(pt-it<5000);",
    "' || '1'=='1",
    "' || 1==1//",
    "' || true //",
    "admin' || 'a'=='a",
    "';return(true);var xyz='a",
    '"; return true; var a="',
    "0;return true",
    "';while(true){}//",
    "' || this.password.length > 0 || '",
    "\r\n*3\r\n$3\r\nSET\r\n",
    "x\r\nFLUSHALL\r\n",
    "x\nCONFIG SET dir /var/www\n",
    "x\r\nSLAVEOF 10.0.0.1 6379\r\n",
]

HONEST = [
    "it's 10% off; return within 30 days",
    "'abc'; return x",
    'He said "no"; return policy?',
    "say 'yes'; return it",
    "price < $5; or $10",
    "Tom && Jerry == friends",
    "a&&b==c",
    "x && y || z",
    "R&B && Soul || Jazz",
    "cost is $gt or so",
    "$where are you",
    "${where}",
    "{{$index}}",
    "$(document).ready(function(){this.x=1; return 1})",
    "if (a || b) { this.x == 1 }",
    "var a = 'x' || 'y';",
    "Use db.users.find({a: {$gt: 5}}) to query",
    "How do I write {age: {$gt: 5}} in the shell?",
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/a"}',
    '{"event":"$pageview","properties":{"$os":"Mac","$set":{"a":1},"$ip":"1.2.3.4"}}',
    "query ($id: ID!, $not: Int) { user(id: $id) { name } }",
    "Dear team,\r\nSET the table, please\r\nGET milk\r\n",
    "1. flush all caches\n2. config set up",
]

KEYS = [
    ("query", "user[$ne]", "user[$ne]"),
    ("form", "password[$regex]", "password[%24regex]"),
    ("form", "login[password][$gt]", "login[password][$gt]"),
    ("json", "$ne", "login.user.$ne"),
    ("json", "$gt", "password.$gt"),
    ("json", "$where", "$where"),
    ("json", "$regex", "token.$regex"),
    ("query", "id[$nin][]", "id[$nin][]"),
]

HONEST_KEYS = [
    ("query", "$filter", "$filter"),
    ("query", "$top", "$top"),
    ("query", "$limit", "$limit"),
    ("query", "$sort[createdAt]", "$sort[createdAt]"),
    ("query", "price[$gte]", "price[$gte]"),
    ("query", "filters[title][$contains]", "filters[title][$contains]"),
    ("query", "filters[price][$lt]", "filters[price][$lt]"),
    ("query", "filters[$or][0][name][$eq]", "filters[$or][0][name][$eq]"),
    ("json", "$gt", "where.score.$gt"),
    ("json", "$in", "filter.colour.$in"),
    ("json", "$ref", "properties.a.$ref"),
    ("json", "$id", "variables.$id"),
    ("json", "$type", "a.$type"),
    ("json", "$date", "created.$date"),
    ("json", "$oid", "_id.$oid"),
    ("json", "$set", "batch[].$set"),
    ("json", "$current_url", "properties.$current_url"),
    ("json", "a.b", "a.b"),
    ("json", "costs $ne money", "note.costs $ne money"),
]


@pytest.mark.parametrize("text", ATTACKS)
def test_attack(text: str) -> None:
    assert score(SINK, text) >= 0.5


@pytest.mark.parametrize("text", HONEST)
def test_honest(text: str) -> None:
    assert score(SINK, text) <= -1


@pytest.mark.parametrize(("place", "text", "name"), KEYS)
def test_operator_as_key(place: str, text: str, name: str) -> None:
    assert score(SINK, text, Slot(place, name)) >= 0.5


@pytest.mark.parametrize(("place", "text", "name"), HONEST_KEYS)
def test_honest_key(place: str, text: str, name: str) -> None:
    assert score(SINK, text, Slot(place, name)) <= -1


def test_every_code_has_a_sentence() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()


ODD = st.sampled_from("ab1 $'\"|&;={}[]():,\r\n*.")


@given(st.text(ODD | st.characters()), st.text())
def test_any_text_is_judged(text: str, name: str) -> None:
    score(SINK, text, Slot("json", name))


UNITS = ["'", "$ne,", '{"$', "db.a", "||", "&&", " ", "';", "\n", "[$", "}", "mapReduce (", "a "]


@pytest.mark.parametrize("unit", UNITS)
def test_linear(unit: str) -> None:
    assert growth(SINK, unit) < 8


def test_may_is_quick() -> None:
    assert read_though_ordinary(SINK) == []
