"""Rules of a calendar are counted by who can see it: as they are read, and anew when other domains become internal."""

from collections.abc import Iterable
from datetime import datetime

from calendar_watch.decisions.renewal import AT_ONCE
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.exposure import counted, fingerprint
from calendar_watch.model.health import StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, Item
from calendar_watch.model.watch import Watch


def classified(watch: Watch, rules: Iterable[Item], policy: Policy) -> Watch:
    """With its rules counted, if it holds any."""
    if watch.target.resource is not ACL:
        return watch
    counts = counted(rules, watch.target.calendar_id, policy.internal_domains)
    return watch.with_exposure(counts=counts, domains=fingerprint(policy.internal_domains), recount_at=None)


def noticed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Other domains are internal than when it was classified: within an hour it is classified anew, and tells so."""
    if not _is_outdated(watch, policy):
        return watch.with_exposure(recount_at=None)
    return watch.with_exposure(recount_at=watch.exposure.recount_at or watch.within_an_hour(now))


def _is_outdated(watch: Watch, policy: Policy) -> bool:
    known = watch.target.resource is ACL and watch.reading.item_count is not None
    return known and watch.exposure.domains != fingerprint(policy.internal_domains)


def recount_due(watch: Watch, policy: Policy) -> datetime | None:
    """Before the next reading or a baseline at the latest: what they tell and count is of one classification.

    None: it is not, or not before the end of a baseline.
    """
    if watch.baseline.under_way or not _is_outdated(watch, policy):
        return None
    not_before = watch.schedule.not_before.get(StepKind.READ, AT_ONCE)
    reading = watch.reading.read_at and max(watch.reading.read_at, not_before)
    moments = (watch.exposure.recount_at, reading, watch.baseline.begins_at)
    return min((each for each in moments if each), default=None)


def reclassified(watch: Watch, rules: Iterable[Item], now: datetime, policy: Policy) -> Watch:
    """The same rules by other domains: told in numbers, once."""
    before = watch.exposure.counts
    return with_watch_event(classified(watch, rules, policy), "reclassified", now, policy, exposuresBefore=before)
