"""How many forged messages are refused in a second, against bare functions under the same server."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.stack import Function, free_ports
from tests.tools.bench.loaded import SETTINGS
from tests.tools.bench.processes import Bare, cpu_seconds
from tests.tools.bench.row import Row, at_least

_ROUNDS, _SECONDS, _THREADS = 5, 1.5, 4
_SILENT = {**SETTINGS, "LOG_LEVEL": "ERROR"}


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as logs, _served(Path(logs)) as served:
        rounds = list(_rounds(served))
    rate, cpu = ({name: _median(rounds, name, what) for name in served} for what in (0, 1))
    yield at_least("forged notifications a second, ÷ a bare function (204)", rate["ours"] / rate["bare"], 0.80)
    yield at_least("  by the CPU that each takes, which others disturb less", cpu["bare"] / cpu["ours"], 0.80)
    yield Row("  ÷ a bare function that answers 403 with our body", f"{rate['ours'] / rate['refusing']:.2f} x")
    yield Row("  the same without the line that it logs", f"{rate['silent'] / rate['refusing']:.2f} x")
    yield Row("  the floor: the bare 403 ÷ the bare 204", f"{rate['refusing'] / rate['bare']:.2f} x")
    for name in served:
        yield Row(f"  {name}", f"{rate[name]:.0f} a second, {cpu[name] * 1e6:.0f} µs of the server's CPU")


@contextmanager
def _served(logs: Path) -> Iterator[Mapping[str, Function]]:
    ports = free_ports()
    for name in ("ours", "silent"):
        (logs / name).mkdir()
    served = {
        "ours": Function("notifications", next(ports), SETTINGS, logs / "ours"),
        "silent": Function("notifications", next(ports), _SILENT, logs / "silent"),
        "bare": Bare("bare", next(ports), SETTINGS, logs),
        "refusing": Bare("refusing", next(ports), SETTINGS, logs),
    }
    try:
        for process in served.values():
            process.start()
        for process in served.values():
            process.wait()
        yield served
    finally:
        for process in served.values():
            process.kill()


_Round = Mapping[str, tuple[float, float]]


def _rounds(served: Mapping[str, Function]) -> Iterator[_Round]:
    """In turns; the first round warms up and does not count."""
    for number in range(_ROUNDS + 1):
        round_ = {name: _hammered(process) for name, process in served.items()}
        if number:
            yield round_


def _hammered(process: Function) -> tuple[float, float]:
    """Requests a second, and the server's CPU seconds for each."""
    before = cpu_seconds(process)
    port = str(urlsplit(process.url).port)
    command = [sys.executable, "-m", "tests.tools.bench.hammer", port, str(_SECONDS), str(_THREADS)]
    answered = int(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)  # noqa: S603 (our own)
    return answered / _SECONDS, (cpu_seconds(process) - before) / answered


def _median(rounds: list[_Round], name: str, what: int) -> float:
    return statistics.median(each[name][what] for each in rounds)
