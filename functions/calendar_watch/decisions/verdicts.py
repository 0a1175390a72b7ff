"""What an answer of Calendar's means that is not what was asked for: refused, for later, or the same for all.

Nothing is judged over time here: whether a refusal is believed is for `refusals`. The usage limits are those of
https://developers.google.com/workspace/calendar/api/guides/errors, the rest is from public traces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from calendar_watch.errors import BriefError, GoogleError, OutageError, QuotaError, RefusedError, TryLaterError
from calendar_watch.reasons import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What Google says in the JSON of an error. Without it, an answer may come from anybody on the way."""

    reasons: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    message: str = ""

    @property
    def reason(self) -> str:
        """The first that we know, or the first of all."""
        known = (reason for reason in self.reasons if reason in KNOWN_REASONS)
        return next(known, next(iter(self.reasons), ""))


@dataclass(frozen=True, slots=True)
class GoogleFailure:
    """An answer of Google's that is not what was asked for."""

    status: int
    words: Words | None
    detail: str
    after: float
    unclear: bool
    """A server that failed half-way may have done what it was asked for; one that only reads has not."""
    at: datetime


_Judge = Callable[[GoogleFailure], GoogleError]


def _refused(reason: Reason) -> _Judge:
    return lambda failure: RefusedError(reason, failure.detail)


def _brief(failure: GoogleFailure) -> GoogleError:
    return BriefError(failure.detail, after=failure.after, may_have_happened=failure.unclear)


def _quota(failure: GoogleFailure) -> GoogleError:
    return QuotaError(failure.detail, after=failure.after)


def _later(failure: GoogleFailure) -> GoogleError:
    return TryLaterError(failure.detail, after=failure.after)


def _happened_before(failure: GoogleFailure) -> GoogleError:
    return TryLaterError(failure.detail, may_have_happened=True)


def _day_used_up(failure: GoogleFailure) -> GoogleError:
    return OutageError(Reason.QUOTA_EXCEEDED, failure.detail, cause="quota", after=until_the_quota_returns(failure.at))


def _api_disabled(failure: GoogleFailure) -> GoogleError:
    return OutageError(Reason.API_DISABLED, failure.detail, cause="api")


_BY_REASON: Mapping[str, _Judge] = {
    "rateLimitExceeded": _brief,
    "userRateLimitExceeded": _brief,
    "quotaExceeded": _quota,
    "dailyLimitExceeded": _day_used_up,
    "dailyLimitExceededUnreg": _day_used_up,
    "notACalendarUser": _refused(Reason.NOT_A_CALENDAR_USER),
    "accessNotConfigured": _api_disabled,
    "SERVICE_DISABLED": _api_disabled,
    "pushNotSupportedForRequestedResource": _refused(Reason.PUSH_NOT_SUPPORTED),
    "push.webhookUrlUnauthorized": _refused(Reason.WEBHOOK_REFUSED),
    "push.webhookUrlNotHttps": _refused(Reason.WEBHOOK_REFUSED),
    "channelIdNotUnique": _happened_before,
}
_BY_STATUS: Mapping[int, _Judge] = {
    HTTPStatus.UNAUTHORIZED: _refused(Reason.AUTHORIZATION_REVOKED),
    HTTPStatus.FORBIDDEN: _refused(Reason.FORBIDDEN),
    HTTPStatus.NOT_FOUND: _refused(Reason.NOT_FOUND),
}
_BY_MESSAGE: Mapping[str, _Judge] = {
    # goes with quotaExceeded: it means hours, should it ever come with another reason
    "calendar usage limits exceeded": _quota,
    "queries per day": _day_used_up,
    "quota exceeded for quota": _brief,
}
"""Google words the same limit in many ways, with reasons that contradict: phw198/OutlookGoogleCalendarSync#1086."""
_LIMITS = ("limitexceeded", "quotaexceeded")
KNOWN_REASONS = _BY_REASON.keys()


def judged(failure: GoogleFailure) -> GoogleError:
    """Without Google's JSON it is no refusal, whatever its status; nor is a usage limit, whatever its reason."""
    if failure.words is None:
        return _by_status(failure, {})
    by_message = (judge for words, judge in _BY_MESSAGE.items() if words in failure.words.message.lower())
    judge = next(by_message, None) or _BY_REASON.get(failure.words.reason)
    if judge:
        return judge(failure)
    return _brief(failure) if _is_usage_limit(failure.words) else _by_status(failure, _BY_STATUS)


def _by_status(failure: GoogleFailure, refusals: Mapping[int, _Judge]) -> GoogleError:
    passing = failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR or failure.status == HTTPStatus.TOO_MANY_REQUESTS
    return refusals.get(failure.status, _brief if passing else _later)(failure)


def _is_usage_limit(words: Words) -> bool:
    """Google invents such reasons: KnoWhiz/DoWhiz#1525 met subscriptionRateLimitExceeded on channels of Drive's."""
    return "usageLimits" in words.domains or any(reason.lower().endswith(_LIMITS) for reason in words.reasons)


def until_the_quota_returns(at: datetime) -> float:
    """Seconds until midnight Pacific Time, by winter time: in summer an hour more, which is why it is a bound only.

    https://developers.google.com/workspace/calendar/api/guides/quota
    """
    midnight = at.replace(hour=8, minute=0, second=0, microsecond=0)
    return ((midnight - at) % timedelta(days=1) or timedelta(days=1)).total_seconds()
