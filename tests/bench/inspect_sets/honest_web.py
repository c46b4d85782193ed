"""What browsers ask for while people shop: pages, files, redirects, beacons, advertising."""

from __future__ import annotations

import base64
import json
import random
import zlib
from urllib.parse import quote, urlencode

from tests.bench.inspect_sets import browser, words
from tests.bench.inspect_sets.browser import hexes, token, uuid
from tests.bench.inspect_sets.sample import request

from shangdun_guard.request import Request

SHOP = "www.shop.example"
URLS = (
    "https://www.shop.example/",
    "https://www.shop.example/women/dresses?color=red&size=38,40&sort=price_asc#top",
    "https://www.shop.example/search?q=o%27brien+%26+sons&utm_source=google&gclid=EAIaIQobChMI",
    "https://www.shop.example/p/chair-(oak)-2%22?variant=1%7C2&ref=a;b;c",
    "https://app.example.io/#/dash?filter={\"a\":[1,2]}&v='x'",
    "http://localhost:3000/callback?x=../y",
    "android-app://com.google.android.googlequicksearchbox/",
    "https://www.shop.example/zh/商品/连衣裙?颜色=红",
)


def url(rng: random.Random) -> str:
    return rng.choice(URLS)


def page(rng: random.Random) -> Request:
    path = rng.choice(
        (
            "/",
            "/index.php?route=product/product&path=20_27&product_id=41",
            "/p/chair-oak_12.html",
            (
                "/dp/B08N5WRWNW/ref=sr_1_3?crid=1X&dib=eyJ2IjoiMSJ9.abc&keywords=usb+c+cable%2C+"
                "2m&sprefix=u%2Caps%2C150"
            ),
            "/collections/all?filter.v.price.gte=10&filter.v.price.lte=50&sort_by=best-selling",
            (
                "/s?k=mens+shoes&rh=n%3A679255011%2Cp_72%3A1248885011%2Cp_36%3A-5000&dc&qid=1720"
                "&rnid=661"
            ),
            "/catalogsearch/advanced/result/?name=&sku=&price%5Bfrom%5D=10&price%5Bto%5D=20",
            "/hotels?ss=Berlin&checkin=2024-08-01&age=&map=1#map_closed",
            "/~user/file(1).html",
            (
                "/item/1005006.html?spm=a2g0o.productlist.main.1.5f2c&algo_pvid=ab-cd&pdp_npi=4%"
                "40dis%21EUR%2112.5%218.9"
                "%21%21%2113.2%219.4%21%402103%21sh%21DE%210%21AB&curPageLogUid=x"
            ),
            "/en/c/men;jsessionid=A1B2.node3?p=1",
            "/wiki/C%2B%2B",
            "/wiki/Union_(set_theory)",
            "/questions/1/how-to-select-from-two-tables-in-sql",
            "/tags/c%23/",
            "/browse/a,b,c/x=1/y=2",
            "/@user/video/72?is_from_webapp=1&sender_device=pc",
            (
                "/maps/@52.52,13.40,15z/data=!3m1!4b1!4m6!3m5!1s0x47a8:0x1!8m2!3d52.5!4d13.4!16z"
                "L20vMDE1NnE?entry=ttu"
            ),
            "/flights/results?q=" + quote('{"from":"BER","to":"JFK","pax":[{"a":1}]}'),
        )
    )
    return request("GET", path, browser.browser(rng, SHOP, "page", url(rng)))


def file(rng: random.Random) -> Request:
    wanted, path = rng.choice(
        (
            ("image", "/images/I/71abc+L%2BxY._AC_SX679_.jpg"),
            ("font", "/fonts/inter-v12-latin-600.woff2?v=3.19"),
            ("style", "/combo?a/b.css&c/d.css;e.css"),
            ("script", "/_next/static/chunks/pages/%5Bslug%5D-0f.js"),
            ("script", "/wp-includes/js/jquery/jquery.min.js?ver=3.7.1"),
            ("image", "/media/t_fit,w_300/v1/a%20b.png"),
            (
                "style",
                "/css2?family=Roboto:ital,wght@0,400;0,700;1,400&family=Open+Sans&display=swap",
            ),
            (
                "script",
                "/load.php?lang=en&modules=ext.a%7Cext.b,c%7Cjquery.ui&only=scripts&skin=vector",
            ),
            ("image", "/cdn-cgi/image/fit=crop,width=300,quality=80/https://img.example/a.jpg"),
            (
                "image",
                "/v0/b/app.appspot.com/o/img%2F2024%2Fa%20b.png?alt=media&token=" + uuid(rng),
            ),
            (
                "script",
                "/.well-known/../assets/app.js"
                if rng.random() < 0.1
                else "/assets/app-" + hexes(rng, 8) + ".js",
            ),
            (
                "image",
                (
                    "/vt?pb=!1m5!1m4!1i15!2i17604!3i10747!4i256!2m3!1e0!2sm!3i694!3m17!2sen!3sUS"
                    "!5e18!12m4!1e68"
                ),
            ),
            ("image", "/i.gif?p=%5B%7B%22a%22%3A1%7D%5D&r=0.123"),
            ("font", "/s/notosanssc/v36/k3kCo84.117.woff2"),
        )
    )
    return request("GET", path, browser.browser(rng, "cdn.shop.example", wanted, url(rng)))


def search(rng: random.Random) -> Request:
    name = rng.choice(("q", "query", "s", "keyword", "term", "search_query", "wd", "k", "text"))
    fields = [(name, words.phrase(rng)), ("hl", "en"), ("page", str(rng.randrange(9)))]
    if rng.random() < 0.3:
        fields.append(("filters", "price:[10 TO 50];brand:(a OR b)"))
    way = quote if rng.random() < 0.3 else None
    tail = urlencode(fields, quote_via=way) if way else urlencode(fields)
    if rng.random() < 0.1:
        tail = f"{name}={quote(fields[0][1], safe=chr(39) + '()*!,;:/')}"
    path = rng.choice(("/search", "/s", "/suggest", "/complete/search", "/autocomplete.php"))
    wanted = "fetch" if "s" in path[-3:] else "page"
    return request("GET", f"{path}?{tail}", browser.browser(rng, SHOP, wanted, url(rng)))


def redirect(rng: random.Random) -> Request:
    inner = url(rng) + "&next=" + quote(url(rng), safe="")
    name = rng.choice(
        (
            "next",
            "return_to",
            "redirect_uri",
            "u",
            "url",
            "continue",
            "ReturnUrl",
            "dest",
            "RelayState",
        )
    )
    escaped = quote(inner, safe="") if rng.random() < 0.8 else quote(inner, safe=":/?=")
    path = rng.choice(
        ("/login", "/out", "/l.php", "/sharer/sharer.php", "/consent", "/ServiceLogin")
    )
    return request(
        "GET", f"{path}?{name}={escaped}&h=AT1-{token(rng, 60)}", browser.browser(rng, SHOP)
    )


def _measured(rng: random.Random, stamp: int) -> tuple[tuple[str, str, dict[str, object]], ...]:
    """Host, path and fields of measuring."""
    return (
        (
            "www.google-analytics.com",
            "/g/collect",
            {
                "v": 2,
                "tid": "G-ABC",
                "gtm": "45je4750v89",
                "_p": stamp,
                "cid": f"{stamp}.1",
                "en": "view_item",
                "ep.content_type": "a|b|c",
                "pr1": "idSKU1~nmO'Neil shirt~caMen/Shirts~pr9.5~qt1",
            },
        ),
        (
            "www.facebook.com",
            "/tr/",
            {
                "id": 123,
                "ev": "AddToCart",
                "cd[content_ids]": "['123','456']",
                "cd[contents]": '[{"id":"123","quantity":1,"item_price":12.5}]',
                "cd[content_type]": "product",
                "ud[em]": hexes(rng, 64),
            },
        ),
        (
            "sc.shop.example",
            "/b/ss/rsid/10/JS-2.22.0/s123",
            {
                "AQB": 1,
                "t": "15/6/2024 10:10:10 1 -120",
                "c.": "",
                "activitymap.": "",
                "link": words.phrase(rng),
                ".activitymap": "",
                ".c": "",
                "events": "event5=1,event7",
                "products": ";SKU;1;9.99;event1=2|event3=4;eVar5=a:b",
                "v1": "D=g",
                "AQE": 1,
            },
        ),
        (
            "bat.bing.com",
            "/action/0",
            {
                "ti": 1,
                "evt": "pageLoad",
                "p": url(rng),
                "kw": "a,b",
                "lt": 900,
                "mid": uuid(rng),
            },
        ),
    )


def _followed(rng: random.Random, stamp: int) -> tuple[tuple[str, str, dict[str, object]], ...]:
    """Host, path and fields of those who follow people around."""
    return (
        (
            "mc.yandex.ru",
            "/watch/12",
            {
                "page-url": url(rng),
                "browser-info": f"pv:1:gdpr:14:vf:{token(rng, 16)}:fp:800:fu:0:en:utf-8:la:ru:"
                "v:1327:cn:1:dp:0:ls:1:hid:1:z:180:i:20240715:et:1:c:1:rn:1:rqn:1:u:17:w"
                ":1903x927:s:1920x1080x24:sk:1:st:1:t:Магазин",
                "t": "gdpr(14)ti(2)",
            },
        ),
        (
            "api.mixpanel.com",
            "/track/",
            {
                "data": base64.b64encode(
                    json.dumps(
                        {
                            "event": "view",
                            "properties": {
                                "$current_url": url(rng),
                                "title": words.phrase(rng),
                            },
                        }
                    ).encode()
                ).decode(),
                "ip": 1,
            },
        ),
        ("px.ads.linkedin.com", "/attribution", {"time": stamp, "url": url(rng)}),
        (
            "ct.pinterest.com",
            "/v3/",
            {
                "event": "init",
                "ad": json.dumps({"loc": url(rng), "ref": "", "if": False, "sh": 1080}),
                "cb": stamp,
            },
        ),
        (
            "hm.baidu.com",
            "/hm.gif",
            {
                "cc": 1,
                "ep": "%2C",
                "u": url(rng),
                "tt": "商品 - 首页 | 官网",
                "su": "https://www.baidu.com/link?url=ab_-",
            },
        ),
        (
            "analytics.tiktok.com",
            "/i18n/pixel",
            {"sdkid": token(rng, 20), "props": '{"a":{"b":[]}}'},
        ),
    )


def analytics(rng: random.Random) -> Request:
    stamp = rng.randrange(10**12, 2 * 10**12)
    common = {
        "dl": url(rng),
        "dr": url(rng),
        "dt": words.phrase(rng),
        "sr": "1920x1080",
        "ul": "en-us",
        "z": stamp,
    }
    host, path, fields = rng.choice((*_measured(rng, stamp), *_followed(rng, stamp)))
    query = urlencode({**fields, **common})
    if rng.random() < 0.25:
        head = browser.browser(rng, host, "beacon", url(rng), "https://www.shop.example").add(
            "content-type", "text/plain;charset=UTF-8"
        )
        return request("POST", f"{path}?v=2", head, query)
    return request("GET", f"{path}?{query}", browser.browser(rng, host, "image", url(rng)))


def advertising(rng: random.Random) -> Request:
    inner = (
        f"https://ad.example/clk;{rng.randrange(10**6)};{rng.randrange(10**6)};k?"
        f"{quote(url(rng), safe='')}"
    )
    nested = quote(
        (
            f"https://adclick.g.example/pcs/click?xai={token(rng, 80)}&sai={token(rng, 30)}&adur"
            f"l={quote(inner, safe='')}"
        ),
        safe="",
    )
    macros = rng.choice(
        (
            "",
            (
                "&cb=[CACHEBUSTER]&gdpr=${GDPR}&gdpr_consent=${GDPR_CONSENT_755}&price=%%WINNING"
                "_PRICE%%"
            ),
            "&auction=${AUCTION_ID}&p=${AUCTION_PRICE}",
            "&cid={campaignid}&kw={keyword}&m={matchtype}",
            "&c=%eaid!&click=%%CLICK_URL_ESC%%",
            "&t={{ad.id}}&site={{site_source_name}}&n=__CALLBACK_PARAM__",
        )
    )
    path = rng.choice(
        (
            (
                f"/gampad/ads?pvsid=1&correlator=1&gdfp_req=1&output=ldjh&iu_parts=123%2Cshop%2C"
                f"home&enc_prev_ius=%2F0%2F1%2F2&prev_iu_szs=300x250%7C300x600&"
                f"cust_params=cat%3Da%252Cb%26pos%3D1%26test%3D%2527x%2527&url="
                f"{quote(url(rng), safe='')}&adks=1{macros}"
            ),
            f"/usersync?redir={nested}{macros}",
            f"/getuid?{quote(url(rng), safe=':/')}?uid=$UID{macros}",
            (
                f"/ddm/activity/src=1;type=a;cat=b;ord=1;num=1;u1={quote(words.phrase(rng))};~or"
                f"ef={quote(url(rng), safe='')}?"
            ),
            (
                f"/setuid?bidder=x&gdpr=1&gdpr_consent={token(rng, 150)}&us_privacy=1YN-&uid="
                f"{quote('$UID')}&f=i"
            ),
            (
                f"/bid?w=1&js="
                f"{quote(json.dumps({'sz': [[300, 250]], 'kv': {'k': [words.phrase(rng)]}}))}"
                f"{macros}"
            ),
            (
                f"/aclk?sa=L&ai={token(rng, 120)}&ae=2&gclid={token(rng, 60)}&sig="
                f"{token(rng, 30)}&adurl={nested}"
            ),
        )
    )
    return request(
        "GET",
        path,
        browser.browser(rng, "ads.example.net", rng.choice(("script", "image", "fetch")), url(rng)),
    )


def clicks(rng: random.Random) -> Request:
    """Session replay and monitoring: packed or long JSON bodies to third parties."""
    events = [
        {
            "t": i,
            "e": rng.choice(("click", "input", "scroll")),
            "x": f"div#main > ul.list:nth-child({i}) > a[href='/p?id=1']",
            "d": words.phrase(rng),
        }
        for i in range(rng.randrange(1, 20))
    ]
    text = json.dumps({"url": url(rng), "events": events, "html": words.markup(rng)}).encode()
    head = browser.browser(
        rng, "replay.example.net", "beacon", url(rng), "https://www.shop.example"
    )
    way = rng.randrange(4)
    if way == 0:
        return request(
            "POST", "/collect", head.add("content-type", "text/plain;charset=UTF-8"), text
        )
    if way == 1:
        return request(
            "POST",
            "/collect",
            head.add("content-encoding", "gzip").add("content-type", "application/json"),
            zlib.compress(text, wbits=31),
        )
    if way == 2:
        return request(
            "POST",
            "/rec?c=deflate",
            head.add("content-type", "application/octet-stream"),
            zlib.compress(text),
        )
    packed = base64.b64encode(zlib.compress(text))
    return request(
        "POST",
        "/e?compression=base64",
        head.add("content-type", "application/x-www-form-urlencoded"),
        b"data=" + quote(packed, safe="").encode(),
    )


def socket(rng: random.Random) -> Request:
    head = browser.browser(rng, "ws.shop.example", "beacon", origin="https://www.shop.example").set(
        "connection", "Upgrade"
    )
    head.add("upgrade", "websocket").add("sec-websocket-version", "13").add(
        "sec-websocket-key", base64.b64encode(rng.randbytes(16)).decode()
    )
    head.add("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")
    return request(
        "GET",
        f"/socket.io/?EIO=4&transport=websocket&sid={token(rng, 20)}&t=P3a{token(rng, 4)}",
        head,
    )


KINDS = {
    "page": page,
    "file": file,
    "search": search,
    "redirect": redirect,
    "analytics": analytics,
    "advertising": advertising,
    "clicks": clicks,
    "socket": socket,
}
