"""The writes that the reading of a collection ends with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from calendar_watch import failures
from calendar_watch.change import Change, Snapshot, announced, reported
from calendar_watch.policy import Policy
from calendar_watch.watch import POLLING_REASONS, Cause, Kind, State, Watch


def baseline(watch: Watch, first: Snapshot, started: datetime, policy: Policy, now: datetime) -> Watch:
    """The first reading, or the first after everything was forgotten: it reports a count, no changes."""
    kind = "resynced" if watch.sequence else "opened"
    return announced(read(watch, first, started, policy), kind, now)


def found(watch: Watch, changes: Sequence[Change], now: datetime) -> Watch:
    """What a reading found that differs; a scheduled one should have found nothing that no message had announced."""
    surprise = bool(changes) and watch.read_cause is Cause.SCHEDULE
    return replace(reported(watch, changes, now), surprises=watch.surprises + surprise)


def partly_read(watch: Watch, changes: Sequence[Change], so_far: Snapshot, now: datetime) -> Watch:
    """A chunk of a reading too large for one write: it stays due, and the comparison makes a repeated chunk empty."""
    return replace(reported(watch, changes, now), item_count=len(so_far.items), digest=so_far.digest)


def read(watch: Watch, new: Snapshot, started: datetime, policy: Policy) -> Watch:
    """The end of a reading. It moves `read_at` on, and nothing else does."""
    suspended = watch.state(started) is State.SUSPENDED
    watch = _scheduled(failures.succeeded(watch, Kind.READ), started, policy)
    return replace(
        watch,
        refusal=None if suspended else watch.refusal,
        brake=False,
        item_count=len(new.items),
        digest=new.digest,
        last_sync=started,
        news_at=None,
    )


def _scheduled(watch: Watch, started: datetime, policy: Policy) -> Watch:
    """What a listing may still lag behind, a second one catches; then the safety timer runs, a little out of step."""
    if watch.read_cause in {Cause.OPENED, Cause.NOTIFICATION}:
        return replace(watch, read_at=started + policy.settle, read_cause=Cause.SETTLE)
    if watch.refusal and watch.refusal.reason in POLLING_REASONS:
        return replace(watch, read_at=started + policy.poll, read_cause=Cause.SCHEDULE)
    after = policy.safety_sync * (1 - watch.spread / 4)
    return replace(watch, read_at=started + after if policy.safety_sync else None, read_cause=Cause.SCHEDULE)


def braked(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """So much is gone that the listing is to be seen a second time, a while later, before it is believed."""
    return replace(watch, brake=True, not_before={**watch.not_before, Kind.READ: now + policy.brake})
