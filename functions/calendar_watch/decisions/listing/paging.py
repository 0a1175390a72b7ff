"""The writes of a listing that is read page by page: begun, a piece of it merged, the page turned, finished, stale."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import reading, refusals
from calendar_watch.decisions.backoff import Failure, doubled
from calendar_watch.decisions.listing import absences, audit, page_size
from calendar_watch.decisions.listing.absences import Verdict
from calendar_watch.decisions.listing.merge import Merged
from calendar_watch.model.change_log import Sighting, sighting, with_changes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.health import StepKind
from calendar_watch.model.listing import Counts, Listing, Page
from calendar_watch.model.policy import Policy
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch

TOLD = "told"
"""The notes of what increments have told of while an audit goes on."""
_PAGE_REFUSALS = 3
_FIRST_PAUSE = timedelta(minutes=1)


Question = tuple[Target, str, str, int]
"""Target, page token, sync token, and how many items a page may have; 0: as many as it likes."""


def question(watch: Watch, listing: Listing) -> Question:
    """What Google is asked for the next page."""
    sync_token = "" if listing.whole else watch.reading.sync_token
    return watch.target, listing.trail.page_token, sync_token, page_size.asked_for(watch, listing)


def first_question(watch: Watch, now: datetime) -> Question:
    """What it will be asked when `watch` is read."""
    if not watch.target.resource.synced:
        return watch.target, "", "", 0
    watch = watch if goes_on(watch) else begun(watch, now)
    return question(watch, current(watch))


def goes_on(watch: Watch) -> bool:
    """Whether a listing has come further than its first page, which would be asked for anew by another listing."""
    return watch.reading.listing is not None and bool(watch.reading.listing.trail.pages)


def begun(watch: Watch, now: datetime) -> Watch:
    """A listing of what changed since the sync token, or of everything where there is none."""
    number = watch.reading.listings + 1
    size = page_size.fitting(watch.reading.item_weight)
    listing = Listing(number, started=now, whole=not watch.reading.sync_token, size=size)
    if listing.whole:
        watch = audit.abandoned(watch)
    return watch.with_reading(listings=number, listing=listing)


def current(watch: Watch) -> Listing:
    assert watch.reading.listing  # noqa: S101 (whoever reads pages has begun one)
    return watch.reading.listing


def again(watch: Watch, listing: Listing) -> Listing:
    """The listing as it is on the watch by now."""
    return audit.current(watch) if listing.beside else current(watch)


def with_listing(watch: Watch, listing: Listing) -> Watch:
    return audit.with_listing(watch, listing) if listing.beside else watch.with_reading(listing=listing)


def is_baseline(watch: Watch) -> bool:
    return watch.reading.item_count is None


def merged(watch: Watch, listing: Listing, pieces: Sequence[Merged], now: datetime, policy: Policy) -> Watch:
    """The first listing of all reports no changes: it is what they count from."""
    for each in pieces:
        watch = watch.with_reading(stored=watch.reading.stored + len(each.new.items) - len(each.old.items))
    if is_baseline(watch):
        return watch
    changes = [change for each in pieces for change in each.changes]
    if listing.beside:
        seen = Sighting(audit.cause(watch), listing.started)
        return audit.counted(with_changes(watch, changes, seen, now, policy), changes)
    counts = watch.reading.counts.with_more([change.kind for change in changes])
    return with_changes(watch, changes, sighting(watch, listing.started), now, policy).with_reading(counts=counts)


def prefix_of(listing: Listing) -> str:
    return "a" if listing.beside else "n"


def note_names(watch: Watch, listing: Listing) -> list[str]:
    """Of the documents with what this listing has shown so far."""
    own = [f"{prefix_of(listing)}{number:05}" for number in range(listing.notes)]
    return [*own, TOLD] if listing.beside and watch.reading.audit.told else own


def all_note_names(watch: Watch) -> list[str]:
    """Of this listing and of any that came to no end."""
    return [*(f"{each}{number:05}" for each in "na" for number in range(watch.reading.noted)), TOLD]


def turned(watch: Watch, listing: Listing, page: Page, notes: Sequence[Notes]) -> Watch:
    """The page has been merged, and what it showed is noted: the next one, or the end."""
    count = listing.notes + len(notes)
    turned = with_listing(watch, replace(listing.turned(page), notes=count))
    return turned.with_reading(noted=max(watch.reading.noted, count))


def is_complete(watch: Watch, listing: Listing, notes: Notes) -> bool:
    """Whether nothing is missing, and nothing has to be decided once the whole listing has been seen."""
    if notes.undecided:
        return False
    if listing.whole:
        return len(notes.shown) == watch.reading.stored and not (notes.loose or notes.told or any(notes.ended))
    return True


def finished(watch: Watch, listing: Listing, policy: Policy, now: datetime) -> Watch:
    """Everything that this listing showed is in the snapshot and in the log."""
    if listing.beside:
        return audit.finished(watch, policy, now)
    first = is_baseline(watch)
    watch = reading.with_suspicion(watch, watch.reading.counts != Counts(), now)
    watch = reading.read(watch, listing.started, policy, now)
    watch = watch.with_reading(
        sync_token="" if watch.target.generated else listing.sync_token or watch.reading.sync_token,
        sync_refusals=watch.reading.sync_refusals if listing.whole else 0,
        page_refusals=0,
        listing=None,
        item_count=watch.reading.stored,
    )
    if listing.whole or not watch.reading.audit.at:
        watch = audit.planned(watch, listing.started, policy)
    return reading.baseline(watch, now, policy) if first else reading.resynced(watch, now, policy)


def put_off(watch: Watch, listing: Listing, doubt: Verdict, now: datetime, policy: Policy) -> Watch:
    """It is not believed yet, or not at all."""
    if listing.beside:
        return audit.put_off(watch, doubt, now, policy)
    return absences.put_off(watch, doubt, now, policy)


def is_second(watch: Watch, listing: Listing) -> bool:
    """Whether it decides, as another one before it has lacked so much."""
    return watch.reading.audit.brake if listing.beside else watch.reading.brake


def doubts(watch: Watch, listing: Listing) -> int:
    """How many before it were wrong, in a row."""
    return watch.reading.audit.doubts if listing.beside else watch.reading.doubts


def wholly(watch: Watch) -> Watch:
    """What this listing did not say is seen in the next one, of everything."""
    return watch.with_reading(sync_token="")


def token_refused(watch: Watch, failure: Failure, policy: Policy) -> Watch:
    """Google does not take our token: a listing begins anew. If it was the sync token, everything is compared."""
    listing = watch.reading.listing
    if not watch.target.resource.synced:
        return refusals.failed(watch, StepKind.READ, failure, policy)
    if not listing or not listing.trail.page_token:
        return _resyncing(watch, failure)
    refused = watch.reading.page_refusals + 1
    watch = refusals.failed(watch, StepKind.READ, failure, policy).with_reading(listing=None, page_refusals=refused)
    return _without_token(watch) if refused % _PAGE_REFUSALS == 0 and watch.reading.sync_token else watch


def _resyncing(watch: Watch, failure: Failure) -> Watch:
    """At once the first time; then, until an increment has worked, after pauses that double."""
    count = watch.reading.sync_refusals
    watch = _without_token(watch).with_reading(listing=None, sync_refusals=count + 1)
    if not count:
        return watch
    pause = doubled(_FIRST_PAUSE, count - 1) * (0.75 + failure.jitter / 2)
    return watch.with_wait(StepKind.READ, failure.at + pause)


def _without_token(watch: Watch) -> Watch:
    return watch.with_reading(
        sync_token="", brake=False, doubts=0, resyncing=not is_baseline(watch) and not watch.target.generated
    )
