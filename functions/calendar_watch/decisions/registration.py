"""The writes of operators: a watch is asked for, asked for again, ended, or dropped for good."""

from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals, renewal
from calendar_watch.decisions.listing import audit
from calendar_watch.decisions.upkeep import retained_until
from calendar_watch.errors import WrongStateError
from calendar_watch.model.exposure import Classification
from calendar_watch.model.health import Health
from calendar_watch.model.listing import Audit, Counts, ReadCause, Reading
from calendar_watch.model.policy import Policy
from calendar_watch.model.target import NamedOptions, Options, Target
from calendar_watch.model.watch import Schedule, Watch

_CALLS_TO_OPEN = 4
"""To Google, for each watch in its first minute: watch, and list for it, for its first message, again."""
_USERS_CALLS_PER_MINUTE = 400
"""Of the 600 that Google grants a user: https://developers.google.com/workspace/calendar/api/guides/quota."""


def stagger(policy: Policy) -> timedelta:
    """How far apart watches of many users are opened, so that our own limit suffices."""
    return _CALLS_TO_OPEN * timedelta(minutes=1) / policy.calls_per_minute


def stagger_of_one_user(policy: Policy) -> timedelta:
    """How far apart watches of one user are opened."""
    return max(stagger(policy), _CALLS_TO_OPEN * timedelta(minutes=1) / _USERS_CALLS_PER_MINUTE)


def created(target: Target, options: Options, now: datetime) -> Watch:
    return Watch(
        target=target, options=options, created=now, schedule=Schedule(due_at=now), reading=Reading(read_at=now)
    )


def asked_again(watch: Watch, named: NamedOptions, now: datetime, due: datetime, policy: Policy) -> Watch:
    """A later POST: it replaces the options it names, brings a stopped watch back to life, and has tried what waits.

    What it follows is looked through as well, so that what is suspended there is tried too. All of that at `due`.
    """
    options = (Options() if watch.discarded else watch.options).replaced(named)
    again = replace(watch, options=options, by_operator=True).with_following(
        revision=watch.following.revision + (options != watch.options or bool(options.follow))
    )
    if not watch.wanted:
        return resumed(again, now, due, policy)
    tried = _tried_now(again, due)
    return _due_by(tried, due) if tried.follows_late else tried


def retried(watch: Watch, now: datetime) -> Watch:
    """An operator has mended something: whatever waits is tried now, or half a minute after it was tried last.

    Raises WrongStateError where nothing waits any more.
    """
    if not watch.wanted:
        raise WrongStateError(watch.state(now))
    return _tried_now(watch, now)


def _tried_now(watch: Watch, now: datetime) -> Watch:
    return _sooner(watch, renewal.retried(refusals.retried(watch, now), now), now)


def resync_asked(watch: Watch, now: datetime) -> Watch:
    """An operator wants everything read and compared. Asked again while that goes on, it starts over.

    A suspended watch does it once it reads again. Raises WrongStateError for a watch that has ended.
    """
    if not watch.wanted:
        raise WrongStateError(watch.state(now))
    if watch.reading.sync_token and not watch.target.generated:
        return _due_by(audit.asked(watch, now), now)
    read_at = min(watch.reading.read_at or now, now)
    anew = watch.with_reading(resyncing=True, listing=None, counts=Counts(), read_at=read_at)
    return _due_by(anew, now)


def retried_at_once(watch: Watch, now: datetime) -> Watch:
    """Somebody waits for the answer, and a single refusal says little."""
    return _sooner(watch, refusals.retried_at_once(watch, now), now)


def revived(watch: Watch, now: datetime) -> Watch:
    """Of a watch that others follow: if it is suspended, it is tried at `now`, or soon after it was tried last."""
    return _sooner(watch, refusals.hastened(watch, now), now) if watch.health.suspended else watch


def _sooner(before: Watch, after: Watch, now: datetime) -> Watch:
    return _due_by(after, now) if after != before else after


def resumed(watch: Watch, now: datetime, due: datetime, policy: Policy) -> Watch:
    """Back to life, and opened at `due`."""
    forgotten = watch.stopped_at is not None and retained_until(watch.stopped_at, policy) <= now
    exposure = Classification() if forgotten else watch.exposure
    anew = (
        replace(watch, wanted=True, discarded=False, stopped_at=None, erasing=False, health=Health(), exposure=exposure)
        .with_following(revision=watch.following.revision + 1)
        .with_channels(was_confirmed=False, unconfirmed=0, unannounced_changes=0, mute=0, without_types=False)
        .with_schedule(not_before={})
        .with_reading(
            brake=False,
            doubts=0,
            listing=None,
            audit=Audit(),
            read_at=now,
            read_cause=ReadCause.OPENED,
            notified_at=None,
            item_count=None if forgotten else watch.reading.item_count,
        )
    )
    return _due_by(anew.with_standing(now), due)


def ended(watch: Watch, now: datetime) -> Watch:
    """A DELETE. The holder, not the caller, stops channels and announces it."""
    if not watch.wanted:
        return watch
    ended = replace(watch, wanted=False, by_operator=False)
    return _due_by(ended.with_following(revision=watch.following.revision + 1).with_standing(now), now)


def erasure_asked(watch: Watch, now: datetime) -> Watch:
    """It ends, if it has not, and then what it read and told goes."""
    return _due_by(replace(ended(watch, now), erasing=True), now)


def discarded(watch: Watch, now: datetime) -> Watch:
    """Google refused what this very request asked for: nothing is to be kept of it."""
    return replace(ended(watch, now), discarded=True)


def _due_by(watch: Watch, time: datetime) -> Watch:
    """Sooner, if something else is: a turn may be minutes away."""
    if watch.schedule.holder:
        return watch
    return watch.with_schedule(due_at=min(time, watch.schedule.due_at or time))
