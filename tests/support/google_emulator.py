"""An emulator of Google's, where this machine has it: plain java on the jar that gcloud or Firebase brings."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.loopback import free_ports

PATIENCE = 120.0

# Ends java also when the test run is killed outright: then the pipe, which only the run holds open, closes.
LEASH = 'exec 3<&0; "$@" & java=$!; { cat <&3; kill -9 $java; } >/dev/null 2>&1 & wait $java'

_BRIEFLY = ("-Duser.language=en", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For half a minute's life: optimizing the code thoroughly takes as long as all that it is asked."""


@dataclass(frozen=True)
class GoogleEmulator:
    """`variable` is where a user names one that runs already; `jars` are looked for wherever installers put them."""

    name: str
    variable: str
    jars: Sequence[str]
    main: Sequence[str]

    def present(self) -> bool:
        return self.variable in os.environ or self._command_line(port=0) is not None

    @contextmanager
    def emulator(self) -> Iterator[str]:
        """Its "host:port": the one that the user's environment names, or one started here and stopped at the end."""
        if self.variable in os.environ:
            yield os.environ[self.variable]
            return
        port = next(free_ports())
        command = self._command_line(port)
        if command is None:
            raise LookupError(f"there is no java or no {self.name} emulator on this machine")
        with _running(command) as (process, output):
            _wait_until_it_answers(self.name, port, process, output)
            yield f"127.0.0.1:{port}"

    def _command_line(self, port: int) -> list[str] | None:
        java, jar = shutil.which("java"), next(self._found(), None)
        if java is None or jar is None:
            return None
        return [java, *_BRIEFLY, "-cp", str(jar), *self.main, "--host=127.0.0.1", f"--port={port}"]

    def _found(self) -> Iterator[Path]:
        for place in _places():
            for jars in self.jars:
                yield from sorted(place.glob(jars))


def _places() -> Iterator[Path]:
    gcloud = shutil.which("gcloud")
    if gcloud is not None:
        yield Path(gcloud).resolve().parent.parent / "platform"
    for where in (Path("/usr/lib"), Path("/usr/share"), Path.home()):
        yield where / "google-cloud-sdk/platform"
    yield Path.home() / ".cache/firebase/emulators"


@contextmanager
def _running(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(  # noqa: S603 - our own java on the jar found above
            ["/bin/sh", "-c", LEASH, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process, output
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_it_answers(name: str, port: int, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            output.seek(0)
            raise RuntimeError(f"the {name} emulator did not start: {output.read().decode(errors='replace')}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
