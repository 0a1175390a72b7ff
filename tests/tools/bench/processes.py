"""Processes to measure, and what Linux knows of them."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.stack import Function, Process
from tests.support.stack.memory import members
from tests.support.stack.process import LOOPBACK

_TICKS = os.sysconf("SC_CLK_TCK")
_ANSWERS = {204, 403}


class Bare(Function):
    """A bare function, under the same server."""

    def __init__(self, target: str, port: int, environment: Mapping[str, str], logs: Path):
        source = str(Path(__file__).parent / "bare.py")
        command = [sys.executable, "-m", "functions_framework", "--source", source, "--host", LOOPBACK]
        self.url = f"http://{LOOPBACK}:{port}/"
        Process.__init__(
            self, target, [*command, "--target", target, "--port", str(port)], environment, logs / f"{target}.log"
        )

    def answers(self) -> bool:
        return self.status() in _ANSWERS


def cpu_seconds(process: Process) -> float:
    """Of the process and all its children, so far."""
    return sum(_ticks(each) for each in _group(process)) / _TICKS


def mebibytes(process: Process) -> float:
    """Of memory now; what several share is counted once, as a container does."""
    return sum(_proportional(each) for each in _group(process)) / 1024


def _group(process: Process) -> Iterator[Path]:
    assert process._popen  # noqa: SLF001 (a bench may look)
    return members(process._popen.pid)  # noqa: SLF001


def _ticks(process: Path) -> int:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _proportional(process: Path) -> int:
    lines = (process / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
