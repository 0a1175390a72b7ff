"""What a watch needs next. Pure: compares what is with what should be, at a given time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_watch.decisions import baseline, channel_lifecycle, classification, restoring
from calendar_watch.decisions.listing import audit
from calendar_watch.decisions.renewal import AT_ONCE, opening_due
from calendar_watch.decisions.upkeep import INTENTS_STAY, after_upkeep, retained_until, with_state_told
from calendar_watch.model.channel import Channel
from calendar_watch.model.health import StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch


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
class Reclassify:
    """Count by other internal domains what was read by then."""


@dataclass(frozen=True, slots=True)
class TellBaseline:
    """Tell some of what was read, for consumers that have but the stream."""


@dataclass(frozen=True, slots=True)
class Audit:
    """List everything, beside the increments."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Have watched what it follows, and no longer what it does not."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop what was read: the watch ended long ago."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Drop some of what was told: somebody wants it gone."""


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime | None


Step = Publish | StopChannel | OpenChannel | Reclassify | TellBaseline | Read | Audit | Follow | Forget | Erase | Wait


def next_step(watch: Watch, now: datetime, policy: Policy) -> Step:
    """The first step that is due, or the wait until the first that will be."""
    agenda = list(_agenda(watch, now, policy))
    for due, step in agenda:
        if due <= now:
            return step
    timers = [due for due, _ in agenda] + [moment for moment in _turning_points(watch, policy) if moment > now]
    return Wait(min(timers, default=None))


def _agenda(watch: Watch, now: datetime, policy: Policy) -> Iterator[tuple[datetime, Step]]:
    """Every step that will be due at some time, the more urgent kinds first.

    Stopping comes before opening: otherwise channels that nobody confirms would pile up.
    """
    if watch.log.published < watch.log.sequence:
        yield _not_before(watch, StepKind.PUBLISH), Publish()
    for channel in watch.retired:
        yield channel.retry_at or AT_ONCE, StopChannel(channel)
    if watch.follows_late:
        yield _not_before(watch, StepKind.FOLLOW), Follow()
    if not watch.wanted:
        if watch.stopped_at:
            yield from _leftovers(watch, policy)
        return
    if not watch.health.suspended:
        yield max(opening_due(watch, now, policy), _not_before(watch, StepKind.OPEN)), OpenChannel()
    yield from _readings(watch, policy)
    audited = audit.due(watch, policy)
    if audited and not watch.health.suspended:
        yield audited, Audit()


def _readings(watch: Watch, policy: Policy) -> Iterator[tuple[datetime, Step]]:
    """What was read is told before anything is read that differs."""
    recounted = classification.recount_due(watch, policy)
    if recounted:
        yield recounted, Reclassify()
    told = baseline.due(watch)
    if told:
        yield told, TellBaseline()
    if watch.reading.read_at:
        yield max(watch.reading.read_at, _not_before(watch, StepKind.READ)), Read()


def _leftovers(watch: Watch, policy: Policy) -> Iterator[tuple[datetime, Step]]:
    """What is kept of a watch that has ended. What it told goes when all of that has gone out."""
    if watch.baseline.under_way:
        yield AT_ONCE, TellBaseline()
    elif watch.reading.item_count is not None or watch.reading.stored:
        yield AT_ONCE if watch.erasing else retained_until(watch.stopped_at or AT_ONCE, policy), Forget()
    elif watch.erasing and watch.log.published == watch.log.sequence:
        yield AT_ONCE, Erase()


def _not_before(watch: Watch, kind: StepKind) -> datetime:
    return watch.schedule.not_before.get(kind, AT_ONCE)


def _turning_points(watch: Watch, policy: Policy) -> Iterator[datetime]:
    """Moments at which no step is due, but something changes all the same."""
    for channel in watch.channels.by_id.values():
        if not channel.stopped:
            yield channel.expiration or channel.created + INTENTS_STAY
        if not channel.confirmed:
            yield channel.silent_since + policy.confirm


def decided(watch: Watch, now: datetime, policy: Policy, fresh_id: str) -> tuple[Watch, Step]:
    """How every write under a lease ends: upkeep, what there is to tell, the next step, and the lease kept or released.

    What is decided here goes out in the same write: the intent of a channel before it is opened, and the release.
    """
    if restoring.is_behind(watch, policy):
        watch = restoring.postponed(watch, now, policy)
        return watch, Wait(watch.schedule.due_at)
    watch = with_state_told(after_upkeep(watch, now, policy), now, policy)
    watch = watch.with_standing(now).with_schedule(fingerprint=policy.fingerprint if watch.wanted else None)
    if not policy.publishes:
        watch = watch.with_log(published=watch.log.sequence)
    step = next_step(watch, now, policy)
    if isinstance(step, Wait):
        return watch.with_schedule(holder=None, due_at=step.until), step
    if isinstance(step, OpenChannel):
        watch = channel_lifecycle.intended(watch, fresh_id, now, policy)
    return watch.with_schedule(due_at=now + policy.lease), step


_SILENCE = timedelta(seconds=8)
"""Less than Pub/Sub waits before it sends a wake-up again; a call to Google takes longer only when it hangs."""


def claimable(watch: Watch, now: datetime, policy: Policy, *, notifications: bool) -> bool:
    """A watch that is due is free for anybody; one that nobody holds, for whoever has something new for it."""
    schedule = watch.schedule
    overdue = schedule.due_at is not None and schedule.due_at <= now
    outdated = schedule.fingerprint not in {None, policy.fingerprint}
    return overdue or (schedule.holder is None and (notifications or outdated))


def claimable_again(watch: Watch, now: datetime, policy: Policy, *, notifications: bool) -> bool:
    """For whoever hears that an earlier worker failed: also if the holder has written nothing for a while.

    If it lives after all, it finds its lease lost, and calls nothing more.
    """
    return claimable(watch, now, policy, notifications=notifications) or _silent(watch, now, policy)


def _silent(watch: Watch, now: datetime, policy: Policy) -> bool:
    """Each of a holder's writes sets `due_at` to the end of its lease."""
    held_until = watch.schedule.due_at if watch.schedule.holder else None
    return held_until is not None and held_until - policy.lease + _SILENCE <= now
