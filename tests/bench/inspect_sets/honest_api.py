"""What programs say to programs: JSON, GraphQL, queries, reports, hooks, packed bytes."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote, urlencode

from tests.bench.inspect_sets import browser, words
from tests.bench.inspect_sets.browser import hexes, token, uuid
from tests.bench.inspect_sets.honest_web import SHOP, url
from tests.bench.inspect_sets.sample import Headers, request

from shangdun_guard.request import Request

API = "api.shop.example"
SITE = "https://www.shop.example"


def head_of(rng: random.Random, kind: str = "application/json") -> Headers:
    made = (
        browser.program(rng, API)
        if rng.random() < 0.35
        else browser.browser(rng, API, "fetch", url(rng), SITE)
    )
    return made.add("content-type", kind)


def _json(rng: random.Random, path: str, data: object, method: str = "POST") -> Request:
    body = json.dumps(
        data, ensure_ascii=rng.random() < 0.3, indent=2 if rng.random() < 0.1 else None
    )
    return request(method, path, head_of(rng), body)


def graphql(rng: random.Random) -> Request:
    query = rng.choice(
        (
            (
                "query Product($id: ID!, $first: Int = 10) {\n  product(id: $id) {\n    ...Card"
                "\n    variants(first: $first) { edges { node { id price { amount } } } }\n  }\n"
                "}\n"
                "fragment Card on Product { id title handle __typename }"
            ),
            (
                'mutation { cartLinesAdd(cartId: "gid://shopify/Cart/1?key=a", lines: [{merchand'
                'iseId: "gid://x/1", quantity: 2}]) { cart { id } userErrors { field message } }'
                " }"
            ),
            (
                "query IntrospectionQuery { __schema { queryType { name } types { ...FullType } "
                "directives { name locations } } } fragment FullType on __Type { kind name }"
            ),
            (
                "query Search($q: String!) { search(query: $q, where: {price: {_gte: 10, _lt: 50"
                '}, _or: [{a: {_eq: 1}}, {b: {_like: "%x%"}}]}, order_by: {price: desc}) { id } '
                "}"
            ),
            'subscription { orders(where: {status: {_in: ["OPEN", "PAID"]}}) { id } }',
        )
    )
    variables = {
        "id": f"gid://shop/Product/{rng.randrange(10**6)}",
        "q": words.phrase(rng),
        "input": {"note": words.sentence(rng)},
    }
    if rng.random() < 0.2:
        extra = quote(json.dumps({"persistedQuery": {"version": 1, "sha256Hash": hexes(rng, 64)}}))
        tail = f"operationName=Product&variables={quote(json.dumps(variables))}&extensions={extra}"
        return request("GET", f"/graphql?{tail}", browser.browser(rng, API, "fetch", url(rng)))
    body = {"operationName": "Product", "query": query, "variables": variables}
    return _json(rng, "/graphql", [body] if rng.random() < 0.2 else body)


def rest(rng: random.Random) -> Request:
    item = {
        "id": rng.randrange(10**6),
        "name": words.phrase(rng),
        "note": words.paragraph(rng),
        "price": {"amount": "12.50", "currency": "EUR"},
        "tags": ["a/b", "c&d", "<new>", "50%"],
        "html": words.markup(rng),
        "regex": r"^[\w.+-]+@(?:\w+\.)+\w{2,}$|\d{3}",
        "address": {"line1": rng.choice(words.CITIES), "name": rng.choice(words.NAMES)},
        "when": "2024-07-15T10:10:10.000+02:00",
        "image": "data:image/png;base64," + base64.b64encode(rng.randbytes(60)).decode(),
        "empty": None,
        "ratio": 1e-7,
        "path": "C:\\Users\\a\\b.txt",
    }
    kept = dict(rng.sample(sorted(item.items()), rng.randrange(2, len(item))))
    return _json(
        rng,
        rng.choice(
            (
                "/v1/products",
                "/api/2024-07/orders.json",
                "/rest/V1/carts/mine",
                "/wp-json/wc/v3/products/12?_locale=user",
            )
        ),
        kept,
        rng.choice(("POST", "PUT", "PATCH")),
    )


def patch(rng: random.Random) -> Request:
    steps = [
        {"op": "replace", "path": "/a/b~1c/0", "value": words.phrase(rng)},
        {"op": "remove", "path": "/x/-"},
        {"op": "test", "path": "/v", "value": True},
    ]
    return request(
        "PATCH", "/api/items/3", head_of(rng, "application/json-patch+json"), json.dumps(steps)
    )


def _languages(rng: random.Random) -> tuple[str, ...]:
    """Query languages with words of their own."""
    return (
        "$filter="
        + quote("Name eq 'O''Neil' and Price gt 10 or startswith(City,'B')")
        + "&$select=Id,Name&$orderby=Price desc&$top=50".replace(" ", "%20"),
        urlencode(
            {
                "jql": (
                    'project = SHOP AND status in (Open, "In Progress") AND text ~ "pay*" OR'
                    "DER BY created DESC"
                ),
                "maxResults": 50,
            }
        ),
        urlencode(
            {
                "filter[price][$gte]": 10,
                "filter[name][$regex]": "^a",
                "filter[$or][0][a]": 1,
                "sort": "-created",
                "fields[a]": "b,c",
            }
        ),
        urlencode({"q": "SELECT Id, Name FROM Account WHERE Name LIKE 'A%' LIMIT 10"})
        if rng.random() < 0.2
        else urlencode({"q": "name:(a OR b) AND price:[1 TO *] -x"}),
        urlencode(
            {
                "query": '{job="nginx",level!="info"} |= "error" | json | line_format "{{.m}}"',
                "start": 17,
                "step": "15s",
            }
        ),
        urlencode(
            {
                "query": (
                    'sum(rate(http_requests_total{code=~"5..",job!=""}[5m])) by (job) / 2 > 0.5'
                )
            }
        ),
    )


def _dialects(rng: random.Random) -> tuple[str, ...]:
    """Filters that an application made up."""
    return (
        urlencode(
            {
                "where": '{"$and":[{"price":{"$gt":5}},{"tags":{"$in":["a"]}}]}',
                "order": "-createdAt",
                "limit": 10,
            }
        ),
        (
            "select=id,name,orders(id,total)&price=gte.10&or=(a.eq.1,and(b.is.null,c.like.*x"
            "*))&order=id.desc"
        ),
        urlencode(
            {
                "fields": "id,name,adsets{id,insights.date_preset(last_7d){spend}}",
                "access_token": "EAA" + token(rng, 80),
            }
        ),
        urlencode(
            {
                "expr": "a.b[0].c == 'x' && !(d > 3)",
                "format": "json",
                "callback": "jQuery3410_17210",
            }
        ),
        urlencode(
            {
                "columns[0][data]": "id",
                "columns[0][search][regex]": "false",
                "order[0][dir]": "asc",
                "search[value]": words.phrase(rng),
            }
        ),
        urlencode(
            {
                "f.req": json.dumps(
                    [[["a", json.dumps([None, [words.phrase(rng)], 1]), None, "generic"]]]
                ),
                "rt": "c",
            }
        ),
    )


def filters(rng: random.Random) -> Request:
    """Queries in a URL, as APIs with a query language of their own take them."""
    tail = rng.choice((*_languages(rng), *_dialects(rng)))
    return request(
        "GET", f"/api/data/v9/items?{tail}", browser.browser(rng, API, "fetch", url(rng))
    )


def elastic(rng: random.Random) -> Request:
    lines = [
        {"index": "logs-*", "preference": 17},
        {
            "size": 5,
            "query": {
                "bool": {
                    "must": [{"query_string": {"query": 'a AND (b OR c:"d e")'}}],
                    "must_not": [],
                }
            },
            "aggs": {"2": {"date_histogram": {"field": "@timestamp", "interval": "1h"}}},
            "script_fields": {"x": {"script": {"source": "doc['a'].value * 2"}}},
        },
    ]
    if rng.random() < 0.5:
        body = "\n".join(json.dumps(line) for line in lines) + "\n"
        return request(
            "POST",
            "/_msearch?rest_total_hits_as_int=true",
            head_of(rng, "application/x-ndjson"),
            body,
        )
    return (
        _json(
            rng,
            "/api/ds/query",
            {
                "queries": [
                    {
                        "refId": "A",
                        "rawSql": "SELECT time, v FROM m WHERE $__timeFilter(time) GROUP BY 1",
                        "format": "table",
                    }
                ]
            },
        )
        if rng.random() < 0.15
        else _json(rng, "/internal/search/es", {"params": lines[1]})
    )


def sentry(rng: random.Random) -> Request:
    frames = [
        {
            "filename": "https://www.shop.example/app.js?v=1",
            "function": "Object.<anonymous>",
            "lineno": 12,
            "colno": 3,
            "in_app": True,
        },
        {
            "filename": "<anonymous>",
            "function": "new Promise",
            "context_line": "  if (a < b && c[d]['e'] || eval) { return document.cookie; }",
        },
    ]
    event = {
        "exception": {
            "values": [
                {
                    "type": "TypeError",
                    "value": "Cannot read properties of undefined (reading 'map')",
                    "stacktrace": {"frames": frames},
                }
            ]
        },
        "level": "error",
        "platform": "javascript",
        "request": {"url": url(rng), "headers": {"User-Agent": "Mozilla/5.0"}},
        "breadcrumbs": [
            {"category": "ui.click", "message": 'div#a > button.b[type="submit"]'},
            {"category": "console", "message": "Failed: SELECT 1; it's " + words.phrase(rng)},
            {"category": "xhr", "data": {"url": url(rng), "status_code": 500}},
        ],
        "extra": {"code": words.code(rng)},
    }
    lines = [
        {
            "event_id": hexes(rng, 32),
            "sent_at": "2024-07-15T10:00:00.000Z",
            "sdk": {"name": "sentry.javascript.react"},
        },
        {"type": "event"},
        event,
    ]
    body = "\n".join(json.dumps(line) for line in lines)
    head = browser.browser(rng, "o1.ingest.sentry.io", "beacon", url(rng), SITE).add(
        "content-type", "text/plain;charset=UTF-8"
    )
    return request(
        "POST", f"/api/1/envelope/?sentry_key={hexes(rng, 32)}&sentry_version=7", head, body
    )


def report(rng: random.Random) -> Request:
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'nonce-abc' https://*.example.com"
        "; report-uri /csp; img-src data: *"
    )
    if rng.random() < 0.5:
        data: object = {
            "csp-report": {
                "document-uri": url(rng),
                "violated-directive": "script-src-elem",
                "original-policy": policy,
                "blocked-uri": "inline",
                "script-sample": "(function(){var a=document.createElement('script');a.src=",
            }
        }
        kind = "application/csp-report"
    else:
        data = [
            {
                "type": "network-error",
                "age": 1,
                "url": url(rng),
                "user_agent": "Mozilla/5.0",
                "body": {"type": "http.error", "phase": "application", "status_code": 500},
            },
            {
                "type": "csp-violation",
                "body": {"originalPolicy": policy, "sample": 'new Function("return this")()'},
            },
        ]
        kind = "application/reports+json"
    return request(
        "POST",
        "/csp",
        browser.browser(rng, SHOP, "beacon", url(rng)).add("content-type", kind),
        json.dumps(data),
    )


def tracking(rng: random.Random) -> Request:
    batch = [
        {
            "type": "track",
            "event": "Product Viewed",
            "messageId": "ajs-" + uuid(rng),
            "properties": {"name": words.phrase(rng), "url": url(rng), "list": "a > b > c"},
            "context": {
                "page": {"search": "?q=" + words.phrase(rng), "title": "A | B"},
                "userAgent": "Mozilla/5.0 (Windows NT 10.0)",
            },
        }
    ]
    path, host = rng.choice(
        (
            ("/v1/batch", "api.segment.io"),
            ("/2/httpapi", "api2.amplitude.com"),
            ("/api/v2/rum?ddsource=browser&ddtags=sdk_version:5.1,env:p", "rum.example"),
            (
                "/events/1/NRJS-1?a=1&v=1.2&to=M1tS&rst=1&ref=" + quote(url(rng), safe=""),
                "bam.nr-data.net",
            ),
        )
    )
    head = browser.browser(rng, host, "beacon", url(rng), SITE).add(
        "content-type", rng.choice(("application/json", "text/plain", "text/plain;charset=UTF-8"))
    )
    return request(
        "POST",
        path,
        head,
        json.dumps({"batch": batch, "sentAt": "2024-07-15T10:00:00Z", "writeKey": token(rng, 20)}),
    )


def auction(rng: random.Random) -> Request:
    data = {
        "id": uuid(rng),
        "imp": [
            {
                "id": "1",
                "banner": {"format": [{"w": 300, "h": 250}], "battr": [1, 2]},
                "ext": {"gpid": "/123/shop#div-1"},
            }
        ],
        "site": {"page": url(rng), "ref": url(rng), "keywords": "a,b;c"},
        "regs": {"ext": {"us_privacy": "1YNN", "gdpr": 1}},
        "user": {"ext": {"consent": token(rng, 120)}},
        "ext": {
            "prebid": {
                "targeting": {"pricegranularity": {"ranges": [{"max": 20, "increment": 0.1}]}}
            }
        },
        "tmax": 1000,
        "cur": ["USD"],
    }
    head = browser.browser(rng, "bid.example.net", "beacon", url(rng), SITE).add(
        "content-type", "text/plain"
    )
    return request("POST", "/openrtb2/auction", head, json.dumps(data))


def hook(rng: random.Random) -> Request:
    head = browser.program(rng, SHOP).add("content-type", "application/json; charset=utf-8")
    head.add("stripe-signature", f"t=1721,v1={hexes(rng, 64)},v0={hexes(rng, 64)}").add(
        "x-hub-signature-256", "sha256=" + hexes(rng, 64)
    )
    event = {
        "id": "evt_" + token(rng, 24),
        "object": "event",
        "data": {
            "object": {
                "amount": 1250,
                "description": words.sentence(rng),
                "metadata": {"q": words.phrase(rng)},
                "billing_details": {
                    "name": rng.choice(words.NAMES),
                    "address": {"city": rng.choice(words.CITIES)},
                },
            }
        },
        "commits": [
            {
                "message": "Fix SQL: don't DROP TABLE; use `DELETE FROM x WHERE a=1`\n\n"
                + words.code(rng)
            }
        ],
    }
    if rng.random() < 0.4:
        head.set("content-type", "application/x-www-form-urlencoded")
        return request("POST", "/hooks/in", head, urlencode({"payload": json.dumps(event)}))
    return request("POST", "/hooks/in", head, json.dumps(event))


KINDS = {
    "graphql": graphql,
    "rest": rest,
    "patch": patch,
    "filters": filters,
    "elastic": elastic,
    "sentry": sentry,
    "report": report,
    "tracking": tracking,
    "auction": auction,
    "hook": hook,
}
