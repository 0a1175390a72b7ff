"""How much memory processes have taken, as Linux keeps count."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_PEAK = re.compile(r"VmHWM:\s+([0-9]+) kB")


def is_counted() -> bool:
    """Other systems do not tell."""
    return (_PROC / "self/status").exists()


def peak_mebibytes(group: int) -> float:
    """The most that each of the group has ever taken, added up; what they share is counted for each."""
    return sum(_peak(each) for each in members(group)) / 1024


def members(group: int) -> Iterator[Path]:
    """The processes of a group, as folders of /proc."""
    for each in _PROC.glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(int(each.name)) == group:
                yield each


def _peak(process: Path) -> int:
    found = _PEAK.search((process / "status").read_text())
    return int(found[1]) if found else 0
