"""The baseline in the stream: whatever is there, told item by item, for consumers that cannot ask for `items`.

    the first reading, or the hour of a watch that was read before ── known ── known ── opened, or resynced

It is told of the snapshot, which no reading changes before the end: so a worker that dies on the way costs nothing, and
what has changed meanwhile is told afterwards, as changes. Nothing else is told in between.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from calendar_watch.decisions.listing.portions import leading
from calendar_watch.decisions.renewal import AT_ONCE
from calendar_watch.model.change_log import with_known, with_watch_event
from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.snapshot import Items
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Baseline, Watch


def reached(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Everything was read, for the first time or anew: it is told now, or by and by. What was told before is void."""
    if is_for_the_stream(watch, policy):
        return begun(watch)
    return _ended(watch.with_baseline(Baseline()), watch.log.next_sequence, now, policy)


def noticed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """What was read before it was for the stream is told within an hour; what is under way is finished, whatever comes.

    Who wants it no longer and later again may have lost what was told meanwhile: it is told once more.
    """
    if watch.baseline.under_way:
        return watch
    if not is_for_the_stream(watch, policy):
        return watch.with_baseline(Baseline())
    if watch.baseline.told or watch.reading.item_count is None:
        return watch
    begins_at = watch.baseline.begins_at or watch.within_an_hour(now)
    return watch.with_baseline(Baseline(begins_at=begins_at))


def due(watch: Watch) -> datetime | None:
    """When some of it is to be told; None: there is nothing to tell."""
    return AT_ONCE if watch.baseline.under_way else watch.baseline.begins_at


def told(watch: Watch, items: Items, now: datetime, policy: Policy) -> Watch:
    """With as many more of `items` told as fit one write, in order of id; with the last of them it ends."""
    watch = watch if watch.baseline.under_way else begun(watch)
    first, rest = _rest(watch, items)
    known = leading(rest, watch.options.labels)
    watch = with_known(watch, known, now, policy)
    if len(known) < len(rest):
        return watch
    return _ended(watch.with_baseline(Baseline(told=True)), first, now, policy, baselineFrom=first)


def is_for_the_stream(watch: Watch, policy: Policy) -> bool:
    return watch.target.resource.name in policy.baseline_in_stream


def begun(watch: Watch) -> Watch:
    return watch.with_baseline(Baseline(first=watch.log.next_sequence))


def _rest(watch: Watch, items: Items) -> tuple[int, Sequence[Change]]:
    """The sequence of its first entry, and what is still to be told. What has been is as many as there are entries."""
    first = watch.baseline.first or watch.log.next_sequence
    rest = sorted(items)[watch.log.next_sequence - first :]
    return first, [Change(each, None, items[each]) for each in rest]


def _ended(watch: Watch, first: int, now: datetime, policy: Policy, **more: Any) -> Watch:
    """Whether a watch has opened before, its first number says, or that it has told how it was."""
    new = first == 1 or (watch.log.announced is None and first == watch.log.begins_after + 1)
    return with_watch_event(watch, "opened" if new else "resynced", now, policy, **more)
