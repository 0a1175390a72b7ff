"""What a claim works with: calendars of its own, events, listings, channels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

from tests.conformance.exchange import Arrival, Asked, Caller, JsonObject, Reply
from tests.conformance.guard import Guard
from tests.conformance.sides.side import Side

ENTRIES = "users/me/calendarList"
SETTINGS = "users/me/settings"
_MOST_PAGES = 60
_PATIENCE = 90
_Found = TypeVar("_Found")


class NotJudgedError(Exception):
    """What a claim builds on could not be had, so that it was not tried."""


@dataclass(frozen=True)
class Listing:
    pages: list[JsonObject]

    @property
    def items(self) -> list[JsonObject]:
        return [item for page in self.pages for item in page.get("items", [])]

    @property
    def ids(self) -> list[str]:
        return [item.get("id", "") for item in self.items]

    @property
    def sync_token(self) -> str:
        """Raise NotJudgedError where the last page has none."""
        token = self.pages[-1].get("nextSyncToken", "")
        if not token:
            raise NotJudgedError("the last page of a listing came without a sync token")
        return str(token)

    def item(self, item_id: str) -> JsonObject:
        """Return what was listed under this id last; empty, if nothing was."""
        return next((item for item in reversed(self.items) if item.get("id") == item_id), {})


@dataclass
class Bench:
    guard: Guard
    _numbers: Any = field(default_factory=count)

    @property
    def side(self) -> Side:
        return self.guard.side

    # -- calls

    def ask(
        self, method: str, path: str, body: JsonObject | None = None, caller: Caller = "owner", **query: Any
    ) -> Reply:
        spelled = {name: _spelled(value) for name, value in query.items()}
        return self.guard.send(Asked(method, path, spelled, body, caller))

    def must(self, method: str, path: str, body: JsonObject | None = None, **query: Any) -> JsonObject:
        """Return the JSON of a call that is no part of the claim. Raises NotJudgedError where it is refused."""
        reply = self.ask(method, path, body, **query)
        if reply.status // 100 != 2:
            raise NotJudgedError(f"{method} {path.rsplit('/', maxsplit=1)[-1]} answered {reply.said or 'nothing'}")
        return dict(reply.body or {})

    # -- what there is

    @cached_property
    def calendar(self) -> str:
        """Return the id of one for all claims that need no other."""
        return self.new_calendar()

    @cached_property
    def second_calendar(self) -> str:
        return self.new_calendar()

    @cached_property
    def six(self) -> tuple[str, list[str]]:
        """Return the events of a calendar that has six and gets no others, and their ids."""
        path = self.at("events", self.new_calendar())
        return path, [str(self.must("POST", path, self.event_body())["id"]) for _ in range(6)]

    def new_calendar(self) -> str:
        return str(self.must("POST", "calendars", self.calendar_body())["id"])

    def calendar_body(self) -> JsonObject:
        return {"summary": f"{self.guard.title} {next(self._numbers)}"}

    def at(self, collection: str, calendar_id: str | None = None) -> str:
        """Return the path of a calendar's events or rules."""
        return f"calendars/{quote(calendar_id or self.calendar, safe='')}/{collection}"

    def event(self, event_id: str) -> str:
        return f"{self.at('events')}/{event_id}"

    @cached_property
    def hour(self) -> datetime:
        """An hour of tomorrow, the same as long as the run lasts: no event here is over."""
        return (self.side.now() + timedelta(days=1)).astimezone(UTC).replace(minute=0, second=0, microsecond=0)

    def event_body(self, **fields: Any) -> JsonObject:
        times = {"start": moment(self.hour), "end": moment(self.hour + timedelta(hours=1))}
        return {"summary": "Review", **times, **fields}

    def insert(self, **fields: Any) -> JsonObject:
        return self.must("POST", self.at("events"), self.event_body(**fields))

    def new_event(self, **fields: Any) -> str:
        return str(self.insert(**fields)["id"])

    def new_series(self) -> str:
        zoned = {"start": moment(self.hour, "UTC"), "end": moment(self.hour + timedelta(hours=1), "UTC")}
        return self.new_event(**zoned, recurrence=["RRULE:FREQ=DAILY;COUNT=10"])

    def instance_id(self, series_id: str, days: int) -> str:
        return f"{series_id}_{self.hour + timedelta(days=days):%Y%m%dT%H%M%SZ}"

    def new_rule(self, role: str = "reader", name: str = "") -> JsonObject:
        who = name or f"somebody-{next(self._numbers)}"
        scope = {"type": "user", "value": f"{who}@example.com"}
        return self.must("POST", self.at("acl"), {"role": role, "scope": scope}, sendNotifications=False)

    # -- listings

    def listing(self, path: str, **query: Any) -> Listing:
        """Raise NotJudgedError where a page is refused."""
        pages = [self.must("GET", path, **query)]
        while pages[-1].get("nextPageToken") and len(pages) < _MOST_PAGES:
            pages.append(self.must("GET", path, pageToken=pages[-1]["nextPageToken"], **query))
        return Listing(pages)

    def since(self, path: str, sync_token: str, **query: Any) -> Listing:
        return self.listing(path, syncToken=sync_token, **query)

    # -- channels

    def channel_id(self) -> str:
        return f"{self.guard.channel_prefix}{next(self._numbers)}"

    def watch(self, path: str = "", query: Mapping[str, Any] | None = None, **fields: Any) -> Reply:
        body = {"id": self.channel_id(), "type": "web_hook", "address": self.side.webhook, "token": "t=1", **fields}
        return self.ask("POST", f"{path or self.at('events')}/watch", body, **(query or {}))

    def opened(self, path: str = "", **fields: Any) -> JsonObject:
        """Raise NotJudgedError where no channel could be opened."""
        reply = self.watch(path, **fields)
        if reply.status != 200:
            raise NotJudgedError(f"watch answered {reply.said}")
        return dict(reply.body)

    def stop(self, channel_id: str, resource_id: str) -> Reply:
        return self.ask("POST", "channels/stop", {"id": channel_id, "resourceId": resource_id})

    def messages(self, channel: JsonObject, state: str = "") -> list[Arrival]:
        """Return what came for a channel, in this state, if one is given."""
        came = self.side.arrivals(channel["id"])
        return [each for each in came if not state or each.value("X-Goog-Resource-State") == state]

    # -- patience

    def until(self, look: Callable[[], _Found], seconds: float = _PATIENCE) -> _Found:
        """Look again and again until something is found, or the patience is at its end; return what was found last."""
        waited, wait = 0.0, 1.0
        while not (found := look()) and waited < seconds:
            self.side.pause(wait)
            waited, wait = waited + wait, min(wait * 2, 15)
        return found


def moment(at: datetime, zone: str = "") -> JsonObject:
    return {"dateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")} | ({"timeZone": zone} if zone else {})


def day(at: datetime) -> JsonObject:
    return {"date": at.strftime("%Y-%m-%d")}


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
