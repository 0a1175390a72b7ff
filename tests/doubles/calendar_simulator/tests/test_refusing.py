"""What Google was seen to refuse for no good reason, quirk by quirk."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.doubles.calendar_simulator import Actor, Answer, CalendarSimulator, Call, Options
from tests.doubles.calendar_simulator.quirks import QUIRKS, refusing

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE, BOB = "alice@example.com", "bob@example.com"


class Client:
    """Calls as somebody, and sees what quirks make of the answers."""

    def __init__(self, simulator: CalendarSimulator, user: str = ALICE) -> None:
        self.simulator = simulator
        self._headers = {"Authorization": f"Bearer {user}"}
        simulator.register_token(user, user, ["https://www.googleapis.com/auth/calendar"])

    def __call__(self, path: str, method: str = "GET", body: object = None) -> Answer:
        text = b"" if body is None else json.dumps(body).encode()
        return self.simulator.handle(Call.of(method, f"/calendar/v3/{path}", self._headers, text))

    def watch(self, calendar: str, channel: str = "c", resource: str = "events") -> Answer:
        order = {"id": channel, "type": "web_hook", "address": "https://receiver.example/"}
        return self(f"calendars/{quote(calendar)}/{resource}/watch", "POST", order)

    def seen(self, path: str, calls: int) -> set[int]:
        return {self(path).status for _ in range(calls)}


def switched(number: str, chance: float = 1.0) -> CalendarSimulator:
    simulator = CalendarSimulator(lambda: TEN)
    Actor(simulator, ALICE).get("users/me/calendarList")
    simulator.configure(quirks={number: chance})
    return simulator


def reason(answer: Answer) -> Any:
    error = json.loads(answer.body)["error"]
    return error["errors"][0]["reason"] if "errors" in error else None


EVENTS, ACL, LIST = "calendars/primary/events", "calendars/primary/acl", "users/me/calendarList"


@pytest.mark.parametrize("number", sorted({trouble.number for trouble in refusing.TROUBLES} - {"Q11"}))
def test_no_trouble_troubles_people_at_googles_own_pages_nor_anybody_when_all_is_calm(number: str) -> None:
    simulator = switched(number)
    client = Client(simulator)
    team = Actor(simulator, ALICE).create_calendar("Team")
    Actor(simulator, ALICE).share(team, BOB, "writer")
    client.watch("primary")
    client(EVENTS)
    simulator.grant(ALICE, "scope", TEN)

    assert simulator.quirks.reached.keys() == {number}
    assert simulator.quirks.reached[number] >= 1
    simulator.calm()

    assert client.watch("primary", "c2").status == 200
    assert client(EVENTS).status == 200
    assert simulator.grant(ALICE, "scope", TEN).answer.status == 200


def test_every_trouble_is_in_the_catalogue() -> None:
    assert {trouble.number for trouble in refusing.TROUBLES} <= QUIRKS.keys()


@pytest.mark.parametrize(
    ("number", "about", "struck", "spared"),
    [
        ("Q10", ALICE, (EVENTS, ACL, LIST), ()),
        ("Q10", "acl", (ACL,), (EVENTS, LIST)),
        ("Q12", ALICE, (EVENTS, LIST), ()),
        ("Q19", ALICE, (EVENTS, LIST), ()),
        ("Q45", ALICE, (EVENTS, LIST), ()),
        ("Q46", ALICE, (), (EVENTS, ACL, LIST)),
        ("Q47", "other@example.com", (), (EVENTS,)),
        ("Q47", ALICE, (EVENTS, ACL), ()),
        ("Q60", ALICE, (EVENTS, LIST), ()),
        ("Q61", ALICE, (EVENTS, LIST), ()),
        ("Q47", "", (EVENTS, LIST), ()),
    ],
)
def test_a_spell_is_about_something_and_ends(
    number: str, about: str, struck: tuple[str, ...], spared: tuple[str, ...]
) -> None:
    now = TEN
    simulator = CalendarSimulator(lambda: now)
    client = Client(simulator)
    simulator.quirks.begin_spell(number, about, TEN, 600)

    assert [client(path).status >= 400 for path in struck] == [True] * len(struck)
    assert [client(path).status for path in spared] == [200] * len(spared)
    assert simulator.quirks.reached == ({number: len(struck)} if struck else {})
    now += timedelta(seconds=600)

    assert [client(path).status for path in struck] == [200] * len(struck)


def test_q10_a_404_passes_and_never_says_that_a_single_event_is_gone() -> None:
    simulator = switched("Q10")
    client = Client(simulator)
    event = Actor(simulator, ALICE).create_event(ALICE, "Review")
    refused = client(EVENTS)

    assert (refused.status, reason(refused)) == (404, "notFound")
    assert client(f"{EVENTS}/{event}").status == 200
    assert client("channels/stop", "POST", {"id": "x", "resourceId": "y"}).status == 404
    assert "channelNotFound" in client("channels/stop", "POST", {"id": "x", "resourceId": "y"}).body.decode()


@pytest.fixture
def newborn() -> tuple[CalendarSimulator, str]:
    simulator = CalendarSimulator(lambda: TEN)
    simulator.configure(quirks={"Q11": 1})
    return simulator, Actor(simulator, ALICE).create_calendar("Team")


def test_q11_a_newborn_calendar_is_refused_for_a_minute(newborn: tuple[CalendarSimulator, str]) -> None:
    simulator, team = newborn
    client = Client(simulator)

    answers = [client(f"calendars/{quote(team)}/{path}") for path in ("acl", "events") for _ in range(20)]

    assert {(answer.status, reason(answer)) for answer in answers} == {(403, "requiredAccessLevel"), (404, "notFound")}
    assert client(f"calendars/{quote(team)}").status == 200
    assert client(EVENTS).status == 200
    simulator.advance(timedelta(seconds=61))
    assert client(f"calendars/{quote(team)}/events").status == 200


def test_q11_so_is_one_that_has_just_been_shared(newborn: tuple[CalendarSimulator, str]) -> None:
    simulator, team = newborn
    simulator.advance(timedelta(hours=1))
    Actor(simulator, ALICE).share(team, BOB, "reader")

    assert Client(simulator, BOB)(f"calendars/{quote(team)}/events").status in (403, 404)
    assert Client(simulator, ALICE)(f"calendars/{quote(team)}/events").status == 200


def test_q12_the_header_of_a_sporadic_401_asks_for_another_token() -> None:
    answer = Client(switched("Q12"))(EVENTS)

    assert (answer.status, reason(answer)) == (401, "authError")
    assert answer.headers["www-authenticate"].endswith('error="invalid_token"')


def test_q12_a_burst_outlives_a_new_token() -> None:
    simulator = CalendarSimulator(lambda: TEN)
    simulator.quirks.begin_spell("Q12", ALICE, TEN, 120)
    first = Client(simulator)(EVENTS)
    granted = json.loads(simulator.grant(ALICE, "https://www.googleapis.com/auth/calendar", TEN).answer.body)
    header = {"Authorization": f"Bearer {granted['access_token']}"}

    assert (first.status, simulator.handle(Call.of("GET", f"/calendar/v3/{EVENTS}", header)).status) == (401, 401)


def test_q15_a_newly_enabled_api_is_refused_every_other_time() -> None:
    simulator = CalendarSimulator(lambda: TEN)
    client = Client(simulator)
    simulator.quirks.begin_spell("Q15", "calendar", TEN, 420)

    answers = [client(EVENTS) for _ in range(40)]

    assert {answer.status for answer in answers} == {200, 403}
    assert {reason(answer) for answer in answers if answer.status == 403} == {"accessNotConfigured"}


def test_q16_reasons_that_nobody_listed_bodies_without_errors_and_html() -> None:
    client = Client(switched("Q16"))

    answers = [client(EVENTS) for _ in range(200)]
    spoken = [answer for answer in answers if "json" in answer.headers["content-type"]]
    html = [answer for answer in answers if "html" in answer.headers["content-type"]]

    assert {answer.status for answer in spoken} == {403}
    assert {"servingLimitExceeded", "domainPolicy", "forbidden", "subscriptionRateLimitExceeded", None} <= {
        reason(answer) for answer in spoken
    }
    assert {answer.status for answer in html} == {403, 404}


@pytest.mark.parametrize("calendar", ["team@example.com", "sales@example.com", "room@example.com"])
def test_q17_a_calendar_refuses_to_be_watched_and_lists(calendar: str) -> None:
    simulator = switched("Q17")
    Actor(simulator, calendar).share(calendar, ALICE, "owner")
    client = Client(simulator)

    answers = {
        client.watch(calendar, f"{resource}{number}", resource).status
        for number in range(3)
        for resource in ("acl", "events")
    }

    assert len(answers) == 1
    assert answers <= {404, 403, 400}
    assert client(f"calendars/{calendar}/events").status == 200


def test_q45_one_limit_speaks_in_many_bodies() -> None:
    client = Client(switched("Q45", 0.9))

    answers = [client(LIST) for _ in range(300)]
    refused = [answer for answer in answers if answer.status != 200]

    assert {answer.status for answer in refused} == {403, 429}
    assert {json.loads(answer.body)["error"]["errors"][0]["domain"] for answer in refused} == {"usageLimits"}


def test_q46_writes_and_watches_are_refused_for_hours_and_lists_are_not() -> None:
    simulator = switched("Q46")
    client = Client(simulator)
    refused = client.watch("primary")

    assert (refused.status, reason(refused)) == (403, "quotaExceeded")
    simulator.configure(quirks={})
    simulator.advance(timedelta(minutes=119))
    assert client.watch("primary").status == 403
    assert client(EVENTS).status == 200
    assert client(f"{EVENTS}/nosuch").status == 404
    simulator.advance(timedelta(hours=24))
    assert client.watch("primary").status == 200


def test_q47_server_errors_of_three_kinds() -> None:
    assert Client(switched("Q47")).seen(LIST, 100) == {500, 502, 503}


def test_q47_one_calendar_stays_broken_while_another_works() -> None:
    simulator = CalendarSimulator(lambda: TEN)
    team = Actor(simulator, ALICE).create_calendar("Team")
    simulator.quirks.begin_spell("Q47", team, TEN, 3600)
    client = Client(simulator)

    assert client.seen(f"calendars/{quote(team)}/events", 10) == {500}
    assert client.seen(EVENTS, 10) == {200}


def test_q48_there_is_a_limit_on_channels() -> None:
    simulator = switched("Q48")
    client = Client(simulator)

    assert reason(client.watch("primary")) == "subscriptionRateLimitExceeded"
    assert client(EVENTS).status == 200


def test_q60_a_suspended_user_troubles_whoever_addresses_that_calendar() -> None:
    simulator = CalendarSimulator(lambda: TEN)
    Actor(simulator, ALICE).share(ALICE, BOB, "reader")
    simulator.quirks.begin_spell("Q60", ALICE, TEN, 600)

    for client in (Client(simulator), Client(simulator, BOB)):
        assert reason(client(f"calendars/{ALICE}/events")) == "notACalendarUser"
    assert Client(simulator, BOB)(EVENTS).status == 200


def test_q61_a_deleted_users_calendar_is_not_found_by_others() -> None:
    simulator = CalendarSimulator(lambda: TEN)
    Actor(simulator, ALICE).share(ALICE, BOB, "reader")
    simulator.quirks.begin_spell("Q61", ALICE, TEN, 600)

    assert Client(simulator)(EVENTS).status == 401
    assert Client(simulator, BOB)(f"calendars/{ALICE}/events").status == 404
    assert simulator.grant(ALICE, "scope", TEN).answer.status == 400


def test_all_at_once_the_same_seed_gives_the_same_answers() -> None:
    def run(seed: str) -> list[int]:
        chances = dict.fromkeys(QUIRKS, 0.1)
        simulator = CalendarSimulator(lambda: TEN, options=Options(quirks=chances, quirk_seed=seed))
        client = Client(simulator)
        return [client(path).status for _ in range(30) for path in (EVENTS, ACL, LIST)]

    assert run("one") == run("one")
    assert run("one") != run("another")
