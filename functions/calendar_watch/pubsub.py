"""Publishing over Pub/Sub's REST API: it has happened, or TryLaterError was raised; nothing goes on in the background.

The format is the CloudEvents Pub/Sub binding in binary content mode:
https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md
"""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import base64
import functools
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import requests

from calendar_watch.errors import BriefError, TryLaterError
from calendar_watch.google_http import Tries, anonymous, pool, pooled
from calendar_watch.model.watch import ChangeEvent
from calendar_watch.sizes import encoded

Message = Mapping[str, object]
"""As in https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage."""

_ROOT = "https://pubsub.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/pubsub"
_PUBLISH = "pubsub.topics.publish"
WAITS = (0.2, 0.6)
"""The longest waits, in seconds, before the second and the third try."""

# Google's limits are 1,000 messages and 10 MB a request, 1,024 bytes an attribute's value, and 1 MB a second for an
# ordering key (https://cloud.google.com/pubsub/quotas), so that a larger request would only be throttled.
_MOST_MESSAGES = 100
_MOST_BYTES = 1_000_000
_MOST_VALUE_BYTES = 1_024


class PubSub:
    """`tries` bounds one `publish` altogether, a first access token aside. Thread-safe."""

    def __init__(self, root: str, session: Callable[[], requests.Session], tries: Tries):
        self._root = root
        self._open = functools.cache(session)
        self._opening = threading.Lock()
        self._tries = tries

    def publish(self, topic: str, messages: Iterable[Message]) -> None:
        """In order, one request at a time: trying one again may repeat messages, but brings none forward."""
        deadline = self._tries.deadline()
        for body in bodies(messages):
            self._tries.repeat(functools.partial(self._post, f"{self._root}/v1/{topic}:publish", body), deadline)

    def may_publish(self, topic: str) -> bool:
        """Whether there is such a topic, and we may publish to it: by asking, never by a message."""
        return self._tries.repeat(
            functools.partial(self._permitted, f"{self._root}/v1/{topic}"), self._tries.deadline()
        )

    def _permitted(self, url: str, deadline: float) -> bool:
        """Nobody may do anything with what is not there. Google's emulator knows topics, and no permissions (501).

        https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/testIamPermissions
        """
        response = self._send("POST", f"{url}:testIamPermissions", encoded({"permissions": [_PUBLISH]}), deadline)
        if response.status_code == HTTPStatus.NOT_IMPLEMENTED:
            return self._send("GET", url, b"", deadline).ok
        if response.status_code == HTTPStatus.NOT_FOUND:
            return False
        _check(response)
        return _PUBLISH in response.json().get("permissions", ())

    def _post(self, url: str, body: bytes, deadline: float) -> None:
        _check(self._send("POST", url, body, deadline))

    def _send(self, method: str, url: str, body: bytes, deadline: float) -> requests.Response:
        try:
            return self._session().request(
                method,
                url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=self._tries.bounds(deadline),
                allow_redirects=False,
            )
        except requests.RequestException as exception:
            raise BriefError(f"no answer from Pub/Sub: {type(exception).__name__}") from None
        except _google_auth_error() as exception:
            raise TryLaterError(f"no access token for Pub/Sub: {type(exception).__name__}") from None

    def _session(self) -> requests.Session:
        with self._opening:
            return self._open()


def connect(emulator_host: str, tries: Tries) -> PubSub:
    """Google's, unless there is an emulator, PUBSUB_EMULATOR_HOST. Makes no network call."""
    if emulator_host:
        return PubSub(f"http://{emulator_host}", lambda: anonymous(pool()), tries)
    return PubSub(_ROOT, _authorized, tries)


@dataclass(frozen=True, slots=True)
class ChangesTopic:
    """Publishes change events.

    Subscribers' filters see attributes only, never data, so the names of the attributes are part of the contract
    (https://cloud.google.com/pubsub/docs/subscription-message-filter).
    """

    pubsub: PubSub
    topic: str

    def publish(self, entries: Sequence[ChangeEvent]) -> None:
        """Entries of one watch, in sequence. Raises TryLaterError when any may be missing: publish all of them again.

        First deliveries are in order all the same, as no entry is sent before those that precede it have arrived.
        """
        self.pubsub.publish(self.topic, map(_change, entries))


@dataclass(frozen=True, slots=True)
class WakeupTopic:
    """Tells `renew` that a watch has a notification. Order does not matter, and a lost one costs a minute."""

    pubsub: PubSub
    topic: str

    def wake(self, watch_id: str) -> None:
        """Raise TryLaterError when it may not have been sent."""
        self.pubsub.publish(self.topic, [{"attributes": {"watchId": watch_id}}])


@dataclass(frozen=True, slots=True)
class HandoverTopic:
    """Has `renew` sweep shards, in other instances if there are any: a message each."""

    pubsub: PubSub
    topic: str

    def hand_over(self, shards: Sequence[int]) -> None:
        """Raise TryLaterError when any may not have been sent."""
        self.pubsub.publish(self.topic, [{"attributes": {"shard": str(each)}} for each in shards])


def bodies(messages: Iterable[Message]) -> Iterator[bytes]:
    """Yield the requests to make, none above the limits; a message that is larger by itself goes alone."""
    batch: list[bytes] = []
    for message in messages:
        body = encoded(message)
        if batch and (len(batch) == _MOST_MESSAGES or _size([*batch, body]) > _MOST_BYTES):
            yield _body(batch)
            batch = []
        batch.append(body)
    if batch:
        yield _body(batch)


def _body(batch: list[bytes]) -> bytes:
    return b'{"messages":[' + b",".join(batch) + b"]}"


def _size(batch: list[bytes]) -> int:
    commas = len(batch) - 1
    return len(_body([])) + sum(map(len, batch)) + commas


def attribute(name: str) -> str:
    """What an attribute of a CloudEvent is called on Pub/Sub."""
    return "content-type" if name == "datacontenttype" else f"ce-{name}"


def _change(entry: ChangeEvent) -> Message:
    attributes = {attribute(name): value for name, value in entry.items() if name != "data"}
    return {
        "attributes": {name: value for name, value in attributes.items() if _fits(value)},
        "data": base64.b64encode(encoded(entry["data"])).decode(),
        "orderingKey": entry["partitionkey"],
    }


def _fits(value: str) -> bool:
    """A longer one is left out, as Pub/Sub would refuse the message for ever; `data` tells it too."""
    return len(value.encode()) <= _MOST_VALUE_BYTES


def _check(response: requests.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    brief = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = BriefError if brief else TryLaterError
    raise kind(f"Pub/Sub refused: HTTP {status} {_word(response)}".rstrip())


def _word(response: requests.Response) -> str:
    """Google's name for the error, such as NOT_FOUND. Its message is left out: it may quote what was sent."""
    match = re.search(rb'"status":\s*"([A-Z_]{1,40})"', response.content)
    return match[1].decode() if match else ""


def _google_auth_error() -> type[Exception]:
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - only needed once something failed

    error: type[Exception] = GoogleAuthError
    return error


def _authorized() -> requests.Session:
    import google.auth  # noqa: PLC0415 - `notifications` starts sooner without it
    from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415 - likewise

    credentials, _project = google.auth.default(scopes=[_SCOPE])
    return pooled(AuthorizedSession(credentials, max_refresh_attempts=1), pool())
