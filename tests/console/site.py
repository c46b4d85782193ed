"""A console of its own on loopback, filled, for browsers: `with Site(folder) as site: site.url`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.console import pulse

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FILL = (
    "import sys; from pathlib import Path; from shangdun.records.boot import migrate, start; "
    "migrate(start()); from tests.console.seed import fill; fill(Path(sys.argv[1]))"
)
SERVE = (
    "import sys; from pathlib import Path; from shangdun.kernel.config import load_config; "
    "from shangdun.runtime.web import serve; serve(load_config(Path(sys.argv[1])))"
)


class Site:
    """Its own home directory, its own server process, health that stays fresh."""

    fill = FILL
    """What is in its records before anybody comes: code of a process of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # WebAuthn knows localhost, and no address of numbers.
        self.url = f"http://localhost:{port}"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SHANGDUN_")},
            "SHANGDUN_HOME": str(home),
            "SHANGDUN_WEB__BIND": f"127.0.0.1:{port}",
            "SHANGDUN_WEB__WORKERS": "1",
            "SHANGDUN_WEB__MFA": "offered",
            "SHANGDUN_DETECT__RULES": json.dumps([str(HERE / "rules")]),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._stop = threading.Event()
        self._pulse = threading.Thread(target=self._beat, daemon=True)
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        self.run(self.fill)
        self._pulse.start()
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.home)], cwd=ROOT, env=self._environment
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return self
        raise TimeoutError("the console did not come up")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._server:
            self._server.terminate()
            self._server.wait(20)

    def run(self, code: str) -> None:
        """Run code in a process of its own on this home directory."""
        subprocess.run(
            [sys.executable, "-c", code, str(self.home)],
            cwd=ROOT,
            env=self._environment,
            check=True,
        )

    def _beat(self) -> None:
        while not self._stop.wait(1):
            pulse.health(self.home, datetime.now(UTC))
