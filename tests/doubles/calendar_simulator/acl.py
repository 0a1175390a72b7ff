"""Access control lists: who may see or edit a calendar."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from . import access, calendar_list, errors, listing, watch
from .collection import Collection, Record, Topic
from .quirks import rules
from .request import JsonObject, Request
from .world import World

_SCOPES = ("default", "user", "group", "domain")


def get(world: World, request: Request) -> JsonObject:
    return _shown(_record(_readable(world, request), request))


def list_(world: World, request: Request) -> JsonObject:
    listing.forbid_with_sync_token(request.query, never=(), not_false=("showDeleted",))
    acl = _readable(world, request)
    rules.check_room(world, request.calendar_id)
    view = listing.View("calendar#acl", lambda record: rules.shown(world, acl.topic, record, _shown(record)))
    return listing.page(world, acl, request, view)


def insert(world: World, request: Request) -> JsonObject:
    _changeable(world, request)
    rules.check_insert(world, request.calendar_id, request.body["scope"])
    return _write(world, request, request.body["scope"])


def update(world: World, request: Request) -> JsonObject:
    record = _record(_changeable(world, request), request)
    return _write(world, request, record.item["scope"])


patch = update  # a rule has one field that can change


def delete(world: World, request: Request) -> None:
    record = _record(_changeable(world, request), request)
    _refuse_own(request, record.item["scope"])
    before = calendar_list.roles(world, request.calendar_id)
    world.acl(request.calendar_id).bury(record.key, record.item)
    calendar_list.follow_access(world, request.calendar_id, before)
    rules.changed(world, request.calendar_id)


def topic(world: World, request: Request) -> Topic:
    """Return what a watch of this list follows, if this user may watch it."""
    return watch.watchable(_readable(world, request).topic, world.options)


def grant_owner(world: World, calendar_id: str, user: str) -> None:
    scope = {"type": "user", "value": user}
    world.acl(calendar_id).write(_rule_id(scope), {"scope": scope, "role": "owner"})


def _write(world: World, request: Request, scope: Mapping[str, Any]) -> JsonObject:
    acl = _changeable(world, request)
    scope = _checked_scope(scope)
    known = acl.get(_rule_id(scope))
    role = request.body.get("role", known.item["role"] if known else "none")
    if role not in access.ROLES:
        raise errors.invalid_value("Invalid value for role")
    _refuse_own(request, scope)
    before = calendar_list.roles(world, request.calendar_id)
    put = acl.bury if role == "none" else acl.write
    record = put(_rule_id(scope), {"scope": scope, "role": role})
    calendar_list.follow_access(world, request.calendar_id, before)
    rules.changed(world, request.calendar_id)
    return _shown(record)


def _checked_scope(scope: Mapping[str, Any]) -> JsonObject:
    if scope["type"] not in _SCOPES:
        raise errors.invalid_value("Invalid scope type.")
    if scope["type"] == "default":
        return {"type": "default"}
    if not scope.get("value"):
        raise errors.invalid_value("Invalid scope value.")
    return {"type": scope["type"], "value": scope["value"].lower()}


def _refuse_own(request: Request, scope: Mapping[str, Any]) -> None:
    if scope == {"type": "user", "value": request.user}:
        raise errors.cannot_change_own_acl()


def _allowed(least: str, world: World, request: Request) -> Collection:
    access.require(world, request.calendar_id, request.user, least)
    return world.acl(request.calendar_id)


_readable = partial(_allowed, "writer")
_changeable = partial(_allowed, "owner")


def _record(acl: Collection, request: Request) -> Record:
    record = acl.get(request.path["ruleId"])
    if record is None:
        raise errors.not_found()
    return record


def _rule_id(scope: Mapping[str, Any]) -> str:
    return ":".join(scope[part] for part in ("type", "value") if part in scope)


def _shown(record: Record) -> JsonObject:
    role = "none" if record.deleted else record.item["role"]
    scope = dict(record.item["scope"])
    return {"kind": "calendar#aclRule", "etag": record.etag, "id": record.key, "scope": scope, "role": role}
