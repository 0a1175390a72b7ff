"""The writes of operators and of claims, each as what it changes (the table of DESIGN 2.2).

`openings`, `readings` and `failures` hold the others; the store adds under which condition a write happens, and
`plan.settled` finishes each write of a holder.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch import failures
from calendar_watch.channel import Channel
from calendar_watch.policy import Policy
from calendar_watch.watch import Cause, Entry, Kind, News, Order, State, Watch, Wish

_LONGEST_LIFETIME = timedelta(days=30)


def created(order: Order, wish: Wish, now: datetime) -> Watch:
    return Watch(order=order, wish=wish, created=now, due_at=now, read_at=now)


def asked_again(watch: Watch, wish: Wish, now: datetime, policy: Policy) -> Watch:
    """A later POST: it replaces what was wished, and brings a stopped or suspended watch back to life."""
    again = replace(watch, wish=wish, by_operator=True, roster=watch.roster + (wish != watch.wish))
    if not watch.wanted or watch.state(now) is State.SUSPENDED:
        return resumed(again, now, policy)
    return _due_now(again, now) if again.follows_late else again


def resumed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    forgotten = watch.stopped_at is not None and watch.stopped_at + policy.retention <= now
    anew = replace(
        watch,
        wanted=True,
        roster=watch.roster + 1,
        discarded=False,
        stopped_at=None,
        was_confirmed=False,
        unconfirmed=0,
        refusal=None,
        not_before={},
        failures={},
        brake=False,
        listing=None,
        read_at=now,
        read_cause=Cause.OPENED,
        item_count=None if forgotten else watch.item_count,
    )
    return _due_now(anew, now)


def ended(watch: Watch, now: datetime) -> Watch:
    """A DELETE. The holder, not the caller, stops channels and announces it."""
    if not watch.wanted:
        return watch
    return _due_now(replace(watch, wanted=False, by_operator=False, roster=watch.roster + 1), now)


def discarded(watch: Watch, now: datetime) -> Watch:
    """Google refused what this very request asked for: nothing is to be kept of it."""
    return replace(ended(watch, now), discarded=True)


def forgotten(watch: Watch) -> Watch:
    """Kept long enough after its end: what it read goes, the watch itself stays, so that its sequence counts on."""
    return replace(watch, item_count=None, digest="", sync_token="", listing=None, parts=("0",), stored=0)


def published(watch: Watch, entries: Sequence[Entry]) -> Watch:
    """These have gone out. Where the log has been tidied away before it could be sent, nothing else is to come."""
    last = int(entries[-1]["sequence"]) if entries else watch.sequence
    return replace(failures.succeeded(watch, Kind.PUBLISH), published=last)


def _due_now(watch: Watch, now: datetime) -> Watch:
    return watch if watch.holder else replace(watch, due_at=now)


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
    return failures.overcome(watch) if first_words else watch


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
