"""Google's discovery document as a judge of requests and answers."""

from collections.abc import Mapping

import pytest

from tests.doubles.calendar_simulator import check_answer, check_request, discovery
from tests.doubles.calendar_simulator.digest import digest, document

ROOT = "/calendar/v3"


def test_the_shortened_document_is_that_of_googles_client() -> None:
    assert digest(document()) == discovery._DOCUMENT, "run: python -m tests.doubles.calendar_simulator.digest"  # noqa: SLF001


@pytest.mark.parametrize(
    ("http_method", "path", "method_id"),
    [
        ("GET", "/calendars/a%40b.example/acl", "calendar.acl.list"),
        ("POST", "/calendars/primary/acl/watch", "calendar.acl.watch"),
        ("GET", "/calendars/primary/acl/watch", "calendar.acl.get"),
        ("GET", "/users/me/calendarList", "calendar.calendarList.list"),
        ("POST", "/users/me/settings/watch", "calendar.settings.watch"),
        ("POST", "/channels/stop", "calendar.channels.stop"),
        ("POST", "/calendars/primary/events/watch", "calendar.events.watch"),
        ("PATCH", "/calendars/primary/events/abcde_20261120T100000Z", "calendar.events.patch"),
    ],
)
def test_a_request_is_named(http_method: str, path: str, method_id: str) -> None:
    assert check_request(http_method, ROOT + path, {}, None) == method_id


def test_an_allowed_request_passes() -> None:
    query = {"maxResults": ["250"], "showHidden": ["true"], "quotaUser": ["x" * 40], "fields": ["items"]}
    body = {"id": "x", "params": {"ttl": "60"}, "expiration": 1, "payload": False}

    assert check_request("GET", f"{ROOT}/users/me/calendarList", query, None)
    assert check_request("POST", f"{ROOT}/users/me/settings/watch", {}, body)
    assert check_request("GET", f"{ROOT}/calendars/primary/events", {"eventTypes": ["default", "birthday"]}, None)
    cleared = {"location": None, "start": {"date": "2026-11-20", "dateTime": None}}
    assert check_request("PATCH", f"{ROOT}/calendars/primary/events/abcde", {}, cleared)


@pytest.mark.parametrize(
    ("query", "offence"),
    [
        ({"maxResults": ["251"]}, "maxResults: more than 250"),
        ({"maxResults": ["0"]}, "maxResults: Invalid value 0: less than 1"),
        ({"maxResults": ["x"]}, "maxResults: Invalid integer value: 'x'"),
        ({"showHidden": ["True"]}, "showHidden: Invalid boolean value: 'True'"),
        ({"minAccessRole": ["king"]}, "minAccessRole: Invalid value: 'king'"),
        ({"quotaUser": ["x" * 41]}, "quotaUser: longer than 40 characters"),
        ({"syncToken": ["a", "b"]}, "syncToken: given more than once"),
        ({"nosuch": ["1"]}, "nosuch: no such parameter"),
    ],
)
def test_a_query_that_is_not_allowed_is_named(query: Mapping[str, list[str]], offence: str) -> None:
    with pytest.raises(AssertionError) as found:
        check_request("GET", f"{ROOT}/users/me/calendarList", query, None)

    assert str(found.value) == f"calendar.calendarList.list: {offence}"


@pytest.mark.parametrize(
    ("body", "offence"),
    [
        ({"id": 1}, "body.id: 1 is not of type string"),
        ({"params": {"ttl": 60}}, "body.params.ttl: 60 is not of type string"),
        ({"nosuch": 1}, "body.nosuch: no such field"),
        ({"payload": 1}, "body.payload: 1 is not of type boolean"),
        ([], "body: [] is not of type object"),
    ],
)
def test_a_body_that_is_not_allowed_is_named(body: object, offence: str) -> None:
    with pytest.raises(AssertionError) as found:
        check_request("POST", f"{ROOT}/users/me/settings/watch", {}, body)

    assert str(found.value) == f"calendar.settings.watch: {offence}"


@pytest.mark.parametrize(
    ("http_method", "path", "offence"),
    [
        ("PUT", f"{ROOT}/channels/stop", "is no method of Calendar"),
        ("GET", "/calendar/v4/users/me/settings", "is no method of Calendar"),
        ("POST", f"{ROOT}/calendars/x/transferOwnership", "newDataOwner: is required"),
    ],
)
def test_a_request_for_nothing_is_named(http_method: str, path: str, offence: str) -> None:
    with pytest.raises(AssertionError, match=offence):
        check_request(http_method, path, {}, None)


def test_a_body_where_none_belongs_is_named() -> None:
    with pytest.raises(AssertionError, match="body: this method takes none"):
        check_request("GET", f"{ROOT}/users/me/settings", {}, {})


def test_an_answer_with_an_unknown_field_or_a_wrong_type_is_named() -> None:
    check_answer("calendar.acl.list", {"items": [{"scope": {"type": "user"}}]})

    with pytest.raises(AssertionError, match=r"answer.items\[0\].scope.kind: no such field"):
        check_answer("calendar.acl.list", {"items": [{"scope": {"kind": "user"}}]})
    with pytest.raises(AssertionError, match=r"answer.items: \{\} is not of type array"):
        check_answer("calendar.acl.list", {"items": {}})
    with pytest.raises(AssertionError, match=r"calendar.channels.stop answers nothing"):
        check_answer("calendar.channels.stop", {})
