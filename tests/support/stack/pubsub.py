"""Pub/Sub between the functions and their consumer: two topics, and who hears of what is published there."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cloudevents.http import from_http

from tests.support import pubsub_emulator

from .rest import RefusedError, told

WHOSE = {"emulator": "Google's emulator", "local": "ours, in memory"}

_MOST = 100
_PATIENCE = 120
_RETRIED = {"minimumBackoff": "10s", "maximumBackoff": "60s"}
Event = Mapping[str, Any]


class PubSub:
    """Whatever is published to `changes` waits for the subscription `consumer`, in order for each watch."""

    def __init__(self, host: str, project: str):
        self.host = host
        self.changes, self.wakeups = (f"projects/{project}/topics/{name}" for name in ("changes", "wakeups"))
        self.consumer, self._waker = (f"projects/{project}/subscriptions/{name}" for name in ("consumer", "renew"))

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            pubsub_emulator.VARIABLE: self.host,
            "CHANGES_TOPIC": self.changes,
            "WAKEUP_TOPIC": self.wakeups,
        }

    def create(self, wakeups_url: str) -> None:
        """Both topics; `wakeups` is pushed to that address, as in production."""
        for topic in (self.changes, self.wakeups):
            self._call("PUT", topic, {})
        self._call("PUT", self._waker, {"topic": self.wakeups, "pushConfig": {"pushEndpoint": wakeups_url}})
        self._call("PUT", self.consumer, {"topic": self.changes, "enableMessageOrdering": True})

    def push(self, topic: str, url: str, patience: int = _PATIENCE) -> None:
        """To `url`, as infra/pubsub.tf has it: what failed comes again after ten seconds, and says how often it did.

        `patience` is how many seconds an answer may take.
        """
        name, dead = (topic.replace("/topics/", "/subscriptions/"), f"{topic}-dead-letters")
        for each in (dead, topic):
            self._create(each)
        policies = {"deadLetterPolicy": {"deadLetterTopic": dead, "maxDeliveryAttempts": 10}, "retryPolicy": _RETRIED}
        body = {"topic": topic, "pushConfig": {"pushEndpoint": url}, "ackDeadlineSeconds": patience, **policies}
        self._call("PUT", name, body)

    def push_wakeups(self, url: str) -> None:
        """Likewise, instead of trying again at once."""
        self._call("DELETE", self._waker, None)
        self.push(self.wakeups, url)

    def messages(self) -> list[Any]:
        """What has come since the last time, as Pub/Sub hands it out. It is acknowledged and comes no more."""
        received = self._call("POST", f"{self.consumer}:pull", {"maxMessages": _MOST, "returnImmediately": True})
        handed = received.get("receivedMessages", [])
        if handed:
            self._call("POST", f"{self.consumer}:acknowledge", {"ackIds": [each["ackId"] for each in handed]})
        return [each["message"] for each in handed]

    def events(self) -> list[Event]:
        """The same, as the resume feed shows it. Raises what `cloudevents` does if one is no CloudEvent."""
        return [event_of(message) for message in self.messages()]

    def _create(self, topic: str) -> None:
        with suppress(RefusedError):  # it is there
            self._call("PUT", topic, {})

    def _call(self, method: str, path: str, body: object) -> Any:
        return told(method, f"http://{self.host}/v1/{path}", body)


def event_of(message: Mapping[str, Any]) -> Event:
    """By the Pub/Sub binding, binary mode; its attributes are spelled as HTTP's headers are."""
    event = from_http(message["attributes"], base64.b64decode(message["data"]))
    return {**event.get_attributes(), "data": event.get_data()}


def best_pubsub() -> str:
    """Google's emulator, where this machine has it."""
    return "emulator" if pubsub_emulator.present() else "local"
