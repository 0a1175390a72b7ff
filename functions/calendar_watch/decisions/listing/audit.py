"""Events listed whole beside the sync token, which stays: an increment must not be the only witness of itself.

Google's increments skip changes at times, for good (kewisch/gdata-provider#549). Increments go first, between the pages
of an audit; of what they told since it began, it is no judge. Nothing that it finds counts against the channel.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from calendar_watch.decisions.backoff import Failure, doubled, in_trouble
from calendar_watch.decisions.listing import page_size
from calendar_watch.decisions.listing.absences import Verdict
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.collection.diff import Change
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import Audit, Listing
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch

_MOST_TOLD = 20_000


def due(watch: Watch, policy: Policy) -> datetime | None:
    """When it begins, or goes on. Without a sync token every listing is whole anyway."""
    audit = watch.reading.audit
    there = watch.reading.sync_token and watch.reading.item_count is not None
    wanted = audit.asked or (policy.audit and audit.at)
    return audit.at if there and wanted else None


def planned(watch: Watch, since: datetime, policy: Policy) -> Watch:
    """The next one, a little out of step with those of other watches; one that was asked for stays due."""
    if watch.reading.audit.asked or not policy.audit or not watch.reading.sync_token:
        return watch
    return _with(watch, at=since + policy.audit * (1 - watch.offset / 4), failures=0)


def asked(watch: Watch, now: datetime) -> Watch:
    return watch.with_reading(audit=Audit(at=now, asked=True))


def begun(watch: Watch, now: datetime) -> Watch:
    number = watch.reading.listings + 1
    listing = Listing(number, now, whole=True, beside=True, size=page_size.fitting(watch.reading.item_weight))
    return _with(watch.with_reading(listings=number), listing=listing, told=0)


def current(watch: Watch) -> Listing:
    assert watch.reading.audit.listing  # noqa: S101 (whoever goes on with an audit has begun one)
    return watch.reading.audit.listing


def with_listing(watch: Watch, listing: Listing) -> Watch:
    return _with(watch, listing=listing)


def abandoned(watch: Watch) -> Watch:
    """It is to begin anew. What it has told by then counts."""
    return _with(watch, listing=None, told=0)


def cause(watch: Watch) -> str:
    return "resync" if watch.reading.audit.asked else "schedule"


def counted(watch: Watch, changes: Sequence[Change]) -> Watch:
    return _with(watch, counts=watch.reading.audit.counts.with_more([change.kind for change in changes]))


def told(watch: Watch, count: int) -> Watch:
    """Increments have told of so many items since it began; of too many, and it begins anew."""
    return _with(watch, told=count) if count <= _MOST_TOLD else abandoned(watch)


def finished(watch: Watch, policy: Policy, now: datetime) -> Watch:
    audit, started = watch.reading.audit, current(watch).started
    watch = planned(watch.with_reading(audit=Audit(), item_count=watch.reading.stored), started, policy)
    if not audit.asked:
        return watch
    return with_watch_event(watch, "resynced", now, policy, counts=asdict(audit.counts))


def failed(watch: Watch, failure: Failure) -> Watch:
    """Of no account for anything else: increments go on as ever."""
    failures = watch.reading.audit.failures  # until it comes to its end: a first page proves nothing
    put_off = _with(watch, at=failure.at + failure.pause(failures), failures=failures + 1)
    return in_trouble(put_off, StepKind.AUDIT, failure)


def brought_forward(watch: Watch, soonest: datetime) -> Watch:
    """One that failed: it need not wait for longer than that."""
    at, failed_before = watch.reading.audit.at, watch.reading.audit.failures
    return _with(watch, at=min(at, soonest)) if at and failed_before else watch


def token_refused(watch: Watch, failure: Failure) -> Watch:
    return abandoned(failed(watch, failure))


def put_off(watch: Watch, doubt: Verdict, now: datetime, policy: Policy) -> Watch:
    """As any listing that is not believed; increments do not wait for it."""
    doubts = watch.reading.audit.doubts
    if doubt is Verdict.SEEN_AGAIN:
        return _with(abandoned(watch), at=now + policy.brake, brake=True)
    return _with(abandoned(watch), at=now + doubled(policy.brake, doubts), brake=False, doubts=doubts + 1)


def _with(watch: Watch, **changes: Any) -> Watch:
    return watch.with_reading(audit=replace(watch.reading.audit, **changes))
