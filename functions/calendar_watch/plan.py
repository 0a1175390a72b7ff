"""What a watch needs next. Pure: compares what is with what should be, at a given time (DESIGN 2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from calendar_watch import failures, openings
from calendar_watch.change import announced
from calendar_watch.channel import Channel
from calendar_watch.policy import Policy
from calendar_watch.watch import POLLING_REASONS, Kind, State, Watch

_AT_ONCE = datetime.min.replace(tzinfo=UTC)
_LOOK_AT_LEAST_EVERY = timedelta(hours=1)
_TOMBSTONES_STAY = timedelta(hours=1)
"""Google's messages may come late, even after a stop."""
_INTENTS_STAY = timedelta(hours=1)
"""A first message that is later still finds an orphan, which is stopped."""
_SILENT_CHANNELS = 3
_SURPRISES = 2


@dataclass(frozen=True, slots=True)
class Publish:
    """Send what the log holds and nobody has been sent yet."""


@dataclass(frozen=True, slots=True)
class StopChannel:
    channel: Channel


@dataclass(frozen=True, slots=True)
class OpenChannel:
    pass


@dataclass(frozen=True, slots=True)
class Read:
    pass


@dataclass(frozen=True, slots=True)
class Follow:
    """Have watched what it follows, and no longer what it does not."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop what was read: the watch ended long ago."""


@dataclass(frozen=True, slots=True)
class Rest:
    until: datetime | None


Step = Publish | StopChannel | OpenChannel | Read | Follow | Forget | Rest


def next_step(watch: Watch, now: datetime, policy: Policy) -> Step:
    """The first step that is due, or rest until the first that will be."""
    agenda = list(_agenda(watch, now, policy))
    for due, step in agenda:
        if due <= now:
            return step
    timers = [due for due, _ in agenda] + [moment for moment in _turning_points(watch, now, policy) if moment > now]
    return Rest(min(timers, default=None))


def _agenda(watch: Watch, now: datetime, policy: Policy) -> Iterator[tuple[datetime, Step]]:
    """Every step that will be due at some time, the more urgent kinds first.

    Stopping comes before opening: otherwise channels that nobody confirms would pile up.
    """
    if watch.published < watch.sequence:
        yield _not_before(watch, Kind.PUBLISH), Publish()
    for channel in watch.retired:
        yield channel.retry_at or _AT_ONCE, StopChannel(channel)
    if watch.follows_late:
        yield _AT_ONCE, Follow()
    if not watch.wanted:
        if watch.stopped_at and (watch.item_count is not None or watch.stored):
            yield watch.stopped_at + policy.retention, Forget()
        return
    opening = _opening_due(watch, now, policy)
    if watch.state(now) is State.SUSPENDED:
        yield _probe(watch, opening, now)
        return
    yield max(opening, _not_before(watch, Kind.OPEN)), OpenChannel()
    if watch.read_at:
        yield max(watch.read_at, _not_before(watch, Kind.READ)), Read()


def _probe(watch: Watch, opening: datetime, now: datetime) -> tuple[datetime, Step]:
    """Try again what was refused, and nothing else, until it works."""
    kind = watch.refusal.kind if watch.refusal else Kind.READ
    if kind is Kind.OPEN and opening <= now:
        return _not_before(watch, Kind.OPEN), OpenChannel()
    return max(_not_before(watch, kind), _not_before(watch, Kind.READ)), Read()


def _not_before(watch: Watch, kind: Kind) -> datetime:
    return watch.not_before.get(kind, _AT_ONCE)


def _opening_due(watch: Watch, now: datetime, policy: Policy) -> datetime:
    """When the next channel is to be opened: none is there, the newest grows old, or nobody has heard of it."""
    newest = watch.newest
    if newest is None or newest.expired(now):
        return _AT_ONCE
    if newest.confirmed:
        return newest.renewal(policy.renew_after_fraction - watch.spread / 10)
    return newest.created + _patience(watch, newest, policy)


def _patience(watch: Watch, unconfirmed: Channel, policy: Policy) -> timedelta:
    if not unconfirmed.answered:
        return policy.confirm
    if watch.unconfirmed >= _SILENT_CHANNELS:
        return policy.probe
    doublings = max(watch.unconfirmed - 1, 0)
    return policy.confirm * (1 << doublings)


def _turning_points(watch: Watch, now: datetime, policy: Policy) -> Iterator[datetime]:
    """Moments at which no step is due, but something changes all the same."""
    for channel in watch.channels.values():
        if not channel.stopped:
            yield channel.expiration or channel.created + _INTENTS_STAY
        if not channel.confirmed:
            yield channel.created + policy.confirm
    if watch.wanted:
        yield now + _LOOK_AT_LEAST_EVERY


def settled(watch: Watch, now: datetime, policy: Policy, fresh_id: str) -> tuple[Watch, Step]:
    """How every write of a holder ends: tidy up, announce, decide, and hold on or let go.

    What is decided here goes out in the same write: the intent of a channel before it is opened, and the release.
    """
    watch = _announce(tidied(watch, now, policy), now)
    if not policy.publishes:
        watch = replace(watch, published=watch.sequence)
    step = next_step(watch, now, policy)
    if isinstance(step, Rest):
        return replace(watch, holder=None, due_at=step.until), step
    if isinstance(step, OpenChannel):
        watch = openings.intended(watch, fresh_id, now, policy)
    return replace(watch, due_at=now + policy.lease), step


def tidied(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """What follows from the time alone, without asking anybody."""
    watch = _superseded_retired(_swept(watch, now, policy), now)
    if not watch.wanted:
        return _wound_down(watch, now)
    return _rotated(_despaired(_moved(watch, policy), now, policy), now, policy)


def _swept(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Forget channels that can no longer speak."""
    kept = {each.id: each for each in watch.channels.values() if not _gone(watch, each, now, policy)}
    return replace(watch, channels=kept)


def _gone(watch: Watch, channel: Channel, now: datetime, policy: Policy) -> bool:
    if channel.stopped:
        return channel.stopped + _TOMBSTONES_STAY <= now
    if channel.answered:
        return channel.expired(now)
    return channel.created + (_INTENTS_STAY if watch.wanted else policy.confirm) <= now


def _superseded_retired(watch: Watch, now: datetime) -> Watch:
    """Once the new channel is confirmed, and not before, the old ones go: the renewal is complete."""
    live = watch.confirmed(now)
    older = [c for c in watch.channels.values() if live and c.current and c.generation < live.generation]
    for each in older:
        watch = openings.given_up(watch, each, now)
    return _told(watch, "renewed", now) if any(each.confirmed for each in older) else watch


def _wound_down(watch: Watch, now: datetime) -> Watch:
    for channel in list(watch.channels.values()):
        if channel.current and channel.answered:
            watch = openings.given_up(watch, channel, now)
    over = watch.state(now) is State.STOPPED
    return replace(watch, stopped_at=watch.stopped_at or now) if over else watch


def _moved(watch: Watch, policy: Policy) -> Watch:
    """A new address deserves a new try, whatever was said of the old one."""
    refusal = watch.refusal
    if refusal is None or refusal.reason not in POLLING_REASONS or refusal.address == policy.address:
        return watch
    return failures.forgiven(replace(watch, unconfirmed=0))


def _despaired(watch: Watch, now: datetime, policy: Policy) -> Watch:
    newest = watch.newest
    if watch.refusal or newest is None or newest.confirmed or watch.unconfirmed < _SILENT_CHANNELS:
        return watch
    return failures.unreachable(watch, now, policy) if newest.created + policy.confirm <= now else watch


def _rotated(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Ask for an early renewal: at once if the channel seems dead, within an hour if it is merely outdated."""
    channel = watch.confirmed(now)
    if channel is None or channel.renew_at:
        return watch
    if watch.surprises >= _SURPRISES:
        return replace(_renewing(watch, channel, now), surprises=0)
    outdated = channel.address != policy.address or channel.key != policy.key
    return _renewing(watch, channel, now + watch.spread * timedelta(hours=1)) if outdated else watch


def _renewing(watch: Watch, channel: Channel, when: datetime) -> Watch:
    return watch.with_channel(replace(channel, renew_at=when))


_ANNOUNCEMENTS = {
    State.DEGRADED: "degraded",
    State.POLLING: "polling",
    State.SUSPENDED: "suspended",
    State.STOPPED: "stopped",
}


def _announce(watch: Watch, now: datetime) -> Watch:
    """Tell once of each change of state."""
    state = watch.state(now)
    if not watch.sequence or state is watch.announced or state in {State.OPENING, State.STOPPING}:
        return watch
    kind = _ANNOUNCEMENTS.get(state, "resumed" if watch.announced else "")
    watch = replace(watch, announced=state)
    return _told(watch, kind, now) if kind else watch


def _told(watch: Watch, kind: str, now: datetime) -> Watch:
    """Nothing is told before the watch has opened: a refused request leaves no trace in the stream."""
    return announced(watch, kind, now) if watch.sequence else watch


def claimable(watch: Watch, now: datetime, *, news: bool) -> bool:
    """A watch that nobody holds is free for whoever brings news; one that is due is free for anybody."""
    overdue = watch.due_at is not None and watch.due_at <= now
    return overdue or (news and watch.holder is None)
