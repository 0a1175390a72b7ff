"""Running a command so that no two set-ups spoil each other, and that what it says is heard as it comes."""

import fcntl
import os
import select
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .screen import Screen

_ENVIRONMENT = {
    "PIP_RETRIES": "2",  # whoever has no network learns it in seconds; whoever has asked for patience gets it
    "PIP_DEFAULT_TIMEOUT": "8",
    **os.environ,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_PROGRESS_BAR": "off",
    "PYTHONUNBUFFERED": "1",
}
LOCK = ".lock"


@contextmanager
def alone(venv: Path, screen: Screen) -> Iterator[int]:
    """Two set-ups at once would spoil each other.

    A command that is given the lock as its input, and whatever it starts, hold it too: even if we are killed.
    """
    venv.mkdir(parents=True, exist_ok=True)
    lock = os.open(venv / LOCK, os.O_CREAT | os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        screen.line(f"another set-up is at work in {venv}: waiting until it ends")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield lock
    finally:
        os.close(lock)


def run(command: Sequence[str], lock: int, hear: Callable[[str], None]) -> int:
    with subprocess.Popen(  # noqa: S603 (our own commands)
        command, stdin=lock, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_ENVIRONMENT
    ) as process:
        assert process.stdout
        try:
            for line in lines(process.stdout):
                hear(line)
        except BaseException:
            process.terminate()
            raise
    return process.returncode


def lines(pipe: IO[bytes]) -> Iterator[str]:
    """As they come, and an empty one for each second of silence."""
    rest = b""
    while True:
        if not select.select([pipe], [], [], 1)[0]:
            yield ""
        elif data := os.read(pipe.fileno(), 65536):
            *whole, rest = (rest + data).split(b"\n")
            yield from (each.decode(errors="replace").rstrip() for each in whole)
        else:
            return
