"""The wheel, as a user meets it: `pipx install` on a machine without Node, then `shangdun up`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    for source in (ROOT, ROOT / "src" / "guard"):
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out]
        subprocess.run([*command, source], check=True, capture_output=True)
    (built,) = out.glob("shangdun-*.whl")
    return built


def test_wheel_holds_assets_translations_rules_and_no_node_sources(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    dist = "shangdun/console/static/dist/"
    assert any(name.startswith(dist) and name.endswith(".css") for name in names)
    assert any(name.startswith(dist) and name.endswith(".js") for name in names)
    for part in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "letters.txt", "OFL.txt"):
        assert f"shangdun/papers/fonts/{part}" in names
    assert "shangdun/papers/paper.typ" in names
    assert "shangdun/content/plan/plan.zh-hans.md" in names
    assert "shangdun/console/locale/zh_Hans/LC_MESSAGES/django.mo" in names
    assert any(name.startswith("shangdun/content/rules/") for name in names)
    assert not any("node_modules" in name or "console/frontend" in name for name in names)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command that pipx installed, with a PATH that knows no Node."""
    place = tmp_path_factory.mktemp("pipx")
    env = {
        **os.environ,
        "PIPX_HOME": str(place / "home"),
        "PIPX_BIN_DIR": str(place / "bin"),
        "PIPX_MAN_DIR": str(place / "man"),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "UV_FIND_LINKS": str(wheel.parent),
        "UV_CONSTRAINT": str(ROOT / "tools" / "locks" / "run.txt"),
    }
    command = [sys.executable, "-m", "pipx", "install", "--backend", "uv", str(wheel)]
    # What the set-up fetched is enough; only a machine whose cache was emptied asks the index.
    for extra in ({"UV_OFFLINE": "1"}, {}):
        done = subprocess.run(command, env=env | extra, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return place / "bin" / "shangdun"
        shutil.rmtree(place / "home", ignore_errors=True)
    pytest.fail(f"pipx install failed:\n{done.stdout}\n{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def console(installed: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """An address that answers, served by the installed command from an empty home."""
    port = free_port()
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    assert not shutil.which("node", path=str(installed.parent))
    process = subprocess.Popen(
        [str(installed), "up", "--bind", f"127.0.0.1:{port}"],
        env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def fetch_when_up(address: str, process: subprocess.Popen[str]) -> str:
    for _ in range(300):
        if process.poll() is not None:
            assert process.stdout is not None
            pytest.fail(f"it ended by itself:\n{process.stdout.read()}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            time.sleep(0.2)
    pytest.fail("no answer within a minute")


def test_installed_command_serves_pages_with_their_style(
    console: tuple[str, subprocess.Popen[str]],
) -> None:
    address, process = console
    page = fetch_when_up(f"{address}/accounts/login/", process)
    assert "商盾" in page
    style = next(part.split('"')[0] for part in page.split('href="')[1:] if ".css" in part)
    assert len(fetch_when_up(address + style, process)) > 1000
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
