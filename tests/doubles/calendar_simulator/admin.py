"""The back door for tests: `/simulator/…`, JSON in and out. Everything else goes to the simulated Google."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from . import times
from .arguments import Field, Fields
from .call import Answer, Call
from .channels import Channel
from .errors import JSON, ApiError
from .faults import Block
from .people import Standing
from .quirks import QUIRKS, Quirk, Switches
from .simulator import CalendarSimulator

_PREFIX = "/simulator/"
JsonObject = Mapping[str, Any]


def handle(simulator: CalendarSimulator, call: Call) -> Answer:
    if not call.path.startswith(_PREFIX):
        return simulator.handle(call)
    found = _ACTIONS.get((call.method, call.path.removeprefix(_PREFIX)))
    if found is None:
        return _json(404, {"error": "no such action", "actions": [f"{way} {_PREFIX}{name}" for way, name in _ACTIONS]})
    action, *known = found
    try:
        return _json(200, action(simulator, Fields(tuple(known), open=action in _OPEN).read(call)))
    except (ApiError, ValueError, TypeError, OverflowError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, value: Any) -> Answer:
    return Answer(status, JSON, json.dumps(value, default=_spelled, indent=1).encode())


def _spelled(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else list(value)


def _now(simulator: CalendarSimulator, _: JsonObject) -> Any:
    return {"now": simulator.now(), "nextDue": simulator.next_due()}


def _advance(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.advance(timedelta(seconds=body["seconds"]))
    return _now(simulator, {})


def _channels(simulator: CalendarSimulator, arguments: JsonObject) -> Any:
    at = arguments.get("at", simulator.now())
    return [_channel(channel, at) for channel in simulator.channels_ever()]


def _channel(channel: Channel, at: datetime) -> JsonObject:
    shown = asdict(channel) | {"resource": channel.topic.resource, "owner": channel.topic.owner}
    del shown["topic"]
    return shown | {"resource_id": channel.resource_id, "live": channel.is_live(at)}


def _calls(simulator: CalendarSimulator, _: JsonObject) -> Any:
    return [asdict(record) for record in simulator.calls]


def _deliveries(simulator: CalendarSimulator, _: JsonObject) -> Any:
    return [asdict(record) for record in simulator.deliveries]


def _options(simulator: CalendarSimulator, _: JsonObject) -> Any:
    return asdict(simulator.options)


def _configure(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.configure(**body)
    return asdict(simulator.options)


def _set_setting(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.set_setting(body.get("user", simulator.options.default_user), body["id"], body["value"])
    return body


def _expire_sync_tokens(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.expire_sync_tokens()
    return body


def _seed_events(simulator: CalendarSimulator, body: JsonObject) -> Any:
    """All that is not calendar, count or user is the template."""
    simulator.seed_events(**{"calendar_id" if name == "calendar" else name: value for name, value in body.items()})
    return body


def _lend(simulator: CalendarSimulator, body: JsonObject) -> Any:
    """What AUTH_MODE=token_service asks: each user has lent us everything."""
    token = ":".join(["lent", body["subject"], *(each.rpartition("/")[2] for each in body["scopes"])])
    simulator.register_token(token, body["subject"], body["scopes"])
    return {"accessToken": token, "expireTime": simulator.now() + timedelta(hours=1)}


def _register(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.register_token(body["token"], body["subject"], body["scopes"])
    return body


def _drop(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.drop_next(body["count"], body.get("state", ""))
    return body


def _empty_listings(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.empty_next_listings(body["resource"], body["count"])
    return body


def _halve_listings(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.halve_next_listings(body["resource"], body["count"])
    return body


def _block(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.block(body["prefix"], body["how"])
    return body


def _unblock(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.unblock(body["prefix"])
    return body


def _split(simulator: CalendarSimulator, body: JsonObject) -> Any:
    user = body.get("user", simulator.options.default_user)
    at = times.from_iso(body["at"])
    return {"id": simulator.office.split(user, body["calendar"], body["series"], at)}


def _rename(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.rename(body["old"], body["new"])
    return body


def _recreate(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.recreate(body["user"])
    return body


def _employ(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.employ(body["users"], body.get("admins", []))
    return body


def _stand(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.stand(body["user"], body["standing"])
    return body


def _transfer(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.transfer(body["calendar"], body["owner"])
    return body


def _set_group(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.office.set_group(body["group"], body["members"])
    return body


def _derive_calendar(simulator: CalendarSimulator, body: JsonObject) -> Any:
    user = body.get("user", simulator.options.default_user)
    return {"id": simulator.office.derive_calendar(user, body["name"])}


def _build_room(simulator: CalendarSimulator, body: JsonObject) -> Any:
    return {"id": simulator.office.build_room(body["domain"], body["name"])}


def _quirks(simulator: CalendarSimulator, _: JsonObject) -> Any:
    return {number: _quirk(simulator.quirks, quirk, simulator.now()) for number, quirk in QUIRKS.items()}


def _quirk(switches: Switches, quirk: Quirk, now: datetime) -> JsonObject:
    spells = [{"about": about, "until": until} for about, until in switches.spells(quirk.number, now)]
    state = {"on": switches.on(quirk.number), "spells": spells, "reached": switches.reached[quirk.number]}
    return {**asdict(quirk), **state}


def _begin_spell(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.quirks.begin_spell(body["quirk"], body.get("about", ""), simulator.now(), body["seconds"])
    return body


def _calm(simulator: CalendarSimulator, body: JsonObject) -> Any:
    if body:
        simulator.end(body.get("quirk"), body.get("about"))
    else:
        simulator.calm()
    return body


def _reset(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.reset(**body)
    return asdict(simulator.options)


_USER = Field("user", "alice@example.com", optional=True)
_COUNT = Field("count", 1)
_LISTING = Field("resource", "events", choices=("acl", "calendarList", "events", "settings")), _COUNT
_Action = Callable[[CalendarSimulator, JsonObject], Any]
_ACTIONS: Mapping[tuple[str, str], tuple[_Action, *tuple[Field, ...]]] = {
    ("GET", "now"): (_now,),
    ("POST", "advance"): (_advance, Field("seconds", 600.0)),
    ("GET", "channels"): (_channels, Field("at", datetime(2026, 11, 20, 10, tzinfo=UTC), optional=True)),
    ("GET", "calls"): (_calls,),
    ("GET", "deliveries"): (_deliveries,),
    ("GET", "options"): (_options,),
    ("PATCH", "options"): (_configure,),
    ("PUT", "setting"): (_set_setting, Field("id", "locale"), Field("value", "fr"), _USER),
    ("POST", "expire-sync-tokens"): (_expire_sync_tokens,),
    ("POST", "seed-events"): (_seed_events, Field("calendar", "primary"), Field("count", 1000), _USER),
    ("POST", "tokens"): (
        *(_register, Field("token", "bobs"), Field("subject", "bob@example.com")),
        Field("scopes", ["https://www.googleapis.com/auth/calendar"]),
    ),
    ("POST", "lend"): (
        *(_lend, Field("subject", "bob@example.com")),
        Field("scopes", ["https://www.googleapis.com/auth/calendar"]),
    ),
    ("POST", "drop"): (_drop, _COUNT, Field("state", "exists", optional=True, choices=("", "sync", "exists"))),
    ("POST", "empty-listings"): (_empty_listings, *_LISTING),
    ("POST", "halve-listings"): (_halve_listings, *_LISTING),
    ("POST", "block"): (_block, Field("prefix", "http://127.0.0.1"), Field("how", "drop", choices=get_args(Block))),
    ("POST", "unblock"): (_unblock, Field("prefix", "http://127.0.0.1")),
    ("GET", "quirks"): (_quirks,),
    ("POST", "spell"): (
        *(_begin_spell, Field("quirk", "Q10", choices=tuple(QUIRKS))),
        *(Field("seconds", 600.0), Field("about", "alice@example.com", optional=True)),
    ),
    ("POST", "calm"): (
        *(_calm, Field("quirk", "Q10", optional=True, choices=tuple(QUIRKS))),
        Field("about", "alice@example.com", optional=True),
    ),
    ("POST", "reset"): (_reset,),
    ("POST", "split"): (
        *(_split, Field("calendar", "primary"), Field("series", "an event's id")),
        *(Field("at", "2026-11-27T10:00:00Z"), _USER),
    ),
    ("POST", "rename"): (_rename, Field("old", "alice@example.com"), Field("new", "alice.x@example.com")),
    ("POST", "recreate"): (_recreate, Field("user", "alice@example.com")),
    ("PUT", "directory"): (
        *(_employ, Field("users", ["alice@example.com"])),
        Field("admins", ["admin@example.com"], optional=True),
    ),
    ("PUT", "standing"): (
        *(_stand, Field("user", "alice@example.com")),
        Field("standing", "suspended", choices=get_args(Standing)),
    ),
    ("POST", "transfer"): (_transfer, Field("calendar", "a calendar's id"), Field("owner", "bob@example.com")),
    ("PUT", "group"): (_set_group, Field("group", "team@example.com"), Field("members", ["bob@example.com"])),
    ("POST", "derived-calendar"): (_derive_calendar, Field("name", "holidays"), _USER),
    ("POST", "room"): (_build_room, Field("domain", "example.com"), Field("name", "Room 1")),
}
_OPEN = (_configure, _seed_events, _reset)
"""What these take besides is for others to judge: options, fields of an event."""
