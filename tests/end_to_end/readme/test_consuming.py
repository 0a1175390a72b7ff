"""The consumer that CONSUMING.md describes runs, as it is deployed and as the examples say, and keeps its promises."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import functions_framework
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from google.auth.transport.requests import AuthorizedSession
from google.cloud import firestore

from calendar_copy.firestore_sink import FirestoreSink
from tests.api.deployment import ACL, Deployment
from tests.api.google import BOB
from tests.contract.schemas.contract import validator
from tests.doubles.local_pubsub import Message, Server
from tests.end_to_end.readme.conftest import CHANGES, Watches, example
from tests.support.copies import InFirestore

BOBS_RULE = f"user:{BOB}"


class Subscriber:
    """infra/consumer as functions-framework runs it, and Pub/Sub, which pushes to it."""

    def __init__(self, client: FlaskClient, pubsub: Server, database: firestore.Client) -> None:
        self._client = client
        self._pubsub = pubsub.pubsub
        self._database = database

    @property
    def messages(self) -> list[Message]:
        """All that were ever published."""
        return list(self._pubsub.published(CHANGES))

    def push(self, *messages: Message) -> list[int]:
        return [self._push(each) for each in messages]

    def _push(self, message: Message) -> int:
        """Unwrapped and with metadata: https://cloud.google.com/pubsub/docs/payload-unwrapping."""
        ours = {
            "x-goog-pubsub-subscription-name": "projects/readme/subscriptions/copies",
            "x-goog-pubsub-message-id": message.id,
            "x-goog-pubsub-publish-time": message.published.isoformat(),
            "x-goog-pubsub-ordering-key": message.ordering_key,
        }
        headers = {**ours, **message.attributes}
        response = self._client.post("/", data=message.payload, headers=headers)
        response.close()
        return response.status_code

    def sequence(self, watch: Any) -> int:
        return FirestoreSink(self._database).read(watch["id"]).sequence

    def items(self, watch: Any) -> Any:
        return InFirestore(self._database).items(watch["id"])


@pytest.fixture
def subscriber(watches: Watches, pubsub: Server, deployment: Deployment) -> Iterator[Subscriber]:
    del watches  # only have to be there
    database = firestore.Client(project=deployment.project)
    create: Callable[[str, str], Flask] = functions_framework.create_app
    app = create("on_change", "infra/consumer/main.py")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield Subscriber(app.test_client(), pubsub, database)
    database._firestore_api.transport.close()  # noqa: SLF001 (Client.close() leaves this channel open)


@pytest.fixture
def watch(subscriber: Subscriber, deployment: Deployment) -> Any:
    """Known to the subscriber, and followed by four changes that are not."""
    watch = deployment.open(ACL)
    subscriber.push(*subscriber.messages)
    for role in ("reader", "writer", "none", "owner"):
        deployment.share(role)
    return watch


def assert_agrees(subscriber: Subscriber, deployment: Deployment, watch: Any) -> None:
    """The copy is what the collection holds."""
    shown = deployment.get(f"/{watch['id']}/items")
    assert (subscriber.sequence(watch), subscriber.items(watch)) == (shown["sequence"], shown["items"])


def test_each_change_counts_once_however_often_it_comes(
    subscriber: Subscriber, deployment: Deployment, watch: Any, watches: Watches
) -> None:
    watches.asked.clear()
    opened, *changes = subscriber.messages
    roles = []
    for each in changes:
        assert subscriber.push(each, each, opened) == [200] * 3
        roles.append(subscriber.items(watch).get(BOBS_RULE, {}).get("role"))
    assert roles == ["reader", "writer", None, "owner"]
    assert subscriber.push(*reversed(changes), *changes) == [200] * 8
    assert_agrees(subscriber, deployment, watch)
    assert watches.paths == [], "everything was in the messages"


def test_a_gap_is_filled_from_the_feed(
    subscriber: Subscriber, deployment: Deployment, watch: Any, watches: Watches
) -> None:
    watches.asked.clear()
    assert subscriber.push(subscriber.messages[-1]) == [200]
    assert set(watches.paths) == {f"GET /{watch['id']}/changes"}
    assert_agrees(subscriber, deployment, watch)


def test_a_gap_that_cannot_be_filled_is_answered_with_an_error_until_it_can(
    subscriber: Subscriber, deployment: Deployment, watch: Any, watches: Watches
) -> None:
    _opened, missing, *rest = subscriber.messages
    before = subscriber.sequence(watch), subscriber.items(watch)
    watches.away = True
    assert subscriber.push(*rest) == [500] * 3
    assert (subscriber.sequence(watch), subscriber.items(watch)) == before
    assert subscriber.push(missing, rest[0]) == [200, 200], "it needs the feed for nothing else"
    assert subscriber.push(rest[2]) == [500]
    watches.away = False
    assert subscriber.push(*rest[1:]) == [200, 200]
    assert_agrees(subscriber, deployment, watch)


def test_of_two_instances_the_later_one_does_not_undo_what_the_other_did(
    subscriber: Subscriber, deployment: Deployment, watch: Any, watches: Watches
) -> None:
    _opened, *missing, last = subscriber.messages
    told: list[int] = []
    watches.meanwhile = lambda: told.extend(subscriber.push(missing[0]))
    assert subscriber.push(last) == [500]
    assert (told, subscriber.sequence(watch)) == ([200], 2)
    assert subscriber.push(last) == [200]
    assert_agrees(subscriber, deployment, watch)


def test_what_is_no_longer_in_the_feed_either_is_made_up_for_by_the_items(
    subscriber: Subscriber, deployment: Deployment, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.deploy(monkeypatch, CHANGE_RETENTION_DAYS="0.000001")
    assert subscriber.push(subscriber.messages[-1]) == [200]
    assert_agrees(subscriber, deployment, watch)


def test_a_subscriber_that_comes_late_starts_from_the_items(subscriber: Subscriber, deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.share("reader")
    assert subscriber.push(*subscriber.messages[1:]) == [200]
    assert_agrees(subscriber, deployment, watch)


def test_over_the_internet_it_says_who_it_is_and_never_over_plain_http(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    del subscriber  # has loaded it
    session: Callable[[str], requests.Session] = sys.modules["main"]._session  # noqa: SLF001 (what it asks with)
    audiences: list[str] = []
    monkeypatch.setattr(sys.modules["main"], "fetch_id_token_credentials", lambda url, _: audiences.append(url))
    assert type(session("http://127.0.0.1:8080")) is requests.Session
    assert isinstance(session("https://watches.example.com"), AuthorizedSession)
    assert audiences == ["https://watches.example.com"]


class InSql:
    """The example of CONSUMING.md, run in a folder of its own."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        exec(compile(example("A consumer"), "CONSUMING.md", "exec"), self.names)  # noqa: S102 (what is tested)

    def all(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect("copies.db")) as database:
            return database.execute(statement).fetchall()


def test_the_example_keeps_items_and_history_in_sql(
    deployment: Deployment, watches: Watches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = deployment.open(ACL)
    deployment.share("reader")
    monkeypatch.setenv("ID", watch["id"])
    monkeypatch.chdir(tmp_path)
    example = InSql()
    deployment.share("writer")
    for _ in range(2):
        example.names["consumer"].catch_up(watch["id"])
    shown = deployment.get(f"/{watch['id']}/items")
    held = {name: json.loads(item) for name, item in example.all("SELECT id, item FROM calendar_items")}
    assert held == shown["items"]
    assert example.all("SELECT sequence FROM calendar_copies") == [(shown["sequence"],)]
    assert [type_ for (type_,) in example.all("SELECT type FROM history")] == ["calendarwatch.acl.updated.v1"]
    assert watches.paths


def test_the_message_that_is_shown_could_be_one() -> None:
    message = json.loads(example("Consuming from Pub/Sub", "json"))
    event = {name.removeprefix("ce-"): value for name, value in message["attributes"].items()}
    event["datacontenttype"] = event.pop("content-type")
    validator().validate({**event, "data": message["data"]})
    assert message["orderingKey"] == event["partitionkey"]
