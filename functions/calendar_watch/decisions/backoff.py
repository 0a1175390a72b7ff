"""How long a failed call waits before it is tried again; each kind of step by itself, so that none starves another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_watch.errors import GoogleError, QuotaError, TryLaterError
from calendar_watch.model.watch import StepKind, Watch

_LONGEST_PAUSE = timedelta(hours=1)

_LONGEST_DOUBLING = 12
_ABUSE_PAUSE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Failure:
    """`jitter` is 0 to 1: it keeps those who failed together from trying again together."""

    error: GoogleError
    at: datetime
    jitter: float

    def pause(self, count: int, longest: timedelta = _LONGEST_PAUSE) -> timedelta:
        """After `count` earlier ones: doubling up to `longest`, hours for an abuse limit, longer if Google says so."""
        if isinstance(self.error, QuotaError):
            return _ABUSE_PAUSE * (0.5 + self.jitter)
        asked = self.error.after if isinstance(self.error, TryLaterError) else 0
        backoff = min(timedelta(seconds=2 ** min(count, _LONGEST_DOUBLING)), longest) * (0.5 + self.jitter / 2)
        return max(backoff, timedelta(seconds=asked))


def waiting(watch: Watch, kind: StepKind, failure: Failure, longest: timedelta = _LONGEST_PAUSE) -> Watch:
    count = watch.schedule.failures.get(kind, 0)
    return watch.with_schedule(
        failures={**watch.schedule.failures, kind: count + 1},
        not_before={**watch.schedule.not_before, kind: failure.at + failure.pause(count, longest)},
    )
