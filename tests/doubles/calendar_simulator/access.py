"""Roles: who may do what with a calendar."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import errors
from .quirks import rules
from .world import World

#: from the weakest to the strongest
ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")


def role_of(world: World, calendar_id: str, user: str) -> str:
    found = map(world.acl(calendar_id).get, _rules_for(world, user))
    return max((rule.item["role"] for rule in found if rule), key=ROLES.index, default="none")


def _rules_for(world: World, user: str) -> Iterator[str]:
    """Few, where a calendar may have thousands."""
    yield from ("default", f"user:{user}", f"domain:{user.partition('@')[2]}")
    yield from (f"group:{group}" for group, members in world.memory.groups.items() if user in members)


def applies(world: World, scope: Mapping[str, Any], user: str) -> bool:
    match scope["type"]:
        case "default":
            return True
        case "domain":
            return user.endswith(f"@{scope['value']}")
        case "user":
            return bool(scope["value"] == user)
        case "group":
            return user in world.memory.groups.get(scope["value"], ())
        case _:
            return False


def at_least(role: str, least: str) -> bool:
    return ROLES.index(role) >= ROLES.index(least)


def require(world: World, calendar_id: str, user: str, least: str) -> None:
    """Refuse; a calendar that the user has no access to does not even exist for that user."""
    role = role_of(world, calendar_id, user)
    if role == "none":
        rules.note_refused(world, calendar_id, user)
        raise errors.not_found()
    if not at_least(role, least):
        raise errors.required_access_level(least)
