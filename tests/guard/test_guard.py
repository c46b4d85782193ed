"""What becomes of a request: decisions, challenges, throttles, verdicts, and what is told of it."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from tests.guard.conftest import Clock, decide, incoming

from shangdun_guard.answers import Answer
from shangdun_guard.config import Config, ConfigError, GuardRoute, read_config
from shangdun_guard.guard import OWN_PATH, Guard
from shangdun_guard.incoming import Incoming
from shangdun_guard.inspector.exceptions import propose, to_data
from shangdun_guard.inspector.profile import Profile
from shangdun_guard.request import Request

ATTACK = "/search?q=" + "1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20-"


def met(guard: Guard, target: str = "/", body: bytes = b"", **more: Any) -> Answer | None:
    """A request through all stages, as an adapter takes it."""
    request = incoming(guard, target, **more)
    ruling = guard.rule(request)
    wanted = guard.wants_body(request, ruling)
    return guard.settle(request, ruling, body[:wanted], len(body))


def headers(answer: Answer) -> dict[str, str]:
    return dict(answer.headers)


def solve(guard: Guard, answer: Answer, request: Incoming, **more: str) -> Answer:
    """What a browser's script does with a challenge."""
    text = re.search(r'name="challenge" value="([^"]+)"', answer.body.decode())
    onwards = re.search(r'name="next" value="([^"]*)"', answer.body.decode())
    assert text
    assert onwards
    number = next(
        n
        for n in itertools.count()
        if guard.passes.solved(text[1], str(n), request.sender, guard._wall())
    )
    fields = {"challenge": text[1], "answer": number, "next": unescape(onwards[1]), **more}
    posted = replace(request, request=replace(request.request, method="POST", target=OWN_PATH))
    return guard.take_answer(posted, urlencode(fields).encode())


def test_a_request_that_nobody_decided_about_passes(alone: Guard) -> None:
    assert met(alone) is None
    assert met(alone, "/cart", method="POST", body=b"a=1", headers={"content-length": "3"}) is None


def test_who_is_blocked_reads_why_in_his_language_and_how_to_appeal(alone: Guard) -> None:
    decide(alone, "block", "address", "203.0.113.7", appeal="K7QM3-XWF2A")
    chinese, english = met(alone), met(alone, headers={"accept-language": "en-GB,en;q=0.9"})
    assert chinese
    assert english
    assert chinese.status == 403
    assert "访问已被拦截" in chinese.body.decode()
    assert "This visit has been stopped" in english.body.decode()
    assert "K7QM3-XWF2A" in english.body.decode()
    assert headers(english)["Cache-Control"] == "no-store"
    assert met(alone, peer="203.0.113.8") is None
    program = met(alone, headers={"accept": "application/json"})
    assert program
    assert json.loads(program.body) == {"error": "blocked", "appeal": "K7QM3-XWF2A", "contact": ""}


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("", "zh-CN"), ("zh-TW", "zh-CN"), ("en", "en"), ("fr,en;q=0.5,zh;q=0.4", "en"),
        ("en;q=0.1,zh;q=0.9", "zh-CN"), ("en;q=x,zh;q=0.1", "zh-CN"), ("*", "zh-CN"),
        (",;q=1,;;", "zh-CN"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_is_liked_more(
    alone: Guard, given: str, language: str
) -> None:
    decide(alone, "block", "address", "203.0.113.7")
    answer = met(alone, headers={"accept-language": given})
    assert answer
    assert f'<html lang="{language}">'.encode() in answer.body


def test_a_challenge_lets_an_honest_customer_on_with_what_she_wanted(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    alone.passes.bits = 8
    answer = met(alone, "/search?q=tea&page=2")
    assert answer
    assert answer.status == 403
    passed = solve(alone, answer, incoming(alone))
    assert passed.status == 303
    assert headers(passed)["Location"] == "/search?q=tea&page=2"
    cookie = headers(passed)["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    given = {"cookie": f"a=b; {cookie.partition(';')[0]}"}
    assert met(alone, "/search?q=tea&page=2", headers=given) is None
    assert met(alone, "/cart", method="POST", headers=given) is None
    assert met(alone, peer="203.0.113.99", headers=given) is None, "nobody decided about her"
    decide(alone, "challenge", "address", "203.0.113.99")
    assert met(alone, peer="203.0.113.99", headers=given), "the pass is another's"


def test_a_pass_over_https_is_secure(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    alone.passes.bits = 4
    secure = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    request = incoming(alone, peer="10.0.0.1", headers=secure)
    answer = met(alone, peer="10.0.0.1", headers=secure)
    assert answer
    assert "; Secure" in headers(solve(alone, answer, request))["Set-Cookie"]


def test_the_page_of_a_challenge_runs_its_own_script_and_nothing_else(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    first, second = met(alone, '/?size="42"&b=<3'), met(alone)
    assert first
    assert second
    policy = headers(first)["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)
    assert nonce
    page = first.body.decode()
    assert page.count("<script") == page.count(f'<script nonce="{nonce[1]}">') == 1
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy != headers(second)["Content-Security-Policy"]
    assert not re.search(r"""(src|href)=|https?://|\son\w+=""", page)


@pytest.mark.parametrize(
    ("onwards", "location"),
    [
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("https://evil.example/x", "/x"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/aSet-Cookie:x=y"),
        ("/\t/evil.example", "/evil.example"),
        ("/搜索?q=1", "/?q=1"),
        ("/ok?x=1", "/ok?x=1"),
    ],
)
def test_a_pass_never_leads_to_another_site(alone: Guard, onwards: str, location: str) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    alone.passes.bits = 4
    answer = met(alone)
    assert answer
    passed = solve(alone, answer, incoming(alone), next=onwards)
    assert headers(passed)["Location"] == location


def test_a_form_travels_through_the_challenge(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    form = urlencode({"address": 'a "quoted" <b>', "姓名": "李娜", "submit": "1"}).encode()
    about = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "content-length": str(len(form)),
    }
    answer = met(alone, "/checkout?x=1", method="POST", body=form, headers=about)
    assert answer
    page = answer.body.decode()
    assert '<form id="again" method="post" action="/checkout?x=1">' in page
    assert 'name="address" value="a &quot;quoted&quot; &lt;b&gt;"' in page
    assert 'name="姓名" value="李娜"' in page
    assert 'name="next" value=""' in page, "the form goes on, not a GET"


def test_an_upload_cannot_travel_and_the_page_says_so(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    about = {"content-type": "multipart/form-data; boundary=x", "content-length": "9"}
    answer = met(alone, "/upload", method="POST", body=b"123456789", headers=about)
    assert answer
    assert "请返回上一页重新提交" in answer.body.decode()
    assert 'id="again"' not in answer.body.decode()


def test_without_a_script_waiting_will_do(alone: Guard, clock: Clock) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    answer = met(alone, "/tea")
    assert answer
    text = re.search(r'name="challenge" value="([^"]+)"', answer.body.decode())
    assert text
    fields = urlencode({"challenge": text[1], "next": "/tea"}).encode()
    posted = incoming(alone, OWN_PATH, method="POST")
    clock.now += 9
    assert alone.take_answer(posted, fields).status == 403
    clock.now += 2
    passed = alone.take_answer(posted, fields)
    assert (passed.status, headers(passed)["Location"]) == (303, "/tea")


def test_programs_are_told_what_is_asked_of_them(alone: Guard) -> None:
    decide(alone, "challenge", "address", "203.0.113.7")
    answer = met(alone, headers={"accept": "*/*", "sec-fetch-mode": "cors"})
    assert answer
    told = json.loads(answer.body)
    assert (told["error"], told["answer_to"], told["bits"]) == ("challenge", OWN_PATH, 16)


def test_a_throttle_answers_429_and_when_to_come_again(alone: Guard, clock: Clock) -> None:
    decide(alone, "throttle", "range", "203.0.113.0/24", rate=60)
    answers = [met(alone) for _ in range(12)]
    assert [bool(answer) for answer in answers] == [False] * 10 + [True] * 2
    assert answers[-1]
    assert answers[-1].status == 429
    assert 1 <= int(headers(answers[-1])["Retry-After"]) <= 2
    assert met(alone, peer="203.0.113.8") is None, "each sender has a bucket"
    clock.now += 2
    assert met(alone) is None


def test_who_is_allowed_is_let_in_and_looked_at(alone: Guard) -> None:
    decide(alone, "block", "range", "203.0.113.0/24")
    decide(alone, "allow", "address", "203.0.113.7")
    assert met(alone) is None
    assert met(alone, ATTACK) is None
    assert alone.counters["observe"] == 1


def test_an_attack_is_blocked_and_the_code_leads_to_it(alone: Guard) -> None:
    answer = met(alone, ATTACK)
    assert answer
    assert answer.status == 403
    assert re.search(r"<code>[2-9A-Z]{5}-[2-9A-Z]{5}</code>", answer.body.decode())
    assert met(alone, "/search?q=select+a+size+from+the+list") is None


def test_an_attack_in_a_body_is_found_within_the_limit(alone: Guard) -> None:
    form = b"comment=" + ATTACK.partition("=")[2].encode()
    about = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(form))}
    assert met(alone, "/review", method="POST", body=form, headers=about)


ROUTES = {
    "/": "block",
    "/search": "challenge",
    "/editor": {"mode": "observe"},
    "/raw": {"inspect": False},
    "/pay": {"away": "closed", "failing": "closed"},
}


@pytest.fixture
def routed(tmp_path: Path, clock: Clock) -> Guard:
    config = {"folder": tmp_path, "routes": ROUTES, "difficulty": 4}
    return Guard(read_config(config, {}), wall=clock, clock=clock)


@pytest.mark.parametrize(
    ("path", "text"),
    [("/x", "访问已被拦截"), ("/search", "安全验证"), ("/editor/3", ""), ("/raw", "")],
)
def test_each_route_says_what_an_attack_meets(routed: Guard, path: str, text: str) -> None:
    answer = met(routed, path + ATTACK.removeprefix("/search"))
    assert text in (answer.body.decode() if answer else "")
    assert bool(answer) == bool(text)


@pytest.mark.parametrize("path", ["/editor/../x", "//x", "/%65ditor/%2e%2e/x", "/EDITOR"])
def test_no_spelling_of_a_path_reaches_a_milder_route(routed: Guard, path: str) -> None:
    answer = met(routed, path + ATTACK.removeprefix("/search"))
    assert answer
    assert "访问已被拦截" in answer.body.decode()


def test_a_pass_holds_for_a_routes_challenge_too(routed: Guard) -> None:
    answer = met(routed, ATTACK)
    assert answer
    cookie = headers(solve(routed, answer, incoming(routed)))["Set-Cookie"].partition(";")[0]
    assert met(routed, ATTACK, headers={"cookie": cookie}) is None
    assert met(routed, "/x" + ATTACK.removeprefix("/search"), headers={"cookie": cookie})


class Broken:
    """An inspector with a bug."""

    def inspect(self, request: Request) -> Any:
        raise RecursionError("a bug")


def test_an_inspector_that_fails_is_told_of_and_the_route_decides(
    routed: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    routed.inspector = Broken()
    assert met(routed, "/x") is None
    closed = met(routed, "/pay/1")
    assert closed
    assert closed.status == 503
    assert routed.counters["inspector_failed"] == 2
    assert "the inspector failed" in caplog.text


def test_an_inspector_that_does_not_start_leaves_the_shop_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangdun_guard.tuned.Inspector", lambda: 1 / 0)
    guard = Guard(read_config({"folder": tmp_path, "routes": ROUTES}, {}))
    assert met(guard, "/x") is None
    assert met(guard, "/pay")
    assert guard.counters["inspector_failed"] == 2


def test_without_shangdun_routes_are_open_or_closed(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = read_config(
        {"url": "http://127.0.0.1:9", "key": "k", "folder": tmp_path, "routes": ROUTES}, {}
    )
    guard = Guard(config, wall=clock, clock=clock)
    monkeypatch.setattr(guard.connection, "start", lambda: None)
    assert met(guard, "/pay") is None, "not away yet"
    clock.now += config.away_seconds + 1
    closed = met(guard, "/pay")
    assert closed
    assert (closed.status, headers(closed)["Retry-After"]) == (503, "30")
    assert met(guard, "/tea") is None
    guard.close()


def test_spoofed_headers_block_nobody_else(alone: Guard) -> None:
    decide(alone, "block", "address", "198.51.100.9")
    spoofed = {"x-forwarded-for": "198.51.100.9, 203.0.113.7"}
    assert met(alone, peer="10.0.0.1", headers=spoofed) is None
    assert met(alone, peer="203.0.113.7", headers={"x-forwarded-for": "198.51.100.9"}) is None
    escaped = {"x-forwarded-for": "203.0.113.7, 198.51.100.9"}
    assert met(alone, peer="10.0.0.1", headers=escaped), "who is blocked stays blocked"


def test_a_proxy_of_ours_is_never_turned_away(alone: Guard) -> None:
    decide(alone, "block", "range", "10.0.0.0/8")
    assert met(alone, peer="10.0.0.1") is None
    assert met(alone, peer="10.0.0.1", headers={"x-forwarded-for": "nonsense"}) is None


def test_the_country_is_believed_from_a_trusted_proxy_only(tmp_path: Path) -> None:
    config = {"folder": tmp_path, "trusted_proxies": "10.0.0.1", "country_header": "X-Country"}
    guard = Guard(read_config(config, {}))
    decide(guard, "block", "country", "KP")
    told = {"x-forwarded-for": "203.0.113.7", "x-country": "kp"}
    assert met(guard, peer="10.0.0.1", headers=told)
    assert met(guard, peer="10.0.0.1", headers={**told, "x-country": "CN"}) is None
    assert met(guard, headers={"x-country": "KP"}) is None


def test_observing_only_turns_nobody_away(alone: Guard) -> None:
    alone._set({"observe_only": True})
    decide(alone, "block", "address", "203.0.113.7")
    assert met(alone) is None
    assert met(alone, ATTACK, peer="203.0.113.9") is None
    assert alone.counters["observe"] == 2


def test_shangdun_may_set_routes_and_difficulty_and_nonsense_changes_nothing(alone: Guard) -> None:
    alone._set({"routes": {"/a": "observe"}, "difficulty": 20, "contact": "400-100"})
    assert met(alone, "/a" + ATTACK.removeprefix("/search")) is None
    assert alone.passes.bits == 20
    alone._set({"routes": {"a": "x"}, "difficulty": 99, "new": 1})
    assert alone.passes.bits == 20
    assert met(alone, "/a" + ATTACK.removeprefix("/search")) is None


PATCH = {"name": "hole", "prefix": "/item", "condition": "not a number", "parameter": "id"}


def test_a_virtual_patch_closes_a_hole_from_settings_or_from_shangdun(
    alone: Guard, tmp_path: Path
) -> None:
    patched = Guard(read_config({"folder": tmp_path, "patches": [PATCH]}, {}))
    assert met(patched, "/item?id=abc")
    assert met(patched, "/item?id=7") is None
    assert met(alone, "/item?id=abc") is None
    alone._set({"patches": [PATCH]})
    assert met(alone, "/item?id=abc")
    with pytest.raises(ConfigError, match="patches"):
        Guard(read_config({"folder": tmp_path, "patches": [{"name": "x"}]}, {}))
    alone._set({"patches": "nonsense"})
    assert met(alone, "/item?id=abc"), "what is not understood changes nothing"
    alone._set({"patches": []})
    assert met(alone, "/item?id=abc") is None


def test_an_exception_lets_in_what_it_was_made_from(tmp_path: Path) -> None:
    plain = Guard(read_config({"folder": tmp_path}, {}))
    request = incoming(plain, ATTACK).request
    assert plain.inspector
    excuses = to_data(propose(request, plain.inspector.inspect(request)))  # type: ignore[arg-type]
    excused = Guard(read_config({"folder": tmp_path, "exceptions": excuses}, {}))
    assert met(plain, ATTACK)
    assert met(excused, ATTACK) is None
    assert met(excused, ATTACK.replace("/search", "/other"))


def test_a_profile_is_read_and_a_damaged_one_left_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(Profile().to_json())
    bad.write_text("{}")
    for path in (good, bad):
        guard = Guard(read_config({"folder": tmp_path, "profile": str(path)}, {}))
        assert met(guard, ATTACK)
        assert met(guard, "/?q=tea") is None
    assert caplog.text.count("left aside") == 1


def test_workers_without_a_key_share_the_secret_of_their_folder(tmp_path: Path) -> None:
    first, second = (Guard(read_config({"folder": tmp_path}, {})) for _ in range(2))
    cookie = first.passes.grant("203.0.113.7", 0)
    assert second.passes.holds(cookie, "203.0.113.7", 1)
    assert first.digest("session") == second.digest("session")
    kept = tmp_path / "shop" / "secret"
    assert (kept.stat().st_mode & 0o777, len(kept.read_text())) == (0o600, 64)
    assert [path.name for path in kept.parent.iterdir()] == ["secret"]


def test_where_no_secret_can_be_kept_each_worker_has_its_own_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    first, second = (Guard(read_config({"folder": tmp_path / "file"}, {})) for _ in range(2))
    assert not second.passes.holds(first.passes.grant("x", 0), "x", 1)
    assert "will not share passes" in caplog.text


class Case(NamedTuple):
    given: dict[str, Any]
    says: str


@pytest.mark.parametrize(
    "case",
    [
        Case({"colour": "red"}, "colour: unknown"),
        Case({"url": "shangdun.example"}, "url: write it as"),
        Case({"source": "shop"}, "source: needs url and token"),
        Case({"trusted_proxies": ["10.0.0.0/99"]}, "trusted_proxies"),
        Case({"difficulty": 60}, "difficulty: 1 to 28"),
        Case({"difficulty": "hard"}, "difficulty: 'hard'"),
        Case({"poll_seconds": 0}, "poll_seconds: must be above 0"),
        Case({"buffer_drops": "all"}, "buffer_drops: oldest or newest"),
        Case({"inspect": "perhaps"}, "inspect: true or false"),
        Case({"routes": {"cart": "block"}}, "a route starts with a slash"),
        Case({"routes": {"/cart": "stop"}}, "one of observe, challenge, block"),
        Case({"routes": {"/cart": {"away": "ajar"}}}, "away on /cart: open or closed"),
        Case({"routes": {"/cart": {"colour": 1}}}, "routes: /cart"),
    ],
)
def test_a_wrong_setting_is_named(case: Case) -> None:
    with pytest.raises(ConfigError, match=re.escape(case.says)):
        read_config(case.given, {})


def test_settings_come_from_the_environment_too() -> None:
    environ = {
        "SHANGDUN_GUARD_URL": "https://shangdun.example",
        "SHANGDUN_GUARD_TRUSTED_PROXIES": "10.0.0.1, unix",
        "SHANGDUN_GUARD_INSPECT": "no",
        "SHANGDUN_GUARD_DIFFICULTY": "12",
    }
    config = read_config({"DIFFICULTY": 14, "routes": [GuardRoute("/a")]}, environ)
    expected = Config(
        url="https://shangdun.example", trusted_proxies=("10.0.0.1", "unix"), inspect=False,
        difficulty=14, routes=(GuardRoute("/a"),),
    )  # fmt: skip
    assert config == expected
