"""The writes that the reading of a collection ends with."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from calendar_watch.decisions import refusals
from calendar_watch.decisions.baseline import reached
from calendar_watch.decisions.classification import classified
from calendar_watch.model.change_log import sighting, with_changes, with_watch_event
from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.listing import Counts, ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch


def baseline(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """After the first reading, or the first since everything was forgotten: it reports a count, no changes."""
    watch = watch.with_reading(resyncing=False, counts=Counts())
    return reached(watch.with_following(revision=watch.following.revision + 1), now, policy)


def found(watch: Watch, changes: Sequence[Change], started: datetime, now: datetime, policy: Policy) -> Watch:
    """What a reading found that differs, which began at `started`."""
    return with_suspicion(told(watch, changes, started, now, policy), bool(changes), now)


def told(watch: Watch, changes: Sequence[Change], started: datetime, now: datetime, policy: Policy) -> Watch:
    """Some of a reading, or all of it: it stays due, and the comparison makes a repeated piece empty."""
    counts = watch.reading.counts.with_more([each.kind for each in changes])
    return with_changes(watch, changes, sighting(watch, started), now, policy).with_reading(counts=counts)


def with_suspicion(watch: Watch, differs: bool, now: datetime) -> Watch:  # noqa: FBT001 (not a mode: what was found)
    """A scheduled reading should have found nothing that no message had announced, where messages are expected."""
    scheduled = watch.reading.read_cause is ReadCause.SCHEDULE and not watch.reading.resyncing
    unannounced = differs and scheduled and not watch.polled(now)
    return watch.with_channels(unannounced_changes=watch.channels.unannounced_changes + unannounced)


def resynced(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """A reading has ended: if everything was compared anew, how much of it differed."""
    counts, resyncing = asdict(watch.reading.counts), watch.reading.resyncing
    watch = watch.with_reading(counts=Counts(), resyncing=False)
    return with_watch_event(watch, "resynced", now, policy, counts=counts) if resyncing else watch


def kept(watch: Watch, snapshot: Snapshot, policy: Policy) -> Watch:
    """What is in the snapshot from now on."""
    watch = classified(watch, snapshot.items.values(), policy)
    return watch.with_reading(item_count=len(snapshot.items), digest=snapshot.digest)


def read(watch: Watch, started: datetime, policy: Policy, now: datetime) -> Watch:
    """The end of a reading that began at `started`. It moves `read_at` on, and nothing else does."""
    watch = refusals.read(watch, now).with_reading(brake=False, doubts=0, last_sync=started)
    return watch if _overtaken(watch, started, now) else _scheduled(watch, started, policy)


def _overtaken(watch: Watch, started: datetime, now: datetime) -> bool:
    """A notification came in the middle of a long listing, which need not have shown what it announced: due still."""
    return watch.reading.read_at is not None and started < watch.reading.read_at <= now


def _scheduled(watch: Watch, started: datetime, policy: Policy) -> Watch:
    """What a listing may still lag behind, a second one catches; then the safety timer runs, a little out of step."""
    resynced = watch.reading.resyncing and watch.reading.read_cause is not ReadCause.SETTLE
    if resynced or watch.reading.read_cause in {ReadCause.OPENED, ReadCause.NOTIFICATION}:
        return watch.with_reading(read_at=started + policy.settle, read_cause=ReadCause.SETTLE)
    watch = watch.with_reading(notified_at=None)
    if watch.polled(started):
        return watch.with_reading(read_at=started + policy.poll, read_cause=ReadCause.SCHEDULE)
    after = safety(watch, policy)
    return watch.with_reading(read_at=started + after if after else None, read_cause=ReadCause.SCHEDULE)


def safety(watch: Watch, policy: Policy) -> timedelta:
    """From one reading by the clock to the next; none: there is none."""
    return policy.safety_sync * (1 - watch.offset / 4)
