"""Adding sources: a look first, no file that is nobody's business, a token shown once."""

from __future__ import annotations

import gzip
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shangdun.console.samples import SAMPLE_BYTES, look_at, read_sample
from shangdun.console.watching import Condition, read_watch
from shangdun.kernel.clock import to_millis
from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.lake.health import read_health, write_health
from shangdun.records.models import LedgerEntry, Source

LINE = (
    '203.0.113.9 - - [22/Nov/2026:10:00:00 +0000] "GET /search?q=<b> HTTP/1.1" 200 512 "-" "curl/8"'
)
BASE = {
    "way": "path",
    "path": "",
    "protocol": "udp",
    "host": "127.0.0.1",
    "port": "5514",
    "format": "",
    "name": "",
    "sample": "",
}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "access.log").write_text(f"{LINE}\n{LINE}\nnot a line of it\n")
    return folder


@pytest.fixture
def admin(people, client_of):
    return client_of(people["administrator"])


def send(client, **fields):
    return client.post("/sources/add/", {**BASE, **fields})


def test_looking_at_pasted_lines(admin):
    page = send(admin, sample=f"{LINE}\nnonsense", look="1").content.decode()
    assert "Web access log" in page
    assert "1 of 2 lines read" in page
    assert "q=&lt;b&gt;" in page
    assert "What could not be read" in page
    assert "nonsense" in page
    assert '<option value="combined" selected' in page
    assert not Source.objects.exists()


def test_looking_at_an_upload(admin):
    file = SimpleUploadedFile("a.log", f"{LINE}\n".encode() * 3)
    page = send(admin, upload=file, look="1").content.decode()
    assert "3 of 3 lines read" in page


def test_a_format_that_does_not_fit_says_why(admin):
    page = send(admin, sample=LINE, format="json", look="1").content.decode()
    assert "0 of 1 lines read" in page
    assert (
        "not" in re.search(r"Line 1</span>?: ?([^<]*)|Line 1: ([^<]*)", page).group(0).lower()
        or "JSON" in page
    )


def test_lines_of_no_format(admin):
    response = send(admin, sample="\x01\x02 gibberish ~~", look="1")
    assert response.status_code == 422
    assert "No format reads these lines" in response.content.decode()


def test_a_file_is_looked_at_and_watched(admin, logs):
    path = str(logs / "access.log")
    assert "2 of 3 lines read" in send(admin, path=path, look="1").content.decode()
    response = send(admin, path=path, name="shop-access", save="1")
    assert response.headers["Location"] == "/sources/of/shop-access/"
    row = Source.objects.get()
    assert (row.path, row.format) == (path, "combined")
    assert LedgerEntry.objects.filter(action="add_source", subject_id="shop-access").exists()


def test_the_end_of_a_long_file_and_a_packed_one(people, logs):
    admin = people["administrator"]
    (logs / "long.log").write_bytes(f"{LINE}\n".encode() * 5000)
    _, sample = read_sample(admin, str(logs / "long.log"))
    assert len(sample) <= SAMPLE_BYTES
    assert sample.startswith(b"203.0.113.9")
    (logs / "old.log.gz").write_bytes(gzip.compress(b"\0" * (50 << 20)))
    assert len(read_sample(admin, str(logs / "old.log.gz"))[1]) <= SAMPLE_BYTES
    newest = read_sample(admin, str(logs / "*.log"))[0]
    assert newest == str(logs / "long.log")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "/etc/*", "/proc/self/environ", "relative.log", "../../etc/passwd",
        "{logs}/../secret.txt", "{logs}/link-to-secret/inner.txt", "{logs}/*/inner.txt", "{logs}",
        "{logs}/..", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("button", ["look", "save"])
def test_no_other_file_is_read_or_watched(admin, logs, path, button):
    outside = logs.parent / "outside"
    outside.mkdir()
    (outside / "inner.txt").write_text("root:x:0:0 secret")
    (logs.parent / "secret.txt").write_text("root:x:0:0 secret")
    (logs / "link-to-secret").symlink_to(outside)
    response = send(
        admin, path=path.format(logs=logs), name="sly", format="syslog", **{button: "1"}
    )
    assert response.status_code == 422
    assert "root:x:0:0" not in response.content.decode()
    assert not Source.objects.exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "device"])
def test_only_regular_files_are_opened(people, logs, kind):
    path = logs / "trap.log"
    if kind == "link":
        (logs.parent / "secret.txt").write_text("secret")
        path.symlink_to(logs.parent / "secret.txt")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="no file"):
        read_sample(people["administrator"], str(path))


def test_only_who_manages_sources_may_look(people, logs):
    with pytest.raises(NotAllowed):
        read_sample(people["technical_support"], str(logs / "access.log"))


def test_a_token_is_shown_once(admin):
    response = send(admin, way="http", name="shop-push", format="shop", save="1")
    page = admin.get(response.headers["Location"]).content.decode()
    token = re.search(r"sdt_[\w-]{40,}", page).group()
    assert f"Bearer {token}" in page
    assert "/api/ingest/shop-push" in page
    assert "/api/otlp/shop-push/v1/logs" in page
    assert token not in admin.get(response.headers["Location"]).content.decode()
    assert token not in "".join(LedgerEntry.objects.values_list("payload", flat=True))
    row = Source.objects.get()
    admin.post(f"/sources/{row.pk}/token/")
    again = admin.get(response.headers["Location"]).content.decode()
    assert re.search(r"sdt_[\w-]{40,}", again).group() != token


def test_syslog(admin):
    send(
        admin,
        way="listen",
        name="firewall",
        format="syslog",
        protocol="tcp",
        host="::1",
        port="6514",
        save="1",
    )
    assert Source.objects.get().listen == "tcp://[::1]:6514"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "a/b"}, {"name": "../up"}, {"name": "-x"}, {"format": "nonsense"},
        {"format": ""}, {"way": "listen", "port": ""}, {"way": "listen", "port": "99999"},
        {"way": "listen", "host": "example.com"}, {"way": "nonsense"},
    ],
)  # fmt: skip
def test_mistakes_are_told(admin, changes):
    response = send(
        admin, **{"way": "http", "name": "fine", "format": "shop", "save": "1", **changes}
    )
    assert response.status_code == 422
    assert not Source.objects.exists()


def test_two_of_one_name(admin):
    for status in (302, 422):
        assert send(admin, way="http", name="twin", format="shop", save="1").status_code == status


def test_pausing_and_removing(admin):
    send(admin, way="http", name="gone", format="shop", save="1")
    row = Source.objects.get()
    admin.post(f"/sources/{row.pk}/switch/", {"version": row.version})
    row.refresh_from_db()
    assert not row.enabled
    assert "Paused" in admin.get("/sources/of/gone/").content.decode()
    stale = admin.post(f"/sources/{row.pk}/switch/", {"version": 1})
    assert stale.status_code == 409
    admin.post(f"/sources/{row.pk}/remove/")
    assert not Source.objects.exists()
    assert admin.get("/sources/of/gone/").status_code == 404


def test_conditions_of_sources(shop, client_of):
    page = client_of(shop["technical_support"]).get("/sources/").content.decode()
    assert page.index("Silent") < page.index("Live")  # worst first
    assert "4,812,901" in page


def test_raw_events_only_for_who_may_search_them(shop, client_of):
    assert (
        "The last events"
        in client_of(shop["technical_support"]).get("/sources/of/shop-access/").content.decode()
    )
    assert (
        "The last events"
        not in client_of(shop["leadership"]).get("/sources/of/shop-access/").content.decode()
    )


def test_a_sample_of_megabytes_costs_little():
    look = look_at(b"x" * (5 << 20), "combined")
    assert look.dead <= 2


def test_a_time_without_a_zone_is_read_as_the_watch_reads_it(settings):
    settings.CONFIG.web.time_zone = "Asia/Shanghai"
    look = look_at(b'{"class_uid": 3002, "time": "2026-11-22T10:00:00"}\n', "ocsf")
    expected = datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert dict(look.rows[0])["time"] == to_millis(expected)


def test_the_file_wins_over_a_source_of_the_page(admin, people, settings):
    send(admin, way="http", name="twin", format="shop", save="1")
    settings.CONFIG.sources = [SourceConfig(name="twin", format="combined", path="/var/log/x")]
    (source,) = read_watch(people["administrator"]).sources
    assert (source.format, source.kind, source.target) == ("combined", "path", "/var/log/x")
    assert source.row is None


def test_a_pushed_source_of_the_file_says_where_its_token_stands(admin, settings):
    settings.CONFIG.sources = [SourceConfig(name="shop", format="shop", http=True, token="t" * 20)]
    page = admin.get("/sources/of/shop/").content.decode()
    assert "Its token stands in shangdun.toml" in page
    assert "Make a token" not in page
    assert "t" * 20 not in page


def test_lost_lines_make_a_source_unwell_though_it_is_read(shop, client_of, console):
    health = read_health(console)
    lossy = next(source for source in health.sources if source.name == "shop-access")
    lossy.losses = 2
    write_health(console, health)
    watch = read_watch(shop["technical_support"])
    found = next(source for source in watch.unwell if source.name == "shop-access")
    assert found.condition is Condition.LIVE
    client = client_of(shop["technical_support"])
    assert "Lines are lost" in client.get("/sources/").content.decode()
    assert "It happened in 2 places" in client.get("/sources/of/shop-access/").content.decode()
