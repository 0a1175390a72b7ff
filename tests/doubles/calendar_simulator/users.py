"""People: each has a primary calendar, a calendar list and settings from the first moment."""

from . import calendars, settings
from .world import World


def meet(world: World, email: str) -> None:
    email = world.account(email)
    if world.calendars.get(email) is None:
        calendars.create(world, email, email, {"summary": email})
        settings.put_defaults(world, email)
