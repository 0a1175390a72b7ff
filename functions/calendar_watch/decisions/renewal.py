"""Why and when a channel is opened: none is there, the newest grows old, or nobody has heard of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.model.channel import Channel
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch
from calendar_watch.reasons import POLLING_REASONS

AT_ONCE = datetime.min.replace(tzinfo=UTC)

SILENT_CHANNELS = 3
_UNANNOUNCED_CHANGES = 2


def opening_due(watch: Watch, now: datetime, policy: Policy) -> datetime:
    """When the next channel is to be opened: none is there, the newest grows old, or nobody has heard of it."""
    newest = watch.newest
    if newest is None or newest.expired(now):
        return AT_ONCE
    if newest.confirmed:
        return newest.renewal(policy.renew_after_fraction - watch.offset / 10)
    return newest.created + _patience(watch, newest, policy)


def _patience(watch: Watch, unconfirmed: Channel, policy: Policy) -> timedelta:
    if not unconfirmed.answered:
        return policy.confirm
    if watch.unconfirmed >= SILENT_CHANNELS:
        return policy.probe
    doublings = max(watch.unconfirmed - 1, 0)
    return policy.confirm * (1 << doublings)


def moved(watch: Watch, policy: Policy) -> Watch:
    """A new address deserves a new try, whatever was said of the old one."""
    refusal = watch.refusal
    if refusal is None or refusal.reason not in POLLING_REASONS or refusal.address == policy.address:
        return watch
    return refusals.forgiven(replace(watch, unconfirmed=0))


def rotated(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Ask for an early renewal: at once if the channel seems dead, within an hour if it is merely outdated."""
    channel = watch.confirmed(now)
    if channel is None or channel.renew_at:
        return watch
    if watch.unannounced_changes >= _UNANNOUNCED_CHANGES:
        return replace(_renewing(watch, channel, now), unannounced_changes=0)
    outdated = channel.address != policy.address or channel.key != policy.key
    return _renewing(watch, channel, now + watch.offset * timedelta(hours=1)) if outdated else watch


def _renewing(watch: Watch, channel: Channel, when: datetime) -> Watch:
    return watch.with_channel(replace(channel, renew_at=when))
