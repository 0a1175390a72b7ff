"""A watch as the API shows it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendar_watch.http.watch_view import watch_view
from calendar_watch.model.channel import Channel
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
LIVE = Channel("live", 1, NOW, resource_id="r", expiration=NOW + timedelta(days=7), confirmed=True)
NEXT = replace(LIVE, id="next", generation=2, confirmed=False)


def test_the_channel_that_is_shown_is_the_one_that_speaks_until_the_next_one_does() -> None:
    watch = Watch(Target(ACL, "team@example.com", "alice@example.com"), Options(), created=NOW).with_channel(NEXT)
    assert watch_view(watch, NOW, POLICY)["channel"]["id"] == "next"
    renewing = watch.with_channel(LIVE)
    assert watch_view(renewing, NOW, POLICY)["channel"]["id"] == "live"
    heard = renewing.with_channel(replace(NEXT, confirmed=True))
    assert watch_view(heard, NOW, POLICY)["channel"]["id"] == "next"


def test_channels_are_shown_newest_first_and_those_that_nobody_remembered_last() -> None:
    stray = replace(LIVE, id="stray", generation=0)
    watch = Watch(Target(ACL, "team@example.com", "alice@example.com"), Options(), created=NOW)
    later = replace(stray, id="later", created=NOW + timedelta(hours=1))
    for channel in (LIVE, stray, NEXT, later):
        watch = watch.with_channel(channel)
    assert [each["id"] for each in watch_view(watch, NOW, POLICY)["channels"]] == ["next", "live", "later", "stray"]
