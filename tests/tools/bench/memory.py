"""What one instance of `renew` holds after many readings: a real process, which sweeps watches that are always due.

A watch is due again every second, so how many readings there are depends on the machine: 10,000, or what fits.
"""

import time
from collections.abc import Iterator

from tests.support.stack import Stack, call
from tests.tools.bench.processes import mebibytes
from tests.tools.bench.row import Row, at_most

_SETTINGS = {"SAFETY_SYNC_SECONDS": "1", "SETTLE_SECONDS": "1", "SWEEP_SECONDS": "2", "LOG_LEVEL": "WARNING"}
_WATCHES, _WARM, _MOST, _SECONDS, _NEVER = 100, 1_000, 10_000, 170, 3600.0


def measure() -> Iterator[Row]:
    with Stack(_SETTINGS, tick=_NEVER) as stack:
        alice = stack.google.person("alice@example.com")
        for _ in range(_WATCHES):
            stack.api.open(resource="acl", calendarId=alice.create_calendar("Team"))
        early = _synced(stack, _WARM)
        before = mebibytes(stack.renew)
        late = _synced(stack, _MOST - _WARM)
        after = mebibytes(stack.renew)
    yield at_most(f"memory: growth from {early:,} to {early + late:,} readings", after - before, 10, "{:.1f} MiB")
    yield at_most("  total, gunicorn's master and worker", after, 160, "{:.0f} MiB")


def _synced(stack: Stack, wanted: int) -> int:
    """How many readings there were, until there were so many or time was up."""
    until, done = time.monotonic() + _SECONDS, 0
    while done < wanted and time.monotonic() < until:
        done += int(call("POST", stack.renew.url).json()["synced"])
    return done
