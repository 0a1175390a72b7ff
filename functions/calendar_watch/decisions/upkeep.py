"""What follows from the time alone, without asking anybody: channels that are over, given up, or to be renewed."""

from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import channel_lifecycle, refusals
from calendar_watch.decisions.announcements import told
from calendar_watch.decisions.renewal import expedited
from calendar_watch.model.channel import Channel
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import State, Watch

_TOMBSTONES_STAY = timedelta(hours=1)
"""Google's messages may come late, even after a stop."""
INTENTS_STAY = timedelta(hours=1)
"""A first message that is later still finds an orphan, which is stopped."""


def after_upkeep(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """What follows from the time alone, without asking anybody."""
    watch = _renewals_completed(_without_dead_channels(watch, now, policy), now, policy)
    if not watch.wanted:
        return _channels_ended(watch, now)
    watch = refusals.silence_admitted(refusals.readdressed(watch, policy), now, policy)
    return expedited(watch, now, policy)


def _without_dead_channels(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Forget channels that can no longer speak."""
    kept = {each.id: each for each in watch.channels.by_id.values() if not _gone(watch, each, now, policy)}
    return watch.with_channels(by_id=kept)


def _gone(watch: Watch, channel: Channel, now: datetime, policy: Policy) -> bool:
    if channel.stopped:
        return channel.stopped + _TOMBSTONES_STAY <= now
    if channel.answered:
        return channel.expired(now)
    return channel.created + (INTENTS_STAY if watch.wanted else policy.confirm) <= now


def _renewals_completed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Once the new channel is confirmed, and not before, the old ones go: the renewal is complete."""
    live = watch.confirmed(now)
    older = [c for c in watch.channels.by_id.values() if live and c.current and c.generation < live.generation]
    for each in older:
        watch = channel_lifecycle.given_up(watch, each, now)
    return told(watch, "renewed", now, policy) if any(each.confirmed for each in older) else watch


def _channels_ended(watch: Watch, now: datetime) -> Watch:
    for channel in list(watch.channels.by_id.values()):
        if channel.current and channel.answered:
            watch = channel_lifecycle.given_up(watch, channel, now)
    over = watch.state(now) is State.STOPPED
    return replace(watch, stopped_at=watch.stopped_at or now) if over else watch
