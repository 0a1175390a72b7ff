"""Why and when a channel is opened: one list of reasons, of which the earliest counts.

A channel cannot be extended, only replaced: a renewal is the opening of the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from calendar_watch.decisions.refusals import SILENT_CHANNELS, unheard
from calendar_watch.model.channel import Channel, ChannelPhase
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch

AT_ONCE = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
_UNANNOUNCED_CHANGES = 2
_OPENED = frozenset({ChannelPhase.ANSWERED, ChannelPhase.CONFIRMED})


def opening_due(watch: Watch, now: datetime, policy: Policy) -> datetime:
    """When the next channel is to be opened."""
    newest = watch.newest
    if newest is None or newest.expired(now):
        return AT_ONCE
    return min(reason(watch, newest, policy) for reason in _REASONS)


def _it_grows_old(watch: Watch, newest: Channel, policy: Policy) -> datetime:
    """Most of its life is over."""
    return newest.aged(old_at(watch, policy)) if newest.phase is ChannelPhase.CONFIRMED else NEVER


def old_at(watch: Watch, policy: Policy) -> float:
    """Which part of its life; a little earlier for some watches than for others, so that renewals come in no wave."""
    return policy.renew_after_fraction - watch.offset / 10


def _it_is_outdated_or_suspect(_watch: Watch, newest: Channel, _policy: Policy) -> datetime:
    """As `expedited` has written down: another address or signing key, or it is silent about changes. Or `retried`."""
    return newest.renew_at or NEVER if newest.phase in _OPENED else NEVER


def _google_never_answered(_watch: Watch, newest: Channel, policy: Policy) -> datetime:
    """Nobody knows whether it was opened, and its first message, which would tell, has not come."""
    return newest.created + policy.confirm if newest.phase is ChannelPhase.INTENT else NEVER


def _it_never_spoke(watch: Watch, newest: Channel, policy: Policy) -> datetime:
    """Opened, but without a first message: another try, with more patience each time, at last as often as a probe."""
    if newest.phase is not ChannelPhase.ANSWERED:
        return NEVER
    doublings = max(watch.channels.unconfirmed - 1, 0)
    patience = policy.probe if watch.channels.unconfirmed >= SILENT_CHANNELS else policy.confirm * (1 << doublings)
    return newest.silent_since + patience


_REASONS: Sequence[Callable[[Watch, Channel, Policy], datetime]] = (
    _it_grows_old,
    _it_is_outdated_or_suspect,
    _google_never_answered,
    _it_never_spoke,
)
"""Besides that there is none, or the newest has expired: then at once."""


def expedited(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Ask for an early renewal: at once if the channel seems dead, within an hour if it is merely outdated.

    Where several in a row were mute, another one is tried as rarely as a probe.
    """
    channel = watch.confirmed(now)
    if channel is None or channel.renew_at:
        return watch
    if watch.mute:
        return _renewing(watch, channel, channel.created + policy.probe)
    if watch.channels.unannounced_changes >= _UNANNOUNCED_CHANGES:
        return _replacing(watch, channel, now, policy)
    outdated = channel.address != policy.address or channel.key != policy.key
    return _renewing(watch, channel, watch.within_an_hour(now)) if outdated else watch


def doubted(watch: Watch, now: datetime) -> Watch:
    """Nobody knows whether Google still has its channel: another one, at once."""
    channel = watch.confirmed(now)
    return _renewing(watch, channel, now) if channel else watch


def retried(watch: Watch, now: datetime) -> Watch:
    """Somebody may have mended the endpoint that nothing arrives at: another channel, as soon as one may be opened."""
    newest = watch.newest
    return _renewing(watch, newest, now) if unheard(watch) and newest and newest.phase in _OPENED else watch


def _replacing(watch: Watch, mute: Channel, now: datetime, policy: Policy) -> Watch:
    """By another like it, then by one without event types, then rarely: the watch is polled.

    Channels with event types were seen to be opened and to stay mute: closeio/sync-engine#688.
    """
    count = watch.channels.mute + 1
    without_types = watch.channels.without_types or (count > 1 and bool(watch.target.event_types))
    watch = watch.with_channels(unannounced_changes=0, mute=count, without_types=without_types)
    return _renewing(watch, mute, mute.created + policy.probe if watch.mute else now)


def _renewing(watch: Watch, channel: Channel, when: datetime) -> Watch:
    return watch.with_channel(replace(channel, renew_at=when))
