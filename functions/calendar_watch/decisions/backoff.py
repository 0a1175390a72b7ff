"""How long a failed call waits before it is tried again; each kind of step by itself, so that none starves another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_watch.errors import GoogleError, OutageError, QuotaError, TryLaterError
from calendar_watch.model.health import LASTING, StepKind, Trouble
from calendar_watch.model.watch import Watch
from calendar_watch.reasons import Reason

_LONGEST_PAUSE = timedelta(hours=1)

_LONGEST_DOUBLING = 12
_MOST_DOUBLINGS = 10
_ABUSE_PAUSE = timedelta(hours=4)
_OUTAGE_PAUSE = timedelta(minutes=2)
_SOON = timedelta(minutes=1)

_OPERATIONS: Mapping[StepKind, str] = {
    StepKind.PUBLISH: "publish",
    StepKind.OPEN: "watch",
    StepKind.READ: "list",
    StepKind.STOP: "stop",
    StepKind.AUDIT: "list",
    StepKind.FOLLOW: "follow",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """`jitter` is 0 to 1: it keeps those who failed together from trying again together."""

    error: GoogleError
    at: datetime
    jitter: float

    def pause(self, count: int, longest: timedelta = _LONGEST_PAUSE) -> timedelta:
        """After `count` earlier ones: doubling up to `longest`, hours for an abuse limit, longer if Google says so."""
        if isinstance(self.error, QuotaError):
            return self.asked_for
        if isinstance(self.error, OutageError):
            return self.asked_for or _OUTAGE_PAUSE * (1 + self.jitter)
        backoff = min(timedelta(seconds=2 ** min(count, _LONGEST_DOUBLING)), longest) * (0.5 + self.jitter / 2)
        return max(backoff, self.asked_for)

    @property
    def asked_for(self) -> timedelta:
        """By Google, by the breakers that let one watch after the other try, or by us where a limit is for hours."""
        if isinstance(self.error, QuotaError):
            return _ABUSE_PAUSE * (0.5 + self.jitter)
        return timedelta(seconds=self.error.after if isinstance(self.error, TryLaterError) else 0)

    @property
    def reason(self) -> Reason | None:
        """What it says of more than this one call."""
        if isinstance(self.error, OutageError):
            return self.error.reason
        return Reason.QUOTA_EXCEEDED if isinstance(self.error, QuotaError) else None


def doubled(first: timedelta, count: int) -> timedelta:
    """The pause after `count` earlier ones, twice as long each time: an hour at most, unless the first is longer."""
    factor: int = 2 ** min(count, _MOST_DOUBLINGS)
    return min(first * factor, max(_LONGEST_PAUSE, first))


def waiting(watch: Watch, kind: StepKind, failure: Failure, longest: timedelta = _LONGEST_PAUSE) -> Watch:
    known = watch.health.troubles.get(kind)
    pause = _hurried(watch, failure, failure.pause(known.count if known else 0, longest))
    if known and kind is StepKind.READ:
        pause = _judged(failure, pause, known.since + LASTING - failure.at)
    return in_trouble(watch, kind, failure).with_wait(kind, failure.at + pause)


def _hurried(watch: Watch, failure: Failure, pause: timedelta) -> timedelta:
    """Whoever has a notification to read is back soon after an outage, unless so many are that even that is much."""
    few = isinstance(failure.error, OutageError) and pause <= 2 * _OUTAGE_PAUSE
    return min(pause, _SOON) if few and watch.reading.unread_since else pause


def _judged(failure: Failure, pause: timedelta, until_lasting: timedelta) -> timedelta:
    """Whether trouble lasts is judged at a try: there is one as soon as it does, or it would be told minutes later."""
    if until_lasting <= failure.asked_for:
        return pause
    return min(pause, until_lasting + failure.jitter * _SOON)


def in_trouble(watch: Watch, kind: StepKind, failure: Failure) -> Watch:
    error, known = failure.error, watch.health.troubles.get(kind)
    trouble = Trouble(
        operation=error.operation or _OPERATIONS[kind],
        since=known.since if known else failure.at,
        at=failure.at,
        count=known.count + 1 if known else 1,
        status=error.status,
        code=error.code,
        detail=error.detail,
        reason=failure.reason,
    )
    return watch.with_health(watch.health.with_trouble(kind, trouble))
