"""Honest requests as a shop receives them, no two alike: from browsers, and 4 KB of odd text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SYSTEMS = (
    "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    "Linux; Android 14; Pixel 8",
)  # fmt: skip
WORDS = (
    "red", "blue", "shirt", "shoes", "cotton", "summer", "dress", "phone", "case", "leather",
    "bag", "watch", "kids", "running", "winter", "coat",
)  # fmt: skip
SEARCHES = (*WORDS, "连衣裙", "手机壳", "冬季 外套", "o'neill hoodie", "size 42 or 43", "50% off")
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PRODUCTS = 3000
SENTENCES = (
    "Hello, I ordered two shirts last week and only one of them came.",
    "Please send the other one to my office, the address is below.",
    "The colour is not what the picture shows; it is darker.",
    "I would like my money back, or a voucher for the next order.",
    "Thank you very much for your help!",
    "订单还没有收到，请尽快处理，谢谢。",
    "My number is +49 30 1234567, best after 18:00.",
    "The parcel was open when it came, and the box was wet.",
    "Could you tell me when it will be back in stock?",
    "The size table says M, but it fits like S.",
)
ODD = (
    "It's for Mr O'Brien (my father-in-law), c/o \"The Anchor\", flat 3/B.",
    "Tom & Jerry; cat toys -- the ones for < 10 €!",
    'I had to select a size from the list where it says "union" and drop the rest.',
    "The page says: <b>Error 500</b> at /checkout/payment?step=2&retry=1 #42.",
    "My discount 10% + 5% = 15%, not $(5)!",
    "The file is in C:\\Users\\me\\Pictures\\shoe.jpg and at https://photos.example/a?b=1&c=2.",
)


def browser_requests(count: int, seed: int = 1) -> Iterator[bytes]:
    """Pages, searches, campaigns, assets and carts; 15 headers, a cookie of its own each time."""
    rng = random.Random(seed)
    slugs = [f"{'-'.join(rng.sample(WORDS, 3))}_{rng.randrange(50_000)}" for _ in range(PRODUCTS)]

    def product() -> str:
        return slugs[min(PRODUCTS, int(rng.paretovariate(0.5))) - 1]

    for _ in range(count):
        token = "".join(rng.choices(ALPHABET, k=64))
        search = quote_plus(" ".join(rng.sample(SEARCHES, rng.randint(1, 2))))
        kind, number = rng.random(), rng.randrange(10**6)
        body = b""
        if kind < 0.4:
            target = f"/catalogue/{product()}/"
        elif kind < 0.6:
            target = f"/search/?q={search}&page={number % 20}&sort=price-asc&min=10.50&max=99"
        elif kind < 0.75:
            target = (
                f"/catalogue/category/clothes_{number % 300}/?utm_source=newsletter"
                f"&utm_medium=email&utm_campaign=summer_{number % 9}&page={number % 7}"
            )
        elif kind < 0.9:
            target = f"/static/css/app.{number % 60 * 7919:08x}.css"
        else:
            target = f"/basket/add/{number % PRODUCTS}/"
            body = f"csrfmiddlewaretoken={token}&quantity=2&size=M&note={search}".encode()
        lines = [
            f"{'POST' if body else 'GET'} {target} HTTP/1.1",
            *_browser(rng, product()),
            f"Cookie: {_cookie(rng, token)}",
        ]
        if body:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
                "Origin: https://shop.example.com",
            ]
        yield "\r\n".join((*lines, "", "")).encode() + body


def _browser(rng: random.Random, page: str) -> tuple[str, ...]:
    version = rng.randint(100, 130)
    return (
        "Host: shop.example.com",
        "Connection: keep-alive",
        f'sec-ch-ua: "Chromium";v="{version}", "Not)A;Brand";v="99"',
        "sec-ch-ua-mobile: ?0",
        'sec-ch-ua-platform: "Windows"',
        "Upgrade-Insecure-Requests: 1",
        (
            f"User-Agent: Mozilla/5.0 ({rng.choice(SYSTEMS)}) AppleWebKit/537.36"
            f" (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
        ),
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
        f"Referer: https://shop.example.com/catalogue/{page}/",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8",
    )


def _cookie(rng: random.Random, token: str) -> str:
    measured = f"GA1.2.{rng.randrange(10**9)}.17{rng.randrange(10**8):08}"
    cookie = (
        f"sessionid={rng.getrandbits(128):032x}; csrftoken={token}; _ga={measured};"
        f" _gid={measured}; cart_id={rng.randrange(10**7)}; lang=zh-hans"
    )
    if rng.random() < 0.15:
        seen = [rng.randrange(PRODUCTS) for _ in range(3)]
        shown = {"currency": "EUR", "seen": seen, "theme": "dark"}
        cookie += "; prefs=" + quote(json.dumps(shown))
    return cookie


def odd_text(rng: random.Random, size: int) -> str:
    """Sentences as people write them to a shop, each fifth with quotes, tags, paths or signs."""
    written: list[str] = []
    while sum(map(len, written)) < size:
        written.append(rng.choice(ODD if rng.random() < 0.2 else SENTENCES))
        if rng.random() < 0.1:
            written.append("\n")
    return " ".join(written)[:size]


def requests_of_4_kb(count: int, seed: int = 2) -> Iterator[bytes]:
    """A message to the shop as a form, and an order as JSON, by turns; 4096 bytes each."""
    rng = random.Random(seed)
    for number in range(count):
        head = (
            f"POST /api/{'orders' if number % 2 else 'messages'}/ HTTP/1.1\r\n"
            + "\r\n".join(_browser(rng, "red-shoes_1"))
            + f"\r\nCookie: sessionid={rng.getrandbits(128):032x}\r\nContent-Type: "
        )
        room = 4096 - len(head) - 70
        body = _order(rng, room) if number % 2 else _message(rng, room)
        kind = "application/json" if number % 2 else "application/x-www-form-urlencoded"
        yield f"{head}{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _order(rng: random.Random, room: int) -> bytes:
    items = [
        {
            "sku": f"SKU-{rng.randrange(10**5)}",
            "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)}",
            "options": {"size": rng.choice("SML"), "gift": rng.choice(ODD)[:24]},
            "quantity": rng.randint(1, 5),
            "price": 19.9,
        }
        for _ in range(12)
    ]
    order = {"id": rng.randrange(10**6), "items": items, "note": ""}
    rest = room - len(json.dumps(order))
    order["note"] = odd_text(rng, rest * 2 // 3)
    return json.dumps(order, ensure_ascii=False).encode()


def _message(rng: random.Random, room: int) -> bytes:
    fields = {
        "name": "Ann-Marie O'Brien",
        "email": "ann@mail.example",
        "subject": rng.choice(ODD),
        "order": str(rng.randrange(10**6)),
        "address": "3/B Main St., c/o Smith & Sons",
    }
    form = "&".join(f"{name}={quote_plus(text)}" for name, text in fields.items())
    message = quote_plus(odd_text(rng, room))[: room - len(form) - 9]
    return f"{form}&message={message}".encode()
