"""What we expect of Pub/Sub, and what we publish. The local one is honest as long as it agrees with the emulator."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import requests
from cloudevents.http import CloudEvent, from_http

from calendar_watch import pubsub
from calendar_watch.errors import TryLaterError
from calendar_watch.google_http import Tries
from calendar_watch.model.change_log import Sighting, with_changes, with_watch_event
from calendar_watch.model.collection.diff import Change
from calendar_watch.model.listing import ReadCause, Reading
from calendar_watch.model.resources import RESOURCES, Item
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.pubsub import ChangesTopic, WakeupTopic
from tests.doubles import local_pubsub
from tests.support import pubsub_emulator
from tests.support.backends import backends
from tests.support.world import policy_of

POLICY = policy_of()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATIENCE = 60.0
BACKENDS = backends(
    "Pub/Sub", present=pubsub_emulator.present(), ours="local_pubsub_host", googles="pubsub_emulator_host"
)


@pytest.fixture(scope="module")
def local_pubsub_host() -> Iterator[str]:
    with local_pubsub.serve() as server:
        yield server.host


@pytest.fixture(scope="module")
def pubsub_emulator_host() -> Iterator[str]:
    with pubsub_emulator.emulator() as host:
        yield host


@pytest.fixture(params=BACKENDS)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@dataclass
class Api:
    """One topic that nobody has used before, with one subscription."""

    host: str
    project: str
    session: requests.Session

    topic: str = field(init=False)
    subscription: str = field(init=False)

    def __post_init__(self) -> None:
        self.topic = f"projects/{self.project}/topics/changes"
        self.subscription = f"projects/{self.project}/subscriptions/reader"

    def call(self, verb: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(verb, f"http://{self.host}/v1/{path}", json=body, timeout=PATIENCE)

    def done(self, verb: str, path: str, body: Any = None) -> Any:
        response = self.call(verb, path, body)
        assert response.status_code == 200, response.text
        return response.json()

    def subscribe(self, *, ordered: bool = True, **more: Any) -> None:
        wanted = {"topic": self.topic, "ackDeadlineSeconds": 600, "enableMessageOrdering": ordered, **more}
        self.done("PUT", self.subscription, wanted)

    def publish(self, *messages: dict[str, Any]) -> list[str]:
        answer = self.done("POST", f"{self.topic}:publish", {"messages": list(messages)})
        return [str(each) for each in answer["messageIds"]]

    def pull(self, most: int = 100) -> list[dict[str, Any]]:
        wanted = {"maxMessages": most, "returnImmediately": True}
        return list(self.done("POST", f"{self.subscription}:pull", wanted).get("receivedMessages", []))

    def pull_some(self) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE
        while not (received := self.pull()):
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.05)
        return received

    def acknowledge(self, received: list[dict[str, Any]]) -> None:
        self.done("POST", f"{self.subscription}:acknowledge", {"ackIds": [each["ackId"] for each in received]})

    def postpone(self, received: list[dict[str, Any]], seconds: int) -> None:
        wanted = {"ackIds": [each["ackId"] for each in received], "ackDeadlineSeconds": seconds}
        self.done("POST", f"{self.subscription}:modifyAckDeadline", wanted)


@pytest.fixture
def api(host: str) -> Iterator[Api]:
    with requests.Session() as session:
        session.trust_env = False
        api = Api(host, f"test-{uuid4().hex[:12]}", session)
        api.done("PUT", api.topic, {})
        yield api


def numbered(number: int, key: str = "") -> dict[str, Any]:
    return {"attributes": {"n": str(number)}, **({"orderingKey": key} if key else {})}


def ids(received: list[dict[str, Any]]) -> list[str]:
    return [each["message"]["messageId"] for each in received]


class TestPullAndOrder:
    def test_messages_of_one_key_are_pulled_in_the_order_of_publishing(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(*(numbered(each, "a") for each in range(5)))
        published += api.publish(*(numbered(each, "a") for each in range(5, 9)))
        assert ids(api.pull_some()) == published

    def test_the_rest_of_a_key_waits_for_what_is_out_and_other_keys_do_not(self, api: Api) -> None:
        api.subscribe()
        first = api.publish(*(numbered(each, "a") for each in range(4)))
        out = api.pull(2)
        other = api.publish(*(numbered(each, "b") for each in range(2)))
        assert (ids(out), ids(api.pull_some()), api.pull()) == (first[:2], other, [])
        api.acknowledge(out)
        assert ids(api.pull_some()) == first[2:]

    def test_an_unacknowledged_message_in_front_holds_back_the_rest_of_its_key(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(*(numbered(each, "a") for each in range(4)))
        out = api.pull(2)
        api.acknowledge(out[1:])
        assert api.pull() == []
        api.acknowledge(out[:1])
        assert ids(api.pull_some()) == published[2:]

    def test_what_was_acknowledged_never_comes_again(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(*(numbered(each, "a") for each in range(3)))
        out = api.pull_some()
        api.acknowledge(out[:1])
        api.postpone(out[1:], 0)
        assert ids(api.pull_some()) == published[1:]

    def test_what_could_not_be_handled_comes_again_with_the_same_ids_in_the_same_order(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(*(numbered(each, "a") for each in range(3)))
        for _ in range(3):
            out = api.pull_some()
            assert ids(out) == published
            api.postpone(out, 0)

    def test_what_nobody_acknowledges_in_time_comes_again(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(*(numbered(each, "a") for each in range(3)))
        out = api.pull_some()
        assert api.pull() == []
        api.postpone(out, 1)
        assert ids(api.pull_some()) == published

    def test_without_ordering_nothing_is_held_back(self, api: Api) -> None:
        api.subscribe(ordered=False)
        published = api.publish(*(numbered(each, "a") for each in range(4)))
        assert sorted(ids(api.pull(2)) + ids(api.pull(2))) == sorted(published)

    def test_every_subscription_gets_what_is_published_after_it_was_made(self, api: Api) -> None:
        api.publish(numbered(1))
        api.subscribe()
        published = api.publish(numbered(2))
        assert ids(api.pull_some()) == published


class TestMessages:
    def test_data_attributes_and_key_come_back_as_they_were(self, api: Api) -> None:
        api.subscribe()
        sent = {
            "data": base64.b64encode("Grüße ✓".encode()).decode(),
            "attributes": {"ü": "✓ 日本"},
            "orderingKey": "k",
        }
        (message_id,) = api.publish(sent)
        message = api.pull_some()[0]["message"]
        published = datetime.fromisoformat(message.pop("publishTime"))
        assert message == {**sent, "messageId": message_id}
        assert abs((published - datetime.now(UTC)).total_seconds()) < 60

    def test_an_attribute_is_enough_and_empty_data_is_left_out(self, api: Api) -> None:
        api.subscribe()
        api.publish({"attributes": {"watchId": "w"}})
        assert "data" not in api.pull_some()[0]["message"]

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"messages": []}, id="no messages"),
            pytest.param({"messages": [{}]}, id="an empty message"),
            pytest.param({"messages": [{"orderingKey": "k"}]}, id="a key alone"),
            pytest.param({"messages": [{"data": "!!!"}]}, id="data that is not base64"),
            pytest.param({"unknown": 1}, id="an unknown field"),
            pytest.param({"messages": [{"data": "aGk="}] * 1001}, id="1001 messages"),
        ],
    )
    def test_a_request_that_is_not_as_it_should_be_is_refused_and_stores_nothing(self, api: Api, body: Any) -> None:
        api.subscribe()
        response = api.call("POST", f"{api.topic}:publish", body)
        assert (response.status_code, response.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
        assert api.pull() == []

    def test_a_thousand_messages_are_one_request(self, api: Api) -> None:
        assert len(api.publish(*[{"data": "aGk="}] * 1000)) == 1000


class TestNames:
    def test_what_does_not_exist_is_not_found(self, api: Api) -> None:
        nowhere, nobody = f"{api.topic}-2", f"{api.subscription}-2"
        answers = [
            api.call("GET", nowhere),
            api.call("DELETE", nowhere),
            api.call("POST", f"{nowhere}:publish", {"messages": [numbered(1)]}),
            api.call("PUT", nobody, {"topic": nowhere}),
            api.call("GET", nobody),
            api.call("DELETE", nobody),
            api.call("POST", f"{nobody}:pull", {"maxMessages": 1, "returnImmediately": True}),
            api.call("POST", f"{nobody}:acknowledge", {"ackIds": ["x"]}),
        ]
        assert [(each.status_code, each.json()["error"]["status"]) for each in answers] == [(404, "NOT_FOUND")] * 8

    def test_what_exists_is_not_made_again(self, api: Api) -> None:
        api.subscribe()
        again = [api.call("PUT", api.topic, {}), api.call("PUT", api.subscription, {"topic": api.topic})]
        assert [(each.status_code, each.json()["error"]["status"]) for each in again] == [(409, "ALREADY_EXISTS")] * 2

    @pytest.mark.parametrize("name", ["x", "1abc", "google"])
    def test_a_name_is_three_characters_or_more_and_begins_with_a_letter_but_not_with_goog(
        self, api: Api, name: str
    ) -> None:
        assert api.call("PUT", f"projects/{api.project}/topics/{name}", {}).status_code == 400

    def test_a_subscription_survives_its_topic_with_what_it_holds(self, api: Api) -> None:
        api.subscribe()
        published = api.publish(numbered(1))
        api.done("DELETE", api.topic)
        assert api.done("GET", api.subscription)["topic"] == "_deleted-topic_"
        assert ids(api.pull_some()) == published

    @pytest.mark.parametrize("method", ["acknowledge", "modifyAckDeadline"])
    def test_an_empty_list_of_ack_ids_is_refused(self, api: Api, method: str) -> None:
        api.subscribe()
        assert api.call("POST", f"{api.subscription}:{method}", {"ackIds": []}).status_code == 400


@dataclass
class Endpoint:
    """Answers with `statuses`, then with 204."""

    url: str
    statuses: list[int]
    received: Queue[Any]

    def next(self) -> Any:
        return self.received.get(timeout=PATIENCE)


@contextmanager
def listening(*statuses: int) -> Iterator[Endpoint]:
    left, received = list(statuses), Queue[Any]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(left.pop(0) if left else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Endpoint(f"http://127.0.0.1:{server.server_port}/wakeups?a=b", left, received)
        finally:
            server.shutdown()
            thread.join()


class TestPush:
    def test_the_envelope_names_the_subscription_and_holds_the_message(self, api: Api) -> None:
        with listening() as endpoint:
            api.subscribe(pushConfig={"pushEndpoint": endpoint.url})
            (message_id,) = api.publish({"data": "aGk=", "attributes": {"watchId": "w"}})
            pushed = endpoint.next()
        message = pushed["message"]
        assert (pushed.keys(), pushed["subscription"]) == ({"message", "subscription"}, api.subscription)
        assert message["data"] == "aGk="
        assert message["attributes"] == {"watchId": "w"}
        assert message["messageId"] == message["message_id"] == message_id
        assert message["publishTime"] == message["publish_time"]

    def test_a_message_without_data_has_empty_data(self, api: Api) -> None:
        with listening() as endpoint:
            api.subscribe(pushConfig={"pushEndpoint": endpoint.url})
            api.publish({"attributes": {"watchId": "w"}})
            assert endpoint.next()["message"]["data"] == ""

    def test_without_a_wrapper_the_data_is_all_there_is(self, api: Api) -> None:
        with listening() as endpoint:
            api.subscribe(pushConfig={"pushEndpoint": endpoint.url, "noWrapper": {"writeMetadata": True}})
            api.publish({"data": "eyJhIjogMX0=", "attributes": {"ce-id": "w.1"}})
            assert endpoint.next() == {"a": 1}

    @pytest.mark.parametrize("status", [400, 404, 500, 503])
    def test_a_refused_message_comes_again_before_the_next_of_its_key(self, api: Api, status: int) -> None:
        with listening(status) as endpoint:
            api.subscribe(pushConfig={"pushEndpoint": endpoint.url})
            first, second = api.publish(numbered(1, "a"), numbered(2, "a"))
            assert [endpoint.next()["message"]["messageId"] for _ in range(3)] == [first, first, second]

    @pytest.mark.parametrize("status", [200, 201, 204])
    def test_a_success_is_an_acknowledgement(self, api: Api, status: int) -> None:
        with listening(status) as endpoint:
            api.subscribe(pushConfig={"pushEndpoint": endpoint.url})
            published = api.publish(*(numbered(each, "a") for each in range(3)))
            assert [endpoint.next()["message"]["messageId"] for _ in range(3)] == published


WATCH = Watch(
    Target(RESOURCES["acl"], calendar_id="team@example.com", subject="alice@example.com"),
    Options(labels={"team": "security"}),
    created=NOON,
    reading=Reading(read_cause=ReadCause.NOTIFICATION),
)
SEEN = Sighting("notification", NOON)
RULE: Item = {"id": "user:bob@example.com", "role": "reader", "scope": {"type": "user", "value": "bob@example.com"}}


def rule_changes(count: int) -> tuple[ChangeEvent, ...]:
    changes = (Change(f"user:{number}@example.com", None, RULE) for number in range(count))
    return with_changes(WATCH, changes, SEEN, NOON, POLICY).log.pending


def as_event(message: dict[str, Any]) -> CloudEvent:
    """By the Pub/Sub binding, binary mode; its attributes are spelled as HTTP's headers are."""
    return from_http(message["attributes"], base64.b64decode(message["data"]))


@pytest.fixture
def changes(api: Api) -> ChangesTopic:
    api.subscribe()
    return ChangesTopic(pubsub.connect(api.host, Tries(PATIENCE, pubsub.WAITS)), api.topic)


class TestChangesTopic:
    def test_a_change_arrives_as_the_cloud_event_that_the_feed_shows(self, api: Api, changes: ChangesTopic) -> None:
        note = "Grüße ~~~ ???"  # in base64 with all that tells its alphabet from others
        entries = with_changes(
            WATCH, [Change(RULE["id"], RULE, {**RULE, "role": "owner", "note": note})], SEEN, NOON, POLICY
        ).log.pending
        changes.publish(entries)
        event = as_event(api.pull_some()[0]["message"])
        assert {**event.get_attributes(), "data": event.get_data()} == entries[0]

    def test_what_the_watch_says_of_itself_has_no_subject(self, api: Api, changes: ChangesTopic) -> None:
        changes.publish(with_watch_event(WATCH, "opened", NOON, POLICY).log.pending)
        message = api.pull_some()[0]["message"]
        assert as_event(message)["type"] == "calendarwatch.watch.opened.v1"
        assert "ce-subject" not in message["attributes"]

    def test_the_attributes_are_those_that_filters_may_rely_on(self, api: Api, changes: ChangesTopic) -> None:
        changes.publish(rule_changes(1))
        message = api.pull_some()[0]["message"]
        assert message["orderingKey"] == WATCH.id
        assert message["attributes"] == {
            "content-type": "application/json",
            "ce-specversion": "1.0",
            "ce-type": "calendarwatch.acl.created.v1",
            "ce-source": f"//calendarwatch/projects/p/watches/{WATCH.id}",
            "ce-id": f"{WATCH.id}.1",
            "ce-subject": "user:0@example.com",
            "ce-time": "2026-11-20T12:00:00Z",
            "ce-sequence": "00000000000000000001",
            "ce-partitionkey": WATCH.id,
            "ce-exposure": "internal",
            "ce-exposurechange": "raised",
            "ce-role": "reader",
            "ce-resource": "acl",
            "ce-calendarid": "team@example.com",
            "ce-user": "alice@example.com",
        }

    def test_a_value_that_is_too_long_for_an_attribute_is_in_the_data_only(
        self, api: Api, changes: ChangesTopic
    ) -> None:
        longest, longer = "é" * 512, "é" * 512 + "x"
        changes.publish(
            with_changes(
                WATCH, [Change(each, None, {"id": each}) for each in (longest, longer)], SEEN, NOON, POLICY
            ).log.pending
        )
        first, second = (each["message"] for each in api.pull_some())
        assert first["attributes"]["ce-subject"] == longest
        assert "ce-subject" not in second["attributes"]
        assert json.loads(base64.b64decode(second["data"]))["itemId"] == longer

    def test_many_changes_arrive_in_sequence(self, api: Api, changes: ChangesTopic) -> None:
        entries = rule_changes(250)
        changes.publish(entries)
        received: list[dict[str, Any]] = []
        while len(received) < len(entries):
            some = api.pull_some()
            api.acknowledge(some)
            received += some
        assert [each["message"]["attributes"]["ce-id"] for each in received] == [each["id"] for each in entries]

    def test_whether_we_may_publish_is_known_without_a_message(self, api: Api) -> None:
        api.subscribe()
        client = pubsub.connect(api.host, Tries(PATIENCE, pubsub.WAITS))
        assert (client.may_publish(api.topic), client.may_publish(f"{api.topic}-gone")) == (True, False)
        assert api.pull() == []

    def test_a_topic_that_does_not_exist_is_for_later(self, changes: ChangesTopic) -> None:
        with pytest.raises(TryLaterError) as told:
            replace(changes, topic=f"{changes.topic}-2").publish(rule_changes(1))
        assert told.value.detail == "Pub/Sub refused: HTTP 404 NOT_FOUND"


class TestWakeupTopic:
    def test_a_wakeup_names_the_watch(self, api: Api) -> None:
        with listening() as endpoint:
            api.subscribe(ordered=False, pushConfig={"pushEndpoint": endpoint.url})
            WakeupTopic(pubsub.connect(api.host, Tries(PATIENCE, pubsub.WAITS)), api.topic).wake("w")
            message = endpoint.next()["message"]
        assert (message["attributes"], message["data"], message.get("orderingKey")) == ({"watchId": "w"}, "", None)
