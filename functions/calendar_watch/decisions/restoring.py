"""What a watch does once the database was restored: an older state of it, while Google's side and consumers went on.

What the lost database told is not known, so numbers go on far above whatever it can have told, and what rests on its
last hours is not relied on: sync tokens, listings that were under way, channels that may have been replaced.
"""

from datetime import datetime

from calendar_watch.decisions.baseline import reached
from calendar_watch.decisions.listing import audit
from calendar_watch.decisions.renewal import doubted
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import State, Watch

_APART = 1_000_000
"""From what is known to have been told, for each restore: more than a watch tells between a backup and its loss."""


def is_behind(watch: Watch, policy: Policy) -> bool:
    """Whether it has yet to meet a restore. One that has told its end tells no more, until somebody resumes it."""
    return watch.log.epoch < policy.epoch and (watch.wanted or watch.log.announced is not State.STOPPED)


def met(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Before anything else is told: a new beginning, then whatever a reading of everything finds."""
    last = max(watch.log.sequence, watch.log.begins_after)
    begins_after = last + _APART * (policy.epoch - watch.log.epoch) - 1
    watch = doubted(audit.abandoned(watch), now).with_log(epoch=policy.epoch, begins_after=begins_after)
    watch = watch.with_reading(sync_token="", listing=None, read_at=now, read_cause=ReadCause.OPENED)
    was_read = watch.log.sequence or watch.baseline.under_way
    return reached(watch, now, policy) if was_read else watch


def postponed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Nothing of it is due, so it need not be now: within an hour, at a moment of its own."""
    latest = watch.within_an_hour(now)
    due_at = min(watch.schedule.due_at or latest, latest)
    return watch.with_schedule(holder=None, due_at=due_at, fingerprint=policy.fingerprint)
