"""When what Google refuses is tried again: soon at first, as most refusals pass, and at last as rarely as a probe.

    refused ── 1 min ── 5 min ── 15 min ── 1 h ── 4 h ── 12 h ── PROBE_SECONDS ── PROBE_SECONDS …

The rungs are climbed by time alone, from the first refusal on: a try that somebody brings forward changes no timer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, chain

from calendar_watch.model.policy import Policy

_FIRST = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_LATER = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
_USUALLY_BELIEVED_AFTER = timedelta(minutes=15)
_SPREAD = 0.2


def next_rung(since: datetime, now: datetime, offset: float, policy: Policy) -> datetime:
    """The first rung after `now` of a ladder that was set up at `since`; `offset`, 0 to 1, moves all by up to 10 %."""
    scale = 1 + _SPREAD * (offset - 0.5)
    rungs = [since + pause * scale for pause in accumulate(_pauses(policy))]
    ahead = next((rung for rung in rungs if rung > now), None)
    return ahead or _probe_after(rungs[-1], now, policy.probe * scale)


def _pauses(policy: Policy) -> Iterator[timedelta]:
    """The first ones shrink with BELIEVE_SECONDS, and none is longer than PROBE_SECONDS."""
    shrunk = min(1.0, policy.believe / _USUALLY_BELIEVED_AFTER)
    return (min(pause, policy.probe) for pause in chain((each * shrunk for each in _FIRST), _LATER))


def _probe_after(last: datetime, now: datetime, probe: timedelta) -> datetime:
    return last + ((now - last) // probe + 1) * probe
