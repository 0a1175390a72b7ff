"""The messages of channels: which come, when, and how they look."""

import re
from functools import partial
from typing import Any

from tests.conformance.bench import Bench
from tests.conformance.claim import Finding, claim, so
from tests.conformance.exchange import Arrival, JsonObject
from tests.conformance.sides.side import Need

_NEEDS: tuple[Need, ...] = ("webhook", "arrivals")
_SOON = 30
_SPOKEN = "t=3"
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_HEADERS = frozenset(
    f"X-Goog-{name}".lower()
    for name in (
        *("Channel-ID", "Channel-Token", "Channel-Expiration", "Message-Number"),
        *("Resource-ID", "Resource-State", "Resource-URI"),
    )
)


def _open(b: Bench, **fields: Any) -> JsonObject:
    """Return a channel on the events that has said so."""
    channel = b.opened(**fields)
    b.until(lambda: b.messages(channel), _SOON)
    return channel


def _after_changes(b: Bench, channel: JsonObject, count: int) -> list[Arrival]:
    """Make so many changes, each when the last was told or could have been, and return all messages."""
    for _ in range(count):
        before = len(b.messages(channel, "exists"))
        b.new_event()
        if not b.until(partial(_more, b, channel, before), _SOON):
            break
    return b.messages(channel)


def _more(b: Bench, channel: JsonObject, before: int) -> bool:
    return len(b.messages(channel, "exists")) > before


@claim("first `sync` with number 1", needs=_NEEDS)
def the_first_message_is_sync_with_number_1(b: Bench) -> Finding:
    first = b.messages(_open(b))[:1]
    told = [(each.value("X-Goog-Resource-State"), each.value("X-Goog-Message-Number")) for each in first]
    return Finding([("sync", "1")], told)


@claim("first `sync` with number 1", needs=_NEEDS)
def later_messages_have_growing_numbers(b: Bench) -> Finding:
    came = _after_changes(b, _open(b), 3)
    numbers = [int(each.value("X-Goog-Message-Number")) for each in came]
    return so(numbers == sorted(set(numbers)) and len(numbers) > 1)


@claim("headers of a message, no body", needs=_NEEDS)
def a_message_names_its_channel_and_has_no_body(b: Bench) -> Finding:
    channel = _open(b, token=_SPOKEN)
    message = b.messages(channel)[0]
    named = [message.value(f"X-Goog-{name}") for name in ("Channel-ID", "Channel-Token", "Resource-ID")]
    return Finding([channel["id"], _SPOKEN, channel["resourceId"], ""], [*named, message.body])


@claim("**Q35**", "Q35", needs=_NEEDS)
def messages_have_the_headers_that_the_guide_tells(b: Bench) -> Finding:
    return Finding([], sorted({odd for each in _after_changes(b, _open(b), 8) for odd in _oddities(each)}))


def _oddities(message: Arrival) -> list[str]:
    names = {name for name in message.headers if name.lower().startswith("x-goog-")}
    found = {
        "an expiration of another form": not _DATE.fullmatch(message.value("X-Goog-Channel-Expiration")),
        "another state": message.value("X-Goog-Resource-State") not in ("sync", "exists", "not_exists"),
        "other headers": {name.lower() for name in names} != _HEADERS,
    }
    return [name for name, odd in found.items() if odd]


@claim("**Q30**", "Q30", needs=_NEEDS)
def a_change_is_told(b: Bench) -> Finding:
    channel = _open(b)
    b.new_event()
    return so(b.until(lambda: b.messages(channel, "exists")))


@claim("**Q31**", "Q31", needs=_NEEDS)
def a_change_is_told_within_seconds(b: Bench) -> Finding:
    channel = _open(b)
    b.new_event()
    return so(b.until(lambda: b.messages(channel, "exists"), _SOON))


@claim("one message for each change and channel", "Q44", needs=_NEEDS)
def a_change_is_told_once_to_each_channel(b: Bench) -> Finding:
    channels = [_open(b), _open(b)]
    b.new_event()
    b.side.pause(_SOON)
    return Finding([1, 1], [len(b.messages(each, "exists")) for each in channels])


@claim("nothing after stop", "Q34", needs=_NEEDS)
def a_stopped_channel_tells_nothing(b: Bench) -> Finding:
    channel = _open(b)
    b.stop(channel["id"], channel["resourceId"])
    before = len(b.messages(channel))
    b.new_event()
    b.side.pause(_SOON)
    return Finding(0, len(b.messages(channel)) - before)


@claim("nothing after expiry", needs=(*_NEEDS, "lifetimes"))
def a_channel_that_expired_tells_nothing(b: Bench) -> Finding:
    channel = _open(b, params={"ttl": "60"})
    b.side.pause(90)
    before = len(b.messages(channel))
    b.new_event()
    b.side.pause(_SOON)
    return Finding(0, len(b.messages(channel)) - before)


@claim("… are checked, then overlooked", needs=_NEEDS)
def a_channel_for_other_types_hears_of_all_of_them(b: Bench) -> Finding:
    reply = b.watch(query={"eventTypes": "focusTime"})
    channel = dict(reply.body or {}) if reply.status == 200 else {"id": ""}
    b.new_event()
    return so(b.until(lambda: b.messages(channel, "exists"), _SOON))


@claim("calendarList is told when a role or title changes", needs=_NEEDS)
def the_calendar_list_is_told_of_a_new_title(b: Bench) -> Finding:
    b.must("GET", b.at("").rstrip("/"))
    channel = _open(b, path="users/me/calendarList")
    b.must("PATCH", b.at("").rstrip("/"), {"description": b.channel_id()})
    return so(b.until(lambda: b.messages(channel, "exists"), _SOON))


@claim("deleting a calendar tells its ACL and events channels", needs=_NEEDS)
def the_events_of_a_deleted_calendar_are_told(b: Bench) -> Finding:
    calendar_id = b.new_calendar()
    b.must("POST", b.at("events", calendar_id), b.event_body())
    channel = _open(b, path=b.at("events", calendar_id))
    b.must("DELETE", b.at("", calendar_id).rstrip("/"))
    return so(b.until(lambda: b.messages(channel, "exists"), _SOON))
