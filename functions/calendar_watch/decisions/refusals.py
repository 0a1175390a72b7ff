"""What is a refusal, what it does, and what ends it: all that decides over `watch.refusal`.

What Google cannot push can still be read; what it forbids is left alone but for a probe, and nothing known is dropped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from calendar_watch.decisions.backoff import Failure, waiting
from calendar_watch.errors import BriefError, GoogleError, QuotaError, RefusedError, TryLaterError
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Refusal, State, StepKind, Watch
from calendar_watch.reasons import Reason


@dataclass(frozen=True, slots=True)
class GoogleFailure:
    """An answer of Google's that is not what was asked for."""

    status: int
    reason: str
    detail: str
    after: float
    unclear: bool
    """A server that failed half-way may have done what it was asked for; one that only reads has not."""


def _for_good(reason: Reason) -> Callable[[GoogleFailure], GoogleError]:
    return lambda failure: RefusedError(reason, failure.detail)


def _brief(failure: GoogleFailure) -> GoogleError:
    return BriefError(failure.detail, after=failure.after, may_have_happened=failure.unclear)


def _quota(failure: GoogleFailure) -> GoogleError:
    return QuotaError(failure.detail, after=failure.after)


def _later(failure: GoogleFailure) -> GoogleError:
    return TryLaterError(failure.detail, after=failure.after)


def _happened_before(failure: GoogleFailure) -> GoogleError:
    return TryLaterError(failure.detail, may_have_happened=True)


_BY_REASON: Mapping[str, Callable[[GoogleFailure], GoogleError]] = {
    "rateLimitExceeded": _brief,
    "userRateLimitExceeded": _brief,
    "quotaExceeded": _quota,
    "dailyLimitExceeded": _quota,
    "notACalendarUser": _for_good(Reason.NOT_A_CALENDAR_USER),
    "accessNotConfigured": _for_good(Reason.API_DISABLED),
    "pushNotSupportedForRequestedResource": _for_good(Reason.PUSH_NOT_SUPPORTED),
    "push.webhookUrlUnauthorized": _for_good(Reason.WEBHOOK_REFUSED),
    "push.webhookUrlNotHttps": _for_good(Reason.WEBHOOK_REFUSED),
    "channelIdNotUnique": _happened_before,
}
_BY_STATUS: Mapping[int, Callable[[GoogleFailure], GoogleError]] = {
    401: _for_good(Reason.AUTHORIZATION_REVOKED),
    403: _for_good(Reason.FORBIDDEN),
    404: _for_good(Reason.NOT_FOUND),
    429: _brief,
}
# The message that goes with quotaExceeded: it means hours, should it ever come with another reason.
_QUOTA_MESSAGE = "calendar usage limits exceeded"
KNOWN_REASONS = _BY_REASON.keys()


def judged(failure: GoogleFailure) -> GoogleError:
    """Whether Google refuses for good, or only for now: its reason decides, or, where we know none, the HTTP status.

    https://developers.google.com/workspace/calendar/api/guides/errors for the usage limits, public traces for the rest.
    """
    if failure.detail.lower().startswith(_QUOTA_MESSAGE):
        return _quota(failure)
    by_status = _brief if failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR else _later
    judge = _BY_REASON.get(failure.reason) or _BY_STATUS.get(failure.status, by_status)
    return judge(failure)


SILENT_CHANNELS = 3
"""Opened in a row without a message: then the endpoint is taken to be unreachable."""


def failed(watch: Watch, kind: StepKind, failure: Failure, policy: Policy) -> Watch:
    """A refusal waits for a probe; anything else backs off."""
    error = failure.error
    if kind is StepKind.OPEN and not error.may_have_happened:
        watch = _intent_dropped(watch)
    if isinstance(error, RefusedError):
        return refused(watch, Refusal(error.reason, error.detail, kind, policy.address), failure.at, policy)
    if isinstance(error, QuotaError) and not watch.refusal:
        watch = replace(watch, refusal=Refusal(Reason.QUOTA_EXCEEDED, error.detail, kind, policy.address))
    return waiting(watch, kind, failure)


def _intent_dropped(watch: Watch) -> Watch:
    """Google certainly opened nothing, so nobody needs to wait for a first message."""
    newest = watch.newest
    return watch.without_channel(newest.id) if newest and not newest.answered else watch


def silence_admitted(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Several channels in a row opened, and nothing arrived: the endpoint is tried again with the next probe."""
    newest = watch.newest
    if watch.refusal or newest is None or newest.confirmed or watch.channels.unconfirmed < SILENT_CHANNELS:
        return watch
    return _unreachable(watch, now, policy) if newest.created + policy.confirm <= now else watch


def _unreachable(watch: Watch, now: datetime, policy: Policy) -> Watch:
    detail = f"{watch.channels.unconfirmed} channels in a row brought no message to {policy.address}"
    return refused(
        watch, Refusal(Reason.NOTIFICATIONS_NOT_ARRIVING, detail, StepKind.OPEN, policy.address), now, policy
    )


def refused(watch: Watch, refusal: Refusal, now: datetime, policy: Policy) -> Watch:
    """What Google cannot push can still be read; what it forbids is left alone altogether until the next probe."""
    polled = refusal.reason.polls
    blocked = [refusal.kind] if polled else [StepKind.OPEN, StepKind.READ]
    soonest = min(watch.reading.read_at or now + policy.poll, now + policy.poll)
    return (
        replace(watch, refusal=refusal)
        .with_schedule(not_before={**watch.schedule.not_before, **dict.fromkeys(blocked, now + policy.probe)})
        .with_reading(read_at=soonest)
    )


def probe(watch: Watch, opening: datetime, now: datetime) -> StepKind:
    """Of a suspended watch, what was refused is tried again, and nothing else, until it works."""
    kind = watch.refusal.kind if watch.refusal else StepKind.READ
    return StepKind.OPEN if kind is StepKind.OPEN and opening <= now else StepKind.READ


def readdressed(watch: Watch, policy: Policy) -> Watch:
    """A new address deserves a new try, whatever was said of the old one."""
    refusal = watch.refusal
    if refusal is None or not refusal.reason.polls or refusal.address == policy.address:
        return watch
    return forgiven(watch.with_channels(unconfirmed=0))


def read(watch: Watch, started: datetime) -> Watch:
    """A reading that began at `started` came to its end: whatever had suspended the watch is over."""
    suspended = watch.state(started) is State.SUSPENDED
    watch = succeeded(watch, StepKind.READ)
    return replace(watch, refusal=None) if suspended else watch


def succeeded(watch: Watch, kind: StepKind) -> Watch:
    """Whatever kept this kind of step waiting is over."""
    quota = watch.refusal is not None and watch.refusal.reason is Reason.QUOTA_EXCEEDED and watch.refusal.kind is kind
    return replace(watch, refusal=None if quota else watch.refusal).with_schedule(
        failures={each: count for each, count in watch.schedule.failures.items() if each is not kind},
        not_before={each: moment for each, moment in watch.schedule.not_before.items() if each is not kind},
    )


def accepted(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Google opened a channel: whatever it refused is granted. Whether its messages arrive, only a message can tell.

    The next one waits all the same, whatever becomes of this one: it may be dead on arrival.
    """
    silent = _silent(watch)
    watch = succeeded(watch, StepKind.OPEN) if silent else forgiven(watch)
    pause = policy.probe if silent else policy.confirm
    return watch.with_schedule(not_before={**watch.schedule.not_before, StepKind.OPEN: now + pause})


def overcome(watch: Watch) -> Watch:
    """A first message came: the endpoint is reachable."""
    watch = watch.with_channels(unconfirmed=0)
    return forgiven(watch) if _silent(watch) else watch


def forgiven(watch: Watch) -> Watch:
    """Nothing stands in the way of opening a channel any more."""
    return replace(succeeded(watch, StepKind.OPEN), refusal=None)


def _silent(watch: Watch) -> bool:
    return watch.refusal is not None and watch.refusal.reason is Reason.NOTIFICATIONS_NOT_ARRIVING
