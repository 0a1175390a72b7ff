"""What is published to the changes topic, as AsyncAPI 3.0, from the published schemas and by the words of `pubsub`.

A schema is of a whole CloudEvent. On Pub/Sub its attributes are a message's, and its `data` are what the message holds:
plain objects, without references, as generators of code like them best.
"""

import json
from collections.abc import Iterable
from typing import Any

from calendar_watch import __version__
from calendar_watch.pubsub import attribute
from tests.doubles.local_pubsub import Message
from tests.tools.documents.event_schemas import SCHEMAS, Schema, event_schemas

_HERE = "#/components/"
_TOPIC = """\
Every change of every watch, as a CloudEvent in binary content mode \
(https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md). The ordering key is the watch's id. \
Delivery is at least once: a change may come twice, always with the same id and content; sequences of a watch are \
contiguous, but for a new beginning (`resynced` without `counts`, `opened`) after the database was restored. \
An attribute whose value is longer than 1,024 bytes is left out; the data tell it too."""
_BINDING = {"orderingKey": f"$message.header#/{attribute('partitionkey')}", "bindingVersion": "0.2.0"}


def document(published: Iterable[Message]) -> dict[str, Any]:
    """Of each type, the first that was published is the example."""
    examples: dict[str, Message] = {}
    for each in published:
        examples.setdefault(each.attributes[attribute("type")], each)
    events = event_schemas()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Calendar Watch: changes", "version": __version__},
        "defaultContentType": "application/json",
        "servers": {"pubsub": {"host": "pubsub.googleapis.com", "protocol": "googlepubsub"}},
        "channels": {"changes": _channel(events)},
        "operations": {"publish": {"action": "send", "channel": {"$ref": "#/channels/changes"}}},
        "components": {
            "messages": {kind: _message(kind, event, examples[kind]) for kind, event in events.items()},
            "schemas": {_name(kind): event["properties"]["data"] for kind, event in events.items()},
        },
    }


def _channel(kinds: Iterable[str]) -> dict[str, Any]:
    return {
        "address": "projects/{project}/topics/{topic}",
        "description": _TOPIC,
        "parameters": {name: {"description": f"the {name} of CHANGES_TOPIC"} for name in ("project", "topic")},
        "messages": {kind: {"$ref": f"{_HERE}messages/{kind}"} for kind in kinds},
    }


def _message(kind: str, event: Schema, example: Message) -> dict[str, Any]:
    return {
        "name": kind,
        "title": event["title"],
        "description": event["description"],
        "headers": {
            "type": "object",
            "required": [attribute(name) for name in SCHEMAS["Change.envelope"]["required"] if name != "data"],
            "properties": {attribute(name): form for name, form in event["properties"].items() if name != "data"},
        },
        "payload": {"$ref": f"{_HERE}schemas/{_name(kind)}"},
        "bindings": {"googlepubsub": _BINDING},
        "examples": [{"headers": dict(example.attributes), "payload": json.loads(example.payload)}],
    }


def _name(kind: str) -> str:
    """What its class may be called."""
    _, of, what, _ = kind.split(".")
    return f"{of[0].upper()}{of[1:]}{what.capitalize()}"
