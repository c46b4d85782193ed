"""What holds for every page: nothing inline, nothing hostile, few queries, both languages."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shangdun import actions
from shangdun.actions.action import ACTIONS
from shangdun.actions.record_findings import do_record_findings
from shangdun.console.logtext import spans_of, visible
from shangdun.console.middleware.headers import CONTENT_SECURITY_POLICY, protect
from shangdun.console.wordings import action_words
from shangdun.console.words import ACTION_LABELS
from shangdun.lake.health import health_path, read_health, write_health
from shangdun.records.actor import WATCH

from . import pulse
from .pages import inline, paths, rendered
from .seed import finding

COUNTS = Path(__file__).with_name("sql_counts.json")


def test_no_page_holds_script_or_style_of_its_own(shop, client_of):
    found = {name: inline(html) for name, html in rendered(client_of(shop["everybody"])).items()}
    assert {name: what for name, what in found.items() if what} == {}


def test_what_attackers_write_stays_text(shop, client_of):
    hostile = 0
    for name, html in rendered(client_of(shop["everybody"])).items():
        for forbidden in ("<script>alert(1)", "<img src=x", "\x1b", "\u202e"):
            assert forbidden not in html, name
        hostile += "&lt;script&gt;alert(1)" in html and "\\x1b[31m\\u202egpj" in html
    assert hostile >= 6  # the hostile content is there, as text


def test_a_page_made_visible_is_sent_to_its_end():
    """The length is counted before signs of attackers become longer; a browser stops there."""
    page = HttpResponse("<p>\x1b[31m\u202ereversed</p>")
    page.headers["Content-Length"] = str(len(page.content))
    sent = protect(lambda _request: page)(HttpRequest())
    assert sent.content == rb"<p>\x1b[31m\u202ereversed</p>"
    assert sent.headers["Content-Length"] == str(len(sent.content))


def test_headers_of_every_answer(shop, client_of):
    client = client_of(shop["everybody"])
    for path in [
        *paths().values(),
        "/healthz",
        "/api/findings",
        "/api/openapi.json",
        "/accounts/login/",
    ]:
        response = client.get(path)
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert response.headers["X-Frame-Options"] == "DENY", path
        assert response.headers["Referrer-Policy"] == "same-origin", path
        cached = response.headers["Cache-Control"]
        assert "no-store" in cached or "no-cache" in cached, path
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_queries_of_each_page(shop, client_of):
    """Checked in; raise one only with a reason, by REWRITE_COUNTS=1."""
    client = client_of(shop["everybody"])
    counts = {}
    for name, path in paths().items():
        cache.clear()
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[name] = len(queries)
    if os.environ.get("REWRITE_COUNTS"):
        COUNTS.write_text(json.dumps(counts, indent=1) + "\n")
    assert counts == json.loads(COUNTS.read_text())
    assert all(count <= 12 for name, count in counts.items() if name.startswith("findings"))


def test_queries_do_not_grow_with_the_list(shop, client_of):
    client = client_of(shop["everybody"])

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    client.get("/rules/")  # reads the rules once
    before = [count(path) for path in ("/findings/", "/incidents/?show=all")]
    now = datetime.now(UTC)
    do_record_findings(
        WATCH,
        batch=2,
        findings=[
            finding(5000 + i, "many", "Many", 4, now, {"address": f"192.0.2.{i}"})
            for i in range(30)
        ],
    )
    assert [count(path) for path in ("/findings/", "/incidents/?show=all")] == before


_PEOPLES_WORDS = r'(?s)<main.*?</main>|<title>.*?</title>|<ol class="crumbs">.*?</ol>|title="[^"]*"'
"""A document or an incident is called as people called it, whatever language a page is in."""


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_pages_speak_the_persons_language(shop, client_of, language, lang):
    user = shop["everybody"]
    user.language = language
    user.save()
    for name, html in rendered(client_of(user)).items():
        if "<html" not in html:
            continue
        assert f'<html lang="{lang}"' in html, name
        ours = re.search(
            "[\u4e00-\u9fff]",
            re.sub(_PEOPLES_WORDS, "", html)
            .replace("简体中文", "")
            .replace(">中<", "")
            .replace("商盾", ""),
        )
        assert bool(ours) is (language == "zh-hans"), name


def test_the_language_can_be_chosen_before_signing_in(db):
    client = Client()
    assert "Sign in" in client.get("/accounts/login/").content.decode()
    response = client.post(
        "/preferences/language/", {"language": "zh-hans", "next": "/accounts/login/"}
    )
    assert response.headers["Location"] == "/accounts/login/"
    assert "登录" in client.get("/accounts/login/").content.decode()
    assert (
        "登录"
        in Client(headers={"Accept-Language": "zh-CN"}).get("/accounts/login/").content.decode()
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_no_form_leads_elsewhere(db, elsewhere):
    response = Client().post("/preferences/theme/", {"theme": "dark", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_the_theme_is_the_persons_own(shop, client_of):
    client = client_of(shop["everybody"])
    assert "data-theme" not in client.get("/").content.decode().split("<head>")[0]
    client.post("/preferences/theme/", {"theme": "dark"})
    assert '<html lang="en" data-theme="ink"' in client.get("/").content.decode()


def test_fragments_answer_304_until_something_changes(shop, client_of, console):
    client = client_of(shop["everybody"])
    for path in (
        "/overview/now/",
        "/overview/findings/",
        "/findings/rows/",
        "/overview/severity.json",
    ):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
    watching = client.get("/overview/watching/")
    pulse.health(console, datetime.now(UTC))

    health = read_health(console)
    health.sources[0].dead_letters += 7
    write_health(console, health)
    changed = client.get("/overview/watching/", headers={"If-None-Match": watching.headers["ETag"]})
    assert changed.status_code == 200


def test_a_page_carries_the_tag_of_its_fragments(shop, client_of):
    client = client_of(shop["everybody"])
    html = client.get("/findings/").content.decode()
    tag = re.search(r'id="rows".*?data-tag="([^"]+)"', html).group(1).replace("&quot;", '"')
    assert client.get("/findings/rows/", headers={"If-None-Match": tag}).status_code == 304


def test_a_stopped_watch_is_said(shop, client_of, console):
    health_path(console).unlink()
    html = client_of(shop["everybody"]).get("/").content.decode()
    assert "The watch does not run" in html or "Nothing is watched yet" in html


@pytest.mark.parametrize(
    ("value", "operator", "pattern", "expected"),
    [
        ("q=1 UNION  select", "contains", "union", ["UNION"]),
        ("a union b select c", "contains", "union*select", ["union", "select"]),
        ("/etc/passwd", "startswith", "/etc", ["/etc"]),
        ("x=1' or '1'='1", "re|i", r"' OR '\d", ["' or '1"]),
        ("İstanbul union", "contains", "union", ["union"]),  # İ in lower case is two letters
        ("a*b", "contains", r"a\*b", ["a*b"]),
        ("anything", "re", "(unclosed", []),
        ("anything", "re", "", []),
        ("a" * 50_000, "contains", "a", []),
    ],
)
def test_the_matching_part_is_found(value, operator, pattern, expected):
    assert [value[start:end] for start, end in spans_of(value, operator, pattern)] == expected


def test_expressions_of_attackers_cost_linear_time():
    start = time.process_time()
    spans_of("a" * 19_000 + "!", "re", "(a+)+$")
    assert time.process_time() - start < 1


def test_unseen_characters_are_shown():
    assert (
        visible("a\x00\x1b[2J\u202e\u200b\ud800\nb\tc")
        == "a\\x00\\x1b[2J\\u202e\\u200b\\ud800\nb\tc"
    )


def test_health_needs_nobody(db):
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_the_ledger_names_every_action_in_words():
    for module in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}."):
        importlib.import_module(module.name)
    assert sorted({*ACTIONS, "refuse"}) == sorted([*ACTION_LABELS, *action_words()])
