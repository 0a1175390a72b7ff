"""Gunicorn's two processes, as Linux knows them."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

_PROC = Path("/proc")


def master_and_worker(url: str) -> tuple[int, int] | None:
    """Of whoever serves there; None where there are not both."""
    port = urlsplit(url).port
    serving = {int(each.name): _parent(each) for each in _PROC.glob("[0-9]*") if _serves(each, port)}
    return next(((parent, child) for child, parent in serving.items() if parent in serving), None)


def _serves(process: Path, port: int | None) -> bool:
    with suppress(OSError):  # it is gone meanwhile
        command = (process / "cmdline").read_bytes()
        return command.startswith(os.fsencode(sys.executable)) and command.endswith(f"--port\0{port}\0".encode())
    return False


def _parent(process: Path) -> int:
    with suppress(OSError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return 0
