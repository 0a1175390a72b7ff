"""A message as it was published."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True)
class Message:
    id: str
    published: datetime
    data: str = ""
    """Base64, as on the wire."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ordering_key: str = ""

    @classmethod
    def of(cls, number: int, now: datetime, wire: Mapping[str, Any]) -> Self:
        attributes = dict(wire.get("attributes", {}))
        return cls(str(number), now, wire.get("data", ""), attributes, wire.get("orderingKey", ""))

    @property
    def payload(self) -> bytes:
        return base64.b64decode(self.data)

    @property
    def wire(self) -> dict[str, Any]:
        """As `pull` shows it; what is empty is left out."""
        shown = {
            "data": self.data,
            "attributes": self.attributes,
            "messageId": self.id,
            "publishTime": self._time,
            "orderingKey": self.ordering_key,
        }
        return {name: value for name, value in shown.items() if value}

    @property
    def envelope(self) -> dict[str, Any]:
        """As it is pushed: two names twice, https://cloud.google.com/pubsub/docs/push#receive_push."""
        return {"data": "", **self.wire, "message_id": self.id, "publish_time": self._time}

    @property
    def _time(self) -> str:
        return self.published.isoformat(timespec="milliseconds").replace("+00:00", "Z")
