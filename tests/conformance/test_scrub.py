"""A recording tells nothing of who took it."""

import json
from urllib.parse import quote

from tests.conformance.claims import CLAIMS
from tests.conformance.exchange import Asked, Exchange, JsonObject, Reply
from tests.conformance.run import hold
from tests.conformance.scrub import replaced, scrubbed
from tests.conformance.sides.simulated import Simulated

SERIES = "abcdefghij0123456789"
INSTANCE = f"{SERIES}_20261127T090000Z"
CALENDAR = "c_0123456789abcdef@group.calendar.google.com"
ACCOUNT = "robot@secret-project.iam.gserviceaccount.com"
TOKEN = "CK_y7u-ypYwDEAAYASAB"  # noqa: S105 - made up


def _event(**fields: object) -> JsonObject:
    return {"kind": "calendar#event", "id": SERIES, **fields}


def _scrub(*bodies: JsonObject, asked: Asked | None = None) -> list[JsonObject]:
    question = asked or Asked("GET", f"calendars/{quote(CALENDAR, safe='')}/events/{SERIES}")
    headers = {"content-type": "application/json", "server": "ESF", "x-request": "secret"}
    return scrubbed([Exchange(question, Reply(200, body, headers)) for body in bodies])


def test_ids_addresses_tokens_and_texts_have_stand_ins() -> None:
    body = {
        "nextSyncToken": TOKEN,
        "items": [_event(summary="Salaries", creator={"email": ACCOUNT}, organizer={"email": CALENDAR})],
    }

    text = json.dumps(_scrub(body))

    for secret in (SERIES, CALENDAR, quote(CALENDAR, safe=""), ACCOUNT, TOKEN, "Salaries", "ESF", "secret"):
        assert secret not in text


def test_an_instance_still_tells_its_series() -> None:
    (first,) = _scrub({"items": [_event(id=INSTANCE, recurringEventId=SERIES), _event()]})

    instance, series = first["reply"]["body"]["items"]
    assert instance["id"] == f"{series['id']}_20261127T090000Z"
    assert instance["recurringEventId"] == series["id"]


def test_the_same_has_the_same_stand_in_in_paths_queries_and_bodies() -> None:
    asked = Asked("GET", f"calendars/{quote(CALENDAR, safe='')}/events", {"syncToken": TOKEN})

    first, second = scrubbed([Exchange(asked, Reply(200, {"nextSyncToken": TOKEN, "summary": CALENDAR}))] * 2)

    assert first == second
    assert first["asked"]["query"]["syncToken"] == first["reply"]["body"]["nextSyncToken"] == "token-1"
    assert first["asked"]["path"] == f"calendars/{quote('calendar-1@group.calendar.google.com', safe='')}/events"


def test_numbers_of_projects_and_links_are_taken_out() -> None:
    message = "Channel 'c' not found for project '636397034666'"
    (first,) = _scrub({"error": {"message": message}, "htmlLink": "https://www.google.com/calendar/event?eid=c2VjcmV0"})

    text = json.dumps(first)
    assert "636397034666" not in text
    assert "c2VjcmV0" not in text


def test_nothing_of_a_whole_run_remains() -> None:
    report = hold(Simulated(), CLAIMS, "0a1b2c")
    secrets = _values([each.reply.body for each in report.exchanges])

    text = json.dumps(scrubbed(report.exchanges))

    assert len(secrets) > 300
    assert [each for each in secrets if each in text] == []


def _values(value: object) -> set[str]:
    """Return every token, and every id of an event, a channel or a resource."""
    if isinstance(value, list):
        return {secret for each in value for secret in _values(each)}
    if not isinstance(value, dict):
        return set()
    own = {str(value[name]) for name in ("nextSyncToken", "nextPageToken", "resourceId", "htmlLink") if name in value}
    if value.get("kind") in ("calendar#event", "api#channel", "calendar#calendar"):
        own.add(str(value.get("id", "")))
    return own | {secret for each in value.values() for secret in _values(each)}


def test_a_secret_that_is_the_beginning_of_another_leaves_the_other_whole() -> None:
    assert replaced("abcdefghij abcdefgh", {"abcdefgh": "1", "abcdefghij": "2"}) == "2 1"
