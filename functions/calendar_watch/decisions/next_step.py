"""What a watch needs next. Pure: compares what is with what should be, at a given time (DESIGN 2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calendar_watch.decisions import channel_lifecycle
from calendar_watch.decisions.announcements import announce
from calendar_watch.decisions.renewal import AT_ONCE, opening_due
from calendar_watch.decisions.upkeep import INTENTS_STAY, tidied
from calendar_watch.model.channel import Channel
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Kind, State, Watch

_LOOK_AT_LEAST_EVERY = timedelta(hours=1)


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
        yield channel.retry_at or AT_ONCE, StopChannel(channel)
    if watch.follows_late:
        yield AT_ONCE, Follow()
    if not watch.wanted:
        if watch.stopped_at and (watch.item_count is not None or watch.stored):
            yield watch.stopped_at + policy.retention, Forget()
        return
    opening = opening_due(watch, now, policy)
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
    return watch.not_before.get(kind, AT_ONCE)


def _turning_points(watch: Watch, now: datetime, policy: Policy) -> Iterator[datetime]:
    """Moments at which no step is due, but something changes all the same."""
    for channel in watch.channels.values():
        if not channel.stopped:
            yield channel.expiration or channel.created + INTENTS_STAY
        if not channel.confirmed:
            yield channel.created + policy.confirm
    if watch.wanted:
        yield now + _LOOK_AT_LEAST_EVERY


def settled(watch: Watch, now: datetime, policy: Policy, fresh_id: str) -> tuple[Watch, Step]:
    """How every write of a holder ends: tidy up, announce, decide, and hold on or let go.

    What is decided here goes out in the same write: the intent of a channel before it is opened, and the release.
    """
    watch = announce(tidied(watch, now, policy), now)
    if not policy.publishes:
        watch = replace(watch, published=watch.sequence)
    step = next_step(watch, now, policy)
    if isinstance(step, Rest):
        return replace(watch, holder=None, due_at=step.until), step
    if isinstance(step, OpenChannel):
        watch = channel_lifecycle.intended(watch, fresh_id, now, policy)
    return replace(watch, due_at=now + policy.lease), step


def claimable(watch: Watch, now: datetime, *, news: bool) -> bool:
    """A watch that nobody holds is free for whoever brings news; one that is due is free for anybody."""
    overdue = watch.due_at is not None and watch.due_at <= now
    return overdue or (news and watch.holder is None)
