"""How many forged messages are refused in a second, against a bare function under the same server."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.loaded import SETTINGS
from tests.bench.processes import Bare, cpu_seconds
from tests.bench.row import Row, at_least
from tests.stack import Function, Process, free_ports

_ROUNDS, _SECONDS, _THREADS = 5, 1.5, 4


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as logs:
        ports = free_ports()
        mine, theirs = next(ports), next(ports)
        served = {
            mine: Function("notifications", mine, SETTINGS, Path(logs)),
            theirs: Bare(theirs, SETTINGS, Path(logs)),
        }
        try:
            rounds = list(_rounds(served))
        finally:
            for process in served.values():
                process.kill()
    rate, cpu = ({port: _median(rounds, port, what) for port in served} for what in (0, 1))
    yield at_least("forged notifications a second, ÷ bare function", rate[mine] / rate[theirs], 0.85)
    yield Row("  the same in requests a second", f"{rate[mine]:.0f} against {rate[theirs]:.0f}")
    yield Row("  the server's CPU for each", f"{cpu[mine] * 1e6:.0f} against {cpu[theirs] * 1e6:.0f} µs")


_Round = Mapping[int, tuple[float, float]]


def _rounds(served: Mapping[int, Process]) -> Iterator[_Round]:
    """In turns; the first round warms up and does not count."""
    for process in served.values():
        process.start()
    for process in served.values():
        process.wait()
    for number in range(_ROUNDS + 1):
        round_ = {port: _hammered(port, process) for port, process in served.items()}
        if number:
            yield round_


def _hammered(port: int, process: Process) -> tuple[float, float]:
    """Requests a second, and the server's CPU seconds for each."""
    before = cpu_seconds(process)
    command = [sys.executable, "-m", "tests.bench.hammer", str(port), str(_SECONDS), str(_THREADS)]
    answered = int(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)  # noqa: S603 (our own)
    return answered / _SECONDS, (cpu_seconds(process) - before) / answered


def _median(rounds: list[_Round], port: int, what: int) -> float:
    return statistics.median(each[port][what] for each in rounds)
