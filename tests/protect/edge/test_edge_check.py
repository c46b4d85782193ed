"""Each check finds what it is for, and is silent once its own advice was followed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangdun.kernel.errors import UsageError
from shangdun.protect.edge.check import problems_of
from shangdun.protect.edge.problem import Subject
from shangdun.protect.edge.tree import read_config

NOW = datetime(2026, 11, 22, tzinfo=UTC)
QUIET = """
server_tokens off;
add_header X-Content-Type-Options nosniff always;
add_header Referrer-Policy same-origin always;
limit_req_zone $binary_remote_addr zone=all:10m rate=10r/s;
limit_req zone=all burst=20;
modsecurity on;
"""


def codes(folder: Path, http: str, *, quiet: str = QUIET, **more: object) -> set[str]:
    """Codes of the problems of a configuration whose ``http`` holds this."""
    config = folder / "nginx.conf"
    config.write_text("events {}\nhttp {\n" + quiet + http + "\n}\n")
    subject = Subject(nginx=read_config(config), now=NOW, **more)  # type: ignore[arg-type]
    return {problem.code for problem in problems_of(subject)}


def server(inside: str, listen: str = "127.0.0.1:80") -> str:
    return f"server {{ listen {listen}; {inside} }}"


def passing(inside: str = "") -> str:
    return server(f"location / {{ proxy_pass http://127.0.0.1:8000; {inside} }}")


CASES: dict[str, tuple[str, str, str]] = {
    "old protocols": (
        "tls.old",
        server("ssl_protocols TLSv1 TLSv1.2; return 204;", "443 ssl"),
        server("ssl_protocols TLSv1.2 TLSv1.3; return 204;", "443 ssl"),
    ),
    "protocols of another server": (
        "tls.first_server",
        server("return 444;", "443 ssl") + server("ssl_protocols TLSv1.3; return 204;", "443 ssl"),
        server("ssl_protocols TLSv1.3; return 444;", "443 ssl")
        + server("ssl_protocols TLSv1.3; return 204;", "443 ssl"),
    ),
    "weak ciphers": (
        "tls.ciphers",
        "ssl_ciphers HIGH:RC4-SHA;",
        "ssl_ciphers HIGH:!RC4:!aNULL:!MD5;",
    ),
    "no TLS": (
        "tls.none",
        server("location / { proxy_pass http://127.0.0.1:8000; }", "80"),
        passing(),
    ),
    "no HSTS": (
        "tls.hsts",
        server("location / { proxy_pass http://127.0.0.1:8000; }", "443 ssl"),
        server(
            "add_header Strict-Transport-Security 'max-age=9' always;"
            "location / { proxy_pass http://127.0.0.1:8000; }",
            "443 ssl",
        ),
    ),
    "a certificate that is not there": (
        "tls.certificate",
        server("ssl_certificate /nowhere/c.pem;", "443 ssl"),
        server("ssl_certificate $ssl_server_name.pem;", "443 ssl"),
    ),
    "lost headers": (
        "headers.lost",
        passing("add_header Cache-Control no-store;"),
        passing("proxy_hide_header Cache-Control;"),
    ),
    "alias without its slash": (
        "holes.alias",
        server("location /img { alias /data/img/; }"),
        server("location /img/ { alias /data/img/; }"),
    ),
    "line breaks in a redirect": (
        "holes.line_breaks",
        server("return 302 https://shop.test$uri;"),
        server("return 302 https://shop.test$request_uri;"),
    ),
    "a target that visitors choose": (
        "holes.target",
        server("location / { proxy_pass http://$arg_host/x; }"),
        server("location / { proxy_pass http://127.0.0.1:8000/$arg_page; }"),
    ),
    "a host that visitors claim": (
        "holes.host",
        passing("proxy_set_header Host $http_host;"),
        passing("proxy_set_header Host $host;"),
    ),
    "a shop that answers to strangers": (
        "holes.host",
        server("server_name shop.test; location / { proxy_pass http://127.0.0.1:8000; }"),
        server("return 444;", "127.0.0.1:80 default_server")
        + server("server_name shop.test; location / { proxy_pass http://127.0.0.1:8000; }"),
    ),
    "a listing": ("holes.listing", "autoindex on;", "autoindex off;"),
    "slashes": ("holes.slashes", "merge_slashes off;", "merge_slashes on;"),
    "figures for all": (
        "holes.figures",
        server("location /n { stub_status; }"),
        server("location /n { stub_status; allow 127.0.0.1; deny all; }"),
    ),
    "hidden files": (
        "holes.hidden",
        server("root /srv/www;"),
        server(r"root /srv/www; location ~ /\. { return 404; }"),
    ),
    "a limit by a claimed address": (
        "limits.claimed",
        "limit_req_zone $http_x_forwarded_for zone=x:1m rate=1r/s;",
        "limit_req_zone $binary_remote_addr zone=x:1m rate=1r/s;",
    ),
    "bodies without end": (
        "limits.body",
        "client_max_body_size 0;",
        "client_max_body_size 8m;",
    ),
    "slow clients": ("limits.slow", "client_body_timeout 10m;", "client_body_timeout 15s;"),
    "everybody believed": (
        "limits.everyone",
        "set_real_ip_from 0.0.0.0/0;",
        "set_real_ip_from 198.51.100.0/24;",
    ),
    "claimed addresses handed on": (
        "limits.appended",
        passing("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"),
        passing("proxy_set_header X-Forwarded-For $remote_addr;"),
    ),
    "no log": ("logs.off", passing("") + "access_log off;", passing("")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_problem_is_found_and_its_advice_ends_it(
    tmp_path: Path, case: tuple[str, str, str]
) -> None:
    code, wrong, right = case
    assert code in codes(tmp_path, wrong)
    assert code not in codes(tmp_path, right)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("headers.version", "server_tokens off;"),
        ("headers.missing", "add_header X-Content-Type-Options nosniff always;"),
        ("limits.none", "limit_req zone=all burst=20;"),
        ("inspect.off", "modsecurity on;"),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, code: str, line: str) -> None:
    assert line in QUIET
    assert code not in codes(tmp_path, passing())
    assert code in codes(tmp_path, passing(), quiet=QUIET.replace(line, ""))


def test_logs_and_decisions_are_held_against_what_is_watched(tmp_path: Path) -> None:
    log = passing("") + "access_log /var/log/nginx/shop.log;"
    watched = frozenset({"/var/log/nginx/shop.log*"})
    assert "logs.unwatched" not in codes(tmp_path, log, watched=watched)
    assert "logs.unwatched" in codes(tmp_path, log, watched=frozenset({"/var/log/other"}))
    assert "decisions.unwired" in codes(tmp_path, passing(), decisions_folder=str(tmp_path / "d"))


RULES = """
SecRuleEngine On
SecRequestBodyAccess On
SecAuditLogFormat JSON
SecAuditLogParts ABFHZ
SecStatusEngine Off
Include {folder}/REQUEST-942-x.conf
"""


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("inspect.looking", "SecRuleEngine On", "SecRuleEngine DetectionOnly"),
        ("inspect.off", "SecRuleEngine On", "SecRuleEngine Off"),
        ("inspect.bodies", "Access On", "Access Off"),
        ("inspect.log", "SecAuditLogFormat JSON", ""),
        ("inspect.secrets", "ABFHZ", "ABCFHZ"),
        ("inspect.status", "SecStatusEngine Off", "SecStatusEngine On"),
        ("inspect.rules", "REQUEST-942", "REQUEST-1"),
        ("inspect.missing", "Include {folder}/R", "Include {folder}/nothing/R"),
    ],
)
def test_an_engine_that_does_not_do_its_work_is_told(
    tmp_path: Path, code: str, old: str, new: str
) -> None:
    for name in ("REQUEST-942-x.conf", "REQUEST-1-x.conf"):
        (tmp_path / name).touch()
    rules = tmp_path / "rules.conf"
    for text, wrong in ((RULES, False), (RULES.replace(old, new), True)):
        rules.write_text(text.format(folder=tmp_path))
        line = f"modsecurity_rules_file {rules};"
        around = server(f"{line} location / {{ proxy_pass http://127.0.0.1:8000; }}")
        for placed in (passing(line), around):
            assert (code in codes(tmp_path, placed)) is wrong


def test_what_nginx_cannot_read_is_the_first_problem(tmp_path: Path) -> None:
    assert "nginx.syntax" in codes(tmp_path, "server { listen 80;")


def test_includes_that_go_round_end(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text(f"include {tmp_path}/b.conf; autoindex on;")
    (tmp_path / "b.conf").write_text(f"include {tmp_path}/a.conf;")
    assert "holes.listing" in codes(tmp_path, f"include {tmp_path}/a.conf;")


def test_a_configuration_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no nginx configuration"):
        read_config(tmp_path / "nginx.conf")


def test_the_command_tells_place_reason_and_fix_and_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("events {}\nhttp { autoindex on; }\n")
    command = [sys.executable, "-m", "shangdun.cli", "edge", "check", tmp_path / "nginx.conf"]
    env = {**os.environ, "SHANGDUN_HOME": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    for words in (f"{tmp_path}/nginx.conf:2", "folders show what they hold", "autoindex off;"):
        assert words in done.stdout
