# The errors of google-auth have no types:
# mypy: allow-untyped-calls

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError, TransportError

from calendar_watch import log
from calendar_watch.calendar_api.allow_list import AllowList
from calendar_watch.calendar_api.api import CalendarApi
from calendar_watch.calendar_api.breakers import Breakers
from calendar_watch.calendar_api.calls import WAITS, GoogleCalls
from calendar_watch.calendar_api.credentials import sessions
from calendar_watch.calendar_api.rate_limiter import RateLimiter
from calendar_watch.errors import (
    GoogleError,
    ItemGoneError,
    ListingTokenRefusedError,
    OutageError,
    QuotaError,
    RefusedError,
    SlowError,
    TryLaterError,
)
from calendar_watch.google_http import Tries
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, RESOURCES, SETTINGS
from calendar_watch.model.target import Target
from calendar_watch.ports import Calendar
from calendar_watch.reasons import Reason
from tests.doubles.calendar_simulator import CalendarSimulator, discovery, serve
from tests.doubles.calendar_simulator import Options as SimulatorOptions
from tests.doubles.scripted_http import Reply, ScriptedHttp, in_order, json_of, path_of, query_of
from tests.support.whole import pages_of

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE = "alice@example.com"
ALICE_HASHED = "ff8d9819fc0e12bf0d24892e45987e249a28dce8"
TOKEN = "v1.secret.token"  # noqa: S105 - not a password
RULES = Target(ACL, calendar_id="team@example.com", subject=ALICE)
CHANNEL = Channel("channel-1", 1, NOW, address="https://hooks.example.com/n", resource_id="resource-1")
OPENED = {"kind": "api#channel", "id": "channel-1", "resourceId": "resource-1", "resourceUri": "https://uri"}


@dataclass
class World:
    """An adapter with everything around it in our hands; time passes only by sleeping."""

    http: ScriptedHttp
    at: float = 1000.0
    slept: list[float] = field(default_factory=list)
    jitter: float = 0.5
    timeout: float = 20.0
    per_minute: int = 60_000
    domains: frozenset[str] = frozenset({"example.com"})
    resources: frozenset[str] = frozenset(RESOURCES)
    asked_for: list[tuple[str | None, str]] = field(default_factory=list)

    def api(self) -> Calendar:
        return CalendarApi(
            GoogleCalls(
                discovery.API_ROOT.rstrip("/"),
                self._session,
                AllowList(self.resources, self.domains),
                RateLimiter(self.per_minute, lambda: self.at, self._sleep),
                Breakers(lambda: self.at),
                Tries(self.timeout, WAITS, lambda: self.at, self._sleep, lambda: self.jitter),
                now=lambda: NOW,
            )
        )

    def _session(self, subject: str | None, scope: str) -> requests.Session:
        self.asked_for.append((subject, scope))
        session = requests.Session()
        session.mount("https://", self.http)
        return session

    def _sleep(self, seconds: float) -> None:
        self.at += seconds
        if seconds:
            self.slept.append(seconds)


@dataclass
class Logged:
    severity: str
    message: str
    fields: dict[str, object]


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> list[Logged]:
    lines: list[Logged] = []

    def event(name: str, message: str, *, severity: str = "INFO", **fields: object) -> None:
        if name in {"call", "leftOut"}:
            lines.append(Logged(severity, message, fields))

    monkeypatch.setattr(log, "event", event)
    return lines


Script = Callable[..., World]


@pytest.fixture
def google() -> Iterator[Script]:
    """Google, answering in order. Whatever was asked of it must stand in Google's discovery document."""
    worlds: list[World] = []

    def answering(*replies: Reply | Exception, **changes: Any) -> World:
        worlds.append(World(in_order(*replies), **changes))
        return worlds[-1]

    yield answering
    for request in [request for world in worlds for request in world.http.requests]:
        discovery.check_request(request.method or "", path_of(request), query_of(request), json_of(request))


def google_error(status: int, reason: str, message: str = "Google's own words", **headers: str) -> Reply:
    error = {"errors": [{"domain": "global", "reason": reason, "message": message}], "code": status, "message": message}
    return Reply(status, {"error": error}, {name.replace("_", "-"): value for name, value in headers.items()})


def failing(world: World, ask: Callable[[Calendar], object]) -> GoogleError:
    with pytest.raises(GoogleError) as caught:
        ask(world.api())
    return caught.value


def watch(api: Calendar) -> Opening:
    return api.watch(RULES, CHANNEL, TOKEN, 604_800)


def stop(api: Calendar) -> None:
    api.stop(RULES, CHANNEL)


def read(api: Calendar) -> list[Any]:
    return list(pages_of(api, RULES))


# What is asked of Google


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (RULES, "calendars/team%40example.com/acl/watch"),
        (Target(ACL, "a/b#c?d@example.com", ALICE), "calendars/a%2Fb%23c%3Fd%40example.com/acl/watch"),
        (Target(CALENDAR_LIST, None, ALICE), "users/me/calendarList/watch"),
        (Target(SETTINGS, None, ALICE), "users/me/settings/watch"),
        (Target(EVENTS, "primary", ALICE), "calendars/primary/events/watch"),
        (Target(EVENTS, ALICE, ALICE), "calendars/primary/events/watch"),
    ],
)
def test_watch_sends_exactly_what_the_contract_says(google: Script, target: Target, path: str) -> None:
    world = google(Reply(200, OPENED))
    world.api().watch(target, CHANNEL, TOKEN, 604_800)
    [request] = world.http.requests
    assert request.method == "POST"
    assert path_of(request) == f"/calendar/v3/{path}"
    assert query_of(request) == {"quotaUser": [ALICE_HASHED]}
    assert json_of(request) == {
        "id": "channel-1",
        "type": "web_hook",
        "address": "https://hooks.example.com/n",
        "token": TOKEN,
        "params": {"ttl": "604800"},
    }
    assert set(world.asked_for) == {(ALICE, target.resource.scope)}


@pytest.mark.parametrize("subject", ["bob@example.com", None])
def test_somebody_elses_calendar_is_asked_for_by_its_id(google: Script, subject: str | None) -> None:
    world = google(Reply(200, OPENED))
    world.api().watch(Target(EVENTS, ALICE, subject), CHANNEL, TOKEN, 600)
    assert path_of(world.http.requests[0]) == "/calendar/v3/calendars/alice%40example.com/events/watch"


def test_stop_names_the_channel_by_both_its_ids(google: Script) -> None:
    world = google(Reply(204))
    stop(world.api())
    [request] = world.http.requests
    assert (request.method, path_of(request)) == ("POST", "/calendar/v3/channels/stop")
    assert json_of(request) == {"id": "channel-1", "resourceId": "resource-1"}


@pytest.mark.parametrize("target", [RULES, Target(CALENDAR_LIST, None, ALICE), Target(SETTINGS, None, ALICE)])
def test_a_listing_asks_for_the_fields_that_are_looked_at_and_no_others(google: Script, target: Target) -> None:
    world = google(Reply(200, {"items": []}))
    assert list(pages_of(world.api(), target)) == [[]]
    [request] = world.http.requests
    fields = f"kind,nextPageToken,items({','.join(target.resource.fields)})"
    expected = {**target.resource.parameters, "fields": fields, "quotaUser": ALICE_HASHED}
    assert query_of(request) == {name: [value] for name, value in expected.items()}
    assert request.body is None


def test_event_types_are_asked_for_in_listing_and_watching_alike(google: Script) -> None:
    world = google(Reply(200, {"items": []}), Reply(200, OPENED))
    target = Target(EVENTS, "primary", ALICE, event_types=("default", "focusTime"))
    list(pages_of(world.api(), target))
    world.api().watch(target, CHANNEL, TOKEN, 600)
    assert [query_of(request)["eventTypes"] for request in world.http.requests] == [["default", "focusTime"]] * 2
    assert query_of(world.http.requests[0])["fields"] == ["kind,nextPageToken,nextSyncToken,items"]


def test_events_are_asked_for_in_one_time_zone_so_that_a_change_of_it_changes_none(google: Script) -> None:
    world, target = google(Reply(200, {"items": []}), Reply(200, {"id": "e"})), Target(EVENTS, "primary", ALICE)
    world.api().page(target, "")
    world.api().get(target, "e")
    assert [query_of(request)["timeZone"] for request in world.http.requests] == [["UTC"]] * 2


def test_a_page_may_be_smaller_than_usual(google: Script) -> None:
    world = google(Reply(200, {"items": []}))
    world.api().page(Target(EVENTS, "primary", ALICE), "", "", 625)
    assert query_of(world.http.requests[0])["maxResults"] == ["625"]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (RULES, "calendars/team%40example.com/acl/a%2Fb%40c"),
        (Target(CALENDAR_LIST, None, ALICE), "users/me/calendarList/a%2Fb%40c"),
        (Target(EVENTS, "primary", ALICE), "calendars/primary/events/a%2Fb%40c"),
    ],
)
def test_a_single_item_is_asked_for_by_its_id(google: Script, target: Target, path: str) -> None:
    world = google(Reply(200, {"id": "a/b@c", "status": "cancelled"}))
    assert world.api().get(target, "a/b@c")["status"] == "cancelled"
    [request] = world.http.requests
    assert (request.method, path_of(request)) == ("GET", f"/calendar/v3/{path}")


@pytest.mark.parametrize("reply", [google_error(404, "notFound"), google_error(410, "deleted")])
def test_an_item_that_google_does_not_have_is_gone(google: Script, reply: Reply) -> None:
    with pytest.raises(ItemGoneError):
        google(reply).api().get(RULES, "user:bob@example.com")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>"),
        Reply(410, None),
        Reply(200, None),
        Reply(200, {"id": "another"}),
        Reply(200, []),
        google_error(403, "forbidden"),
        google_error(400, "invalid"),
    ],
)
def test_what_is_no_answer_of_googles_says_nothing_of_an_item(google: Script, reply: Reply) -> None:
    with pytest.raises((TryLaterError, RefusedError)):
        google(reply).api().get(RULES, "user:bob@example.com")


@pytest.mark.parametrize("status", [400, 410])
@pytest.mark.parametrize(("page_token", "sync_token"), [("p", ""), ("", "s"), ("p", "s")])
def test_a_token_that_google_no_longer_takes_is_told_from_other_mistakes(
    google: Script, status: int, page_token: str, sync_token: str
) -> None:
    """kewisch/gdata-provider has seen 400 "Invalid sync token value."."""
    target = Target(EVENTS, "primary", ALICE)
    with pytest.raises(ListingTokenRefusedError):
        google(google_error(status, "invalid")).api().page(target, page_token, sync_token)
    assert isinstance(failing(google(google_error(status, "invalid")), read), TryLaterError)


def test_an_answer_that_comes_too_late_is_told_from_none_at_all(google: Script) -> None:
    world = google(requests.ReadTimeout("slow"), requests.ReadTimeout("slow"), requests.ReadTimeout("slow"))
    assert isinstance(failing(world, read), SlowError)
    world = google(*[requests.ConnectionError("reset")] * 3)
    assert not isinstance(failing(world, read), SlowError)


def test_where_there_is_no_subject_no_quota_user_is_named(google: Script) -> None:
    world = google(Reply(200, {"items": []}))
    list(pages_of(world.api(), Target(ACL, "team@example.com")))
    assert "quotaUser" not in query_of(world.http.requests[0])


def test_redirects_are_not_followed(google: Script) -> None:
    for ask in (watch, stop, read):
        world = google(Reply(302, None, {"Location": "https://elsewhere.example.com/"}))
        assert isinstance(failing(world, ask), TryLaterError)
        assert len(world.http.requests) == 1


def test_a_call_gives_five_seconds_to_connecting_and_the_rest_to_the_answer(google: Script) -> None:
    world = google(Reply(200, OPENED), timeout=20.0)
    watch(world.api())
    assert world.http.timeouts == [(5.0, 15.0)]


def test_a_short_time_is_shared_between_connecting_and_the_answer(google: Script) -> None:
    world = google(Reply(200, OPENED), timeout=4.0)
    watch(world.api())
    assert world.http.timeouts == [(2.0, 2.0)]


# What Google answers


@pytest.mark.parametrize(
    ("given", "expiration"),
    [
        ({"expiration": "1795773600000"}, datetime(2026, 11, 27, 10, tzinfo=UTC)),
        ({"expiration": 1795773600123}, datetime(2026, 11, 27, 10, 0, 0, 123000, tzinfo=UTC)),
        ({}, None),
    ],
)
def test_the_end_of_a_channel_is_read_however_google_spells_it(
    google: Script, given: dict[str, object], expiration: datetime | None
) -> None:
    world = google(Reply(200, {**OPENED, "token": TOKEN, **given}))
    assert watch(world.api()) == Opening("resource-1", "https://uri", expiration)


def test_of_the_answer_to_watch_only_the_ids_are_indispensable(google: Script) -> None:
    world = google(Reply(200, {"id": "channel-1", "resourceId": "resource-1"}))
    assert watch(world.api()) == Opening("resource-1")


@pytest.mark.parametrize(
    "answer",
    [
        {**OPENED, "id": "another"},
        {**OPENED, "token": "another"},
        {**OPENED, "kind": "drive#channel"},
        {**OPENED, "resourceId": ""},
        {**OPENED, "resourceId": 7},
        {**OPENED, "resourceUri": None},
        {**OPENED, "expiration": "soon"},
        {**OPENED, "expiration": None},
        {**OPENED, "expiration": 10**30},
        {},
        [],
        None,
        b"<html>Sign in to the conference Wi-Fi</html>",
    ],
)
def test_an_answer_to_watch_that_does_not_fit_leaves_open_whether_there_is_a_channel(
    google: Script, answer: object
) -> None:
    error = failing(google(Reply(200, answer)), watch)
    assert isinstance(error, TryLaterError)
    assert error.may_have_happened


@pytest.mark.parametrize("reply", [Reply(200, {}), Reply(200), Reply(204), Reply(404, b"<html>"), Reply(410)])
def test_a_channel_that_google_no_longer_knows_counts_as_stopped(
    google: Script, reply: Reply, logged: list[Logged]
) -> None:
    stop(google(reply).api())
    assert [line.severity for line in logged] == ["DEBUG"]


def test_pages_follow_each_other_to_the_last_one(google: Script) -> None:
    rules = [{"id": f"user:{name}@example.com", "role": "reader"} for name in "abc"]
    world = google(
        Reply(200, {"items": rules[:1], "nextPageToken": "second"}),
        Reply(200, {"kind": "calendar#acl", "nextPageToken": "third"}),
        Reply(200, {"items": rules[1:]}),
    )
    assert read(world.api()) == [rules[:1], [], rules[1:]]
    assert [query_of(request).get("pageToken") for request in world.http.requests] == [None, ["second"], ["third"]]


def test_what_is_not_content_of_an_item_is_left_out(google: Script) -> None:
    rule = {"id": "user:a@example.com", "scope": {"type": "user", "kind": "kept"}}
    listing = {"kind": "calendar#acl", "etag": "1", "items": [{"kind": "calendar#aclRule", "etag": "2"} | rule]}
    assert read(google(Reply(200, listing)).api()) == [[rule]]


def test_items_that_nobody_can_make_sense_of_are_left_out_told_once_and_block_nothing(
    google: Script, logged: list[Logged]
) -> None:
    rule = {"id": "user:a@example.com", "role": "x-new", "scope": {"type": "unheard of"}}
    page = {"items": ["rule", {"role": "owner"}, rule, {"id": 1}, None], "nextPageToken": "second"}
    assert read(google(Reply(200, page), Reply(200, {"items": [rule]})).api()) == [[rule], [rule]]
    assert [line.fields for line in logged if line.severity == "WARNING"] == [{"resource": "acl", "count": 4}]


def test_a_page_is_asked_for_only_when_the_one_before_has_been_taken(google: Script) -> None:
    world = google(Reply(200, {"items": [], "nextPageToken": "second"}), Reply(200, {"items": []}))
    pages = pages_of(world.api(), RULES)
    next(pages)
    assert len(world.http.requests) == 1
    next(pages)
    assert len(world.http.requests) == 2
    assert list(pages) == []


def test_a_listing_that_goes_in_circles_is_given_up(google: Script) -> None:
    page = [Reply(200, {"items": [], "nextPageToken": token}) for token in ("a", "b", "a", "b")]
    assert isinstance(failing(google(*page), read), TryLaterError)


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"<html>We will be back soon</html>",
        [],
        "text",
        {},
        {"kind": "storage#objects"},
        {"items": {}},
        {"items": None},
        {"items": [], "nextPageToken": 2},
    ],
)
def test_what_is_not_a_listing_is_never_taken_for_an_empty_one(google: Script, body: object) -> None:
    error = failing(google(Reply(200, body)), read)
    assert isinstance(error, TryLaterError)
    assert not error.may_have_happened


# What Google refuses


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (403, "notACalendarUser", Reason.NOT_A_CALENDAR_USER),
        (403, "insufficientPermissions", Reason.FORBIDDEN),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Reason.FORBIDDEN),
        (403, "forbidden", Reason.FORBIDDEN),
        (403, "requiredAccessLevel", Reason.FORBIDDEN),
        (403, "somethingNew", Reason.FORBIDDEN),
        (404, "notFound", Reason.NOT_FOUND),
        (401, "authError", Reason.AUTHORIZATION_REVOKED),
        (400, "pushNotSupportedForRequestedResource", Reason.PUSH_NOT_SUPPORTED),
        (400, "push.webhookUrlNotHttps", Reason.WEBHOOK_REFUSED),
        (400, "push.webhookUrlUnauthorized", Reason.WEBHOOK_REFUSED),
        (401, "push.webhookUrlUnauthorized", Reason.WEBHOOK_REFUSED),
    ],
)
def test_what_google_refuses_for_good_is_refused_with_its_reason_and_words(
    google: Script, status: int, said: str, reason: Reason
) -> None:
    for ask in (watch, read):
        world = google(google_error(status, said, "Google's own words"))
        error = failing(world, ask)
        assert isinstance(error, RefusedError)
        assert (error.reason, error.detail) == (reason, "Google's own words")
        assert (error.status, error.code) == (status, said)
        assert len(world.http.requests) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "may_have_happened"),
    [
        (google_error(403, "rateLimitExceeded"), TryLaterError, False),
        (google_error(403, "userRateLimitExceeded"), TryLaterError, False),
        (google_error(429, "rateLimitExceeded"), TryLaterError, False),
        (Reply(429, b"slow down"), TryLaterError, False),
        (google_error(403, "quotaExceeded"), QuotaError, False),
        (google_error(403, "dailyLimitExceeded"), OutageError, False),
        (google_error(403, "accessNotConfigured"), OutageError, False),
        (google_error(403, "", "Calendar usage limits exceeded."), QuotaError, False),
        (google_error(400, "pushInvalidTtl"), TryLaterError, False),
        (google_error(400, "channelIdNotUnique"), TryLaterError, True),
        (google_error(410, "fullSyncRequired"), TryLaterError, False),
        (google_error(500, "backendError"), TryLaterError, True),
        (google_error(503, "backendError"), TryLaterError, True),
        (Reply(502, b"<html>Bad gateway</html>"), TryLaterError, True),
        (Reply(302), TryLaterError, False),
        (requests.ConnectTimeout(), TryLaterError, False),
        (requests.ReadTimeout(), TryLaterError, True),
        (requests.ConnectionError(ConnectionResetError()), TryLaterError, True),
        (requests.exceptions.ChunkedEncodingError(), TryLaterError, True),
    ],
)
def test_what_may_go_better_later_is_asked_of_watch_once_and_no_more(
    google: Script, reply: Reply | Exception, kind: type[TryLaterError], *, may_have_happened: bool
) -> None:
    world = google(reply)
    error = failing(world, watch)
    assert isinstance(error, kind)
    assert isinstance(error, QuotaError) == (kind is QuotaError)
    assert error.may_have_happened == may_have_happened
    assert len(world.http.requests) == 1
    assert world.slept == []


def test_google_may_ask_for_more_time_than_a_call_has(google: Script) -> None:
    for status, reason in ((503, "backendError"), (403, "quotaExceeded"), (400, "pushInvalidTtl")):
        error = failing(google(google_error(status, reason, Retry_After="3600")), watch)
        assert isinstance(error, TryLaterError)
        assert error.after == 3600


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (format_datetime(NOW.replace(minute=2), usegmt=True), 120),
        (format_datetime(NOW.replace(hour=9), usegmt=True), 0),
        ("99999999999", 86_400),
        ("-5", 0),
        ("²", 0),
        ("Fri, 20 Nov 2026 10:02:00 -0000", 0),
        ("in a while", 0),
        ("", 0),
    ],
)
def test_the_time_that_google_asks_for_is_read_as_seconds_or_as_a_date(
    google: Script, header: str, seconds: float
) -> None:
    error = failing(google(google_error(503, "backendError", Retry_After=header)), watch)
    assert isinstance(error, TryLaterError)
    assert error.after == seconds


@pytest.mark.parametrize(
    ("reply", "detail", "kind"),
    [
        (google_error(403, "forbidden", "x" * 900), "x" * 500, RefusedError),
        (Reply(403, {"error": {"code": 403, "errors": None}}), "HTTP 403 without an explanation", RefusedError),
        (Reply(403, {"error": {"code": 403, "errors": [7]}}), "HTTP 403 without an explanation", RefusedError),
        (Reply(403, {"error": {"code": 403, "message": "No list of errors"}}), "No list of errors", RefusedError),
        (Reply(403, b"<html>secret</html>"), "HTTP 403 without an explanation", TryLaterError),
        (Reply(403, {"error": {"errors": None}}), "HTTP 403 without an explanation", TryLaterError),
        (Reply(403, ["error"]), "HTTP 403 without an explanation", TryLaterError),
    ],
)
def test_the_detail_is_googles_message_within_bounds_and_nothing_else(
    google: Script, reply: Reply, detail: str, kind: type[GoogleError]
) -> None:
    error = failing(google(reply), watch)
    assert isinstance(error, kind)
    assert error.detail == detail


def test_of_several_reasons_the_one_that_we_know_counts(google: Script) -> None:
    errors = [{"reason": "unheardOf"}, {"reason": "notACalendarUser"}]
    error = failing(google(Reply(403, {"error": {"errors": errors, "code": 403, "message": ""}})), watch)
    assert isinstance(error, RefusedError)
    assert error.reason is Reason.NOT_A_CALENDAR_USER


# Reading is tried again


@pytest.mark.parametrize(
    "reply",
    [
        google_error(403, "rateLimitExceeded"),
        google_error(403, "userRateLimitExceeded"),
        google_error(429, "rateLimitExceeded"),
        google_error(500, "backendError"),
        Reply(503),
        requests.ConnectTimeout(),
        requests.ReadTimeout(),
        requests.ConnectionError(),
    ],
)
def test_a_page_is_tried_three_times_with_growing_random_waits(google: Script, reply: Reply | Exception) -> None:
    world = google(reply, reply, Reply(200, {"items": []}), jitter=0.25)
    assert read(world.api()) == [[]]
    assert world.slept == [0.25, 0.5]


def test_after_the_third_try_a_page_is_left_for_later(google: Script) -> None:
    world = google(*[google_error(503, "backendError")] * 3)
    error = failing(world, read)
    assert isinstance(error, TryLaterError)
    assert not error.may_have_happened
    assert len(world.http.requests) == 3


@pytest.mark.parametrize(
    "reply",
    [google_error(403, "quotaExceeded"), google_error(410, "fullSyncRequired"), google_error(400, "invalid")],
)
def test_what_seconds_do_not_heal_is_not_tried_again(google: Script, reply: Reply) -> None:
    world = google(reply)
    assert isinstance(failing(world, read), TryLaterError)
    assert len(world.http.requests) == 1


def test_a_short_wait_that_google_asks_for_is_kept(google: Script) -> None:
    world = google(google_error(429, "rateLimitExceeded", Retry_After="4"), Reply(200, {"items": []}))
    read(world.api())
    assert world.slept == [4.0]


def test_a_long_wait_that_google_asks_for_is_not_slept_through(google: Script) -> None:
    world = google(google_error(429, "rateLimitExceeded", Retry_After="6"))
    error = failing(world, read)
    assert isinstance(error, TryLaterError)
    assert error.after == 6
    assert world.slept == []


def test_all_tries_together_keep_within_the_time_of_one_call(google: Script) -> None:
    world = google(timeout=10.0)

    def time_out_after_six_seconds(_request: requests.PreparedRequest) -> Exception:
        world.at += 6.0
        return requests.ReadTimeout()

    world.http = ScriptedHttp(time_out_after_six_seconds)
    failing(world, read)
    assert world.http.timeouts == [(5.0, 5.0), (1.75, 1.75)], "nothing was left for a third"


def test_within_a_deadline_no_call_ends_later(google: Script) -> None:
    world = google(Reply(200, OPENED), Reply(200, OPENED), timeout=20.0)
    api = world.api().within(12.0)
    watch(api)
    world.at += 8.0
    watch(api)
    assert world.http.timeouts == [(5.0, 7.0), (2.0, 2.0)]


# What cannot be answered


def test_a_connection_that_was_never_made_did_nothing() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        error = over_a_socket(nobody_listens)
    assert not error.may_have_happened


def test_a_connection_that_broke_may_have_done_something() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        hung_up = pool.submit(hang_up, server)
        error = over_a_socket(server)
        hung_up.result()
    assert error.may_have_happened


def over_a_socket(server: socket.socket) -> GoogleError:
    with requests.Session() as session:
        session.trust_env = False
        root = f"http://127.0.0.1:{server.getsockname()[1]}"
        allow_list = AllowList({"acl"}, {"example.com"})
        calls = GoogleCalls(
            root, lambda _subject, _scope: session, allow_list, RateLimiter(60), Breakers(), Tries(60, WAITS)
        )
        with pytest.raises(TryLaterError) as caught:
            watch(CalendarApi(calls))
    return caught.value


def hang_up(server: socket.socket) -> None:
    server.settimeout(60)
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)


def iam_error(code: int) -> str:
    return json.dumps({"error": {"code": code, "message": "IAM's own words", "status": "…"}})


@pytest.mark.parametrize("words", ["invalid_grant: Invalid email or User ID", "invalid_grant: " + "x" * 900])
def test_a_user_for_whom_google_gives_no_token_is_refused(google: Script, words: str) -> None:
    for ask in (watch, read):
        world = google(RefreshError(words, {"error": "invalid_grant"}))
        error = failing(world, ask)
        assert isinstance(error, RefusedError)
        assert (error.detail, error.code) == (words[:500], "invalid_grant")
        assert len(world.http.requests) == 1


@pytest.mark.parametrize(
    "raised",
    [
        RefreshError("internal_failure: try again", {"error": "internal_failure"}, retryable=True),
        RefreshError(TransportError("the metadata server does not answer")),
        RefreshError("Unable to acquire impersonated credentials", iam_error(503)),
        RefreshError("Unable to acquire impersonated credentials", iam_error(429)),
        RefreshError("Unable to acquire impersonated credentials", "<html>"),
        RefreshError("Unable to acquire impersonated credentials", '{"signedJwt": 1}'),
        RefreshError("No access token in response.", {"id_token": "secret"}),
        TransportError("no answer"),
        DefaultCredentialsError("no credentials on this machine"),
        GoogleAuthError(),
    ],
)
def test_a_token_that_could_not_be_had_this_time_is_asked_for_later(google: Script, raised: GoogleAuthError) -> None:
    error = failing(google(raised), watch)
    assert isinstance(error, TryLaterError)
    assert not isinstance(error, OutageError)
    assert not error.may_have_happened
    assert (error.status, error.code, error.operation) == (0, type(raised).__name__, "sign")
    assert "secret" not in error.detail


def test_reading_is_tried_again_where_the_network_kept_the_token_away(google: Script) -> None:
    assert read(google(TransportError("no answer"), Reply(200, {"items": []})).api()) == [[]]


def test_what_our_own_credentials_say_is_passed_on_as_it_is(google: Script) -> None:
    refused = RefusedError(Reason.AUTHORIZATION_REVOKED, "the token service has no token for this user")
    assert failing(google(refused), read) is refused


def test_the_simulated_google_is_spoken_to_over_a_socket_just_so() -> None:
    simulator = CalendarSimulator(lambda: NOW, options=SimulatorOptions(default_user=ALICE, sync="never"))
    with serve(simulator) as server, closing(sessions("anonymous", "", "")) as anonymous:
        root, allow_list = f"{server.url}/calendar/v3", AllowList(RESOURCES, {"example.com"})
        api = CalendarApi(GoogleCalls(root, anonymous, allow_list, RateLimiter(6000), Breakers(), Tries(60, WAITS)))
        target, channel = replace(RULES, calendar_id=ALICE), replace(CHANNEL, address="http://127.0.0.1:9/")
        opening = api.watch(target, channel, TOKEN, 3600)
        assert opening.expiration == NOW + timedelta(hours=1)
        [[owner]] = pages_of(api, target)
        assert owner == {"id": f"user:{ALICE}", "role": "owner", "scope": {"type": "user", "value": ALICE}}
        for _ in range(3):
            api.stop(target, replace(channel, resource_id=opening.resource_id))
    assert [offence for call in simulator.calls for offence in call.offences] == []


# What is not asked at all


@pytest.mark.parametrize("ask", [watch, stop, read])
@pytest.mark.parametrize(
    ("allowed", "reason", "detail"),
    [
        ({"domains": {"example.org"}}, Reason.SUBJECT_NOT_ALLOWED, "the subject's domain is not in SUBJECT_DOMAINS"),
        ({"domains": {"le.com"}}, Reason.SUBJECT_NOT_ALLOWED, "the subject's domain is not in SUBJECT_DOMAINS"),
        ({"resources": {"calendarList"}}, Reason.FORBIDDEN, "acl is not in RESOURCES"),
    ],
)
def test_what_the_operator_has_not_allowed_never_reaches_google(
    google: Script, ask: Callable[[Calendar], object], allowed: dict[str, Any], reason: Reason, detail: str
) -> None:
    world = google(**allowed)
    error = failing(world, ask)
    assert isinstance(error, RefusedError)
    assert (error.reason, error.detail) == (reason, detail)
    assert (world.http.requests, world.asked_for) == ([], [])


def test_a_domain_is_the_same_in_capitals(google: Script) -> None:
    google(Reply(204)).api().stop(replace(RULES, subject="Alice@EXAMPLE.com"), CHANNEL)


def test_without_a_subject_no_domain_is_needed(google: Script) -> None:
    google(Reply(204)).api().stop(replace(RULES, subject=None), CHANNEL)


def test_where_no_domains_are_named_anybody_may_be_the_subject(google: Script) -> None:
    stop(google(Reply(204), domains=()).api())


def test_a_call_waits_for_its_turn(google: Script) -> None:
    api = (world := google(Reply(204), Reply(204), per_minute=6)).api()
    stop(api)
    stop(api)
    assert world.slept == [10.0]
    assert [timeout[1] for timeout in world.http.timeouts] == [15.0, 5.0]


def test_a_turn_that_would_come_too_late_is_left_for_later(google: Script) -> None:
    api = (world := google(Reply(204), per_minute=2)).api()
    stop(api)
    with pytest.raises(TryLaterError) as told:
        stop(api)
    assert told.value.after == pytest.approx(30)
    assert (len(world.http.requests), world.slept) == (1, [])


# What is logged


def test_a_call_that_went_well_is_for_those_who_look_closely(google: Script, logged: list[Logged]) -> None:
    world = google()

    def answer_slowly(_request: requests.PreparedRequest) -> Reply:
        world.at += 0.25
        return Reply(200, {"items": []})

    world.http = ScriptedHttp(answer_slowly)
    read(world.api())
    fields = {"method": "acl.list", "status": 200, "reason": "", "durationSeconds": 0.25}
    assert logged == [Logged("DEBUG", "acl.list: 200", fields)]


def test_every_failed_try_is_a_warning_with_googles_reason(google: Script, logged: list[Logged]) -> None:
    failing(google(google_error(503, "backendError"), requests.ReadTimeout(), google_error(403, "forbidden")), read)
    assert [line.severity for line in logged] == ["WARNING"] * 3
    assert [line.message for line in logged] == [
        "acl.list: 503 backendError",
        "acl.list: no answer ReadTimeout",
        "acl.list: 403 forbidden",
    ]
    assert [line.fields["status"] for line in logged] == [503, 0, 403]


def test_methods_are_named_as_in_googles_reference(google: Script, logged: list[Logged]) -> None:
    api = google(Reply(200, OPENED), Reply(204), Reply(200, {"items": []})).api()
    watch(api)
    stop(api)
    list(pages_of(api, Target(CALENDAR_LIST, None, ALICE)))
    assert [line.fields["method"] for line in logged] == ["acl.watch", "channels.stop", "calendarList.list"]


def test_neither_user_nor_token_nor_content_is_logged(google: Script, logged: list[Logged]) -> None:
    replies = (Reply(200, OPENED), google_error(403, "forbidden", f"{ALICE} may not"), Reply(200, {"items": []}))
    api = google(*replies).api()
    watch(api)
    with pytest.raises(RefusedError):
        read(api)
    read(api)
    for secret in (ALICE, TOKEN, "resource-1", "team@example.com", ALICE_HASHED):
        assert secret not in str(logged)
