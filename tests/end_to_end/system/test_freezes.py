"""An instance that has nothing to do is frozen, and thaws with the next request, in whatever order its processes do."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.loopback import free_ports
from tests.support.stack import Function, until
from tests.tools.bench.loaded import SETTINGS

_SILENCE = 1.0
"""Seconds after which gunicorn takes a worker for hung, where a platform says so; the real one's is the function's
time-out."""
_FROZEN = 1.5

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells which process is which")


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Function]:
    environment = {**SETTINGS, "CLOUD_RUN_TIMEOUT_SECONDS": f"{_SILENCE:.0f}"}
    with Function("notifications", next(free_ports()), environment, tmp_path).running() as function:
        yield function


def master_first(master: int, _worker: int) -> None:
    """The worker only once the master has looked for silent ones."""
    os.kill(master, signal.SIGCONT)
    looked_around(master)


def worker_first(_master: int, worker: int) -> None:
    before = _turns(worker)
    os.kill(worker, signal.SIGCONT)
    until(lambda: _turns(worker) > before, "the worker runs")


def both_at_once(_master: int, _worker: int) -> None:
    """By the end of `frozen`."""


def looked_around(master: int) -> None:
    """It looks once a second, and sleeps in between."""
    before = _turns(master)
    until(lambda: _turns(master) >= before + 2, "the master has been round")


def _turns(process: int) -> int:
    """How often it has gone to sleep."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [turns] = [int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches")]
    return turns


@pytest.mark.parametrize("tries", [1, pytest.param(9, marks=pytest.mark.search)])
@pytest.mark.parametrize("thaw", [master_first, worker_first, both_at_once])
def test_a_frozen_instance_thaws_with_the_worker_that_it_had(
    function: Function, thaw: Callable[[int, int], None], tries: int
) -> None:
    master, worker = function.serving()
    for _ in range(tries):
        with function.frozen():
            time.sleep(_FROZEN)
            thaw(master, worker)
        assert function.answers()
        looked_around(master)
        assert function.serving() == (master, worker)
