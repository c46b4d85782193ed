"""kill -9 in the middle of a playbook: it resumes, and nothing is done twice that must not be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("steps_and_die.py")
ROOT = Path(__file__).parents[2]


class Other:
    """Another company's system: it does what a key asks once, and may see its caller die."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.effects: Counter[tuple[str, str]] = Counter()
        self.kills: set[str] = set()
        self.caller: subprocess.Popen[bytes] | None = None

    def take(self, path: str, key: str) -> bool:
        """Whether the caller lives to read the answer."""
        self.seen.append((path, key))
        if self.effects[path, key] == 0:  # as the header promises: the same key acts once
            self.effects[path, key] += 1
        if path not in self.kills:
            return True
        self.kills.discard(path)
        assert self.caller is not None
        os.kill(self.caller.pid, signal.SIGKILL)
        self.caller.wait()
        return False


@contextmanager
def listening(other: Other) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if other.take(self.path, self.headers["Idempotency-Key"]):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

        do_PUT = do_POST  # noqa: N815  as the server names its methods

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_playbook_survives_kill_9_wherever_it_comes(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "SHANGDUN_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "SHANGDUN_RESPOND__STEP_HOSTS": '["127.0.0.1"]',
    }

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), *words]
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE)

    def call(*words: str) -> Any:
        with start(*words) as process:
            out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, words
        return json.loads(out) if out else None

    other, died = Other(), 0
    other.kills = {"/put", "/safe", "/unsafe"}
    with listening(other) as url:
        call("prepare", url)
        for point in ("decided", "acted:collect", "-", "-", "-"):
            with start("run", point) as process:
                other.caller = process
                process.communicate(timeout=120)
            died += process.returncode == -signal.SIGKILL
        found = call("run", "-")
    assert died == 5, "it was killed at every point, by itself and by whom it called"
    # decided once, to the same end as the first time meant, although the step was done twice
    assert found["decided"] == 1
    ((state, author),) = found["decisions"]
    assert state == "in_force"
    assert author.startswith("step:")
    assert found["lasts"] == [90]
    # the other side saw the second call of what nobody saw end, under the key of the first
    calls, keys = Counter(path for path, _ in other.seen), {key for _, key in other.seen}
    assert calls == {"/put": 2, "/safe": 2, "/unsafe": 1}
    assert len(keys) == 3
    assert set(other.effects.values()) == {1}
    # of what may not be done twice a person is asked
    assert found["held"] == ["unsafe"]
    assert found["tasks"]["look"] == "waiting"
    states = Counter((title, state) for title, state, _ in found["attempts"])
    assert states["unsafe", "unknown"] == 1
    assert states["collect", "unknown"] == 1
    assert states["collect", "succeeded"] == 1
    # what came out is there once
    assert [kind for _, kind in found["evidence"]] == ["events", "output", "output"]
    assert found["told"] == 1
    found = call("hand")
    assert found["run"] == "done"
    assert set(found["tasks"].values()) == {"done"}
