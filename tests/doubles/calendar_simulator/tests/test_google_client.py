"""Google's own Python client, unmodified, drives the simulator over HTTP. Every answer is held against the document."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient import discovery
from googleapiclient.channel import new_webhook_channel
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, build_http

from tests.doubles.calendar_simulator import CalendarSimulator, Server, check_answer, serve
from tests.doubles.calendar_simulator.digest import document

BOB = {"Authorization": "Bearer bob"}
HOUR = {"start": {"dateTime": "2026-11-20T10:00:00Z"}, "end": {"dateTime": "2026-11-20T11:00:00Z"}}
SCOPE = "https://www.googleapis.com/auth/calendar"


with_token: Callable[[str], Any] = Credentials  # published without types
nobody: Callable[[], Any] = AnonymousCredentials


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    simulator = CalendarSimulator(lambda: datetime.now(UTC))
    simulator.register_token("bob", "bob@example.com", [SCOPE])
    simulator.register_token("narrow", "bob@example.com", [f"{SCOPE}.acls.readonly"])
    with serve(simulator) as server:
        yield server


def client(server: Server, headers: dict[str, str]) -> Any:
    described = document() | {"rootUrl": f"{server.url}/", "baseUrl": f"{server.url}/calendar/v3/"}

    def asked(*arguments: Any, **named: Any) -> HttpRequest:
        request = HttpRequest(*arguments, **named)
        request.headers |= headers
        return request

    return discovery.build_from_document(described, http=build_http(), requestBuilder=asked)


@pytest.fixture
def alice(server: Server) -> Iterator[Any]:
    """Act as the default user, without a token."""
    with client(server, {}) as service:
        yield service


@pytest.fixture
def bob(server: Server) -> Iterator[Any]:
    with client(server, BOB) as service:
        yield service


@pytest.fixture
def team(alice: Any) -> str:
    return str(done(alice.calendars().insert(body={"summary": "Team", "timeZone": "Europe/Zurich"}))["id"])


def done(request: HttpRequest) -> Any:
    """Execute, and check the answer against Google's document."""
    answer = request.execute()
    check_answer(request.methodId, answer or None)
    return answer


def refusal_of(request: HttpRequest) -> tuple[int, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    return refused.value.status_code, refused.value.error_details[0]["reason"]


def built(server: Server, credentials: Any) -> Any:
    """As the README says."""
    endpoint = {"api_endpoint": f"{server.url}/calendar/v3/"}
    return discovery.build("calendar", "v3", credentials=credentials, client_options=endpoint)


def test_it_is_built_with_nothing_but_another_address(server: Server) -> None:
    for credentials, who in ((with_token("bob"), "bob@example.com"), (nobody(), "alice@example.com")):
        with built(server, credentials) as service:
            assert service.calendars().get(calendarId="primary").execute()["id"] == who


def test_a_token_that_is_not_known_ends_in_an_error_of_googles_client(server: Server) -> None:
    with built(server, with_token("nobodys")) as service, pytest.raises(RefreshError):
        service.calendars().get(calendarId="primary").execute()


def test_rules(alice: Any, team: str) -> None:
    acl = alice.acl()
    body = {"role": "reader", "scope": {"type": "user", "value": "bob@example.com"}}
    rule = done(acl.insert(calendarId=team, body=body, sendNotifications=False))["id"]
    assert done(acl.get(calendarId=team, ruleId=rule))["role"] == "reader"
    assert done(acl.patch(calendarId=team, ruleId=rule, body={"role": "writer"}))["role"] == "writer"
    assert done(acl.update(calendarId=team, ruleId=rule, body=body))["role"] == "reader"
    done(acl.delete(calendarId=team, ruleId=rule))
    assert refusal_of(acl.get(calendarId=team, ruleId=rule)) == (404, "notFound")


def test_calendar_lists(alice: Any, bob: Any, team: str) -> None:
    entries = bob.calendarList()
    scope = {"type": "user", "value": "bob@example.com"}
    done(alice.acl().insert(calendarId=team, body={"role": "reader", "scope": scope}))
    assert done(entries.insert(body={"id": team}))["accessRole"] == "reader"
    assert done(entries.get(calendarId=team))["timeZone"] == "Europe/Zurich"
    assert done(entries.patch(calendarId=team, body={"hidden": True}))["hidden"] is True
    assert "hidden" not in done(entries.update(calendarId=team, body={"colorId": "2"}))
    assert team in [entry["id"] for entry in done(entries.list(showHidden=True, minAccessRole="reader"))["items"]]
    done(entries.delete(calendarId=team))
    assert refusal_of(entries.get(calendarId=team)) == (404, "notFound")


def test_calendars(alice: Any, team: str) -> None:
    calendars = alice.calendars()
    assert done(calendars.get(calendarId="primary"))["id"] == "alice@example.com"
    assert done(calendars.patch(calendarId=team, body={"location": "Bern"}))["location"] == "Bern"
    assert done(calendars.update(calendarId=team, body={"summary": "Crew"}))["summary"] == "Crew"
    done(calendars.delete(calendarId=team))
    assert refusal_of(calendars.get(calendarId=team)) == (404, "notFound")


def test_events(alice: Any, team: str) -> None:
    events = alice.events()
    body = {"summary": "Weekly", "recurrence": ["RRULE:FREQ=WEEKLY"], **HOUR}
    series = done(events.insert(calendarId=team, body=body, sendUpdates="none"))["id"]
    assert done(events.get(calendarId=team, eventId=series))["recurrence"] == body["recurrence"]
    assert done(events.patch(calendarId=team, eventId=series, body={"summary": "Retro"}))["summary"] == "Retro"
    assert done(events.update(calendarId=team, eventId=series, body=body))["summary"] == "Weekly"
    listed = events.list(calendarId=team, singleEvents=False, eventTypes=["default", "birthday"])
    token = done(listed)["nextSyncToken"]
    done(events.delete(calendarId=team, eventId=f"{series}_20261127T100000Z"))
    increment = events.list(calendarId=team, singleEvents=False, eventTypes=["default", "birthday"], syncToken=token)
    (cancelled,) = done(increment)["items"]
    assert (cancelled["status"], cancelled["recurringEventId"]) == ("cancelled", series)
    done(events.delete(calendarId=team, eventId=series))
    assert refusal_of(events.delete(calendarId=team, eventId=series)) == (410, "deleted")


def test_settings(alice: Any) -> None:
    assert done(alice.settings().get(setting="locale"))["value"] == "en"
    assert len(done(alice.settings().list())["items"]) > 5


@pytest.mark.parametrize("resource", ["acl", "calendarList", "events", "settings"])
def test_paging_with_list_next_and_then_a_sync_token(alice: Any, server: Server, resource: str) -> None:
    collection = getattr(alice, resource)()
    where = {"calendarId": "primary"} if resource in ("acl", "events") else {}
    change(server, alice, "first")
    request, seen, answer = collection.list(**where, maxResults=1), 0, {}
    while request is not None:
        answer = done(request)
        seen += len(answer["items"])
        request = collection.list_next(request, answer)
    change(server, alice, "second")

    assert seen == len(done(collection.list(**where))["items"]) - (resource != "settings")
    assert len(done(collection.list(**where, syncToken=answer["nextSyncToken"]))["items"]) == 1
    assert refusal_of(collection.list(**where, syncToken="strange")) == (410, "fullSyncRequired")


def change(server: Server, alice: Any, what: str) -> None:
    """Add to each of alice's collections, or change an item where none can be added."""
    with server.simulator.lock:
        server.simulator.set_setting("alice@example.com", "locale", what)
    rule = {"role": "reader", "scope": {"type": "domain", "value": f"{what}-{len(server.simulator.calls)}.example"}}
    done(alice.acl().insert(calendarId="primary", body=rule))
    done(alice.calendars().insert(body={"summary": what}))
    done(alice.events().insert(calendarId="primary", body={"summary": what, **HOUR}))


@pytest.mark.parametrize("resource", ["acl", "calendarList", "events", "settings"])
def test_watching_and_stopping(alice: Any, server: Server, resource: str) -> None:
    where = {"calendarId": "primary"} if resource in ("acl", "events") else {}
    order = new_webhook_channel("https://receiver.invalid/").body() | {"params": {"ttl": "600"}}

    channel = done(getattr(alice, resource)().watch(**where, body=order, quotaUser="hash"))

    assert (channel["kind"], channel["id"]) == ("api#channel", order["id"])
    assert refusal_of(getattr(alice, resource)().watch(**where, body=order)) == (400, "channelIdNotUnique")
    stop = {"id": channel["id"], "resourceId": channel["resourceId"]}
    done(alice.channels().stop(body=stop))
    assert refusal_of(alice.channels().stop(body=stop))[0] == 404
    with server.simulator.lock:
        assert not any(live.id == channel["id"] for live in server.simulator.live_channels())


def test_the_clients_requests_are_all_that_google_documents(alice: Any, bob: Any, server: Server) -> None:
    done(alice.settings().list(maxResults=250, fields="items(id,value)"))
    done(bob.calendarList().list())

    with server.simulator.lock:
        assert {record.offences for record in server.simulator.calls} == {()}


def test_an_unknown_token_and_a_narrow_one_are_refused(server: Server) -> None:
    with client(server, {"Authorization": "Bearer unknown"}) as stranger:
        assert refusal_of(stranger.settings().list()) == (401, "authError")
    with client(server, {"Authorization": "Bearer narrow"}) as narrow:
        assert refusal_of(narrow.settings().list()) == (403, "insufficientPermissions")
        assert done(narrow.acl().list(calendarId="primary"))["items"]


def test_an_error_has_googles_shape(alice: Any) -> None:
    with pytest.raises(HttpError) as refused:
        alice.settings().list(syncToken="strange").execute()

    detail = {
        "domain": "calendar",
        "reason": "fullSyncRequired",
        "message": "Sync token is no longer valid, a full sync is required.",
        "locationType": "parameter",
        "location": "syncToken",
    }
    assert json.loads(refused.value.content) == {
        "error": {"errors": [detail], "code": 410, "message": detail["message"]}
    }
