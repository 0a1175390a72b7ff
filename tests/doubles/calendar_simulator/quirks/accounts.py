"""Accounts that end, while their addresses go on (Q61)."""

from .. import calendars, users
from ..world import World


def recreate(world: World, user: str) -> None:
    """Leave nothing of the old account but its address; its tokens are good for nothing."""
    owned = [each.key for each in world.calendars.live() if each.item.get("dataOwner") == user and each.key != user]
    for calendar_id in (*owned, user):
        calendars.bury(world, calendar_id)
    world.begin_anew(("acl", "events", "calendarList", "settings"), user)
    users.meet(world, user)
