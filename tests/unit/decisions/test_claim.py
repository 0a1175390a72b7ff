"""What a message is believed, and what not: its token is signed, its headers are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calendar_watch.decisions import channel_lifecycle, claim, registration
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
LIFETIME = timedelta(seconds=POLICY.channel_ttl)


def asked_for(*channels: str) -> Watch:
    """Nobody has answered yet."""
    watch = registration.created(Target(ACL, "team@example.com"), Options(), NOW)
    for each in channels:
        watch = channel_lifecycle.intended(watch, each, NOW, POLICY)
    return watch


def answered(resource_id: str = "r", expiration: datetime | None = NOW + DAY) -> Watch:
    return channel_lifecycle.opened(asked_for("one"), "one", Opening(resource_id, "", expiration), NOW, POLICY)


def says(channel_id: str = "one", resource_id: str = "r", expiration: datetime | None = None) -> PendingNotification:
    return PendingNotification("w", channel_id, resource_id, expiration, NOW, "exists")


def after(watch: Watch, *messages: PendingNotification) -> Watch:
    return claim.claimed(watch, messages, "nonce", NOW, POLICY)


def end_of(watch: Watch, header: datetime | None) -> datetime | None:
    return after(watch, says(expiration=header)).channels.by_id["one"].expiration


# --- when a channel ends


@pytest.mark.parametrize("header", [None, NOW - HOUR, NOW + HOUR, NOW + 2 * DAY])
def test_what_googles_answer_said_stands_whatever_a_header_says(header: datetime | None) -> None:
    assert end_of(answered(), header) == NOW + DAY


@pytest.mark.parametrize(
    ("header", "end"),
    [
        (NOW + HOUR, NOW + HOUR),
        (NOW + 30 * DAY, NOW + 30 * DAY),
        (NOW + 30 * DAY + HOUR, NOW + LIFETIME),
        (NOW, NOW + LIFETIME),
        (None, NOW + LIFETIME),
    ],
)
@pytest.mark.parametrize("watch", [answered(expiration=None), asked_for("one")], ids=["answered", "never answered"])
def test_where_google_said_nothing_a_header_counts_if_it_can_be_true(
    watch: Watch, header: datetime | None, end: datetime
) -> None:
    assert end_of(watch, header) == end


def test_googles_answer_stands_over_an_earlier_header() -> None:
    heard = after(asked_for("one"), says(expiration=NOW + HOUR))
    watch = channel_lifecycle.opened(heard, "one", Opening("r", "", NOW + DAY), NOW, POLICY)
    assert end_of(watch, NOW + 2 * DAY) == NOW + DAY


# --- channels that nobody remembers


def test_an_unknown_channel_of_a_resource_that_google_named_is_stopped() -> None:
    [stranger] = after(answered(), says("stranger")).retired
    assert (stranger.id, stranger.resource_id, stranger.expiration) == ("stranger", "r", NOW + 30 * DAY)


@pytest.mark.parametrize("watch", [answered("another"), asked_for("one")], ids=["another resource", "none named yet"])
def test_any_other_unknown_channel_is_news_and_nothing_else(watch: Watch) -> None:
    heard = after(watch, says("stranger"))
    assert heard.channels == watch.channels
    assert (heard.reading.read_at, heard.reading.notified_at) == (NOW, NOW)


def test_no_header_adds_to_the_resources_that_may_be_stopped() -> None:
    completed = after(asked_for("one"), says("one", "of another watch"))
    assert completed.channels.by_id["one"].resource_id == "of another watch"
    assert after(completed, says("stranger", "of another watch")).retired == []


def test_of_unknown_channels_twenty_are_kept() -> None:
    crowd = [says(f"stranger {number}") for number in range(30)]
    assert len(after(answered(), *crowd).retired) == 20


def test_of_the_resources_that_google_named_the_last_twenty_are_kept() -> None:
    watch = asked_for(*(f"c{number}" for number in range(30)))
    for number in range(30):
        watch = channel_lifecycle.opened(watch, f"c{number}", Opening(f"r{number}", "", NOW + DAY), NOW, POLICY)
    again = channel_lifecycle.opened(watch, "c29", Opening("r10", "", NOW + DAY), NOW, POLICY)
    assert watch.channels.resource_ids == tuple(f"r{number}" for number in range(10, 30))
    assert again.channels.resource_ids == (*watch.channels.resource_ids[1:], "r10")


# --- messages that say little


def test_a_message_without_a_resource_id_completes_no_intent_but_is_news() -> None:
    heard = after(asked_for("one"), says("one", ""))
    assert heard.channels.by_id["one"].phase == "intent"
    assert heard.reading.read_at == NOW


def test_a_message_without_a_resource_id_confirms_a_channel_whose_resource_is_known() -> None:
    channel = after(answered(), says("one", "")).channels.by_id["one"]
    assert (channel.confirmed, channel.resource_id) == (True, "r")


def test_a_channel_that_was_stopped_is_not_taken_for_an_unknown_one() -> None:
    tombstone = Channel("old", 1, NOW, resource_id="r", expiration=NOW + DAY, retired=NOW, stopped=NOW)
    heard = after(answered().with_channel(tombstone), says("old"))
    assert heard.channels.by_id["old"] == replace(tombstone, confirmed=True)


def test_how_long_a_change_waits_is_counted_from_the_first_message_of_it() -> None:
    waiting = after(answered(), says())
    again = claim.claimed(waiting, [replace(says(), received=NOW + HOUR)], "nonce", NOW + HOUR, POLICY)
    assert (again.reading.read_at, again.reading.notified_at) == (NOW + HOUR, NOW)


def test_a_message_ends_the_suspicion_that_a_channel_is_mute() -> None:
    suspected = answered().with_channels(unannounced_changes=1)
    assert after(suspected, says()).channels.unannounced_changes == 0
    assert after(suspected).channels.unannounced_changes == 1
