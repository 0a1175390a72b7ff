"""The write that takes a watch into one worker's hands, with what its channels' notifications told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals, restoring
from calendar_watch.model.channel import Channel
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.notification import SYNC, PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch

_LONGEST_LIFETIME = timedelta(days=30)
_MOST_ORPHANS = 20


def claimed(
    watch: Watch, notifications: Sequence[PendingNotification], nonce: str, now: datetime, policy: Policy
) -> Watch:
    """The watch in one worker's hands, with what its channels' notifications told."""
    due = watch.schedule.due_at is not None and watch.schedule.due_at <= now
    if restoring.is_behind(watch, policy) and (due or notifications):
        watch = restoring.met(watch, now, policy)
    watch = watch.with_schedule(holder=nonce)
    for each in notifications:
        watch = _heard(watch, each, now, policy)
    if not notifications:
        return watch
    watch = refusals.hastened(watch, now)
    since = watch.reading.unread_since or min(each.received for each in notifications)
    return watch.with_reading(read_at=now, read_cause=ReadCause.NOTIFICATION, notified_at=since).with_channels(
        unannounced_changes=0
    )


def _heard(watch: Watch, notification: PendingNotification, now: datetime, policy: Policy) -> Watch:
    if notification.resource_state != SYNC:
        watch = refusals.change_announced(watch)
    channel = watch.channels.by_id.get(notification.channel_id)
    if channel is None:
        return _orphaned(watch, notification, now)
    if not (channel.answered or notification.resource_id):
        return watch  # without a resource id it could not be stopped: as a channel, it waits for Google's answer
    told = replace(
        channel,
        resource_id=channel.resource_id or notification.resource_id,
        expiration=_end(channel, notification, now) or channel.created + _lifetime(watch, policy),
        confirmed=True,
        renew_at=channel.renew_at if channel.confirmed else None,
    )
    watch = watch.with_channel(told).with_channels(was_confirmed=watch.channels.was_confirmed or channel.current)
    first_words = channel.current and not channel.confirmed and channel.address == policy.address
    return refusals.overcome(watch) if first_words else watch


def _lifetime(watch: Watch, policy: Policy) -> timedelta:
    return timedelta(seconds=policy.lifetime(watch.options.ttl))


def _end(channel: Channel, notification: PendingNotification, now: datetime) -> datetime | None:
    """A header is not signed: it counts only where Google's answer named no end, and only if it can be true."""
    return channel.expiration if channel.expiration_said else _believed(notification, now) or channel.expiration


def _believed(notification: PendingNotification, now: datetime) -> datetime | None:
    told = notification.expiration
    return told if told and now < told <= now + _LONGEST_LIFETIME else None


def _orphaned(watch: Watch, notification: PendingNotification, now: datetime) -> Watch:
    """A genuine token proves that the channel is ours; nobody waits for its messages, so it is stopped.

    Whoever can sign, or write a notification, must not have another watch's channel stopped by this one's id: so it is
    stopped only where Google itself named its resource id to this watch. Otherwise it expires by itself.
    """
    known = [each for each in watch.channels.by_id.values() if each.generation == 0]
    if notification.resource_id not in watch.channels.resource_ids or len(known) >= _MOST_ORPHANS:
        return watch
    end = _believed(notification, now) or now + _LONGEST_LIFETIME
    return watch.with_channel(
        Channel(
            notification.channel_id, 0, created=now, resource_id=notification.resource_id, expiration=end, retired=now
        )
    )
