"""When a worker lets go of a watch that still has something to do, because time is up."""

from datetime import datetime, timedelta

from calendar_watch.decisions.next_step import OpenChannel, Read, Step
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.health import StepKind
from calendar_watch.model.watch import Watch

_LONG = timedelta(seconds=30)
_ITEMS_A_PAGE = 250


def too_late(watch: Watch, deadline: Deadline, now: datetime) -> bool:
    """Whether to leave it to the next who comes: to take it up only to let go again would be two writes for nothing."""
    return not deadline.leaves(_to_read(watch), now)


def must_pause(watch: Watch, step: Step, deadline: Deadline, now: datetime) -> bool:
    """A channel whose intent is written is opened all the same: nobody else could know whether it had been."""
    needed = _to_read(watch) if isinstance(step, Read) else timedelta(0)
    return not isinstance(step, OpenChannel) and not deadline.leaves(needed, now)


def takes_its_time(watch: Watch) -> bool:
    """Whether a collection that is read in one go, and of which nothing is kept before its end, has many pages.

    How large it is, nobody knows before the first reading: it may need long if a quick one has failed.
    """
    large = (watch.reading.item_count or 0) > _ITEMS_A_PAGE or StepKind.READ in watch.health.troubles
    return large and not watch.target.resource.synced


def paused(watch: Watch, now: datetime) -> Watch:
    """Free for whoever comes first, with the place that a long listing had reached."""
    return watch.with_schedule(holder=None, due_at=now)


def _to_read(watch: Watch) -> timedelta:
    return _LONG if takes_its_time(watch) else timedelta(0)
