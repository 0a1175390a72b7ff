"""What a watch does that meets a restore of the database: pure, and whatever it was at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendar_watch.decisions import claim, reading, registration, renewal
from calendar_watch.decisions.next_step import Wait, claimable, decided
from calendar_watch.model.channel import Channel
from calendar_watch.model.listing import Audit, Listing, ReadCause
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline, Log, State, Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEFORE = Policy(address="https://here.example.com/", key="now", project="p", publishes=True)
AFTER = replace(BEFORE, epoch=2)
TOLD = 17


def watch(due: datetime | None = NOW, **log: Any) -> Watch:
    """With a channel that has spoken, and everything read."""
    channel = Channel(
        *("one", 1), created=NOW - HOUR, address=BEFORE.address, key=BEFORE.key, resource_id="r", confirmed=True
    )
    channel = replace(channel, expiration=NOW + DAY)
    asked_for = registration.created(Target(EVENTS, "team@example.com"), Options(), NOW - HOUR)
    there = asked_for.with_reading(item_count=3, stored=3, sync_token="old", read_at=NOW + HOUR)  # noqa: S106 (no password)
    told: dict[str, Any] = {"sequence": TOLD, "published": TOLD, "announced": State.ACTIVE} | log
    settled = replace(there, log=Log(**told)).with_channel(channel).with_channels(was_confirmed=True)
    return settled.with_schedule(due_at=due, fingerprint=BEFORE.fingerprint)


def after_claim(found: Watch, *news: PendingNotification, policy: Policy = AFTER) -> tuple[Watch, Any]:
    return decided(claim.claimed(found, news, "nonce", NOW, policy), NOW, policy, "fresh")


def told(found: Watch) -> list[tuple[str, int]]:
    return [(each["type"].split(".")[2], int(each["sequence"])) for each in found.log.pending]


def test_numbers_go_on_a_million_higher_with_a_new_beginning_and_no_counts() -> None:
    met, _ = after_claim(watch())
    assert told(met) == [("resynced", TOLD + 1_000_000)]
    assert "counts" not in met.log.pending[0]["data"]
    assert (met.log.epoch, met.log.published, met.log.sequence) == (2, TOLD + 999_999, TOLD + 1_000_000)


def test_it_is_met_once() -> None:
    met, _ = after_claim(watch())
    again, _ = after_claim(met.with_log(pending=()).with_schedule(holder=None, due_at=NOW))
    assert told(again) == []


def test_each_restore_has_numbers_of_its_own_also_where_one_was_never_met() -> None:
    """The same backup restored twice: what was told after the first time is told no second time."""
    twice, _ = after_claim(watch(), policy=replace(AFTER, epoch=3))
    assert told(twice) == [("resynced", TOLD + 2_000_000)]


def test_everything_is_listed_again_at_once_and_counts_against_no_channel() -> None:
    begun = (
        watch()
        .with_reading(listing=Listing(1, NOW, whole=False))
        .with_reading(audit=Audit(at=NOW + HOUR, listing=Listing(2, NOW, whole=True, beside=True)))
    )
    met = claim.claimed(begun, [], "nonce", NOW, AFTER).reading
    assert (met.sync_token, met.listing, met.audit.listing) == ("", None, None)
    assert (met.read_at, met.read_cause) == (NOW, ReadCause.OPENED)


def test_the_channel_may_be_dead_so_another_is_opened_before_it_goes() -> None:
    met, _ = after_claim(watch())
    assert met.channels.by_id["one"].renew_at == NOW
    assert renewal.opening_due(met, NOW, AFTER) == NOW
    assert met.channels.by_id["one"].current, "it may be alive as well"


def test_what_rests_meets_it_within_an_hour_at_a_moment_of_its_own() -> None:
    resting = watch(due=NOW + DAY)
    assert claimable(resting, NOW, AFTER, notifications=False), "a sweep looks for it"
    postponed, step = after_claim(resting)
    assert postponed.schedule.due_at == NOW + resting.offset * HOUR
    assert step == Wait(postponed.schedule.due_at)
    assert (told(postponed), postponed.schedule.holder) == ([], None)
    assert not claimable(postponed, NOW, AFTER, notifications=False), "nor does it look again"


def test_what_is_parked_meets_it_too() -> None:
    postponed, _ = after_claim(watch(due=None))
    assert postponed.schedule.due_at == NOW + postponed.offset * HOUR


def test_a_timer_that_comes_sooner_stays() -> None:
    soon = NOW + timedelta(microseconds=1)
    assert after_claim(watch(due=soon))[0].schedule.due_at == soon


def test_whoever_has_news_tells_the_new_beginning_first() -> None:
    news = PendingNotification("w", "one", "r", None, NOW, "exists")
    met, _ = after_claim(watch(due=NOW + DAY), news)
    assert told(met) == [("resynced", TOLD + 1_000_000)]
    assert met.reading.read_cause is ReadCause.NOTIFICATION


def test_what_lay_unpublished_is_left_to_the_new_beginning() -> None:
    """It was told long ago, or the new baseline makes up for it: no number comes from two databases."""
    met, _ = after_claim(watch(published=TOLD - 2))
    assert met.log.published == TOLD + 999_999


def test_what_has_told_its_end_tells_nothing_before_somebody_resumes_it() -> None:
    ended = replace(watch(announced=State.STOPPED), wanted=False, stopped_at=NOW - HOUR).with_channels(by_id={})
    assert told(after_claim(ended)[0]) == []
    resumed = registration.resumed(ended, NOW, NOW, AFTER)
    assert told(after_claim(resumed)[0]) == [("resynced", TOLD + 1_000_000)]


def test_what_is_about_to_tell_its_end_tells_it_under_a_new_number() -> None:
    ending = replace(watch(), wanted=False).with_channels(by_id={})
    assert told(after_claim(ending)[0]) == [("resynced", TOLD + 1_000_000), ("stopped", TOLD + 1_000_001)]


@pytest.mark.parametrize(("epoch", "first"), [(1, 1), (2, 1_000_000), (3, 2_000_000)])
def test_one_that_the_restored_database_does_not_know_begins_beyond_what_it_told_before_the_loss(
    epoch: int, first: int
) -> None:
    policy = replace(BEFORE, epoch=epoch)
    fresh = registration.created(Target(EVENTS, "team@example.com"), Options(), NOW)
    claimed = claim.claimed(fresh, [], "nonce", NOW, policy)
    assert told(claimed) == []
    assert (claimed.log.sequence, claimed.log.published) == (0, 0)
    opened = reading.baseline(claimed, NOW, policy)
    assert told(opened) == [("opened", first)]
    assert opened.log.published == first - 1


def test_a_baseline_of_which_nothing_was_told_yet_is_told_under_the_new_numbers() -> None:
    """Its first number was one of before: all that there is would have counted as told."""
    policy = replace(AFTER, baseline_in_stream=frozenset({"events"}))
    found = replace(watch(sequence=0, published=0, announced=None), baseline=Baseline(first=1))
    assert after_claim(found, policy=policy)[0].baseline.first == 1_000_000


def test_a_lower_epoch_changes_nothing() -> None:
    met, _ = after_claim(watch(epoch=3, begins_after=5))
    assert told(met) == []
    assert (met.log.epoch, met.log.begins_after, met.reading.sync_token) == (3, 5, "old")


def test_another_epoch_is_another_fingerprint() -> None:
    assert BEFORE.fingerprint != AFTER.fingerprint
