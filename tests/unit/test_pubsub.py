# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import google.auth
import pytest
import requests
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError
from google.auth.transport.requests import AuthorizedSession
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch import pubsub
from calendar_watch.errors import TryLaterError
from calendar_watch.google_http import Tries
from calendar_watch.pubsub import WAITS, ChangesTopic, PubSub, WakeupTopic, bodies
from tests.doubles.scripted_http import Reply, ScriptedHttp, in_order, json_of
from tests.support.virtual_time import VirtualTime

TOPIC = "projects/p/topics/t"
SECRET = "ya29.secret"  # noqa: S105 - a bait


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


def over(http: ScriptedHttp, time: VirtualTime, timeout: float = 10) -> PubSub:
    session = requests.Session()
    session.mount("https://", http)
    return PubSub("https://pubsub", lambda: session, Tries(timeout, WAITS, time.clock, time.sleep))


def entry(number: int, padding: int = 0) -> dict[str, Any]:
    return {
        "id": f"w.{number}",
        "datacontenttype": "application/json",
        "partitionkey": "w",
        "data": {"n": number, "padding": "x" * padding},
    }


def sent(http: ScriptedHttp) -> list[list[str]]:
    return [[each["attributes"]["ce-id"] for each in json_of(request)["messages"]] for request in http.requests]


PUBLISH = "pubsub.topics.publish"


@pytest.mark.parametrize(
    ("replies", "may"),
    [
        ([Reply(200, {"permissions": [PUBLISH]})], True),
        ([Reply(200, {})], False),
        ([Reply(404)], False),
        ([Reply(503), Reply(200, {"permissions": [PUBLISH]})], True),
        ([Reply(501), Reply(200, {"name": TOPIC})], True),
        ([Reply(501), Reply(404)], False),
    ],
)
def test_we_may_publish_where_google_says_so_and_on_an_emulator_where_there_is_a_topic(
    time: VirtualTime,
    replies: list[Reply | Exception],
    may: bool,  # noqa: FBT001 (a case)
) -> None:
    http = in_order(*replies)
    assert over(http, time).may_publish(TOPIC) is may
    assert str(http.requests[0].url).endswith(f"/{TOPIC}:testIamPermissions")
    assert json_of(http.requests[0]) == {"permissions": [PUBLISH]}


def test_whether_we_may_publish_is_not_known_while_pubsub_is_away(time: VirtualTime) -> None:
    with pytest.raises(TryLaterError, match="403 PERMISSION_DENIED"):
        over(in_order(Reply(403, {"error": {"status": "PERMISSION_DENIED"}})), time).may_publish(TOPIC)


messages = st.builds(
    lambda number, size: {"attributes": {"n": str(number)}, "data": "x" * size},
    st.integers(),
    st.one_of(st.integers(0, 20_000), st.integers(400_000, 1_200_000)),
)


@given(st.lists(messages, max_size=250))
def test_requests_hold_every_message_in_order_and_stay_within_the_limits(given: list[dict[str, Any]]) -> None:
    requested = list(bodies(given))
    batches = [json.loads(each)["messages"] for each in requested]
    assert [each for batch in batches for each in batch] == given
    for body, batch in zip(requested, batches, strict=True):
        assert 1 <= len(batch) <= 100
        assert len(body) <= 1_000_000 or len(batch) == 1


@given(st.lists(messages, min_size=2, max_size=30))
def test_requests_are_as_few_as_the_limits_allow(given: list[dict[str, Any]]) -> None:
    requested = list(bodies(given))
    for body, following in pairwise(requested):
        first = json.dumps(json.loads(following)["messages"][0], separators=(",", ":"))
        assert len(body) + 1 + len(first) > 1_000_000


@pytest.mark.parametrize(("spare", "requests_made"), [(0, 1), (-1, 2)])
def test_a_request_is_filled_to_the_last_byte_and_not_beyond(spare: int, requests_made: int) -> None:
    frame = len('{"messages":[{"data":""},{"data":""}]}')
    given = [{"data": "x" * 400_000}, {"data": "x" * (1_000_000 - spare - frame - 400_000)}]
    assert len(list(bodies(given))) == requests_made


def test_a_hundred_ordinary_changes_are_one_request(time: VirtualTime) -> None:
    http = in_order(Reply())
    ChangesTopic(over(http, time), TOPIC).publish([entry(number, 2_000) for number in range(100)])
    assert len(http.requests) == 1


class TestFailures:
    @pytest.mark.parametrize("failure", [Reply(429), Reply(500), Reply(503), requests.ConnectionError("reset")])
    def test_what_is_brief_is_tried_again_at_once(self, time: VirtualTime, failure: Reply | Exception) -> None:
        http = in_order(failure, failure, Reply())
        WakeupTopic(over(http, time), TOPIC).wake("w")
        assert len(http.requests) == 3
        assert time.at < 1

    @pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409])
    def test_any_other_answer_is_not(self, time: VirtualTime, status: int) -> None:
        http = in_order(Reply(status, headers={"Location": "https://pubsub/elsewhere"}))
        with pytest.raises(TryLaterError, match=f"HTTP {status}"):
            WakeupTopic(over(http, time), TOPIC).wake("w")
        assert len(http.requests) == 1

    def test_three_tries_are_all(self, time: VirtualTime) -> None:
        http = ScriptedHttp(lambda _: Reply(503))
        with pytest.raises(TryLaterError, match="HTTP 503"):
            WakeupTopic(over(http, time), TOPIC).wake("w")
        assert len(http.requests) == 3

    def test_nothing_is_sent_after_a_request_that_failed(self, time: VirtualTime) -> None:
        http = in_order(Reply(), Reply(403))
        with pytest.raises(TryLaterError):
            ChangesTopic(over(http, time), TOPIC).publish([entry(number) for number in range(300)])
        assert [batch[0] for batch in sent(http)] == ["w.0", "w.100"]

    def test_a_request_is_repeated_before_the_next_one_goes(self, time: VirtualTime) -> None:
        http = in_order(Reply(), Reply(503), Reply(), Reply())
        ChangesTopic(over(http, time), TOPIC).publish([entry(number) for number in range(300)])
        assert [batch[0] for batch in sent(http)] == ["w.0", "w.100", "w.100", "w.200"]

    def test_all_requests_share_the_time_there_is(self, time: VirtualTime) -> None:
        def slow(_: requests.PreparedRequest) -> Reply | Exception:
            time.at += 4
            return Reply()

        http = ScriptedHttp(slow)
        ChangesTopic(over(http, time, timeout=10), TOPIC).publish([entry(number) for number in range(300)])
        assert http.timeouts == [(5, 5), (3, 3), (1, 1)]

    def test_no_try_begins_when_the_time_is_over(self, time: VirtualTime) -> None:
        def slow(_: requests.PreparedRequest) -> Reply | Exception:
            time.at += 10
            return requests.ReadTimeout()

        http = ScriptedHttp(slow)
        with pytest.raises(TryLaterError, match="no answer from Pub/Sub: ReadTimeout"):
            WakeupTopic(over(http, time, timeout=10), TOPIC).wake("w")
        assert len(http.requests) == 1

    def test_an_error_quotes_neither_what_was_sent_nor_the_token(self, time: VirtualTime) -> None:
        quoting = {"error": {"status": "INVALID_ARGUMENT", "message": f"Invalid value: {SECRET} private@example.com"}}
        with pytest.raises(TryLaterError) as told:
            WakeupTopic(over(in_order(Reply(400, quoting)), time), TOPIC).wake("w")
        assert str(told.value) == "Pub/Sub refused: HTTP 400 INVALID_ARGUMENT"
        assert told.value.__cause__ is None

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>502</html>", [], {"error": {"status": 7}}])
    def test_an_answer_that_is_not_understood_is_told_by_its_status(self, time: VirtualTime, body: object) -> None:
        with pytest.raises(TryLaterError) as told:
            WakeupTopic(over(in_order(Reply(404, body)), time), TOPIC).wake("w")
        assert str(told.value) == "Pub/Sub refused: HTTP 404"


class Revoked(Credentials):
    refreshed = 0

    def refresh(self, _request: object) -> None:
        self.refreshed += 1
        raise RefreshError(f"invalid_grant {SECRET}")


class TestSessions:
    @pytest.fixture
    def wanted(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Give the scopes that credentials are looked for with."""
        wanted: list[Any] = []

        def default(scopes: list[str]) -> tuple[Credentials, None]:
            wanted.append(scopes)
            return AnonymousCredentials(), None

        monkeypatch.setattr(google.auth, "default", default)
        return wanted

    def test_google_gets_our_credentials_for_pubsub_alone_and_one_session_serves_all(
        self, wanted: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        http, sessions = ScriptedHttp(lambda _: Reply()), set()

        def adapter(session: AuthorizedSession, url: str) -> ScriptedHttp:
            sessions.add((id(session), url))
            return http

        monkeypatch.setattr(AuthorizedSession, "get_adapter", adapter)
        wakeups = WakeupTopic(pubsub.connect("", Tries(5, WAITS)), TOPIC)
        assert wanted == []
        wakeups.wake("a")
        wakeups.wake("b")
        assert wanted == [["https://www.googleapis.com/auth/pubsub"]]
        ((_, url),) = sessions
        assert url == f"https://pubsub.googleapis.com/v1/{TOPIC}:publish"

    def test_no_credentials_are_for_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(**_: object) -> None:
            raise DefaultCredentialsError(SECRET)

        monkeypatch.setattr(google.auth, "default", missing)
        with pytest.raises(TryLaterError) as told:
            WakeupTopic(pubsub.connect("", Tries(5, WAITS)), TOPIC).wake("w")
        assert str(told.value) == "no access token for Pub/Sub: DefaultCredentialsError"

    def test_a_token_that_cannot_be_had_is_for_later(self, time: VirtualTime) -> None:
        revoked = Revoked()
        session = AuthorizedSession(revoked)
        broken = PubSub("https://pubsub", lambda: session, Tries(5, WAITS, time.clock, time.sleep))
        with pytest.raises(TryLaterError) as told:
            WakeupTopic(broken, TOPIC).wake("w")
        assert str(told.value) == "no access token for Pub/Sub: RefreshError"
        assert revoked.refreshed == 1

    def test_an_emulator_gets_no_credentials(self, wanted: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        http = in_order(Reply())
        monkeypatch.setattr(requests.Session, "get_adapter", lambda _self, url: http if url else None)
        WakeupTopic(pubsub.connect("127.0.0.1:8085", Tries(5, WAITS)), TOPIC).wake("w")
        (request,) = http.requests
        assert request.url == f"http://127.0.0.1:8085/v1/{TOPIC}:publish"
        assert (wanted, request.headers.get("Authorization")) == ([], None)

    def test_google_auth_is_not_imported_before_it_is_needed(self) -> None:
        code = "import sys, calendar_watch.pubsub; print('google.auth' in sys.modules, 'requests' in sys.modules)"
        run = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", code], env={"PYTHONPATH": "functions"}, capture_output=True, check=True, text=True
        )
        assert run.stdout.split() == ["False", "True"]
