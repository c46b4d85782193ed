"""The search page: what is asked, shown, kept and exported, each person's own alone."""

from __future__ import annotations

import html
import re
import time

import pytest

from shangdun.console.search import EXPORTS_KEPT
from shangdun.records.models import LedgerEntry, SavedSearch

TECHNICAL, AUDITOR = "technical_support", "auditor"


@pytest.fixture
def client(shop, client_of):
    return client_of(shop[TECHNICAL])


def token_of(text: str) -> str:
    return re.search(r"/search/of/([0-9a-f]{32})/", text)[1]


def finished(client, path: str, seconds: float = 20.0) -> str:
    """The fragment of a search once it says how long it took."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        text = client.get(path).content.decode()
        if "searching" not in text and "正在检索" not in text:
            return html.unescape(text)
        time.sleep(0.1)
    raise AssertionError("the search does not end")


def asked(client, query: str) -> str:
    page = client.get(f"/search/?{query}").content.decode()
    return finished(client, f"/search/of/{token_of(page)}/?{query}")


def test_rows_facets_and_pivots(client):
    found = asked(client, "q=ip:203.0.113.0/24+status:>=500")
    assert "203.0.113.77" in found
    assert "198.51.100." not in found
    assert "sqlmap" in found
    assert "not+ip%3A%22203.0.113.77%22" in found
    assert "from=-7d" in found


def test_hostile_lines_lie_still(client):
    found = client.get("/search/?q=alert").content.decode()
    raw = client.get(f"/search/of/{token_of(found)}/?q=alert")
    finished(client, f"/search/of/{token_of(found)}/?q=alert")
    text = client.get(f"/search/of/{token_of(found)}/?q=alert").content.decode()
    assert raw.status_code == 200
    assert "alert" in text
    assert "<script>" not in text
    assert "\x1b" not in text


def test_sql_and_what_it_may_not(client):
    assert "400" in asked(client, "sql=1&q=SELECT+count(*)+AS+n+FROM+events&from=-30d")
    assert "/etc/passwd" in asked(client, "sql=1&q=SELECT+*+FROM+'/etc/passwd'")


def test_a_wrong_query_is_pointed_at(client):
    response = client.get("/search/?q=stats:404")
    assert response.status_code == 422
    assert "^" in response.content.decode()


def test_the_histogram_counts_what_is_found(client):
    page = client.get("/search/?q=").content.decode()
    token = token_of(page)
    finished(client, f"/search/of/{token}/?q=")
    bars = client.get(f"/search/of/{token}/bars.json").json()
    assert bars["done"]
    assert sum(bars["values"]) > 300


def test_another_persons_search_is_not_there(client, shop, client_of):
    token = token_of(client.get("/search/?q=").content.decode())
    other = client_of(shop[AUDITOR])
    for path in ("", "bars.json"):
        assert other.get(f"/search/of/{token}/{path}").status_code == 404
    assert other.post(f"/search/of/{token}/cancel/").status_code == 404
    assert client.post(f"/search/of/{token}/cancel/").status_code == 204


def test_an_export_is_on_record_before_it_leaves(client):
    before = LedgerEntry.objects.count()
    answer = client.post("/search/export/", {"q": "status:>=500", "from": "-24h", "form": "csv"})
    entry = LedgerEntry.objects.order_by("seq").last()
    assert (LedgerEntry.objects.count(), entry.action) == (before + 1, "export_events")
    place = answer.headers["Location"]
    shown = client.get(place)
    assert (shown.status_code, f"{place}state/" in shown.content.decode()) == (200, True)
    ends = time.monotonic() + 20
    while time.monotonic() < ends and "/file/" not in client.get(f"{place}state/").content.decode():
        time.sleep(0.1)
    file = client.get(f"{place}file/")
    content = b"".join(file.streaming_content).decode("utf-8-sig")
    file.close()
    assert content.count("203.0.113.77") >= 10
    assert "attachment" in file.headers["Content-Disposition"]


def test_a_person_writes_one_export_at_a_time_and_keeps_a_few(client, monkeypatch):
    ask = {"q": "status:>=500", "from": "-24h", "form": "csv"}
    places = []
    for _ in range(EXPORTS_KEPT + 1):
        place = client.post("/search/export/", ask).headers["Location"]
        ends = time.monotonic() + 20
        while (
            time.monotonic() < ends
            and "/file/" not in client.get(f"{place}state/").content.decode()
        ):
            time.sleep(0.1)
        places.append(place)
    there = [client.get(f"{place}state/").status_code for place in places]
    assert there == [404, *[200] * EXPORTS_KEPT]
    monkeypatch.setattr("shangdun.console.search._ended", lambda _: False)
    assert client.post("/search/export/", ask).status_code == 400


def test_searches_are_kept_and_shared(client, shop, client_of):
    kept = {"q": "status:404", "from": "-7d", "columns": "ip,status", "name": "missing"}
    place = client.post("/search/save/", kept).headers["Location"]
    assert "status%3A404" in place
    row = SavedSearch.objects.get(name="missing")
    assert (row.columns, row.since) == (["src_endpoint.ip", "http_response.code"], "-7d")
    other = client_of(shop[AUDITOR])
    assert "missing" not in other.get("/search/").content.decode()
    client.post("/search/save/", {**kept, "shared": "1"})
    assert "missing" in other.get("/search/").content.decode()
    assert SavedSearch.objects.filter(name="missing").count() == 1


def test_a_hunt_is_asked_for_on_its_page(client):
    assert client.post("/hunts/", {"from": "-24h"}).status_code == 422
    answer = client.post("/hunts/", {"text": "title: Mine", "from": "-24h"})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Mine" in page
    assert client.post(f"{answer.headers['Location']}cancel/").status_code == 302


def test_fields_are_offered(client):
    fields = client.get("/search/fields.json").json()["fields"]
    assert {
        key: value
        for key, value in fields[[f["name"] for f in fields].index("ip")].items()
        if key != "about"
    } == {"name": "ip", "column": "src_endpoint.ip"}
