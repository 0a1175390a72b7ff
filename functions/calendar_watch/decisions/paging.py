"""The writes of a listing that is read page by page: begun, a piece of it merged, the page turned, finished, stale."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from calendar_watch.decisions import deletions, reading, refusals
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.merge import Merged, seen_by
from calendar_watch.model.change_log import with_changes, with_watch_event
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import Counts, Listing, Page
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch


def begun(watch: Watch, now: datetime) -> Watch:
    """A listing of what changed since the sync token, or of everything where there is none."""
    number = watch.reading.listings + 1
    return watch.with_reading(listings=number, listing=Listing(number, started=now, whole=not watch.reading.sync_token))


def current(watch: Watch) -> Listing:
    assert watch.reading.listing  # noqa: S101 (whoever reads pages has begun one)
    return watch.reading.listing


def merged(watch: Watch, pieces: Sequence[Merged], now: datetime, policy: Policy) -> Watch:
    """The first listing of all reports no changes: it is what they count from."""
    listing = current(watch)
    for each in pieces:
        seen = listing.seen + seen_by(each.new, listing) - seen_by(each.old, listing)
        unclear = {*listing.unclear, each.new.name} if each.unclear else listing.unclear
        listing = replace(listing, seen=seen, unclear=tuple(sorted(unclear)))
        watch = watch.with_reading(stored=watch.reading.stored + len(each.new.items) - len(each.old.items))
    if watch.reading.item_count is not None:
        changes = [change for each in pieces for change in each.changes]
        counts = watch.reading.counts.with_more([change.kind for change in changes])
        watch = with_changes(watch, changes, now, policy).with_reading(counts=counts)
    return watch.with_reading(listing=listing)


def turned(watch: Watch, page: Page, policy: Policy, now: datetime) -> Watch:
    """The page has been merged: the next one, what has to be cleared away, or the end."""
    listing = current(watch).turned(page)
    watch = watch.with_reading(listing=listing)
    if not listing.read:
        return watch
    unseen = watch.reading.stored - listing.seen if listing.whole else 0
    if not unseen:
        return watch if listing.unclear else finished(watch, policy, now)
    doubtful = watch.reading.item_count is not None and deletions.mostly_gone(
        unseen, watch.reading.stored - watch.reading.counts.created
    )
    return _braked(watch, policy, now) if doubtful and not watch.reading.brake else watch


def to_clear(watch: Watch) -> list[str]:
    """The parts that may hold what a whole listing did not show, or what an increment left unclear."""
    listing = current(watch)
    return [each for each in watch.reading.parts if listing.whole or each.startswith(listing.unclear)]


def _braked(watch: Watch, policy: Policy, now: datetime) -> Watch:
    return deletions.braked(watch, now, policy).with_reading(listing=None)


def finished(watch: Watch, policy: Policy, now: datetime) -> Watch:
    """Everything that this listing showed is in the snapshot and in the log."""
    listing = current(watch)
    counts = asdict(watch.reading.counts)
    first, resynced = watch.reading.item_count is None, watch.reading.resyncing
    watch = reading.with_suspicion(watch, bool(sum(counts.values())), now)
    watch = reading.read(watch, listing.started, policy, now)
    watch = watch.with_reading(
        sync_token=listing.sync_token, listing=None, resyncing=False, item_count=watch.reading.stored, counts=Counts()
    )
    if first:
        return reading.baseline(watch, now, policy)
    return with_watch_event(watch, "resynced", now, policy, counts=counts) if resynced else watch


def token_refused(watch: Watch, failure: Failure, policy: Policy) -> Watch:
    """Google does not take our token: a listing begins anew. If it was the sync token, everything is compared."""
    if watch.reading.listing and watch.reading.listing.trail.page_token:
        return refusals.failed(watch, StepKind.READ, failure, policy).with_reading(listing=None)
    return watch.with_reading(listing=None, sync_token="", resyncing=watch.reading.item_count is not None)
