"""SIGSTOP and SIGCONT: whoever is frozen in the middle of its work and thawed after its lease is the late worker."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.stack import Function, ProcessError

_PROC = Path("/proc")


@contextmanager
def frozen(function: Function) -> Iterator[None]:
    """Gunicorn's master and its worker, but not the leash by which they end with us."""
    serving = [int(each.name) for each in _PROC.glob("[0-9]*") if _serves(each, function)]
    if len(serving) < 2:
        raise ProcessError(f"{function.name} has ended by itself\n{function.tail()}")
    _send(signal.SIGSTOP, serving)
    try:
        yield
    finally:
        _send(signal.SIGCONT, serving)


def _serves(process: Path, function: Function) -> bool:
    port = function.url.rstrip("/").rpartition(":")[2]
    with suppress(OSError):  # it is gone meanwhile
        command = (process / "cmdline").read_bytes()
        return command.startswith(os.fsencode(sys.executable)) and command.endswith(f"--port\0{port}\0".encode())
    return False


def _send(number: int, processes: list[int]) -> None:
    for each in processes:
        os.kill(each, number)
