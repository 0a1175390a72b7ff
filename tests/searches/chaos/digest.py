"""What happened in a run, as one hash: two versions of the code that do the same have the same.

Only what is seen from outside counts, and not how it is spelled: names of our own may change, and texts for people.
It is kept as it comes, so nobody may change what was told, and hashed only if somebody asks.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from calendar_watch.model.write import WRITES

_SPELLED = frozenset({"remedy", "detail", "cause"})
_CAUSES = frozenset({"notification", "resync"})


class Digest:
    def __init__(self) -> None:
        self._kept: list[Callable[[], str]] = []

    def __str__(self) -> str:
        return hashlib.sha256("".join(each() for each in self._kept).encode()).hexdigest()[:16]

    def call(self, now: datetime, call: str, fate: Sequence[object]) -> None:
        """An input or output, and what became of it."""
        edge, _, name = call.partition(".")
        self._kept.append(partial(repr, (now, call if edge != "store" or name in WRITES else edge, fate)))

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
        self._kept.append(partial(json.dumps, what, default=str, sort_keys=True))
