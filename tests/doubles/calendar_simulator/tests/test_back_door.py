"""The back door: mistakes are said in a sentence, everything can be forgotten, and spells can be cast."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Call, Options
from tests.doubles.calendar_simulator.admin import handle

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE, BOB = "alice@example.com", "bob@example.com"


def asked(simulator: CalendarSimulator, action: str, body: object = None, text: bytes | None = None) -> tuple[int, Any]:
    method, _, path = action.partition(" ")
    sent = text if text is not None else b"" if body is None else json.dumps(body).encode()
    answer = handle(simulator, Call.of(method, f"/simulator/{path}", body=sent))
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("POST advance", {}, 'the field "seconds" is missing; for example: {"seconds": 600.0}'),
        (
            "POST advance",
            {"seconds": "many"},
            '"seconds" has to be a number, not "many"; for example: {"seconds": 600.0}',
        ),
        ("POST advance", {"seconds": True}, '"seconds" has to be a number, not true'),
        ("POST advance", {"seconds": 1e300}, "too large"),
        ("POST advance", {"seconds": 1, "minutes": 2}, 'there is no field "minutes" here; for example: {"seconds"'),
        ("POST advance", [600], "the body is no JSON object; for example"),
        ("POST drop", {"count": 1.5}, '"count" has to be a whole number, not 1.5'),
        ("POST drop", {"count": 1, "state": "gone"}, '"state" is one of , sync, exists, not "gone"'),
        (
            "POST tokens",
            {"token": "t", "subject": BOB, "scopes": "all"},
            '"scopes" has to be a list of texts, not "all"',
        ),
        ("POST tokens", {"token": "t", "subject": 5, "scopes": []}, '"subject" has to be a text, not 5'),
        ("POST block", {"prefix": "http", "how": "gently"}, '"how" is one of drop, fail, not "gently"'),
        ("POST empty-listings", {"resource": "event", "count": 1}, '"resource" is one of acl, calendarList, events'),
        ("POST seed-events", {"calendar": "nosuch", "count": 1}, "no such calendar: nosuch"),
        ("POST spell", {"quirk": "Q99", "seconds": 1}, '"quirk" is one of '),
        ("GET channels?at=noon", None, '"at" has to be a time with its offset from UTC, not "noon"'),
        ("GET channels?at=2026-11-20T10:00:00", None, '"at" has to be a time with its offset from UTC'),
        ("GET now?x=1", None, 'there is no field "x" here; it takes none'),
        ("PATCH options", {"nosuch": 1}, "no such option: nosuch; there are default_user"),
        ("PATCH options", {"unwatchable": [5]}, "unwatchable is a list of texts"),
        ("PATCH options", {"quirks": {"Q10": "often"}}, "how often Q10 strikes is a number from 0 to 1, not 'often'"),
        ("POST reset", {"nosuch": 1}, "no such option: nosuch"),
    ],
)
def test_a_mistake_says_which_field_and_how_it_is_right(
    simulator: CalendarSimulator, action: str, body: object, said: str
) -> None:
    status, answer = asked(simulator, action, body)

    assert status == 400
    assert said in answer["error"]


def test_what_is_not_json_is_said_to_be_so(simulator: CalendarSimulator) -> None:
    status, answer = asked(simulator, "POST drop", text=b"count=1")

    assert status == 400
    assert answer["error"].startswith("the body is not JSON: Expecting value: line 1 column 1 (char 0); for example: {")


def test_numbers_and_times_may_come_as_text(simulator: CalendarSimulator) -> None:
    assert asked(simulator, "POST advance?seconds=60")[0] == 200
    assert simulator.now() == TEN + timedelta(minutes=1)
    assert asked(simulator, "GET channels?at=2026-11-20T10:00:00Z") == (200, [])


def history(simulator: CalendarSimulator) -> object:
    """Return all that somebody can see, after a day's work."""
    alice = Actor(simulator, ALICE)
    team = alice.create_calendar("Team")
    event = alice.create_event(team, "Review")
    alice.post(f"calendars/{team}/events/watch", {"id": "c", "type": "web_hook", "address": "https://x.example/"})
    alice.change_event(team, event, summary="Retro")
    return team, event, alice.get("users/me/calendarList"), simulator.take_due(simulator.now()), simulator.calls


def test_reset_goes_back_to_the_beginning(simulator: CalendarSimulator) -> None:
    first = history(simulator)
    simulator.advance(timedelta(days=1))
    simulator.faults.drop_next(5)

    assert asked(simulator, "POST reset")[0] == 200

    assert simulator.now() == TEN
    assert (simulator.calls, simulator.deliveries, simulator.channels_ever()) == ([], [], [])
    assert history(simulator) == first


def test_reset_keeps_the_options_and_takes_others(simulator: CalendarSimulator) -> None:
    simulator.configure(sync="never", quirks={"Q10": 1})
    simulator.quirks.begin_spell("Q60", ALICE, TEN, 600)

    _, options = asked(simulator, "POST reset", {"first_retry_seconds": 5.0})

    assert (options["sync"], options["first_retry_seconds"], options["quirks"]) == ("never", 5.0, {"Q10": 1})
    assert simulator.quirks.on("Q10")
    assert not simulator.quirks.under_spell("Q60", ALICE, TEN)
    assert not simulator.quirks.reached


def test_a_message_on_its_way_at_a_reset_is_forgotten(simulator: CalendarSimulator) -> None:
    history(simulator)
    simulator.reset()
    order = {"id": "d", "type": "web_hook", "address": "https://x.example/"}
    Actor(simulator, ALICE).post("users/me/calendarList/watch", order)
    (late,) = simulator.take_due(TEN)
    simulator.reset()

    simulator.delivered(late, None)

    assert simulator.next_due() is None
    assert simulator.deliveries == []


def test_users_named_at_the_start_are_there_and_are_so_after_a_reset() -> None:
    simulator = CalendarSimulator(lambda: TEN, options=Options(default_user=ALICE), users=(ALICE, BOB))

    for _ in range(2):
        _, seeded = asked(simulator, "POST seed-events", {"calendar": BOB, "count": 1, "user": BOB})
        assert seeded["count"] == 1
        simulator.reset()


def test_spells_are_cast_counted_and_ended(simulator: CalendarSimulator) -> None:
    events = Call.of("GET", "/calendar/v3/calendars/primary/events")
    assert asked(simulator, "POST spell", {"quirk": "Q60", "about": ALICE, "seconds": 600})[0] == 200
    assert handle(simulator, events).status == 403
    assert asked(simulator, "GET quirks")[1]["Q60"]["reached"] == 1

    assert asked(simulator, "POST calm")[0] == 200

    assert handle(simulator, events).status == 200


def spells(simulator: CalendarSimulator) -> dict[str, list[str]]:
    """What those that last are about, by quirk."""
    shown = asked(simulator, "GET quirks")[1]
    return {number: [each["about"] for each in told["spells"]] for number, told in shown.items() if told["spells"]}


def test_what_lasts_is_listed_until_it_is_over(simulator: CalendarSimulator) -> None:
    asked(simulator, "POST spell", {"quirk": "Q60", "about": ALICE, "seconds": 600})
    told = asked(simulator, "GET quirks")[1]["Q60"]
    assert (told["on"], told["spells"]) == (False, [{"about": ALICE, "until": "2026-11-20T10:10:00+00:00"}])

    simulator.advance(timedelta(minutes=10))

    assert spells(simulator) == {}


@pytest.mark.parametrize(
    ("body", "left", "on"),
    [
        ({}, {}, []),
        ({"quirk": "Q60"}, {"Q45": [ALICE]}, ["Q45"]),
        ({"quirk": "Q60", "about": ALICE}, {"Q60": [BOB], "Q45": [ALICE]}, ["Q60", "Q45"]),
        ({"about": ALICE}, {"Q60": [BOB]}, ["Q60", "Q45"]),
    ],
)
def test_all_that_lasts_is_ended_or_a_part_of_it(
    simulator: CalendarSimulator, body: object, left: dict[str, list[str]], on: list[str]
) -> None:
    simulator.configure(quirks={"Q60": 0.5, "Q45": 0.5})
    for quirk, about in (("Q60", ALICE), ("Q60", BOB), ("Q45", ALICE)):
        asked(simulator, "POST spell", {"quirk": quirk, "about": about, "seconds": 600})

    assert asked(simulator, "POST calm", body) == (200, body)

    assert spells(simulator) == left
    assert [*simulator.options.quirks] == on


def test_an_address_is_its_own_token_where_the_options_say_so(simulator: CalendarSimulator) -> None:
    simulator.configure(token_domains=["example.com"])
    statuses = {
        token: handle(
            simulator, Call.of("GET", "/calendar/v3/users/me/settings", {"authorization": f"Bearer {token}"})
        ).status
        for token in ("dave@example.com", "dave@example.org", "example.com", "@example.com")
    }
    assert statuses == {"dave@example.com": 200, "dave@example.org": 401, "example.com": 401, "@example.com": 401}
