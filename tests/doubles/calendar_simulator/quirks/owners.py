"""Calendars change hands (Q29)."""

from .. import acl
from ..world import World


def transfer(world: World, calendar_id: str, new_owner: str) -> None:
    """The old owner keeps the rule of an owner."""
    record = world.calendars.get(calendar_id)
    if record is None or "dataOwner" not in record.item:
        raise ValueError(f"no calendar with a data owner: {calendar_id}")
    world.calendars.write(calendar_id, {**record.item, "dataOwner": new_owner})
    acl.grant_owner(world, calendar_id, new_owner)
    for entries in world.every("calendarList"):
        if entries.get(calendar_id):
            entries.amend(calendar_id)
