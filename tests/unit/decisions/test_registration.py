"""What asking again does to the moment at which a watch is looked at."""

from datetime import UTC, datetime, timedelta

from calendar_watch.decisions import registration
from calendar_watch.model.health import Health, Refusal, StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.reasons import Reason

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY = Policy("", "", "")


def asked_again(watch: Watch, due: datetime) -> Watch:
    return registration.asked_again(watch, {}, NOW, due, POLICY)


def refused(due_at: datetime) -> Watch:
    """Opening waits for hours, and something else is due by then."""
    refusal = Refusal(Reason.WATCH_REFUSED, "", "", NOW - 60 * MINUTE, NOW - 60 * MINUTE)
    watch = Watch(Target(ACL, "a", "alice@example.com"), Options(), NOW, health=Health({StepKind.OPEN: refusal}))
    return watch.with_wait(StepKind.OPEN, NOW + 120 * MINUTE).with_schedule(due_at=due_at)


def test_what_waits_is_tried_in_its_turn_and_nothing_else_is_put_off_for_that() -> None:
    for due_at, expected in ((NOW + MINUTE, NOW + MINUTE), (NOW + 60 * MINUTE, NOW + 5 * MINUTE)):
        again = asked_again(refused(due_at), due=NOW + 5 * MINUTE)
        assert again.schedule.not_before == {StepKind.OPEN: NOW + 5 * MINUTE}
        assert again.schedule.due_at == expected


def test_what_had_ended_is_back_from_now_on_though_its_turn_comes_later() -> None:
    ended = registration.ended(registration.created(Target(ACL, "a", "alice@example.com"), Options(), NOW), NOW)
    again = asked_again(ended.with_schedule(due_at=None), due=NOW + 5 * MINUTE)
    assert (again.state_since(NOW), again.schedule.due_at) == (NOW, NOW + 5 * MINUTE)
