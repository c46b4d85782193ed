"""What people type and upload: logins and single sign-on, orders, editors, tickets, files."""

from __future__ import annotations

import base64
import json
import random
import zlib
from urllib.parse import urlencode

from tests.bench.inspect_sets import browser, words
from tests.bench.inspect_sets.browser import base64_url, hexes, jwt, token, uuid
from tests.bench.inspect_sets.honest_web import SHOP, url
from tests.bench.inspect_sets.sample import request

from shangdun_guard.request import Request

SITE = "https://www.shop.example"
Fields = list[tuple[str, str]]
PASSWORDS = (
    "p@ss'w\"ord;1",
    "Tr0ub4dor&3",
    "' or so",
    "x<y>z#1--",
    "a||b&&c",
    "$pwd$!",
    "correct horse",
    "%00%ff",
    "{{x}}",
    "../../up",
    "1=1",
    "密码123",
)
ASSERTION = (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_{id}" Versi'
    'on="2.0" IssueInstant="2024-07-15T10:00:00Z" '
    'AssertionConsumerServiceURL="https://sp.example/acs?x=1&amp;y=2"><saml:Issuer xmlns:sam'
    'l="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example</saml:Issuer>'
    '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" All'
    'owCreate="true"/></samlp:AuthnRequest>'
)


def form(rng: random.Random, path: str, fields: Fields) -> Request:
    head = browser.browser(rng, SHOP, rng.choice(("page", "fetch")), url(rng), SITE)
    if rng.random() < 0.4:
        head.add("x-requested-with", "XMLHttpRequest")
    head.add(
        "content-type",
        rng.choice(
            (
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=UTF-8",
            )
        ),
    )
    return request("POST", path, head, urlencode(fields))


def multipart(
    rng: random.Random, path: str, fields: Fields, name: str = "", kind: str = "", data: bytes = b""
) -> Request:
    mark = rng.choice(
        ("----WebKitFormBoundary", "---------------------------", "geckoformboundary")
    ) + token(rng, 16)
    body = b""
    for key, value in fields:
        body += (
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        )
    if name:
        body += (
            (
                f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                f"Content-Type: {kind}\r\n\r\n"
            ).encode()
            + data
            + b"\r\n"
        )
    head = browser.browser(rng, SHOP, "fetch", url(rng), SITE).add(
        "content-type", f"multipart/form-data; boundary={mark}"
    )
    return request("POST", path, head, body + f"--{mark}--\r\n".encode())


def login(rng: random.Random) -> Request:
    path, user, secret = rng.choice(
        (
            ("/login", "email", "password"),
            ("/wp-login.php", "log", "pwd"),
            ("/account/login/", "id_username", "id_password"),
            ("/session", "session[login]", "session[password]"),
        )
    )
    fields = [
        (user, rng.choice(("o'neil@example.com", "anna+shop@example.org", "用户", "d.arcy"))),
        (secret, rng.choice(PASSWORDS)),
        ("csrfmiddlewaretoken", token(rng, 64)),
        ("g-recaptcha-response", "03AFcWeA" + token(rng, 700) + "_-"),
        ("next", url(rng)),
        ("utf8", "✓"),
        ("timestamp_secret", hexes(rng, 64)),
    ]
    return form(rng, path, fields)


def _by_saml(rng: random.Random) -> Request:
    text = ASSERTION.format(id=hexes(rng, 32))
    way = rng.randrange(3)
    if way == 0:
        raw = zlib.compress(text.encode())[2:-4]
        tail = urlencode(
            {
                "SAMLRequest": base64.b64encode(raw).decode(),
                "RelayState": url(rng),
                "SigAlg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "Signature": base64.b64encode(rng.randbytes(256)).decode(),
            }
        )
        return request("GET", f"/saml2/sso?{tail}", browser.browser(rng, SHOP, "page", url(rng)))
    if way == 1:
        return form(
            rng,
            "/saml/acs",
            [
                ("SAMLResponse", base64.b64encode(text.encode() * 3).decode()),
                ("RelayState", "ss:mem:" + hexes(rng, 64)),
            ],
        )
    state = base64_url(json.dumps({"next": url(rng), "nonce": token(rng, 16)}))
    tail = urlencode(
        {
            "client_id": uuid(rng),
            "redirect_uri": "https://app.example/cb?x=1",
            "response_type": "code id_token",
            "response_mode": "form_post",
            "scope": "openid profile https://graph.example/.default",
            "state": state,
            "nonce": token(rng, 30),
            "code_challenge": base64_url(rng.randbytes(32)),
            "claims": '{"id_token":{"auth_time":{"essential":true}}}',
            "prompt": "select_account",
        }
    )
    return request(
        "GET", f"/oauth2/v2.0/authorize?{tail}", browser.browser(rng, SHOP, "page", url(rng))
    )


def _by_token(rng: random.Random) -> Request:
    way = rng.randrange(3)
    if way == 0:
        return form(
            rng,
            "/signin-oidc",
            [
                ("code", "0.A" + token(rng, 300)),
                ("id_token", jwt(rng)),
                ("state", "CfDJ8" + token(rng, 400)),
                ("session_state", uuid(rng)),
            ],
        )
    if way == 1:
        tail = urlencode(
            {
                "wa": "wsignin1.0",
                "wtrealm": "urn:shop",
                "wctx": "rm=0&id=passive&ru=%2fa%2fb%3fx%3d1",
                "wct": "2024-07-15T10:00:00Z",
            }
        )
        return request("GET", f"/adfs/ls/?{tail}", browser.browser(rng, SHOP, "page", url(rng)))
    return form(
        rng,
        "/signin",
        [
            ("wa", "wsignin1.0"),
            (
                "wresult",
                (
                    '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005'
                    '/02/trust"><t:Lifetime/></t:RequestSecurityTokenResponse>'
                ),
            ),
        ],
    )


def single_sign_on(rng: random.Random) -> Request:
    return _by_saml(rng) if rng.random() < 0.5 else _by_token(rng)


def web_forms(rng: random.Random) -> Request:
    state = base64.b64encode(b"\xff\x01\x0f" + rng.randbytes(rng.randrange(40, 900))).decode()
    fields = [
        ("__EVENTTARGET", "ctl00$Main$grid$ctl03$lnk"),
        ("__EVENTARGUMENT", ""),
        ("__VIEWSTATE", state),
        ("__VIEWSTATEGENERATOR", "C2EE9ABB"),
        ("__EVENTVALIDATION", state[:200]),
        ("ctl00$Main$txtSearch", words.phrase(rng)),
        ("javax.faces.ViewState", "-7123:4567"),
        ("form:j_idt12", "form:j_idt12"),
        ("javax.faces.partial.execute", "@all"),
    ]
    return form(rng, "/Default.aspx", fields)


def order(rng: random.Random) -> Request:
    fields = [
        ("billing[firstname]", rng.choice(words.NAMES)),
        (
            "billing[street][]",
            rng.choice(
                (
                    "Main St. 5; #3",
                    "Str. d. 17. Juni 135 / EG",
                    "世纪大道100号(2楼)#5",
                    "1/2 O'Connell St & Co",
                )
            ),
        ),
        ("billing[city]", rng.choice(words.CITIES)),
        ("billing[telephone]", "+49 (0)30/12 34-56"),
        ("comment", words.sentence(rng)),
        ("payment[cc_exp]", "12/27"),
        ("coupon", "10%OFF!"),
        ("form_key", token(rng, 16)),
        ("items[0][options]", '{"93":"52","size":"M | L"}'),
        ("gift", words.paragraph(rng)),
        ("_method", "patch"),
    ]
    if rng.random() < 0.25:
        return multipart(rng, "/checkout/onepage/saveOrder", fields)
    return form(rng, "/checkout/onepage/saveOrder", fields)


def _editors(rng: random.Random, text: str) -> tuple[tuple[str, Fields], ...]:
    """Paths and fields of product and post editors."""
    return (
        (
            "/wp-admin/post.php",
            [
                ("post_content", text),
                ("content", text),
                ("_wp_http_referer", "/wp-admin/post.php?post=1&action=edit"),
                ("post_title", words.phrase(rng)),
                ("meta[1][value]", 'a:1:{s:1:"a";i:1;}'),
            ],
        ),
        (
            "/wp-admin/admin-ajax.php",
            [
                ("action", "heartbeat"),
                ("data[wp_autosave][content]", text),
                ("data[wp-refresh-post-lock][lock]", "1721:1"),
                ("_nonce", hexes(rng, 10)),
            ],
        ),
        (
            "/admin/catalog/product/save/id/1/key/" + hexes(rng, 64) + "/",
            [
                ("product[description]", text),
                ("product[custom_design]", ""),
                ("product[meta_title]", words.phrase(rng)),
                ("product[quantity_and_stock_status][qty]", "5"),
                (
                    "rule[conditions][1--1][type]",
                    "Magento\\SalesRule\\Model\\Rule\\Condition\\Product",
                ),
            ],
        ),
    )


def _builders(rng: random.Random, text: str) -> tuple[tuple[str, Fields], ...]:
    """Paths and fields of page and mail builders."""
    return (
        (
            "/wp-admin/customize.php",
            [
                (
                    "customized",
                    json.dumps(
                        {
                            "blogname": words.phrase(rng),
                            "custom_css[x]": "a > b { content: '\\f101'; }",
                        }
                    ),
                ),
                ("wp_customize", "on"),
            ],
        ),
        (
            "/admin/structure/views",
            [
                ("body[0][value]", text),
                ("body[0][format]", "full_html"),
                ("form_build_id", "form-" + token(rng, 43)),
            ],
        ),
        (
            "/admin/themes/1/assets",
            [("value", words.code(rng)), ("key", "sections/header.liquid")],
        ),
        (
            "/campaign/save",
            [
                (
                    "html",
                    (
                        f"<!DOCTYPE html><html><head><style>td{{color:red}}</style></head><b"
                        f"ody>{text}</body></html>"
                    ),
                ),
                ("subject", "*|FNAME|*, %%name%% " + words.phrase(rng)),
            ],
        ),
    )


def editor(rng: random.Random) -> Request:
    """HTML in the product editor, the blog and the mail builder."""
    text = words.markup(rng)
    path, fields = rng.choice((*_editors(rng, text), *_builders(rng, text)))
    if rng.random() < 0.3:
        head = browser.browser(rng, SHOP, "fetch", url(rng), SITE).add(
            "content-type", "application/json"
        )
        return request(
            "PUT",
            "/wp-json/wp/v2/posts/1?_locale=user",
            head.add("x-http-method-override", "PUT"),
            json.dumps({"id": 1, "content": text, "title": fields[0][1][:40]}),
        )
    return multipart(rng, path, fields) if rng.random() < 0.3 else form(rng, path, fields)


def ticket(rng: random.Random) -> Request:
    fields = [
        ("subject", words.sentence(rng)),
        ("message", words.ticket(rng)),
        ("email", "o'neil@example.com"),
        ("type", "question"),
    ]
    way = rng.random()
    if way < 0.3:
        return form(rng, "/support/new", fields)
    if way < 0.6:
        head = browser.browser(rng, SHOP, "fetch", url(rng), SITE).add(
            "content-type", "application/json"
        )
        return request(
            "POST",
            "/api/v2/tickets.json",
            head,
            json.dumps(
                {
                    "ticket": {
                        "comment": {
                            "body": fields[1][1],
                            "html_body": f"<pre>{words.code(rng)}</pre>",
                        },
                        "subject": fields[0][1],
                    }
                }
            ),
        )
    return multipart(
        rng, "/support/new", fields, "error.log", "text/plain", words.code(rng).encode()
    )


def chat(rng: random.Random) -> Request:
    text = words.sentence(rng)
    return rng.choice(
        (
            lambda: form(
                rng,
                "/messenger/web/ping",
                [
                    ("app_id", "abc"),
                    ("v", "3"),
                    ("g", hexes(rng, 40)),
                    ("s", hexes(rng, 64)),
                    ("user_data", json.dumps({"email": None, "title": words.phrase(rng)})),
                    ("page", url(rng)),
                ],
            ),
            lambda: form(
                rng,
                "/chat/send",
                [
                    ("blocks", json.dumps([{"type": "paragraph", "text": text}])),
                    ("client_assigned_uuid", uuid(rng)),
                ],
            ),
            lambda: form(
                rng,
                "/ajax/mercury/send_messages.php",
                [
                    ("body", text),
                    ("__dyn", "7xe" + token(rng, 60)),
                    ("__a", "1"),
                    ("fb_dtsg", "NAcN" + token(rng, 30) + ":17:17"),
                    ("jazoest", "25"),
                    ("variables", json.dumps({"input": {"message": {"text": text}}})),
                ],
            ),
        )
    )()


KINDS = {
    "login": login,
    "single-sign-on": single_sign_on,
    "web-forms": web_forms,
    "order": order,
    "editor": editor,
    "ticket": ticket,
    "chat": chat,
}
