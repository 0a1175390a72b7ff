"""Calendars that Google makes: birthdays, holidays (Q06), and rooms (Q53)."""

from .. import calendars
from ..calendar_list import add_own
from ..world import World

GOOGLE = "google@simulator.example"
"""Owns what Google makes, and changes it."""


def derive(world: World, user: str, name: str) -> str:
    """Return the id of a calendar that the user lists and reads, and that cannot be watched."""
    calendar_id = f"{name}.{user.replace('@', '.')}#contacts@group.v.calendar.google.com"
    calendars.create(world, calendar_id, GOOGLE, {"summary": name})
    scope = {"type": "user", "value": user}
    world.acl(calendar_id).write(f"user:{user}", {"scope": scope, "role": "reader"})
    add_own(world, calendar_id, user)
    return calendar_id


def build_room(world: World, domain: str, name: str) -> str:
    """Return the id of a room that all of the domain may use, and nobody else."""
    calendar_id = f"c_{name}@resource.calendar.google.com"
    calendars.create(world, calendar_id, GOOGLE, {"summary": name})
    google = world.acl(calendar_id).get(f"user:{GOOGLE}")
    if google:
        world.acl(calendar_id).bury(google.key, google.item)
    scope = {"type": "domain", "value": domain}
    world.acl(calendar_id).write(f"domain:{domain}", {"scope": scope, "role": "owner"})
    return calendar_id
