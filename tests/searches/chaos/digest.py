"""What happened in a run, as one hash: two versions of the code that do the same have the same.

Only what is seen from outside counts, and not how it is spelled: names of our own may change, and texts for people.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from calendar_watch.model.write import WRITES

_SPELLED = frozenset({"remedy", "detail", "cause"})
_CAUSES = frozenset({"notification", "resync"})


class Digest:
    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def __str__(self) -> str:
        return self._hash.hexdigest()[:16]

    def call(self, now: datetime, call: str, fate: Sequence[object]) -> None:
        """An input or output, and what became of it."""
        edge, _, name = call.partition(".")
        self._hash.update(repr((now, call if edge != "store" or name in WRITES else edge, fate)).encode())

    def delivery(self, now: datetime, channel_id: str, status: int | None) -> None:
        """A message of Google's, and how it was answered."""
        self._add(now, channel_id, status)

    def told(self, now: datetime, event: Mapping[str, Any]) -> None:
        """A change that arrived at a consumer."""
        data = {name: value for name, value in event["data"].items() if name not in _SPELLED}
        cause = event["data"].get("cause")
        timer = cause is not None and cause not in _CAUSES
        about = [event.get(name) for name in ("id", "type", "time", "subject")]
        self._add(now, about, data, "timer" if timer else cause)

    def _add(self, *what: object) -> None:
        self._hash.update(json.dumps(what, default=str, sort_keys=True).encode())
