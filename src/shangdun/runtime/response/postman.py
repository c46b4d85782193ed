"""A process that sends what it is given, one message after the other: a line in, a line out.

Whatever a service does to it, hang, crash or fill its memory, ends with it: the courier kills it
and starts another. Every connection it makes is checked first, redirects and all.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from types import FrameType
from typing import Any

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.notify.failure import Cause, Failure
from shangdun.notify.sending import Job, Outcome, send
from shangdun.runtime.lifeline import tied_to_parent
from shangdun.runtime.monitor.addresses import AddressGuard

HARD_SECONDS = 20.0
"""No service is waited for any longer."""
START_SECONDS = 20.0
MEMORY = 1 << 30
READY = b"ready\n"


class Postman:
    """One such process; used by one thread."""

    def __init__(self, *, seconds: float = HARD_SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def send(self, job: Job) -> Outcome:
        """Send it, within the time; a child that hung or died is a failure, and is gone."""
        try:
            child = self._child if self._child and self._child.poll() is None else self._start()
            answer = self._ask(child, msgspec.json.encode(job) + b"\n", self._seconds)
        except OSError as error:
            self.stop()
            return Outcome(Failure(Cause.OTHER, str(error)))
        if not answer:
            self.stop()
            return Outcome(Failure(Cause.HUNG, f"no answer within {self._seconds:.0f} s"))
        return msgspec.json.decode(answer, type=Outcome)

    def stop(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child:
            child.kill()
            child.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "shangdun.runtime.response.postman"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=tied_to_parent(signal.SIGKILL),  # noqa: PLW1509  made before the fork, see there
        )
        if self._ask(self._child, b"", START_SECONDS) != READY:
            self.stop()
            raise OSError("the process that sends messages does not start")
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], line: bytes, seconds: float) -> bytes:
        """The next line the child says; nothing when it was killed because its time was over."""
        assert child.stdin is not None  # noqa: S101  both are pipes, see _start
        assert child.stdout is not None  # noqa: S101  as above
        over = threading.Timer(seconds, child.kill)
        over.daemon = True
        over.start()
        try:
            if line:
                child.stdin.write(line)
                child.stdin.flush()
            return child.stdout.readline()
        except BrokenPipeError:
            return b""
        finally:
            over.cancel()


def guard_connections(guard: AddressGuard) -> None:
    """Refuse to connect where no message belongs, whoever asks for it in this process."""

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or not isinstance(arguments[1], tuple):
            return
        try:
            guard.check(str(arguments[1][0]))
        except UsageError as error:
            # An OSError, as a connection that fails raises: services' plug-ins expect no other.
            raise PermissionError(error.message) from error
        except ValueError:
            return  # a name: it is resolved, and comes again as an address

    sys.addaudithook(look)


def main() -> None:
    """Until the courier closes our input."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a plug-in prints is not for the courier
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    guard_connections(AddressGuard())
    out.write(READY)
    out.flush()
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(send(msgspec.json.decode(line, type=Job))) + b"\n")
        out.flush()


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
