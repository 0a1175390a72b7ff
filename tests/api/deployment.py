"""The three functions as functions-framework runs them, each from a fresh execution of main.py."""

import json
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import functions_framework
import pytest
from flask import Flask
from google.cloud.firestore import Client
from werkzeug.test import TestResponse

from calendar_watch.firestore.packed_documents import entry_document, entry_of
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import Target
from tests.api import documented
from tests.api.google import ALICE, BOB, Google
from tests.doubles.calendar_simulator import Delivery
from tests.doubles.local_firestore import LocalFirestore
from tests.support import firestore_emulator

NOTIFICATION_URL = "https://notifications.example.com/"
KEY = "k" * 32
ACL = {"resource": "acl", "calendarId": ALICE, "subject": ALICE}
CALENDAR_LIST = {"resource": "calendarList", "subject": ALICE}
SETTINGS = {"resource": "settings", "subject": ALICE}

Json = dict[str, Any]


def _spelled_out(value: Any) -> Any:
    return zlib.decompress(value) if isinstance(value, bytes) else value


class Deployment:
    """`variables` go on top of an environment in which everything works."""

    def __init__(self, project: str, firestore: LocalFirestore, url: str, **options: Any) -> None:
        self.project, self.firestore = project, firestore
        self.google = Google(self._post, **options)
        self._environment = {
            firestore_emulator.VARIABLE: firestore.host,
            "GOOGLE_CLOUD_PROJECT": project,
            "NOTIFICATION_URL": NOTIFICATION_URL,
            "CHANNEL_TOKEN_KEYS": KEY,
            "RESOURCES": "acl,calendarList,events,settings",
            "AUTH_MODE": "anonymous",
            "SUBJECT_DOMAINS": "example.com,example.org",
            "CALENDAR_API_ROOT": f"{url}/calendar/v3",
        }
        self._apps: dict[str, Flask] = {}
        self._lock = threading.Lock()

    def deploy(self, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
        """New instances, which know only what is stored."""
        self._environment |= variables
        for name, value in self._environment.items():
            monkeypatch.setenv(name, value)
        self._apps = {}

    def _app(self, function: str) -> Flask:
        with self._lock:
            if function not in self._apps:
                create: Callable[[str, str], Flask] = functions_framework.create_app
                self._apps[function] = create(function, "functions/main.py")
            return self._apps[function]

    def served(self, function: str) -> WSGIApplication:
        """For a socket: the instance that runs when a request comes."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            return self._app(function)(environ, start_response)

        return answer

    def instance(self, function: str) -> WSGIApplication:
        """The one that runs now, with its settings read."""
        assert self.ask(function, "PUT").status_code == 405
        return self._app(function)

    # --- requests

    def ask(self, function: str, method: str, path: str = "/", **options: Any) -> TestResponse:
        response = self._app(function).test_client().open(path, method=method, **options)
        response.close()
        if function == "watches":
            documented.check(method, path, response)
        return response

    def post(self, body: object) -> TestResponse:
        return self.ask("watches", "POST", json=body)

    def order(self, watch_id: str, what: str) -> TestResponse:
        return self.ask("watches", "POST", f"/{watch_id}/{what}", json={})

    def get(self, path: str, **query: Any) -> Json:
        """What `watches` answers, when all is well."""
        response = self.ask("watches", "GET", path, query_string=query)
        assert response.status_code == 200, response.text
        return json_of(response)

    def notify(self, headers: dict[str, str]) -> TestResponse:
        return self.ask("notifications", "POST", headers=headers)

    # --- what is usually done

    def open(self, target: Json, **more: Any) -> Json:
        response = self.post({**target, **more})
        assert response.status_code == 201, response.text
        return json_of(response)

    def end(self, watch: Json) -> TestResponse:
        return self.ask("watches", "DELETE", f"/{watch['id']}")

    def share(self, role: str, whom: str = BOB) -> None:
        """Alice changes who may do what with her calendar, Google says so, and it is reconciled."""
        self.google.alice.share(ALICE, whom, role)
        self.reconcile()

    def reconcile(self) -> Json:
        """Everything that is announced arrives, and everything that is due is done."""
        self.google.deliver()
        response = self.ask("renew", "POST")
        assert response.status_code == 200, response.text
        return json_of(response)

    def changes(self, watch: Json, **query: Any) -> list[Json]:
        changes: list[Json] = self.get(f"/{watch['id']}/changes", **query)["changes"]
        return changes

    def grow_old(self, watch: Json, sequence: int) -> None:
        """As if that change had been written in another century."""
        with self._client() as client:
            entry = client.document(f"calendar_watch_changes/{watch['id']}~{sequence:020d}")
            event = entry_of(entry.get().to_dict() or {})
            entry.set(entry_document({**event, "time": "1999-12-31T23:59:59Z"}, None))

    def leave_held(self, watch: Json, since: timedelta) -> None:
        """As if a worker had died in the middle of a reading, so long ago."""
        now = datetime.now(UTC)
        left = {"holder": "dead", "due_at": now - since + timedelta(seconds=60), "read_at": now - since}
        with self._client() as client:
            client.document(f"calendar_watches/{watch['id']}").update(left)

    def multiply(self, watch: Json, number: int) -> None:
        """As if so many other users had asked for the same."""
        name = f"projects/{self.project}/databases/calendar-watch/documents/calendar_watches/{watch['id']}"
        target = Target(RESOURCES[watch["resource"]], watch["calendarId"])
        others = [replace(target, subject=f"user{each}@example.com") for each in range(number)]
        self.firestore.multiply(name, {each.id: {"subject": each.subject or ""} for each in others})

    def make_foreign(self, watch: Json) -> None:
        """As if another release had written it."""
        with self._client() as client:
            client.document(f"calendar_watches/{watch['id']}").update({"schema": 1})

    def everything_stored(self) -> str:
        """All documents of all collections, spelled out."""
        with self._client() as client:
            found = [each.to_dict() or {} for collection in client.collections() for each in collection.stream()]
        return repr([[_spelled_out(value) for value in each.values()] for each in found])

    def kept_of(self, watch: Json) -> list[str]:
        """Names of what is stored of a watch, besides the watch itself."""
        with self._client() as client:
            names = [each.id for collection in client.collections() for each in collection.stream()]
        return [each for each in names if each.startswith(f"{watch['id']}~")]

    @contextmanager
    def _client(self) -> Iterator[Client]:
        client = Client(project=self.project, database="calendar-watch")
        yield client
        client._firestore_api.transport.close()  # noqa: SLF001 (Client.close() leaves this channel open)

    def _post(self, delivery: Delivery) -> int:
        return self.notify(dict(delivery.headers)).status_code


def json_of(response: TestResponse) -> Json:
    answer: Json = json.loads(response.data)
    return answer


def problem_of(response: TestResponse) -> Json:
    """The problem that an error is told as (RFC 9457), checked for its form."""
    problem = json_of(response)
    assert response.mimetype == "application/problem+json"
    assert problem["status"] == response.status_code
    assert problem["type"].startswith("urn:calendarwatch:problem:")
    assert problem["title"]
    assert problem["detail"]
    return problem


def wrong_fields(response: TestResponse) -> list[str]:
    """The fields that a 400 names, each with a message."""
    problem = problem_of(response)
    assert response.status_code == 400
    assert all(each.keys() == {"field", "message"} and each["message"] for each in problem["errors"])
    return [each["field"] for each in problem["errors"]]
