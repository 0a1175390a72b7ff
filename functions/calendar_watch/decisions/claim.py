"""The write that takes a watch into one worker's hands, with what its channels' messages told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.model.channel import Channel
from calendar_watch.model.notification import News
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Cause, Watch

_LONGEST_LIFETIME = timedelta(days=30)


def claimed(watch: Watch, news: Sequence[News], nonce: str, now: datetime, policy: Policy) -> Watch:
    """The watch in one worker's hands, with what its channels' messages told."""
    watch = replace(watch, holder=nonce)
    for each in news:
        watch = _heard(watch, each, now, policy)
    if not news:
        return watch
    since = watch.news_at or min(each.received for each in news)
    return replace(watch, read_at=now, read_cause=Cause.NOTIFICATION, news_at=since, surprises=0)


def _heard(watch: Watch, news: News, now: datetime, policy: Policy) -> Watch:
    channel = watch.channels.get(news.channel_id)
    if channel is None:
        return watch.with_channel(_orphan(news, now))
    lifetime = timedelta(seconds=policy.lifetime(watch.wish.ttl))
    told = replace(
        channel,
        resource_id=channel.resource_id or news.resource_id,
        expiration=_end(channel, news) or channel.created + lifetime,
        confirmed=True,
    )
    watch = replace(watch.with_channel(told), was_confirmed=watch.was_confirmed or channel.current)
    first_words = channel.current and not channel.confirmed and channel.address == policy.address
    return refusals.overcome(watch) if first_words else watch


def _end(channel: Channel, news: News) -> datetime | None:
    """A message has Google's word, in whole seconds; what we hold has milliseconds, but may be a guess."""
    held, told = channel.expiration, news.expiration
    if held and told and abs(held - told) < timedelta(seconds=1):
        return held
    return told or held


def _orphan(news: News, now: datetime) -> Channel:
    """A genuine token proves that the channel is ours; nobody waits for its messages, so it is stopped."""
    end = news.expiration or now + _LONGEST_LIFETIME
    return Channel(news.channel_id, 0, created=now, resource_id=news.resource_id, expiration=end, retired=now)
