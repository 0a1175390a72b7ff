"""How fast the demo goes: where others keep the machine busy, slower, and as right."""

import os
from collections.abc import Mapping

_SLOWEST = 8.0


def pace(load: float, processors: int) -> float:
    """By what the seconds of the demo are to be multiplied; up to two that want each processor make no difference."""
    return min(max(1.0, load / processors / 2), _SLOWEST)


def of_this_machine() -> float:
    return pace(os.getloadavg()[0], os.cpu_count() or 1)


def stretched(settings: Mapping[str, str], pace: float) -> dict[str, str]:
    """All that is told in seconds takes longer."""
    return {name: _stretched(value, pace) if name.endswith("_SECONDS") else value for name, value in settings.items()}


def _stretched(seconds: str, pace: float) -> str:
    return f"{float(seconds) * pace:.1f}"
