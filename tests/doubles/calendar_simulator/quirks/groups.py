"""Groups with members; leaving one ends access, and tells nobody (Q55)."""

from collections.abc import Collection

from .. import calendar_list
from ..world import World


def regroup(world: World, group: str, members: Collection[str]) -> None:
    concerned = [acl.topic.owner for acl in world.every("acl") if acl.get(f"group:{group}")]
    before = {calendar_id: calendar_list.roles(world, calendar_id) for calendar_id in concerned}
    left = world.memory.groups.get(group, frozenset()) - frozenset(members)
    world.memory.groups[group] = frozenset(members)
    silent = bool(left) and world.quirks.strikes("Q55")
    for calendar_id in concerned:
        if silent:
            world.memory.left |= {(user, calendar_id) for user in left}
        else:
            calendar_list.follow_access(world, calendar_id, before[calendar_id])
