"""The write that takes a watch into one worker's hands, with what its channels' notifications told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.model.channel import Channel
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import ReadCause, Watch

_LONGEST_LIFETIME = timedelta(days=30)


def claimed(
    watch: Watch, notifications: Sequence[PendingNotification], nonce: str, now: datetime, policy: Policy
) -> Watch:
    """The watch in one worker's hands, with what its channels' notifications told."""
    watch = watch.with_schedule(holder=nonce)
    for each in notifications:
        watch = _heard(watch, each, now, policy)
    if not notifications:
        return watch
    watch = refusals.hastened(watch, now)
    since = watch.reading.notified_at or min(each.received for each in notifications)
    return watch.with_reading(read_at=now, read_cause=ReadCause.NOTIFICATION, notified_at=since).with_channels(
        unannounced_changes=0
    )


def _heard(watch: Watch, notification: PendingNotification, now: datetime, policy: Policy) -> Watch:
    channel = watch.channels.by_id.get(notification.channel_id)
    if channel is None:
        return watch.with_channel(_orphan(notification, now))
    lifetime = timedelta(seconds=policy.lifetime(watch.options.ttl))
    told = replace(
        channel,
        resource_id=channel.resource_id or notification.resource_id,
        expiration=_end(channel, notification) or channel.created + lifetime,
        confirmed=True,
    )
    watch = watch.with_channel(told).with_channels(was_confirmed=watch.channels.was_confirmed or channel.current)
    first_words = channel.current and not channel.confirmed and channel.address == policy.address
    return refusals.overcome(watch) if first_words else watch


def _end(channel: Channel, notification: PendingNotification) -> datetime | None:
    """A message has Google's word, in whole seconds; what we hold has milliseconds, but may be a guess."""
    held, told = channel.expiration, notification.expiration
    if held and told and abs(held - told) < timedelta(seconds=1):
        return held
    return told or held


def _orphan(notification: PendingNotification, now: datetime) -> Channel:
    """A genuine token proves that the channel is ours; nobody waits for its messages, so it is stopped."""
    end = notification.expiration or now + _LONGEST_LIFETIME
    return Channel(
        notification.channel_id, 0, created=now, resource_id=notification.resource_id, expiration=end, retired=now
    )
