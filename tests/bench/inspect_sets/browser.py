"""Heads as today's browsers, apps and programs send them."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote

from tests.bench.inspect_sets.sample import Headers

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{v}.0.0.0 Safari/537.36"
)
AGENTS = (
    CHROME,
    CHROME.replace("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"),
    CHROME.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64"),
    CHROME + " Edg/{v}.0.2592.87",
    (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/{v}.0.6478.71 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
        " Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    (
        "Mozilla/5.0 (Linux; Android 13; M2102J20SG Build/TKQ1.221013.002; wv) AppleWebKit/537.36"
        " (KHTML, like Gecko) Version/4.0 Chrome/{v}.0.6478.122 Mobile Safari/537.36"
        " MicroMessenger/8.0.49.2600(0x28003137) NetType/WIFI Language/zh_CN ABI/arm64"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
        " Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/463.0.0.33.105;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS"
        ";FBSV/17.4.1;FBSS/3;FBCR/;FBID/phone;FBLC/de_DE;FBOP/80]"
    ),
)
PROGRAMS = (
    "curl/8.8.0",
    "python-requests/2.32.3",
    "okhttp/4.12.0",
    "axios/1.7.2",
    "PostmanRuntime/7.39.0",
    "Go-http-client/2.0",
    "Dalvik/2.1.0 (Linux; U; Android 12; SM-G991B Build/SP1A.210812.016)",
    "Shop/7.12.1 (com.example.shop; build:4410; iOS 17.5.1) Alamofire/5.9.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Java/17.0.11",
)
LANGUAGES = (
    "en-US,en;q=0.9",
    "zh-CN,zh;q=0.9,en;q=0.8,en-GB;q=0.7,en-US;q=0.6",
    "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
    "fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3",
    "ja,en-US;q=0.9,en;q=0.8",
    "*",
)
ACCEPT_PAGE = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
ACCEPT = {
    "page": ACCEPT_PAGE,
    "image": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "style": "text/css,*/*;q=0.1",
    "script": "*/*",
    "font": "*/*",
    "fetch": "application/json, text/plain, */*",
    "beacon": "*/*",
}


def token(rng: random.Random, size: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(rng.choices(letters, k=size))


def hexes(rng: random.Random, size: int) -> str:
    return "".join(rng.choices("0123456789abcdef", k=size))


def uuid(rng: random.Random) -> str:
    text = hexes(rng, 32)
    return "-".join((text[:8], text[8:12], "4" + text[13:16], "a" + text[17:20], text[20:]))


def base64_url(data: bytes | str) -> str:
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(rng: random.Random) -> str:
    head = base64_url(json.dumps({"alg": "RS256", "typ": "JWT", "kid": token(rng, 12)}))
    claims = {
        "iss": "https://login.example.com/",
        "sub": f"auth0|{hexes(rng, 24)}",
        "aud": ["https://api.example.com", "https://example.eu.auth0.com/userinfo"],
        "iat": rng.randrange(1_600_000_000, 1_800_000_000),
        "scope": "openid profile email offline_access",
        "name": rng.choice(("O'Brien", "张伟", "Anna-Lena <anna@example.org>")),
    }
    return f"{head}.{base64_url(json.dumps(claims))}.{base64_url(rng.randbytes(256))}"


def _sessions(rng: random.Random, stamp: int) -> tuple[str, ...]:
    """Cookies of shops and what they run on."""
    return (
        f"ASP.NET_SessionId={token(rng, 24).lower()}",
        f"PHPSESSID={token(rng, 26).lower()}; wordpress_test_cookie=WP%20Cookie%20check",
        (
            f"wp-settings-1=libraryContent%3Dbrowse%26editor%3Dhtml%26mfold%3Do; wp-settings-tim"
            f"e-1={stamp}"
        ),
        (
            f"utag_main=v_id:{hexes(rng, 30)}$_sn:1$_se:5%3Bexp-session$_ss:0%3Bexp-session$_st:"
            f"{stamp}%3B"
            "exp-1721$ses_id:1721%3Bexp-session"
        ),
        f'JSESSIONID={hexes(rng, 32).upper()}.node1; visited="a|b|c"',
        f"euconsent-v2={token(rng, 200)}.{token(rng, 20)}",
        f"token={jwt(rng)}",
        f"_uetsid={hexes(rng, 32)}|1c0hv42|2|fnf|0|1657; tz=Europe/Berlin; theme=dark; lang=zh-CN",
        (
            "sbjs_current=typ%3Dorganic%7C%7C%7Csrc%3Dgoogle%7C%7C%7Cmdm%3Dorganic%7C%7C%7Ccmp%3"
            "D%28none"
            "%29%7C%7C%7Ccnt%3D%28none%29%7C%7C%7Ctrm%3D%28none%29"
        ),
        "rl_page_init_referrer=RudderEncrypt%3AU2FsdGVkX1%2B" + token(rng, 40) + "%3D",
        "last_search=" + quote(rng.choice(("O'Neill shirt", "rock & roll; best of", "北京 烤鸭"))),
    )


def cookies(rng: random.Random) -> str:
    """A cookie jar as trackers and consent banners fill it."""
    stamp = rng.randrange(1_600_000_000, 1_800_000_000)
    consent = {"stamp": token(rng, 20) + "==", "necessary": True, "utc": stamp * 1000, "ver": 1}
    groups = quote("&groups=C0001:1,C0002:1,C0003:0,C0004:0&geolocation=DE;BE", safe="")
    shop = quote("https://www.example.com/search?q=a+b&sort=price desc", safe="")
    jar = (
        f"_ga=GA1.1.{rng.randrange(10**9)}.{stamp}",
        f"_ga_{token(rng, 10).upper()}=GS1.1.{stamp}.3.1.{stamp + 9}.60.0.0",
        f"_gcl_au=1.1.{rng.randrange(10**9)}.{stamp}",
        f"_fbp=fb.1.{stamp}123.{rng.randrange(10**10)}",
        f"sessionid={token(rng, 32)}",
        f"csrftoken={token(rng, 64)}",
        f"connect.sid=s%3A{token(rng, 32)}.{quote(base64.b64encode(rng.randbytes(32)), safe='')}",
        (
            f"OptanonConsent=isGpcEnabled=0&datestamp=Mon+Jul+15+2024+10%3A10%3A10+GMT%2B0200+"
            f"(Central+European+Summer+Time)&version=202401.2.0&hosts={groups}&landingPath={shop}"
        ),
        "CookieConsent=" + quote(json.dumps(consent), safe="{}"),
        "CookieConsent={stamp:%27" + token(rng, 20) + "==%27%2Cnecessary:true%2Cpreferences:false"
        "%2Cstatistics:false%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1721000000000%2Cregion:%2"
        "7de%27}",
        "cart=" + json.dumps({"items": [{"id": rng.randrange(9999), "qty": 2}], "cur": "EUR"}),
        (
            f"__cf_bm={token(rng, 43)}-{stamp}-1.0.1.1-{token(rng, 40)}.{token(rng, 41)}_"
            f"{token(rng, 5)}"
        ),
        f"AMCV_{hexes(rng, 24).upper()}%40AdobeOrg=179643557%7CMCIDTS%7C19920%7CMCMID%7C{stamp}",
        "s_cc=true; s_sq=%5B%5BB%5D%5D; s_ppv=home%2520page%2C34%2C34%2C969",
        f"ajs_anonymous_id=%22{uuid(rng)}%22",
        f"mp_{hexes(rng, 32)}_mixpanel="
        + quote(json.dumps({"distinct_id": uuid(rng), "$initial_referrer": "$direct"}), safe=""),
        f"_hjSessionUser_{rng.randrange(10**6)}="
        + base64.b64encode(json.dumps({"id": uuid(rng), "created": stamp}).encode()).decode(),
        (
            f"datr={token(rng, 24)}; sb={token(rng, 24)}; presence=C%7B%22t3%22%3A%5B%5D%2C%22ut"
            f"c3%22%3A"
            f"{stamp}123%2C%22v%22%3A1%7D"
        ),
        *_sessions(rng, stamp),
    )
    return "; ".join(rng.sample(jar, rng.randrange(1, 9)))


def browser(
    rng: random.Random, host: str, wanted: str = "page", referer: str = "", origin: str = ""
) -> Headers:
    """The head of a browser's request. ``wanted``: a key of ``ACCEPT``."""
    agent = rng.choice(AGENTS).format(v=rng.randrange(109, 140))
    head = Headers(("host", host))
    if rng.random() < 0.8:
        head.add("connection", "keep-alive")
    if "Chrome" in agent and rng.random() < 0.9:
        version = agent.split("Chrome/")[1].split(".")[0]
        brand = f'"Not/A)Brand";v="8", "Chromium";v="{version}", "Google Chrome";v="{version}"'
        head.add("sec-ch-ua", brand)
        head.add("sec-ch-ua-mobile", "?1" if "Mobile" in agent else "?0")
        head.add("sec-ch-ua-platform", rng.choice(('"Windows"', '"macOS"', '"Android"', '""')))
    if wanted == "page":
        head.add("upgrade-insecure-requests", "1")
    head.add("user-agent", agent)
    head.add("accept", ACCEPT[wanted])
    if origin:
        head.add("origin", origin)
    kind = {"page": "navigate", "fetch": "cors", "font": "cors"}.get(wanted, "no-cors")
    head.add("sec-fetch-site", rng.choice(("same-origin", "cross-site", "none", "same-site")))
    head.add("sec-fetch-mode", kind)
    dest = {"page": "document", "fetch": "empty", "beacon": "empty"}.get(wanted, wanted)
    head.add("sec-fetch-dest", dest)
    if referer:
        head.add("referer", referer)
    head.add("accept-encoding", "gzip, deflate, br, zstd")
    head.add("accept-language", rng.choice(LANGUAGES))
    if rng.random() < 0.7:
        head.add("cookie", cookies(rng))
    if rng.random() < 0.1:
        head.add("if-none-match", rng.choice((f'W/"{hexes(rng, 12)}"', f'"{hexes(rng, 32)}"')))
        head.add("if-modified-since", "Tue, 02 Jul 2024 08:21:40 GMT")
    return head


def program(rng: random.Random, host: str) -> Headers:
    """The head of an app, a library or a robot."""
    head = Headers(("host", host), ("user-agent", rng.choice(PROGRAMS)), ("accept", "*/*"))
    if rng.random() < 0.5:
        head.add("authorization", f"Bearer {jwt(rng)}")
    if rng.random() < 0.5:
        head.add("x-request-id", uuid(rng))
        head.add("traceparent", f"00-{hexes(rng, 32)}-{hexes(rng, 16)}-01")
    if rng.random() < 0.5:
        head.add("x-forwarded-for", f"203.0.113.{rng.randrange(255)}, 10.0.0.7")
        head.add("x-forwarded-proto", "https")
    return head
