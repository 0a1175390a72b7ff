"""What Google refuses to publish: https://cloud.google.com/pubsub/quotas#resource_limits.

Its emulator knows the limit on the number of messages only.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.doubles.local_pubsub.errors import invalid

MESSAGES = 1_000
REQUEST_BYTES = 10_000_000
ATTRIBUTES = 100
KEY_BYTES = 256
VALUE_BYTES = 1_024
ORDERING_KEY_BYTES = 1_024

_NAME = re.compile(r"projects/[^/]+/(topics|subscriptions)/(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}")


def check_name(name: str) -> None:
    """https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names."""
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid name: (name={name})")


def check_messages(messages: Sequence[Mapping[str, Any]]) -> None:
    if not messages:
        raise invalid("No messages to publish")
    if len(messages) > MESSAGES:
        raise invalid("Too many messages to publish")
    for each in messages:
        _check_message(each)
    if sum(map(_size, messages)) > REQUEST_BYTES:
        raise invalid("The request size is too large.")


def _check_message(message: Mapping[str, Any]) -> None:
    attributes = message.get("attributes", {})
    if not message.get("data") and not attributes:
        raise invalid("Some messages are empty")
    if len(attributes) > ATTRIBUTES:
        raise invalid("A message has too many attributes.")
    if _bytes(message.get("orderingKey", "")) > ORDERING_KEY_BYTES:
        raise invalid("An ordering key is too long.")
    for key, value in attributes.items():
        _check_attribute(key, value)


def _check_attribute(key: str, value: str) -> None:
    if not key or _bytes(key) > KEY_BYTES or key.startswith("goog"):
        raise invalid("An attribute key is empty, too long or reserved.")
    if _bytes(value) > VALUE_BYTES:
        raise invalid("An attribute value is too long.")


def _size(message: Mapping[str, Any]) -> int:
    attributes = message.get("attributes", {})
    texts = (*attributes.keys(), *attributes.values(), message.get("orderingKey", ""))
    return len(base64.b64decode(message.get("data", ""))) + sum(map(_bytes, texts))


def _bytes(text: str) -> int:
    return len(text.encode())
