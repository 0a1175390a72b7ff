"""What happens to channels and messages beside the guide to push, quirk by quirk."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Delivery, Refusal

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE, BOB = "alice@example.com", "bob@example.com"


class Google:
    """The simulator with one quirk on, and a clock to turn."""

    def __init__(self, number: str, chance: float = 1.0) -> None:
        self.now = TEN
        self.simulator = CalendarSimulator(lambda: self.now)
        self.alice, self.bob = Actor(self.simulator, ALICE), Actor(self.simulator, BOB)
        self.simulator.configure(quirks={number: chance})

    def watch(self, channel: str = "c", calendar: str = ALICE, query: str = "", actor: Actor | None = None) -> Any:
        order = {"id": channel, "type": "web_hook", "address": "https://receiver.example/", "token": "t"}
        return (actor or self.alice).post(f"calendars/{quote(calendar)}/events/watch{query}", order)

    def stop(self, opened: Any, actor: Actor | None = None) -> None:
        (actor or self.alice).post("channels/stop", {name: opened[name] for name in ("id", "resourceId")})

    def messages(self, minutes: float = 0) -> list[Delivery]:
        self.now += timedelta(minutes=minutes)
        return self.simulator.take_due(self.now)

    def states(self, minutes: float = 0) -> list[str]:
        return [message.state for message in self.messages(minutes)]

    def reached(self, number: str) -> int:
        return self.simulator.quirks.reached[number]


def test_q30_a_mute_channel_sends_sync_and_then_nothing() -> None:
    google = Google("Q30")
    google.watch()
    google.alice.create_event(ALICE, "Review")

    assert google.states(minutes=60) == ["sync"]
    assert google.reached("Q30") == 1
    google.simulator.calm()
    google.alice.create_event(ALICE, "Retro")
    assert google.states() == ["exists"]


def test_q30_event_types_make_it_likelier() -> None:
    google = Google("Q30", 0.2)
    for number in range(100):
        google.watch(f"plain-{number}")
        google.watch(f"typed-{number}", query="?eventTypes=default")
    google.messages()
    google.alice.create_event(ALICE, "Review")
    heard = [message.channel_id.partition("-")[0] for message in google.messages()]

    assert 0 < heard.count("typed") < heard.count("plain") < 100


def test_q31_a_message_waits_for_an_hour() -> None:
    google = Google("Q31")
    google.watch()
    google.alice.create_event(ALICE, "Review")

    assert google.states(minutes=59) == ["sync"]
    assert google.states(minutes=1) == ["exists"]


def test_q31_or_for_the_next_change() -> None:
    google = Google("Q31")
    google.watch()
    google.alice.create_event(ALICE, "Review")
    assert google.states(minutes=1) == ["sync"]
    google.simulator.configure(quirks={})

    google.alice.create_event(ALICE, "Retro")
    first, second = google.messages()

    assert (first.state, second.state) == ("exists", "exists")
    assert first.number < second.number
    assert google.messages(minutes=60) == []


def test_q31_or_until_all_is_calm() -> None:
    google = Google("Q31")
    google.watch()
    google.alice.create_event(ALICE, "Review")
    google.simulator.calm()

    assert google.states() == ["sync", "exists"]


def test_q33_messages_go_on_when_access_is_lost() -> None:
    google = Google("Q33")
    team = google.alice.create_calendar("Team")
    google.alice.share(team, BOB, "reader")
    google.watch(calendar=team, actor=google.bob)
    google.messages()
    google.alice.share(team, BOB, "none")
    google.alice.create_event(team, "Review")

    assert google.states() == ["exists"]
    assert google.reached("Q33") == 1


def test_q34_somebody_elses_channel_does_not_exist_and_lives_on() -> None:
    google = Google("Q34")
    google.alice.share(ALICE, BOB, "reader")
    opened = google.watch()

    with pytest.raises(Refusal, match="404 channelNotFound"):
        google.stop(opened, google.bob)
    assert [channel.id for channel in google.simulator.live_channels()] == ["c"]
    google.simulator.calm()
    with pytest.raises(Refusal, match="403 forbidden"):
        google.stop(opened, google.bob)


def test_q34_messages_go_on_for_minutes_after_a_stop() -> None:
    google = Google("Q34")
    google.stop(google.watch())
    google.alice.create_event(ALICE, "Review")

    assert google.simulator.live_channels() == []
    assert google.states() == ["sync", "exists"]
    assert google.reached("Q34") == 2
    google.now += timedelta(minutes=10)
    google.alice.create_event(ALICE, "Retro")
    assert google.states() == []


def test_q35_headers_take_other_shapes_and_the_token_stays() -> None:
    google = Google("Q35")
    google.watch()
    google.messages()
    for number in range(60):
        google.alice.create_event(ALICE, str(number))
    seen = [dict(message.headers) for message in google.messages()]

    assert all({name.lower(): value for name, value in each.items()}["x-goog-channel-token"] == "t" for each in seen)
    assert any("x-goog-channel-id" in each for each in seen)
    assert any("X-Goog-Changed" in each for each in seen)
    assert any(each.get("X-Goog-Resource-State") == "updated" for each in seen)
    assert any(each.get("X-Goog-Channel-Expiration") == "2026-11-27T10:00:00Z" for each in seen)
    capitals = [each for each in seen if "X-Goog-Channel-ID" in each]
    assert any("X-Goog-Channel-Expiration" not in each for each in capitals)
    assert any("X-Goog-Resource-URI" not in each for each in capitals)


def test_q36_a_channel_ends_when_it_likes() -> None:
    google = Google("Q36")
    answers = [google.watch(f"c{number}").get("expiration") for number in range(40)]
    hours = {None if ends is None else (int(ends) / 1000 - TEN.timestamp()) / 3600 for ends in answers}

    assert hours == {None, 1, 24, -1}
    assert google.reached("Q36") == 40
    google.now += timedelta(hours=25)
    live = google.simulator.live_channels()
    assert len(live) == answers.count(None)


def test_q44_one_change_is_told_many_times() -> None:
    google = Google("Q44")
    google.watch()
    google.messages()
    google.alice.create_event(ALICE, "Review")
    numbers = [message.number for message in google.messages()]

    assert 3 <= len(numbers) <= 20
    assert numbers == sorted(set(numbers))
    assert google.reached("Q44") == 1


def test_switched_off_channels_and_messages_are_as_ever() -> None:
    google = Google("Q44", 0)
    google.stop(google.watch("first"))
    google.watch("second")
    google.alice.create_event(ALICE, "Review")

    assert [(message.channel_id, message.state) for message in google.messages()] == [
        ("second", "sync"),
        ("second", "exists"),
    ]
    assert not google.simulator.quirks.reached
