"""A message as the subscription writes it to BigQuery."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from tests.doubles.local_pubsub import Message
from tests.support.consumer import begins_anew

_PREFIX = "calendarwatch."


@dataclass(frozen=True)
class Row:
    message_id: str
    published: datetime
    attributes: Mapping[str, str]
    data: Mapping[str, Any]

    @classmethod
    def of(cls, message: Message) -> Self:
        attributes = {**message.attributes, "orderingKey": message.ordering_key}
        return cls(message.id, message.published, attributes, json.loads(message.payload))

    @classmethod
    def of_event(cls, event: Mapping[str, Any]) -> Self:
        """As the message would be of an entry of the feed."""
        attributes = {f"ce-{name}": value for name, value in event.items() if name != "data"}
        return cls(event["id"], datetime.fromisoformat(event["time"]), attributes, event["data"])

    @property
    def id(self) -> str:
        return self.attributes["ce-id"]

    @property
    def watch(self) -> str:
        return self.attributes["ce-partitionkey"]

    @property
    def sequence(self) -> int:
        return int(self.attributes["ce-sequence"])

    @property
    def kind(self) -> str:
        return self.attributes["ce-type"].removeprefix(_PREFIX).removesuffix(".v1")

    @property
    def begins_anew(self) -> bool:
        return begins_anew({"type": self.attributes["ce-type"], "data": self.data})

    @property
    def columns(self) -> Mapping[str, Any]:
        return {
            "subscription_name": "projects/1/subscriptions/calendar-watch-bigquery",
            "message_id": self.message_id,
            "publish_time": self.published.replace(tzinfo=None),
            "data": json.dumps(self.data, ensure_ascii=False, separators=(",", ":")),
            "attributes": json.dumps(self.attributes, ensure_ascii=False, separators=(",", ":")),
        }
