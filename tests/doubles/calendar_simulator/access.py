"""Roles: who may do what with a calendar."""

from collections.abc import Iterator

from . import errors
from .collection import Record
from .quirks import rules
from .world import World

#: from the weakest to the strongest
ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")


def role_of(world: World, calendar_id: str, user: str) -> str:
    return max((rule.item["role"] for rule in rules_for(world, calendar_id, user)), key=ROLES.index, default="none")


def rules_for(world: World, calendar_id: str, user: str) -> Iterator[Record]:
    """Those that let the user in, few as they are, where a calendar may have thousands."""
    return filter(None, map(world.acl(calendar_id).get, _names(world, user)))


def _names(world: World, user: str) -> Iterator[str]:
    yield from ("default", f"user:{user}", f"domain:{user.partition('@')[2]}")
    yield from (f"group:{group}" for group, members in world.memory.groups.items() if user in members)


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
