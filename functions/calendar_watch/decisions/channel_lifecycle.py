"""The writes of a channel's life: intent, opened, given up, stopped.

A confirmed channel is given up only when a newer one is confirmed, and `retired` is never taken back.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.decisions.backoff import Failure, in_trouble
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch

_RESOURCE_IDS_KEPT = 20


def intended(watch: Watch, channel_id: str, now: datetime, policy: Policy) -> Watch:
    """A fresh id, written down before Google is asked, and never used again."""
    generation = watch.channels.generation + 1
    channel = Channel(channel_id, generation, created=now, address=policy.address, key=policy.key)
    return watch.with_channel(channel).with_channels(generation=generation)


def asked_for(watch: Watch) -> Target:
    """What the next channel is to announce: all of the collection, where it stayed mute about certain event types."""
    return replace(watch.target, event_types=()) if watch.channels.without_types else watch.target


def opened(watch: Watch, channel_id: str, answer: Opening, now: datetime, policy: Policy) -> Watch:
    """Google's answer. Older channels that nobody confirmed are given up only now.

    Applied twice, after a lost answer of Firestore's, it counts the channel once. One that was over from the start may
    be forgotten by then: its answer goes nowhere, and should it speak, it is an orphan.
    """
    intent = watch.channels.by_id.get(channel_id)
    if intent is None:
        return watch
    channel = _answered(watch, intent, answer, now, policy)
    watch = _predecessors_given_up(watch.with_channel(channel), channel, now)
    watch = refusals.accepted(watch, now, policy).with_channels(
        unconfirmed=watch.channels.unconfirmed + (not intent.answered),
        unannounced_changes=0,
        resource_ids=_named(watch, answer.resource_id),
    )
    return _read_soon(watch, now + policy.confirm) if watch.confirmed(now) else _read_now(watch, now)


def _read_now(watch: Watch, now: datetime) -> Watch:
    """Nobody was listening: one reading closes the gap."""
    return watch.with_reading(
        read_at=now, read_cause=ReadCause.NOTIFICATION if watch.reading.unread_since else ReadCause.OPENED
    )


def _read_soon(watch: Watch, latest: datetime) -> Watch:
    """An older channel listens still, as far as we know; the first message of the new one asks for a reading anyway.

    This is for when that message gets lost. A safety reading that comes sooner serves as well, but what it finds says
    nothing about the new channel.
    """
    reading = watch.reading
    if reading.read_at is None or reading.read_at > latest:
        return watch.with_reading(read_at=latest, read_cause=ReadCause.OPENED)
    return watch.with_reading(read_cause=ReadCause.OPENED) if reading.read_cause is ReadCause.SCHEDULE else watch


def _named(watch: Watch, resource_id: str) -> tuple[str, ...]:
    """All channels on a collection have the same resource id, so that there is hardly ever more than one."""
    others = [each for each in watch.channels.resource_ids if each != resource_id]
    return (*others, resource_id)[-_RESOURCE_IDS_KEPT:]


def _predecessors_given_up(watch: Watch, channel: Channel, now: datetime) -> Watch:
    """Unless the new one is over before it began: an old one that is silent may live."""
    if channel.expired(now):
        return watch
    for older in list(watch.channels.by_id.values()):
        if older.current and not older.confirmed and older.generation < channel.generation:
            watch = given_up(watch, older, now)
    return watch


def _answered(watch: Watch, intent: Channel, answer: Opening, now: datetime, policy: Policy) -> Channel:
    lifetime = timedelta(seconds=policy.lifetime(watch.options.ttl))
    return replace(
        intent,
        resource_id=answer.resource_id,
        resource_uri=answer.resource_uri,
        expiration=answer.expiration or intent.expiration or intent.created + lifetime,
        expiration_said=answer.expiration is not None,
        opened=intent.opened or now,
    )


def given_up(watch: Watch, channel: Channel, now: datetime) -> Watch:
    """Marked before it is stopped. What never answered is dropped: should it speak all the same, it is an orphan."""
    return watch.with_channel(replace(channel, retired=now)) if channel.answered else watch.without_channel(channel.id)


def stopped(watch: Watch, channel_id: str, now: datetime) -> Watch:
    watch = watch.with_channel(replace(watch.channels.by_id[channel_id], stopped=now))
    return refusals.succeeded(watch, StepKind.STOP)


def stop_failed(watch: Watch, channel_id: str, failure: Failure) -> Watch:
    channel = watch.channels.by_id[channel_id]
    retry_at = failure.at + failure.pause(channel.failures)
    watch = watch.with_channel(replace(channel, failures=channel.failures + 1, retry_at=retry_at))
    return in_trouble(watch, StepKind.STOP, failure)
