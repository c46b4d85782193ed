"""Tools that attackers use, as programs: what each is told, bounded in time and in requests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from tests.conftest import ROOT

PROGRAMS = ROOT / ".cache" / "attackers" / "bin"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
"""Where a tool can be told to, it calls itself a browser: it must be known by what it does."""
SECONDS = 25
"""No tool runs longer."""
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Target:
    """What is attacked, where its pages are, and a folder to write into."""

    url: str
    folder: Path
    page: str
    """Path of a page, with a parameter."""
    login: str
    username: str
    password: str
    """The names of the fields of the form to log in."""
    seconds: int = 20
    """How long a tool goes on that would go on for ever."""

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    def file(self, name: str, text: str = "") -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)


@dataclass(frozen=True)
class Tool:
    """One program; ``command`` gives what to run against a target."""

    name: str
    program: str
    command: Callable[[Target], list[str]]

    @property
    def path(self) -> str | None:
        """Where the program is; None where it is not installed."""
        return shutil.which(self.program, path=f"{PROGRAMS}") or shutil.which(self.program)

    def start(self, target: Target) -> subprocess.Popen[bytes]:
        """Run it; its words go into ``<name>.out`` in the target's folder."""
        target.folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.path), *self.command(target)]
        with self.said_path(target).open("wb") as said:
            return subprocess.Popen(
                ["timeout", "-k", "2", str(SECONDS), *command],
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                cwd=target.folder, env={"HOME": str(target.folder), "PATH": "/usr/bin:/bin"},
            )  # fmt: skip

    def said_path(self, target: Target) -> Path:
        return target.folder / f"{self.name}.out"

    def said(self, target: Target) -> str:
        return self.said_path(target).read_text("utf-8", "replace")


def _sqlmap(target: Target) -> list[str]:
    return [
        "-u", f"{target.url}{target.page}", "--batch", "--flush-session",
        "--random-agent", "--technique", "BEUS", "--timeout", "10", "--retries", "0",
        "--disable-coloring", "--ignore-code", "*", "--output-dir", str(target.folder / "sqlmap"),
    ]  # fmt: skip


def _wapiti(target: Target) -> list[str]:
    return [
        "-u", f"{target.url}{target.page}", "--scope", "page", "-m", "sql,xss,exec",
        "--max-scan-time", "4", "--max-attack-time", "2", "--flush-session", "--no-bugreport",
        "--store-session", str(target.folder / "wapiti"), "-f", "json",
        "-o", target.file("wapiti.json"), "-t", "10",
        "--endpoint", target.url, "--dns-endpoint", "localhost",
    ]  # fmt: skip


def wapiti_report(target: Target) -> dict[str, list[object]]:
    """What wapiti calls a hole or an anomaly, by class; only classes with any."""
    report = json.loads((target.folder / "wapiti.json").read_text())
    both = {**report["vulnerabilities"], **report["anomalies"]}
    return {kind: found for kind, found in both.items() if found}


def _nmap(target: Target) -> list[str]:
    told = [
        "http-enum.category=general",  # all of its thousands take minutes
        f'http-sql-injection.url="{target.page}"',
        "http-shellshock.uri=/",
    ]
    scripts = "+http-enum,+http-sql-injection,+http-shellshock,+http-methods"
    return ["-n", "-Pn", "-p", target.port, "--script", scripts, "--script-args", ",".join(told),
            "--script-timeout", "18s", "-oN", "-", "127.0.0.1"]  # fmt: skip


def _ffuf(target: Target) -> list[str]:
    """Names and passwords that leaked elsewhere, one after another."""
    cookie, token = form(f"{target.url}{target.login}")
    fields = f"csrfmiddlewaretoken={token}&{target.username}=NAME&{target.password}=WORD"
    names = target.file("names", "".join(f"member{n}@example.com\n" for n in range(400)))
    words = target.file("words", "".join(f"Leaked-{n}-secret\n" for n in range(400)))
    return [
        "-u", f"{target.url}{target.login}", "-X", "POST", "-mode", "pitchfork",
        "-maxtime", f"{target.seconds}", "-w", f"{names}:NAME", "-w", f"{words}:WORD",
        "-t", "4", "-p", "0.3", "-timeout", "10", "-mc", "all", "-H", f"User-Agent: {AGENT}",
        "-H", "Content-Type: application/x-www-form-urlencoded", "-H", f"Cookie: {cookie}",
        "-d", f"{fields}&login_submit=1",
        "-o", str(target.folder / "ffuf.json"), "-of", "json", "-s",
    ]  # fmt: skip


def ffuf_statuses(target: Target) -> Counter[int]:
    """How often each status was answered."""
    found = json.loads((target.folder / "ffuf.json").read_text())["results"]
    return Counter(one["status"] for one in found)


def _slowhttptest(target: Target) -> list[str]:
    return ["-B", "-c", "200", "-r", "100", "-i", "3", "-l", f"{min(target.seconds, 12)}",
            "-p", "5", "-x", "4", "-u", f"{target.url}{target.login}"]  # fmt: skip


def _wrk(target: Target) -> list[str]:
    return ["-t1", "-c32", f"-d{target.seconds}s", "--timeout", "5s", "--latency",
            f"{target.url}{target.login}"]  # fmt: skip


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("sqlmap", "sqlmap", _sqlmap),
        Tool("wapiti", "wapiti", _wapiti),
        Tool("nmap", "nmap", _nmap),
        Tool("ffuf", "ffuf", _ffuf),
        Tool("slowhttptest", "slowhttptest", _slowhttptest),
        Tool("wrk", "wrk", _wrk),
    )
}


def form(url: str) -> tuple[str, str]:
    """The cookies and the token that a form asks for, as a browser gets them."""
    cookies = CookieJar()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies)
    )
    with opener.open(urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0"})) as page:
        found = FIELD.search(page.read().decode())
    return "; ".join(f"{one.name}={one.value}" for one in cookies), found[1] if found else ""
