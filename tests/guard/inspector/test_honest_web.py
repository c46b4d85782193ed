"""What browsers, apps and services send that looks odd: none of it is an attack."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from shangdun_guard.inspector import Inspector
from shangdun_guard.request import Request

INSPECTOR = Inspector(remember=False)
HOST = ("host", "shop.example")


def honest(request: Request) -> bool:
    return not INSPECTOR.inspect(request).attack


def get(target: str, *headers: tuple[str, str]) -> Request:
    return Request("GET", target, (HOST, *headers))


def post(body: str | bytes, kind: str) -> Request:
    data = body.encode() if isinstance(body, str) else body
    return Request("POST", "/api", (HOST, ("content-type", kind)), data)


def upload(name: str, content: str | bytes) -> Request:
    data = content.encode() if isinstance(content, str) else content
    head = f'--b\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
    return post(head + data + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")


TEXTS = (
    "5'11\" and 24\" -- it's fine; <3 & R&B; Soul ;-)",
    "l'Hospitalet de Llobregat, l'",
    "C:\\Users\\Ann\\it's mine.docx",
    "\\\\fileserver\\share\\Q1 Report.xlsx",
    '=IF(B2>10,"yes","no")',
    "=VLOOKUP(A2,Sheet2!$A$1:$C$100,3,FALSE)",
    "$$\\int_0^1 \\frac{x^2}{\\sqrt{1-x}}\\,dx$$",
    "满100减20；第二件半价！＜限时＞ ＂优惠＂ 100％正品",
    "送料無料（※一部地域を除く）、「新品」＆『未使用』！",
    "BEGIN:VCARD\r\nVERSION:4.0\r\nN:O'Brien;Ann;;Dr.;\r\nTEL;TYPE=work:+1\r\nEND:VCARD",
    "On Mon, Bob wrote:\n> From: bob@x.example\n> To: ann@x.example\n> Subject: hi\nthanks",
    "^(?=.*[A-Z])(?=.*\\d)[\\w!@#$%^&*()-]{8,}$",
    "sudo apt-get update && sudo apt-get install -y nginx",
    "docker run --rm -it -p 8080:80 -v $(pwd):/app nginx:latest",
    "Use it like this:\n| command | does |\n|---|---|\n| ls | lists |\n| rm | removes |",
    "1 tbsp oil\ncat food not included\nkill the heat; let sit\nsort & serve",
    "Union Square, select all the shoes from table 5; please drop table 4",
    "Cannot read properties of undefined (reading 'map')\n    at eval (webpack:///./src/a.js:3:1)",
    "SELECT o.id FROM orders o JOIN c ON c.id = o.c_id WHERE o.total > 100 ORDER BY 1",
    '<div v-if="a && b" @click="go($event)">{{ item.name }}</div>',
    "{% if customer %}{{ customer.first_name | escape }}{% endif %}",
    "*/5 * * * * /usr/bin/php /srv/shop/artisan schedule:run >> /dev/null 2>&1",
    "48°51'29.6\"N 2°17'40.2\"E",
    "Edit /etc/hosts, see ../README.md and restart",
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_in_a_form_a_search_and_json(text: str) -> None:
    assert honest(post(urlencode({"body": text}), "application/x-www-form-urlencoded"))
    assert honest(get(f"/search?q={quote(text)}"))
    assert honest(post(json.dumps({"messages": [{"text": text}]}), "application/json"))


QUERIES = (
    "$filter=" + quote("Name eq 'O''Brien' and (Price gt 5 or startswith(Sku,'AB'))"),
    "jql=" + quote('project = SHOP AND text ~ "can\'t login" ORDER BY created DESC'),
    "fq=" + quote('{!tag=b}brand:("a" OR "b")') + "&bf=recip(ms(NOW,date),3.16e-11,1,1)",
    "or=" + quote("(age.lt.18,and(age.gt.60,name.ilike.*o'brien*))"),
    "where=" + quote('{"score":{"$gt":1000},"$or":[{"a":1}]}'),
    "filters[$and][0][title][$contains]=shoe&filters[price][$gte]=10",
    "query=" + quote('sum(rate(http_requests_total{code=~"5.."}[5m])) by (le) > 0.5'),
    "X-Amz-Credential=AKIA%2F20260101%2Fus-east-1&response-content-disposition="
    + quote("attachment; filename=\"it's a.jpg\"; filename*=UTF-8''it%27s%20a.jpg"),
    "redirect_uri=http%3A%2F%2F127.0.0.1%3A43123%2Fcallback&response_type=code",
    "en=add_to_cart&ep.currency=USD&dt=24%22%20Monitor%20%7C%20Tom%20%26%20Jerry's&pr1=nmTee%205%2711%22",
    "cid=%%CLICK_URL%%&p=${AUCTION_PRICE}&m={{campaign.id}}&s=__SITE__",
    "q=Espa%F1a+l%27%E9t%E9&k=%D6%D0%B9%FA%27",
)


@pytest.mark.parametrize("query", QUERIES)
def test_query_languages_and_beacons(query: str) -> None:
    assert honest(get(f"/list?{query}"))


HEADERS = (
    ("user-agent", "Mozilla/5.0 (Linux; U; Android 9; id; CPH1923 Build/PPR1) AppleWebKit/537.36"),
    ("user-agent", "Mozilla/5.0 [FBAN/FB4A;FBDM/{density=3.0,width=1080};FBLC/id_ID;FBCA/arm64:;]"),
    ("sec-ch-ua", '"Not/A)Brand";v="8", "Chromium";v="142"'),
    ("forwarded", 'for="[2001:db8:cafe::17]:4711";proto=https;by=_hidden'),
    ("signature-input", 'sig1=("@method" "@path");created=1618884473;keyid="k"'),
    ("authorization", 'Digest username="O\'Brien", realm="a b", uri="/a?b=c", qop=auth'),
    ("referer", "https://www.google.com/search?q=how+to+select+from+two+tables+in+sql"),
    ("cookie", "CookieConsent={stamp:%27ab/c==%27%2Cnecessary:true%2Cmethod:%27explicit%27}"),
    ("cookie", 'cart={"items":[{"id":1,"name":"O\'Brien mug"}]}; _fbp=fb.1.1596403881668.11'),
    ("next-router-state-tree", quote('["",{"children":["__PAGE__?{\\"q\\":1}",{}]},null]')),
)


@pytest.mark.parametrize("header", HEADERS)
def test_headers_and_cookies(header: tuple[str, str]) -> None:
    assert honest(get("/", header))


BODIES = {
    "an editor's page with code in it": (
        json.dumps(
            {
                "content": '<!-- wp:html --><iframe src="https://www.youtube.com/embed/x"></iframe>'
                "<!-- /wp:html --><p>"
                + "What a tester types, and why it is harmless here. " * 8
                + "</p><pre><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>"
            }
        ),
        "application/json",
    ),
    "a page state": ("__VIEWSTATE=%2FwEPDwUKMTIz&__EVENTTARGET=ctl00%24Main%24b", "a/form"),
    "a payment's callback": (
        "<xml><attach><![CDATA[支付 O'Brien; select]]></attach><sign><![CDATA[B5]]></sign></xml>",
        "text/xml",
    ),
    "types of a serialiser": (
        '{"$type":"Shop.Order, Shop","Items":{"$type":"System.Object[], mscorlib"}}',
        "application/json",
    ),
    "extended JSON": ('{"_id":{"$oid":"507f1f77"},"d":{"$date":"2026-01-01"}}', "a/json"),
    "a manifest": ('{"command":["/bin/sh","-c","sleep 5 && exec /app/run"]}', "a/json"),
    "messages of a socket": ('42["message",{"text":"hi; it\'s <3","to":"@ann"}]', "text/plain"),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies(name: str) -> None:
    assert honest(post(*BODIES[name]))


FILES = {
    "a.py": "import os, subprocess\nsubprocess.run(['ls','-l'])\nprint('x')\n",
    "app.js": "(function(){var a=document.createElement('script');a.src='/y.js';b.append(a)})();",
    "page.html": '<!doctype html>\n<script src="/a.js"></script><body onload="init()"></html>',
    "theme.zip": b"PK\x03\x04\x14\x00a.php<?php echo 1; ?>" + bytes(range(256)),
    "dump.sql": "DROP TABLE IF EXISTS `a`;\nINSERT INTO `a` VALUES (1,'O\\'Brien'),(2,'x; --');\n",
    "logo.svg": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg>',
    "合同;2026'终稿.xlsx": b"PK\x03\x04" + bytes(range(256)),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str) -> None:
    assert honest(upload(name, FILES[name]))
