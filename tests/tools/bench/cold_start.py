"""Importing `main.py` in a fresh interpreter, against a bare function that imports what ours must."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.tools.bench.loaded import SETTINGS
from tests.tools.bench.row import Row, at_most

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[2]
_FOLDERS = {"main": _ROOT / "functions", "bare": _HERE}
_ROUNDS = 11
_IMPORT = "import time; began = time.process_time(); import {}; print(time.process_time() - began)"
_FIRESTORE = frozenset({"google.cloud.firestore", "grpc"})


def measure() -> Iterator[Row]:
    """In turns; the first round fills the caches and does not count."""
    rounds = [{module: _cpu_seconds(module) for module in _FOLDERS} for _ in range(_ROUNDS)][1:]
    ours, bare = (statistics.median(each[module] for each in rounds) for module in _FOLDERS)
    yield at_most("cold start of notifications: CPU to import, ÷ bare function", ours / bare, 1.10)
    yield Row("  the same in CPU milliseconds", f"{ours * 1e3:.0f} against {bare * 1e3:.0f} ms")
    for when, names in zip(("after the import", "after a forged message"), loaded(), strict=True):
        there = sorted(_FIRESTORE & set(names))
        yield Row(f"  Firestore and gRPC {when}", ", ".join(there) or "not there", "not there", not there)


def _cpu_seconds(module: str) -> float:
    command = [sys.executable, "-c", _IMPORT.format(module)]
    return float(_said(command, {"PYTHONPATH": str(_FOLDERS[module])}))


def loaded() -> Sequence[Sequence[str]]:
    """Which heavy modules are there after the import, and after a forged message."""
    command = [sys.executable, "-m", "tests.tools.bench.loaded"]
    said: Sequence[Sequence[str]] = json.loads(_said(command, {"PYTHONPATH": str(_FOLDERS["main"])}).splitlines()[-1])
    return said


def _said(command: Sequence[str], environment: Mapping[str, str]) -> str:
    env = {"PATH": os.environ["PATH"], **SETTINGS, **environment}
    return subprocess.run(command, cwd=_ROOT, env=env, check=True, capture_output=True, text=True, timeout=60).stdout  # noqa: S603 (our own)
