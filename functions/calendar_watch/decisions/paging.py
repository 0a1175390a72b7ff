"""The writes of a listing that is read page by page: begun, a piece of it merged, the page turned, finished, stale."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from calendar_watch.decisions import reading, refusals
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.merge import Merged, seen_by
from calendar_watch.model.cloud_event import with_changes, with_watch_event
from calendar_watch.model.diff import mostly_gone
from calendar_watch.model.listing import Counts, Listing, Page
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import StepKind, Watch


def begun(watch: Watch, now: datetime) -> Watch:
    """A listing of what changed since the sync token, or of everything where there is none."""
    number = watch.listings + 1
    return replace(watch, listings=number, listing=Listing(number, started=now, whole=not watch.sync_token))


def current(watch: Watch) -> Listing:
    assert watch.listing  # noqa: S101 (whoever reads pages has begun one)
    return watch.listing


def merged(watch: Watch, pieces: Sequence[Merged], now: datetime, policy: Policy) -> Watch:
    """The first listing of all reports no changes: it is what they count from."""
    listing = current(watch)
    for each in pieces:
        seen = listing.seen + seen_by(each.new, listing) - seen_by(each.old, listing)
        unclear = {*listing.unclear, each.new.name} if each.unclear else listing.unclear
        listing = replace(listing, seen=seen, unclear=tuple(sorted(unclear)))
        watch = replace(watch, stored=watch.stored + len(each.new.items) - len(each.old.items))
    if watch.item_count is not None:
        changes = [change for each in pieces for change in each.changes]
        counts = watch.counts.with_more([change.kind for change in changes])
        watch = replace(with_changes(watch, changes, now, policy), counts=counts)
    return replace(watch, listing=listing)


def turned(watch: Watch, page: Page, policy: Policy, now: datetime) -> Watch:
    """The page has been merged: the next one, what has to be cleared away, or the end."""
    listing = current(watch).turned(page)
    watch = replace(watch, listing=listing)
    if not listing.read:
        return watch
    unseen = watch.stored - listing.seen if listing.whole else 0
    if not unseen:
        return watch if listing.unclear else finished(watch, policy, now)
    doubtful = watch.item_count is not None and mostly_gone(unseen, watch.stored - watch.counts.created)
    return _braked(watch, policy, now) if doubtful and not watch.brake else watch


def to_clear(watch: Watch) -> list[str]:
    """The parts that may hold what a whole listing did not show, or what an increment left unclear."""
    listing = current(watch)
    return [each for each in watch.parts if listing.whole or each.startswith(listing.unclear)]


def _braked(watch: Watch, policy: Policy, now: datetime) -> Watch:
    return replace(reading.braked(watch, now, policy), listing=None)


def finished(watch: Watch, policy: Policy, now: datetime) -> Watch:
    """Everything that this listing showed is in the snapshot and in the log."""
    listing = current(watch)
    counts = asdict(watch.counts)
    first, resynced = watch.item_count is None, watch.resyncing
    watch = reading.with_suspicion(watch, bool(sum(counts.values())))
    watch = reading.read(watch, listing.started, policy, now)
    watch = replace(
        watch, sync_token=listing.sync_token, listing=None, resyncing=False, item_count=watch.stored, counts=Counts()
    )
    if first:
        return reading.baseline(watch, now, policy)
    return with_watch_event(watch, "resynced", now, policy, counts=counts) if resynced else watch


def token_refused(watch: Watch, failure: Failure, policy: Policy) -> Watch:
    """Google does not take our token: a listing begins anew. If it was the sync token, everything is compared."""
    if watch.listing and watch.listing.trail.page_token:
        return replace(refusals.failed(watch, StepKind.READ, failure, policy), listing=None)
    return replace(watch, listing=None, sync_token="", resyncing=watch.item_count is not None)
