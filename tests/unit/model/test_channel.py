"""The life of a channel is one table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from calendar_watch.model.channel import FOLLOWING, Channel, ChannelPhase
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WATCH = Watch(Target(ACL, "team@example.com", "alice@example.com"), Options(), created=NOW)
INTENT = Channel("c", 1, created=NOW)
ANSWERED = replace(INTENT, resource_id="r", expiration=NOW + timedelta(days=7))
CONFIRMED = replace(ANSWERED, confirmed=True)
RETIRED = replace(CONFIRMED, retired=NOW)
STOPPED = replace(RETIRED, stopped=NOW)
CHANNELS = {
    ChannelPhase.INTENT: INTENT,
    ChannelPhase.ANSWERED: ANSWERED,
    ChannelPhase.CONFIRMED: CONFIRMED,
    ChannelPhase.RETIRED: RETIRED,
    ChannelPhase.STOPPED: STOPPED,
}


@pytest.mark.parametrize("phase", ChannelPhase)
def test_what_a_channel_holds_says_in_which_phase_it_is(phase: ChannelPhase) -> None:
    assert CHANNELS[phase].phase is phase


@pytest.mark.parametrize("late", [RETIRED, STOPPED])
def test_a_late_message_does_not_bring_a_channel_back(late: Channel) -> None:
    assert replace(late, confirmed=True).phase is late.phase
    assert not late.current


@pytest.mark.parametrize(("before", "after"), [*product(ChannelPhase, ChannelPhase)])
def test_a_channel_turns_into_what_the_table_says_and_into_nothing_else(
    before: ChannelPhase, after: ChannelPhase
) -> None:
    watch = WATCH.with_channel(CHANNELS[before])
    if after in {before, *FOLLOWING[before]}:
        assert watch.with_channel(CHANNELS[after]).channels.by_id["c"].phase is after
    else:
        with pytest.raises(ValueError, match=f"is {before} cannot become {after}"):
            watch.with_channel(CHANNELS[after])


def test_every_phase_but_the_first_follows_some_other_and_the_last_is_final() -> None:
    assert frozenset().union(*FOLLOWING.values()) == set(ChannelPhase) - {ChannelPhase.INTENT}
    assert not FOLLOWING[ChannelPhase.STOPPED]
