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
    serving = master_and_worker(function)
    for each in serving:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in serving:
            os.kill(each, signal.SIGCONT)


def master_and_worker(function: Function) -> tuple[int, int]:
    """Raises ProcessError where there are not both."""
    serving = {int(each.name): _parent(each) for each in _PROC.glob("[0-9]*") if _serves(each, function)}
    pairs = [(parent, child) for child, parent in serving.items() if parent in serving]
    if not pairs:
        raise ProcessError(f"{function.name} has ended by itself\n{function.tail()}")
    return pairs[0]


def _serves(process: Path, function: Function) -> bool:
    port = function.url.rstrip("/").rpartition(":")[2]
    with suppress(OSError):  # it is gone meanwhile
        command = (process / "cmdline").read_bytes()
        return command.startswith(os.fsencode(sys.executable)) and command.endswith(f"--port\0{port}\0".encode())
    return False


def _parent(process: Path) -> int:
    with suppress(OSError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return 0
