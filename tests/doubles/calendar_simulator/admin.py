"""The back door for tests: `/simulator/…`, JSON in and out. Everything else goes to the simulated Google."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, get_args

from .call import Answer, Call
from .channels import Channel
from .errors import JSON
from .faults import Block
from .simulator import CalendarSimulator

_PREFIX = "/simulator/"
JsonObject = Mapping[str, Any]


def handle(simulator: CalendarSimulator, call: Call) -> Answer:
    if not call.path.startswith(_PREFIX):
        return simulator.handle(call)
    action = _ACTIONS.get((call.method, call.path.removeprefix(_PREFIX)))
    if action is None:
        return _json(404, {"error": "no such action", "actions": [f"{way} {_PREFIX}{name}" for way, name in _ACTIONS]})
    try:
        return _json(200, action(simulator, _arguments(call)))
    except (ValueError, KeyError, TypeError) as error:
        return _json(400, {"error": repr(error)})


def _arguments(call: Call) -> JsonObject:
    return {**{name: values[-1] for name, values in call.query.items()}, **json.loads(call.body or b"{}")}


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
    at = datetime.fromisoformat(arguments["at"]) if "at" in arguments else simulator.now()
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


def _register(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.register_token(body["token"], body["subject"], body["scopes"])
    return body


def _drop(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.drop_next(int(body["count"]), body.get("state", ""))
    return body


def _empty_listings(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.empty_next_listings(body["resource"], int(body["count"]))
    return body


def _halve_listings(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.halve_next_listings(body["resource"], int(body["count"]))
    return body


def _block(simulator: CalendarSimulator, body: JsonObject) -> Any:
    if body["how"] not in get_args(Block):
        raise ValueError(f"how is one of {', '.join(get_args(Block))}")
    simulator.faults.block(body["prefix"], body["how"])
    return body


def _unblock(simulator: CalendarSimulator, body: JsonObject) -> Any:
    simulator.faults.unblock(body["prefix"])
    return body


_ACTIONS: Mapping[tuple[str, str], Callable[[CalendarSimulator, JsonObject], Any]] = {
    ("GET", "now"): _now,
    ("POST", "advance"): _advance,
    ("GET", "channels"): _channels,
    ("GET", "calls"): _calls,
    ("GET", "deliveries"): _deliveries,
    ("GET", "options"): _options,
    ("PATCH", "options"): _configure,
    ("PUT", "setting"): _set_setting,
    ("POST", "expire-sync-tokens"): _expire_sync_tokens,
    ("POST", "seed-events"): _seed_events,
    ("POST", "tokens"): _register,
    ("POST", "drop"): _drop,
    ("POST", "empty-listings"): _empty_listings,
    ("POST", "halve-listings"): _halve_listings,
    ("POST", "block"): _block,
    ("POST", "unblock"): _unblock,
}
