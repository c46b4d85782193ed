"""nginx with our files: who is turned away, that nobody else is, and that no connection is cut."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protect.enforcers.decisions import NOW, decision
from tests.protect.enforcers.web import server

from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Due, Slot
from shangdun.protect.enforcers.enforcer import EnforcerError
from shangdun.protect.enforcers.nginx.files import Lines, read
from shangdun.protect.enforcers.nginx.settings import NginxSettings
from shangdun.protect.target import TargetKind


@pytest.fixture
def web(tmp_path):
    # nginx's workers go through the folders as themselves
    with server(tmp_path / "web") as made:
        yield made


def put(enforcer, *decisions) -> Due:
    due = Due(enforcer.able)
    due.fill(decisions, NOW)
    enforcer.replace(due, NOW)
    return due


def same(enforcer, due) -> bool:
    present = enforcer.present()
    missing, extra = due.compare(present.slots)
    return not (missing - enforcer.left_out) and not extra and not present.trouble


def test_whom_it_turns_away_and_how_to_appeal(web):
    enforcer = web.start(contact="mail shop@example.com")
    assert web.ask()[0] == 200
    blocked = decision(1, "address", "127.0.0.2")
    due = put(
        enforcer,
        blocked,
        decision(2, "session", "abc123"),
        decision(3, "account", "王 小明@example.com"),
        decision(4, "range", "127.0.1.0/24"),
        decision(5, "address", "127.0.1.7", "allow"),
        decision(6, "address", "2001:db8::5"),
    )
    status, body = web.ask(source="127.0.0.2")
    assert status == 403
    assert blocked.appeal in body
    assert "shop@example.com" in body
    assert web.ask(source="127.0.0.2", path="/any/where?x=1")[0] == 403
    assert web.ask("Cookie: session=abc123")[0] == 403
    assert web.ask("Cookie: session=abc124")[0] == 200
    assert web.ask("X-Account: 王 小明@example.com")[0] == 403
    assert web.ask(source="127.0.1.8")[0] == 403
    assert web.ask(source="127.0.1.7")[0] == 200, "who is allowed is let in, whatever else holds"
    assert web.ask("Cookie: session=abc123", source="127.0.1.7")[0] == 200
    assert web.ask(path="/shangdun-refused")[0] == 404, "the page of refusal is no page"
    assert same(enforcer, due)
    enforcer.clear(NOW)
    assert web.ask(source="127.0.0.2")[0] == 200


def test_who_is_slowed_is_slowed_and_a_challenge_is_passed_on_or_refused(web):
    enforcer = web.start(challenge="block")
    put(
        enforcer,
        decision(1, "address", "127.0.0.3", "throttle"),
        decision(2, "address", "127.0.0.4", "challenge"),
    )
    answers = [web.ask(source="127.0.0.3")[0] for _ in range(14)]
    assert answers[:10] == [200] * 10
    assert 429 in answers[10:]
    assert web.ask(source="127.0.0.4")[0] == 403
    assert web.ask()[0] == 200


def test_changes_one_by_one(web):
    enforcer = web.start()
    due = put(enforcer)
    first, second = decision(1, "address", "127.0.0.2"), decision(2, "session", "s")
    enforcer.apply(due.take([first], [], NOW), due, NOW)
    assert web.ask(source="127.0.0.2")[0] == 403
    enforcer.apply(due.take([second], [first.uid], NOW), due, NOW)
    assert web.ask(source="127.0.0.2")[0] == 200
    assert web.ask("Cookie: session=s")[0] == 403
    assert same(enforcer, due)
    assert len(list((web.folder / "shangdun").glob("v*"))) == 2, "what is old is swept away"


ODD = [
    'x"; return 200; #',
    "a\\",
    "$remote_addr",
    "a b;c",
    "~^.*",
    "default",
    "include",
    "hostnames",
    "volatile",
    "{evil}",
    "a'b",
    "ünïcode-ok",
    "x" * 200,
    "CaSe",
    "cAsE",
    "#comment",
]


def test_no_value_means_anything_to_nginx(web):
    """A session or an account is what a visitor chose to send."""
    enforcer = web.start()
    due = put(enforcer, *(decision(n, "session", value) for n, value in enumerate(ODD, 1)))
    assert web.ask()[0] == 200
    for harmless in ("x", "anything", "127.0.0.1"):
        assert web.ask(f"Cookie: session={harmless}")[0] == 200, "no expression was made of it"
    for blocked in ("default", "include", "~^.*", "CaSe"):
        assert web.ask(f"Cookie: session={blocked}")[0] == 403
    assert {slot.value for slot in enforcer.left_out} == {
        'x"; return 200; #', "a\\", "$remote_addr", "a b;c", "{evil}", "a'b", "#comment",
    }  # fmt: skip
    assert same(enforcer, due)


@given(st.text(min_size=1, max_size=60))
def test_lines_are_one_line_or_none_and_read_back(value):
    lines = Lines(NginxSettings(variables={"session": "$cookie_session"}))
    slot = Slot(Measure.BLOCK, TargetKind.SESSION, value)
    lines.put(slot, "AAAAA-BBBBB")
    text = lines.text("block_session.map")
    if slot in lines.left_out:
        assert text == ""
    else:
        assert text.count("\n") == 1
        assert text.startswith('"\\\\')
        assert text.endswith('" AAAAA-BBBBB;\n')
        assert list(read("block_session.map", text)) == [slot]


def test_a_refused_configuration_is_rolled_back_and_said(web):
    enforcer = web.start()
    due = put(enforcer, decision(1, "address", "127.0.0.2"))
    whole = web.conf.read_text()
    web.conf.write_text(whole.replace("limit_req_status 429;", "limit_req_status 429; nonsense;"))
    change = due.take([decision(2, "address", "127.0.0.3")], [], NOW)
    with pytest.raises(EnforcerError, match="nonsense"):
        enforcer.apply(change, due, NOW)
    assert "127.0.0.3" not in (web.folder / "shangdun/current/block.geo").read_text()
    assert web.ask(source="127.0.0.2")[0] == 403
    assert web.ask(source="127.0.0.3")[0] == 200
    web.conf.write_text(whole)
    enforcer.replace(due, NOW)
    assert web.ask(source="127.0.0.3")[0] == 403


def test_it_says_that_nginx_does_not_read_the_files_or_does_not_run(web):
    enforcer = web.start()
    put(enforcer)
    assert enforcer.present().trouble == ""
    web.conf.write_text(
        web.conf.read_text().replace(f"include {web.folder}/shangdun/server.conf;", "")
    )
    assert "does not include" in enforcer.present().trouble
    web.stop()
    assert enforcer.present().trouble == "nginx does not run"
    put(enforcer, decision(1, "address", "127.0.0.2"))  # and it is there when nginx starts


class Visitors:
    """Honest visitors while reloads go on: kept connections, and one slow download."""

    def __init__(self, web, size: int) -> None:
        (web.folder / "files" / "big").write_bytes(b"x" * size)
        self.web, self.size = web, size
        self.failed: list[str] = []
        self.asked = self.again = 0
        self.got = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(3)]
        self._threads.append(threading.Thread(target=self._download))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _visit(self) -> None:
        """As a browser does: an idle connection that the server closed is opened anew."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=10)
        while not self._stop.is_set():
            fresh = connection.sock is None
            try:
                status = self._get(connection)
            except (http.client.RemoteDisconnected, ConnectionError) as error:
                connection.close()
                if fresh:
                    self.failed.append(repr(error))
                    continue
                self.again += 1
                status = self._get(connection)
            self.asked += 1
            if status != 200:
                self.failed.append(str(status))
            time.sleep(0.002)
        connection.close()

    def _get(self, connection) -> int:
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        return response.status

    def _download(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=30)
        connection.request("GET", "/slow/big")
        response = connection.getresponse()
        self.got = len(response.read())
        connection.close()


def test_twenty_reloads_cut_nobody_off(web):
    enforcer = web.start()
    due = put(enforcer)
    with Visitors(web, 2_500_000) as visitors:
        for number in range(20):
            made = decision(number + 1, "address", f"127.9.0.{number}")
            enforcer.apply(due.take([made], [], NOW), due, NOW)
            time.sleep(0.1)
    assert visitors.failed == []
    assert visitors.asked > 300
    assert visitors.got == visitors.size, "the download began before the first reload and is whole"
    assert web.ask(source="127.9.0.19")[0] == 403
    assert "[emerg]" not in Path(web.folder / "error.log").read_text()
