"""The REST API: https://cloud.google.com/pubsub/docs/reference/rest. A request in, an answer or None out."""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from tests.doubles.local_pubsub.errors import PubSubError, injected, invalid
from tests.doubles.local_pubsub.faults import Fault
from tests.doubles.local_pubsub.pubsub import LocalPubSub
from tests.doubles.local_pubsub.subscription import Received, Subscription

Body: TypeAlias = Mapping[str, Any]
Action: TypeAlias = Callable[[LocalPubSub, str, Body], Body]

_PATH = re.compile(r"/v1/(?P<name>projects/[^/]+/(?P<kind>topics|subscriptions)/[^/:]+)(?::(?P<method>[A-Za-z]+))?")
_MESSAGE_FIELDS = frozenset({"data", "attributes", "orderingKey", "messageId", "publishTime"})


@dataclass(frozen=True)
class Answer:
    status: int
    body: Body

    @property
    def content(self) -> bytes:
        return json.dumps(self.body).encode()


def handle(pubsub: LocalPubSub, verb: str, path: str, content: bytes) -> Answer | None:
    """None: no answer, the connection ends."""
    if pubsub.faults.is_away:
        return None
    match = _PATH.fullmatch(path)
    action = match and _ACTIONS.get((verb, match["kind"], match["method"]))
    if not match or not action:
        return Answer(HTTPStatus.NOT_FOUND, {"error": {"code": 404, "message": "Not Found", "status": "NOT_FOUND"}})
    fault = pubsub.faults.striking(match["method"] or verb)
    if fault and not fault.stored:
        return _struck(fault)
    answer = _answer(lambda: action(pubsub, match["name"], _parsed(content)))
    return _struck(fault) if fault else answer


def _answer(act: Callable[[], Body]) -> Answer:
    try:
        return Answer(HTTPStatus.OK, act())
    except PubSubError as error:
        return Answer(error.status, error.wire)


def _struck(fault: Fault) -> Answer | None:
    return Answer(fault.status, injected(fault.status).wire) if fault.status else None


def _parsed(content: bytes) -> Body:
    try:
        body = json.loads(content or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("Payload isn't valid for request.")
    return body


def _create_topic(pubsub: LocalPubSub, name: str, _: Body) -> Body:
    pubsub.create_topic(name)
    return {"name": name}


def _get_topic(pubsub: LocalPubSub, name: str, _: Body) -> Body:
    pubsub.published(name)
    return {"name": name}


def _delete_topic(pubsub: LocalPubSub, name: str, _: Body) -> Body:
    pubsub.delete_topic(name)
    return {}


def _publish(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    messages = body.get("messages", [])
    if not body.keys() <= {"messages"} or not all(map(_is_message, messages)):
        raise invalid("Payload isn't valid for request.")
    return {"messageIds": pubsub.publish(name, messages)}


def _is_message(message: Any) -> bool:
    try:
        b64decode(message.get("data", ""), validate=True)
        texts = [*message.get("attributes", {}).values(), message.get("orderingKey", "")]
    except (AttributeError, TypeError, binascii.Error):
        return False
    return message.keys() <= _MESSAGE_FIELDS and all(isinstance(each, str) for each in texts)


def _test_permissions(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    """Whoever asks may do everything with what is there, and nothing with what is not."""
    asked = body.get("permissions", [])
    return {"permissions": asked} if asked and pubsub.has_topic(name) else {}


def _create_subscription(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    push = body.get("pushConfig", {})
    subscription = Subscription(
        name=name,
        topic=body.get("topic", ""),
        ack_seconds=body.get("ackDeadlineSeconds", 0) or 10,
        ordered=body.get("enableMessageOrdering", False),
        endpoint=push.get("pushEndpoint", ""),
        unwrapped=push.get("noWrapper", {}).get("writeMetadata", False),
        filter=body.get("filter", ""),
        **_retried(body.get("retryPolicy", {})),
        dead_letters=body.get("deadLetterPolicy", {}).get("deadLetterTopic", ""),
    )
    return _shown(pubsub.create_subscription(subscription))


def _retried(policy: Body) -> Mapping[str, float]:
    return {"first_wait": float(policy["minimumBackoff"].removesuffix("s"))} if "minimumBackoff" in policy else {}


def _get_subscription(pubsub: LocalPubSub, name: str, _: Body) -> Body:
    return _shown(pubsub.subscription(name))


def _shown(subscription: Subscription) -> Body:
    return {
        "name": subscription.name,
        "topic": subscription.topic,
        "pushConfig": _push_config(subscription),
        "ackDeadlineSeconds": subscription.ack_seconds,
        **({"enableMessageOrdering": True} if subscription.ordered else {}),
        **({"filter": subscription.filter} if subscription.filter else {}),
        **({"deadLetterPolicy": {"deadLetterTopic": subscription.dead_letters}} if subscription.dead_letters else {}),
    }


def _push_config(subscription: Subscription) -> Body:
    endpoint = {"pushEndpoint": subscription.endpoint} if subscription.endpoint else {}
    return {**endpoint, **({"noWrapper": {"writeMetadata": True}} if subscription.unwrapped else {})}


def _delete_subscription(pubsub: LocalPubSub, name: str, _: Body) -> Body:
    pubsub.delete_subscription(name)
    return {}


def _pull(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    received = pubsub.pull(name, body.get("maxMessages", 0))
    return {"receivedMessages": [_handed(each) for each in received]} if received else {}


def _handed(received: Received) -> Body:
    return {"ackId": received.ack_id, "message": received.message.wire}


def _acknowledge(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    pubsub.acknowledge(name, body.get("ackIds", []))
    return {}


def _modify_ack_deadline(pubsub: LocalPubSub, name: str, body: Body) -> Body:
    pubsub.modify_ack_deadline(name, body.get("ackIds", []), body.get("ackDeadlineSeconds", 0))
    return {}


_ACTIONS: Mapping[tuple[str, str, str | None], Action] = {
    ("PUT", "topics", None): _create_topic,
    ("GET", "topics", None): _get_topic,
    ("DELETE", "topics", None): _delete_topic,
    ("POST", "topics", "publish"): _publish,
    ("POST", "topics", "testIamPermissions"): _test_permissions,
    ("PUT", "subscriptions", None): _create_subscription,
    ("GET", "subscriptions", None): _get_subscription,
    ("DELETE", "subscriptions", None): _delete_subscription,
    ("POST", "subscriptions", "pull"): _pull,
    ("POST", "subscriptions", "acknowledge"): _acknowledge,
    ("POST", "subscriptions", "modifyAckDeadline"): _modify_ack_deadline,
}
