"""What fails for all alike is no word on one watch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.decisions.backoff import Failure
from calendar_watch.errors import GoogleError, OutageError, QuotaError, RefusedError, TryLaterError
from calendar_watch.model.channel import Channel
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Log, State, Watch
from calendar_watch.reasons import Reason

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY = Policy("https://here.example.com/", "now", "p")
SIGNING = OutageError(Reason.SIGNING_FAILING, "may not sign", cause="signing", after=150)
DELEGATION = OutageError(Reason.AUTHORIZATION_REVOKED, "not granted", cause="delegation", after=150)
CHANNEL = Channel("c", 1, NOW, confirmed=True, resource_id="r", expiration=NOW + timedelta(days=7))


def opened() -> Watch:
    watch = Watch(Target(ACL, "a", "alice@example.com"), Options(), NOW, log=Log(sequence=1))
    return watch.with_channel(CHANNEL).with_channels(was_confirmed=True)


def failing(watch: Watch, error: GoogleError, *minutes: float, kind: StepKind = StepKind.READ) -> Watch:
    for each in minutes:
        watch = refusals.failed(watch, kind, Failure(error, NOW + each * MINUTE, 0.5), POLICY)
    return watch


def state(watch: Watch, minutes: float) -> tuple[State, Reason | None]:
    return watch.state(NOW + minutes * MINUTE), watch.reason


def test_what_fails_for_all_is_shown_at_once_degrades_after_fifteen_minutes_and_never_suspends() -> None:
    watch = failing(opened(), SIGNING, 0, 3, 6)
    assert state(watch, 6) == (State.ACTIVE, "signingFailing")
    watch = failing(watch, SIGNING, 16, 5000)
    assert state(watch, 5000) == (State.DEGRADED, "signingFailing")


def test_a_delegation_that_is_missing_is_believed_after_a_day() -> None:
    watch = failing(opened(), DELEGATION, 0, 10, 20, 1439)
    assert state(watch, 1439) == (State.DEGRADED, "authorizationRevoked")
    assert state(failing(watch, DELEGATION, 1441), 1441) == (State.SUSPENDED, "authorizationRevoked")


def test_what_failed_for_all_counts_toward_believing_no_refusal_of_one() -> None:
    watch = failing(opened(), DELEGATION, 0, 10)
    watch = failing(watch, RefusedError(Reason.FORBIDDEN, "no"), 20)
    assert (watch.health.refusals[StepKind.READ].count, state(watch, 20)[1]) == (1, "forbidden")
    assert not watch.health.suspended


def test_who_waits_for_all_waits_as_long_as_it_was_told() -> None:
    watch = failing(opened(), SIGNING, 0)
    assert watch.schedule.not_before[StepKind.READ] == NOW + timedelta(seconds=150)


def test_who_has_news_is_back_after_a_minute_unless_many_wait() -> None:
    watch = opened().with_reading(read_cause=ReadCause.NOTIFICATION, notified_at=NOW)
    assert failing(watch, SIGNING, 0).schedule.not_before[StepKind.READ] == NOW + MINUTE
    many = OutageError(Reason.SIGNING_FAILING, "may not sign", cause="signing", after=600)
    assert failing(watch, many, 0).schedule.not_before[StepKind.READ] == NOW + 10 * MINUTE


def test_a_failure_between_two_refusals_neither_counts_nor_ends_them() -> None:
    refused = RefusedError(Reason.FORBIDDEN, "no")
    watch = failing(failing(failing(opened(), refused, 0, 1), GoogleError("busy"), 2), refused, 16)
    assert watch.health.refusals[StepKind.READ].count == 3
    assert state(watch, 16) == (State.SUSPENDED, "forbidden")


def test_three_refusals_within_fifteen_minutes_are_not_believed() -> None:
    watch = failing(opened(), RefusedError(Reason.NOT_FOUND, "no"), 0, 1, 2, 14)
    assert state(watch, 14) == (State.DEGRADED, "notFound")


def test_two_refusals_are_not_believed_however_far_apart() -> None:
    assert state(failing(opened(), RefusedError(Reason.NOT_FOUND, "no"), 0, 600), 600)[0] is State.DEGRADED


def test_an_abuse_limit_is_not_brought_forward_by_a_message_but_by_an_operator() -> None:
    watch = failing(opened(), QuotaError("too much"), 0)
    until = watch.schedule.not_before[StepKind.READ]
    assert refusals.hastened(watch, NOW + MINUTE).schedule.not_before[StepKind.READ] == until
    assert refusals.retried(watch, NOW + MINUTE).schedule.not_before[StepKind.READ] == NOW + MINUTE
    assert state(watch, 0) == (State.ACTIVE, "quotaExceeded")


def test_a_channel_that_google_will_not_open_does_not_keep_the_watch_from_being_read() -> None:
    watch = failing(opened(), RefusedError(Reason.NOT_FOUND, "no"), 0, 1, 30, 60, kind=StepKind.OPEN)
    assert state(watch, 60) == (State.ACTIVE, "watchRefused")
    assert StepKind.READ not in watch.schedule.not_before
    assert state(watch, 8 * 24 * 60) == (State.POLLING, "watchRefused")


def test_what_google_cannot_push_is_left_alone_until_the_next_probe() -> None:
    watch = failing(opened(), RefusedError(Reason.PUSH_NOT_SUPPORTED, "no"), 0, kind=StepKind.OPEN)
    assert state(watch, 0) == (State.POLLING, "pushNotSupported")
    assert refusals.hastened(watch, NOW + MINUTE) == watch


def test_a_polled_watch_whose_readings_fail_for_long_says_so() -> None:
    watch = failing(opened(), RefusedError(Reason.PUSH_NOT_SUPPORTED, "no"), 0, kind=StepKind.OPEN)
    assert state(failing(watch, GoogleError("busy"), 0, 5, 16), 16) == (State.POLLING, "readingsFailing")


def test_an_operator_may_have_even_that_tried() -> None:
    watch = failing(opened(), RefusedError(Reason.PUSH_NOT_SUPPORTED, "no"), 0, kind=StepKind.OPEN)
    assert refusals.retried(watch, NOW + MINUTE).schedule.not_before[StepKind.OPEN] == NOW + MINUTE


def test_the_gravest_reason_is_the_one_that_is_shown() -> None:
    watch = failing(opened(), RefusedError(Reason.NOT_FOUND, "no"), 0, kind=StepKind.OPEN)
    watch = replace(watch.with_reading(brake=True))
    assert state(watch, 1)[1] == "watchRefused"
    assert state(failing(watch, SIGNING, 2), 2)[1] == "signingFailing"
    assert state(failing(watch, RefusedError(Reason.FORBIDDEN, "no"), 3), 3)[1] == "forbidden"


def test_a_mute_watch_stays_polled_whatever_its_next_channel_is_refused_for() -> None:
    mute = opened().with_channels(mute=2)
    assert state(failing(mute, RefusedError(Reason.FORBIDDEN, "no"), 0, kind=StepKind.OPEN), 0)[0] is State.POLLING


def test_what_is_shown_is_what_failed_last_however_long_it_has_failed() -> None:
    watch = failing(opened(), GoogleError("reading, for long"), 0)
    watch = failing(watch, GoogleError("publishing"), 5, kind=StepKind.PUBLISH)
    trouble = failing(watch, GoogleError("reading, again"), 9).health.last_trouble
    assert trouble is not None
    assert trouble.detail == "reading, again"


def test_readings_that_fail_are_tried_again_as_soon_as_they_have_failed_for_a_quarter_of_an_hour() -> None:
    watch = failing(opened(), GoogleError("busy"), *range(11))
    assert watch.schedule.not_before[StepKind.READ] == NOW + 15 * MINUTE + 0.5 * MINUTE
    assert state(failing(watch, GoogleError("busy"), 15.5), 15.5) == (State.DEGRADED, "readingsFailing")


def test_but_not_before_google_would_have_it() -> None:
    watch = failing(opened(), TryLaterError("busy", after=3600), 0, 9)
    assert watch.schedule.not_before[StepKind.READ] == NOW + 69 * MINUTE


def test_two_failures_are_no_lasting_trouble_however_far_apart() -> None:
    assert state(failing(opened(), GoogleError("busy"), 0, 16), 16) == (State.ACTIVE, None)
    assert state(failing(opened(), GoogleError("busy"), 0, 8, 16), 16) == (State.DEGRADED, "readingsFailing")
