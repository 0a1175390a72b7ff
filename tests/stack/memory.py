"""How much memory processes have taken, as Linux keeps count."""

import os
import re
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_PEAK = re.compile(r"VmHWM:\s+([0-9]+) kB")


def is_counted() -> bool:
    """Other systems do not tell."""
    return (_PROC / "self/status").exists()


def peak_mebibytes(group: int) -> float:
    """The most that each of the group has ever taken, added up; what they share is counted for each."""
    return sum(_peak(each) for each in _PROC.glob("[0-9]*") if _is_of(group, each)) / 1024


def _is_of(group: int, process: Path) -> bool:
    with suppress(ProcessLookupError):
        return os.getpgid(int(process.name)) == group
    return False


def _peak(process: Path) -> int:
    found = _PEAK.search((process / "status").read_text())
    return int(found[1]) if found else 0
