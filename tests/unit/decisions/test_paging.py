"""The writes of a listing that is read page by page."""

from datetime import UTC, datetime, timedelta

from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.listing import paging
from calendar_watch.errors import ListingTokenRefusedError
from calendar_watch.model.listing import Listing, PageTrail
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
REFUSED = Failure(ListingTokenRefusedError("no"), NOW, 0.5)
OLD, NEW = "old", "new"
SECOND_PAGE = Listing(1, NOW, whole=False, trail=PageTrail("p2", 1))


def second_page_refused(watch: Watch, times: int = 1) -> Watch:
    for _ in range(times):
        watch = paging.token_refused(watch.with_reading(listing=SECOND_PAGE), REFUSED, POLICY)
    return watch


def test_page_tokens_that_are_refused_end_the_sync_token_only_three_times_in_a_row() -> None:
    watch = Watch(Target(EVENTS, "team@example.com", "alice@example.com"), Options(), created=NOW)
    watch = second_page_refused(watch.with_reading(item_count=0, sync_token=OLD), 2)
    listing = Listing(2, NOW, whole=False, sync_token=NEW)
    ended = paging.finished(watch, listing, POLICY, NOW + timedelta(minutes=1))
    assert second_page_refused(ended, 2).reading.sync_token == NEW
    assert second_page_refused(ended, 3).reading.sync_token == ""
