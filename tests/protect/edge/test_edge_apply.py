"""Applied edges: reloaded without a dropped connection, or not changed at all."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path

import msgspec
import pytest
from tests.protect.edge.edge_nginx import HOST, MODULE, NGINX, running_edge, shop, write_edge

from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.protect.edge.apply import Nginx, apply, differences, find_nginx, open_decisions
from shangdun.protect.edge.render import HTTP_FILE, render
from shangdun.protect.edge.settings import EdgeConfig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODULE.exists(), reason="nginx has no ModSecurity here: make test"),
]


def edge_of(port: int, upstream: int, folder: Path, **more: object) -> EdgeConfig:
    return EdgeConfig(
        **{
            "hosts": [HOST], "upstream": [f"127.0.0.1:{upstream}"], "tls": "off",
            "listen": f"127.0.0.1:{port}", "redirect_from": "", "decisions": False,
            "inspect": "off", "log_folder": str(folder / "log"), **more,
        }  # type: ignore[arg-type]  # keyword arguments of many types
    )  # fmt: skip


def test_a_change_is_in_force_and_no_request_is_lost_meanwhile(tmp_path: Path) -> None:
    with shop([]) as upstream, running_edge(tmp_path, inspect="off", per_minute=1_000_000,
                                            burst=100_000) as edge:  # fmt: skip
        nginx = Nginx(program=NGINX, config=tmp_path / "nginx.conf", prefix=tmp_path)
        failed: list[object] = []
        asked = threading.Event()
        done = threading.Event()

        def ask_on() -> None:
            """A kept connection may end before it is used again (RFC 9112, 9.3.1); no other."""
            link = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)
            number = 0
            while not done.is_set():
                number += 1
                kept = link.sock is not None
                try:
                    link.request("GET", f"/{number}", headers={"Host": HOST})
                    answer = link.getresponse()
                    answer.read()
                    if answer.status != 200:
                        failed.append(answer.status)
                    if answer.getheader("Connection") == "close":
                        link.close()
                except OSError as error:
                    if not kept:
                        failed.append(error)
                    link.close()
                asked.set()
            link.close()

        thread = threading.Thread(target=ask_on)
        thread.start()
        try:
            asked.wait(10)
            for number in range(5):
                settings = edge_of(edge.port, upstream, tmp_path, per_minute=900_000 + number,
                                   burst=100_000)  # fmt: skip
                assert apply(render(settings, str(tmp_path)), nginx).reloaded
                time.sleep(0.2)
        finally:
            done.set()
            thread.join()
        assert not failed


def test_what_nginx_refuses_changes_nothing_and_says_why(tmp_path: Path) -> None:
    edge = edge_of(1, 2, tmp_path)
    config = write_edge(tmp_path, edge)
    nginx = Nginx(program=NGINX, config=config, prefix=tmp_path)
    before = {name: (tmp_path / name).read_text() for name in render(edge)}
    broken = msgspec.structs.replace(edge, tls="modern", certificate="/nowhere.pem")
    with pytest.raises(ShangdunError, match=r"nowhere\.pem"):
        apply(render(broken, str(tmp_path)), nginx)
    assert {name: (tmp_path / name).read_text() for name in before} == before
    assert not list(tmp_path.rglob(".*.conf.*"))


def test_a_second_time_changes_nothing_and_a_dry_run_tells(tmp_path: Path) -> None:
    edge = edge_of(1, 2, tmp_path)
    nginx = Nginx(program=NGINX, config=write_edge(tmp_path, edge), prefix=tmp_path)
    files = render(edge, str(tmp_path))
    assert apply(files, nginx).changed == []
    assert not list(differences(files, tmp_path))
    other = render(msgspec.structs.replace(edge, per_minute=7), str(tmp_path))
    assert any("rate=7r/m" in line for line in differences(other, tmp_path))
    done = apply(other, nginx)
    assert (done.changed, done.reloaded) == ([HTTP_FILE], False)


def test_decisions_may_come_later(tmp_path: Path) -> None:
    folder = tmp_path / "decisions"
    edge = edge_of(1, 2, tmp_path, decisions=True, decisions_folder=str(folder))
    nginx = Nginx(program=NGINX, config=write_edge(tmp_path, edge), prefix=tmp_path)
    changed = render(msgspec.structs.replace(edge, per_minute=7), str(tmp_path))
    with pytest.raises(ShangdunError, match=r"http\.conf"):
        apply(changed, nginx)
    open_decisions(folder)
    assert apply(changed, nginx).changed
    (folder / "http.conf").write_text("# theirs")
    open_decisions(folder)
    assert (folder / "http.conf").read_text() == "# theirs"


def test_without_nginx_conf_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nginx\.conf"):
        find_nginx(tmp_path)
