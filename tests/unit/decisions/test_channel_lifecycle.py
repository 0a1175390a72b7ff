"""What Google's answer to a watch request makes of the channels that there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calendar_watch.decisions import channel_lifecycle, registration
from calendar_watch.decisions.next_step import Wait, decided
from calendar_watch.model.channel import Opening
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import State, Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
ALIVE = Opening("resource", expiration=NOW + timedelta(days=7))
OVER = Opening("resource", expiration=NOW - timedelta(seconds=1))


def asked_for(*channels: str) -> Watch:
    """Channels are opened in this order; nobody has heard of any."""
    watch = registration.created(Target(ACL, "team@example.com"), Options(), NOW)
    for each in channels:
        watch = channel_lifecycle.intended(watch, each, NOW, POLICY)
    return watch


def test_an_answer_that_is_written_twice_counts_one_silent_channel() -> None:
    """Firestore's answer to the first write was lost, and an operator wrote before we could see that it had landed."""
    once = channel_lifecycle.opened(asked_for("one"), "one", ALIVE, NOW, POLICY)
    twice = channel_lifecycle.opened(once, "one", ALIVE, NOW, POLICY)
    assert (once.channels.unconfirmed, twice.channels.unconfirmed) == (1, 1)


def test_a_channel_whose_message_came_before_the_answer_is_not_silent() -> None:
    watch = asked_for("one")
    heard = watch.with_channel(replace(watch.channels.by_id["one"], resource_id="resource", confirmed=True))
    assert channel_lifecycle.opened(heard, "one", ALIVE, NOW, POLICY).channels.unconfirmed == 0


def test_a_channel_is_waited_for_from_googles_answer_on_however_long_that_took() -> None:
    """Three silent ones mean that nothing arrives; the third must have had as much time as the others."""
    watch = asked_for("one").with_channels(unconfirmed=2).with_log(sequence=1)
    answered = NOW + 3 * POLICY.confirm
    watch = channel_lifecycle.opened(watch, "one", ALIVE, answered, POLICY)
    for moment, state in ((answered, State.OPENING), (answered + POLICY.confirm, State.POLLING)):
        assert decided(watch, moment, POLICY, "fresh")[0].state(moment) is state


def test_an_answer_gives_up_the_silent_channels_before_it() -> None:
    first = channel_lifecycle.opened(asked_for("one"), "one", ALIVE, NOW, POLICY)
    both = channel_lifecycle.opened(channel_lifecycle.intended(first, "two", NOW, POLICY), "two", ALIVE, NOW, POLICY)
    assert [each.id for each in both.retired] == ["one"]


def test_an_answer_that_is_over_already_gives_up_nothing() -> None:
    first = channel_lifecycle.opened(asked_for("one"), "one", ALIVE, NOW, POLICY)
    both = channel_lifecycle.opened(channel_lifecycle.intended(first, "two", NOW, POLICY), "two", OVER, NOW, POLICY)
    assert both.retired == []


def test_a_watch_that_ends_waits_for_an_unanswered_channel_only_as_long_as_for_a_first_message() -> None:
    ended = registration.ended(asked_for("one"), NOW)
    for moment, state in ((NOW, State.STOPPING), (NOW + POLICY.confirm, State.STOPPED)):
        assert decided(ended, moment, POLICY, "fresh")[0].state(moment) is state


@pytest.mark.parametrize("safety", [None, timedelta(hours=1), timedelta(seconds=30)])
def test_after_a_renewal_there_is_a_reading_even_if_the_first_message_gets_lost(safety: timedelta | None) -> None:
    old = channel_lifecycle.opened(asked_for("one"), "one", ALIVE, NOW, POLICY)
    old = old.with_channel(replace(old.channels.by_id["one"], confirmed=True))
    old = old.with_reading(read_at=safety and NOW + safety, read_cause=ReadCause.SCHEDULE)
    renewed = channel_lifecycle.opened(
        channel_lifecycle.intended(old, "two", NOW, POLICY), "two", ALIVE, NOW, POLICY
    ).reading
    assert renewed.read_at == NOW + min(POLICY.confirm, safety or POLICY.confirm)
    assert renewed.read_cause is ReadCause.OPENED


def test_an_ended_watch_waits_for_an_unanswered_channel_no_longer_than_for_its_message() -> None:
    ended, step = decided(registration.ended(asked_for("one"), NOW), NOW, POLICY, "fresh")
    assert step == Wait(NOW + POLICY.confirm)
    assert ended.schedule.due_at == NOW + POLICY.confirm
