from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calendar_watch.decisions.verdicts import GoogleFailure, Words, judged, until_the_quota_returns
from calendar_watch.errors import BriefError, GoogleError, OutageError, QuotaError, RefusedError, TryLaterError
from calendar_watch.reasons import Reason

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
PER_100_SECONDS = (
    "Quota exceeded for quota group 'default' and limit 'Queries per user per 100 seconds' of service "
    "'calendar-json.googleapis.com' for consumer 'project_number:1'."
)
PER_DAY = PER_100_SECONDS.replace("Queries per user per 100 seconds", "Queries per day")


def failure(status: int, words: Words | None, *, unclear: bool = False) -> GoogleFailure:
    return GoogleFailure(status, words, words.message if words else "", 0, unclear, NOW)


def verdict(status: int, *reasons: str, message: str = "", domain: str = "global") -> GoogleError:
    return judged(failure(status, Words(reasons, (domain,), message)))


@given(status=st.integers(300, 599))
@example(401)
@example(403)
@example(404)
@example(429)
def test_without_googles_json_there_is_no_refusal_and_no_outage(status: int) -> None:
    error = judged(failure(status, None))
    assert type(error) is (BriefError if status >= 500 or status == 429 else TryLaterError)


@given(
    status=st.sampled_from([401, 403, 404, 429]),
    reason=st.builds(str.__add__, st.text(max_size=9), st.sampled_from(["LimitExceeded", "QuotaExceeded"])),
)
def test_a_reason_that_ends_as_limits_do_is_for_soon(status: int, reason: str) -> None:
    assert isinstance(verdict(status, reason), TryLaterError)


@pytest.mark.parametrize(
    ("reasons", "message", "domain", "kind"),
    [
        (["rateLimitExceeded"], "Rate Limit Exceeded", "usageLimits", BriefError),
        (["rateLimitExceeded"], PER_100_SECONDS, "usageLimits", BriefError),
        (["forbidden"], PER_100_SECONDS, "global", BriefError),
        ([], PER_100_SECONDS, "", BriefError),
        (["unheardOf"], "", "usageLimits", BriefError),
        (["quotaExceeded"], "Calendar usage limits exceeded.", "usageLimits", QuotaError),
        (["forbidden"], "Calendar usage limits exceeded.", "global", QuotaError),
        (["rateLimitExceeded"], PER_DAY, "usageLimits", OutageError),
        (["dailyLimitExceeded"], "Daily Limit Exceeded.", "usageLimits", OutageError),
        (["dailyLimitExceededUnreg"], "Daily Limit for Unauthenticated Use Exceeded.", "usageLimits", OutageError),
        (["accessNotConfigured"], "It has not been used in project 1 before.", "usageLimits", OutageError),
        (["forbidden", "SERVICE_DISABLED"], "It has not been used in project 1 before.", "global", OutageError),
        (["forbidden"], "Forbidden", "global", RefusedError),
        (["requiredAccessLevel"], "You need to have owner access to this calendar.", "calendar", RefusedError),
        (["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"], "Insufficient", "global", RefusedError),
        ([], "The caller does not have permission", "", RefusedError),
    ],
)
def test_a_403_means_what_its_words_say(reasons: list[str], message: str, domain: str, kind: type[GoogleError]) -> None:
    error = verdict(403, *reasons, message=message, domain=domain)
    assert type(error) is kind
    assert error.detail == message
    if isinstance(error, RefusedError):
        assert error.reason is Reason.FORBIDDEN


def test_a_day_that_is_used_up_is_used_up_for_all_until_midnight_at_most() -> None:
    error = verdict(403, "dailyLimitExceeded")
    assert isinstance(error, OutageError)
    assert (error.reason, error.cause, error.after) == (Reason.QUOTA_EXCEEDED, "quota", 22 * 3600)


@given(at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - they get one
def test_the_quota_returns_within_a_day_at_midnight_in_california(at: datetime) -> None:
    seconds = until_the_quota_returns(at)
    assert 0 < seconds <= 86_400
    assert (at + timedelta(seconds=seconds)).strftime("%H:%M:%S") == "08:00:00"
