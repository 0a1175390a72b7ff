"""What is to be watched, and how: the identity of a watch, and the options that a later request replaces."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from calendar_watch.model.resources import Resource

NamedOptions = Mapping[str, Any]
"""Of the fields of `Options`, those that a request names: what it does not name stays as it is."""

WATCH_ID = re.compile(r"[a-z2-7]{32}")
RESERVED_ID = "checks".ljust(32, "2")
"""The id of no watch, for messages of `checks`: whoever chooses it first would have to try 2^160 targets to meet it."""
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
MOST_LABELS = 16


@dataclass(frozen=True)  # without slots, so that the id is worked out once
class Target:
    """What is followed, and for whom: the identity of a watch."""

    resource: Resource
    calendar_id: str | None = None
    subject: str | None = None
    event_types: tuple[str, ...] = ()

    @property
    def generated(self) -> bool:
        """Birthdays, holidays and the like: Google never tells of what goes (webhookdb/webhookdb#771)."""
        return (self.calendar_id or "").endswith("@group.v.calendar.google.com")

    @property
    def in_words(self) -> str:
        """For whoever asked for it."""
        of = f" of {self.calendar_id}" if self.calendar_id else ""
        return f"{self.resource.name}{of}" + (f" for {self.subject}" if self.subject else "")

    @cached_property
    def id(self) -> str:
        """32 characters: asking twice gives one watch."""
        identity = json.dumps([self.resource.name, self.calendar_id, self.subject, sorted(self.event_types)])
        return base64.b32encode(hashlib.sha256(identity.encode()).digest()[:20]).decode().lower()


@dataclass(frozen=True, slots=True)
class Options:
    """What a POST asks for beyond the target itself; a later one replaces what it names."""

    ttl: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    follow: tuple[str, ...] = ()
    """Collections of every calendar that the subject owns, which are to be watched as well."""

    def replaced(self, named: NamedOptions) -> "Options":
        return replace(self, **named)
